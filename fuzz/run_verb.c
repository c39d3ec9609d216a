/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#define _GNU_SOURCE
#include "run_verb.h"

#include <getopt.h>
#include <sys/mman.h>
#include <unistd.h>

static void write_all(int fd, const uint8_t *data, size_t size)
{
    while (size > 0) {
        ssize_t done = write(fd, data, size);

        must_hold(done > 0);
        data += done;
        size -= (size_t)done;
    }
}

void run_verb(const struct verb *verb, const char *const *options, const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    char file[64];
    char *words[MOST_WORDS + 3] = {(char *)verb->name};
    int count = 1;
    int status;
    int fd = memfd_create("input", 0);

    must_hold(fd >= 0);
    write_all(fd, data, size);
    snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
    for (; options[count - 1] && count <= MOST_WORDS; count++)
        words[count] = (char *)options[count - 1];
    words[count++] = file;
    if (!nowhere)
        nowhere = freopen("/dev/null", "w", stdout);
    must_hold(nowhere);
    optind = 0; /* glibc: begin anew */
    status = verb->run(count, words);
    must_hold(status == EXIT_GOOD || status == EXIT_NEGATIVE || status == EXIT_UNUSABLE);
    close(fd);
}
