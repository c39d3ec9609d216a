/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * trace.dat. A child process reads it, with libtracecmd, and sends the events through a pipe: a malformed file can
 * bring that library down, but not us.
 */
#include "dat.h"
#include "../verb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CHILD_SECONDS = 600, /* of processor time; a file of gigabytes needs a tenth */
};

static void bound_child(void)
{
    struct rlimit seconds = {CHILD_SECONDS, CHILD_SECONDS};
    struct rlimit no_core = {0, 0};

    setrlimit(RLIMIT_CPU, &seconds);
    setrlimit(RLIMIT_CORE, &no_core);
}

static _Noreturn void run_child(int fd, int out)
{
    FILE *stream = fdopen(out, "w");
    int status;

    bound_child();
    status = stream ? dat_send(fd, stream) : EXIT_UNUSABLE;
    if (!stream || fclose(stream) != 0)
        status = EXIT_UNUSABLE;
    _exit(status);
}

/* False when the child's last message did not come. */
static bool receive(const struct source *source, FILE *in)
{
    struct dat_message message;

    while (fread(&message, sizeof(message), 1, in) == 1) {
        if (message.last) {
            source->counts->others = message.others;
            source->counts->garbage = message.garbage;
            source->counts->lost = message.lost;
            source->counts->lost_gaps = message.lost_gaps;
            return true;
        }
        source->counts->events++;
        source->event(source->ctx, &message.event);
    }
    return false;
}

static int complain(const struct source *source, const char *what)
{
    fprintf(stderr, "%s: %s\n", source->file, what);
    return EXIT_UNUSABLE;
}

int dat_read(const struct source *source, int fd)
{
    int ends[2];
    pid_t child;
    FILE *in;
    bool whole;

    if (!dat_can_read())
        return complain(source,
                        "a trace.dat, and this dmaspace was built without libtracecmd; write "
                        "it as text with trace-cmd report and give that");
    fflush(NULL); /* or the child would print what waits in the buffers again */
    if (pipe(ends) != 0)
        return complain(source, strerror(errno));
    child = fork();
    if (child == 0) {
        close(ends[0]);
        run_child(fd, ends[1]);
    }
    close(ends[1]);
    in = child > 0 ? fdopen(ends[0], "r") : NULL;
    whole = in && receive(source, in);
    if (in)
        fclose(in);
    if (child > 0)
        waitpid(child, NULL, 0);
    if (!whole)
        return complain(source,
                        "libtracecmd cannot read it; if trace-cmd report can, give its output");
    return EXIT_GOOD;
}
