/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which of the two forms a trace has. */
#include "../verb.h"
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Source: trace-cmd.dat(5). */
static const char magic[] = "\x17\x08\x44tracing";

static bool is_dat(int fd)
{
    char head[sizeof(magic) - 1];

    return pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
           memcmp(head, magic, sizeof(head)) == 0;
}

static int complain(const char *file, const char *what, const char *remedy)
{
    fprintf(stderr, "%s: %s; %s\n", file, what, remedy);
    return EXIT_UNUSABLE;
}

static int cannot_open(const char *file, int error)
{
    if (error == 0)
        return complain(file, "not a file on disk, and a trace is read twice", "save it first");
    return complain(file, strerror(error), "give a trace.dat, or what trace-cmd report prints");
}

/* It is read more than once, and the reader seeks. */
static int open_file(const char *file)
{
    struct stat status;
    int fd = open(file, O_RDONLY | O_CLOEXEC);

    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        return fd;
    if (fd >= 0) {
        close(fd);
        errno = S_ISDIR(status.st_mode) ? EISDIR : 0;
    }
    return -1;
}

int trace_read(const char *file, trace_fn *event, void *ctx, struct trace_counts *counts)
{
    struct source source = {.file = file, .counts = counts};
    int fd = open_file(file);
    int status;

    *counts = (struct trace_counts){0};
    if (fd < 0)
        return cannot_open(file, errno);
    struct join *join = join_begin(event, ctx);
    source.event = join_event;
    source.ctx = join;
    status = is_dat(fd) ? dat_read(&source, fd) : text_read(&source, fd);
    counts->joined = join_end(join);
    close(fd);
    if (status == EXIT_GOOD && counts->events == 0)
        return complain(file, "no iommu:map, iommu:unmap or dma:* event in it",
                        "record with trace-cmd record -e iommu -e dma");
    return status;
}

bool trace_looks_like_one(const char *file)
{
    char head[4096];
    int fd = open_file(file);
    ssize_t size;
    bool answer;

    if (fd < 0)
        return false;
    size = pread(fd, head, sizeof(head), 0);
    answer = is_dat(fd) || (size > 0 && !memchr(head, 0, (size_t)size));
    close(fd);
    return answer;
}
