/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A trace as text, line by line. */
#include "../verb.h"
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    LINE_BYTES =
        32768, /* a scatter list of 128 entries, the most that the kernel tells, needs a quarter */
};

struct lines {
    FILE *stream;
    uint64_t number;
    char text[LINE_BYTES];
};

/* False at the end. *whole is false for a line that does not fit; the rest of it is skipped. */
static bool next_line(struct lines *lines, bool *whole)
{
    size_t length;
    int c;

    if (!fgets(lines->text, sizeof(lines->text), lines->stream))
        return false;
    lines->number++;
    length = strlen(lines->text);
    *whole = true;
    if (length > 0 && lines->text[length - 1] == '\n') {
        lines->text[length - 1] = '\0';
        return true;
    }
    /* Either the line is too long, or a NUL byte cut it, or the file ends without a newline. */
    *whole = length < sizeof(lines->text) - 1 && feof(lines->stream);
    if (length < sizeof(lines->text) - 1)
        return true;
    do
        c = getc(lines->stream);
    while (c != '\n' && c != EOF);
    return true;
}

static void count_garbage(const struct source *source, uint64_t number)
{
    if (source->counts->garbage++ == 0)
        source->counts->first_line = number;
}

static void take_line(const struct source *source, const struct lines *lines)
{
    struct trace_event event;
    uint64_t lost;

    switch (line_read(lines->text, &event, &lost)) {
    case LINE_EVENT:
        source->counts->events++;
        source->event(source->ctx, &event);
        break;
    case LINE_OTHER:
        source->counts->others++;
        break;
    case LINE_LOST:
        source->counts->lost += lost;
        source->counts->lost_gaps++;
        break;
    case LINE_GARBAGE:
        count_garbage(source, lines->number);
        break;
    }
}

int text_read(const struct source *source, int fd)
{
    static struct lines lines;
    bool whole;
    int error;

    lines.number = 0;
    lines.stream = fdopen(dup(fd), "r");
    if (!lines.stream) {
        fprintf(stderr, "%s: %s\n", source->file, strerror(errno));
        return EXIT_UNUSABLE;
    }
    rewind(lines.stream);
    while (next_line(&lines, &whole)) {
        if (whole)
            take_line(source, &lines);
        else
            count_garbage(source, lines.number);
    }
    error = ferror(lines.stream) ? errno : 0;
    fclose(lines.stream);
    if (error)
        fprintf(stderr, "%s: %s\n", source->file, strerror(error));
    return error ? EXIT_UNUSABLE : EXIT_GOOD;
}
