/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Where the lines come from: a log, or the text of --fault. */
#include "fault.h"
#include "verb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    TEXT_LINES_MAX = 4096, /* of one --fault */
};

/* The rest of a line that is longer than LINE_BYTES is skipped. */
static void read_log(struct reader *reader, FILE *in)
{
    char line[LINE_BYTES];

    while (fgets(line, sizeof(line), in)) {
        size_t length = strcspn(line, "\n");
        int c = '\n';

        if (line[length] == '\0') {
            while ((c = fgetc(in)) != EOF && c != '\n')
                ;
        }
        line[length] = '\0';
        read_line(reader, line);
    }
}

int read_file(struct reader *reader, const char *name)
{
    FILE *in = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
    int error = 0;

    if (!in) {
        fprintf(stderr, "%s: %s; give a log, or - for stdin\n", name, strerror(errno));
        return EXIT_UNUSABLE;
    }
    read_log(reader, in);
    if (ferror(in))
        error = errno ? errno : EIO;
    if (in != stdin)
        fclose(in);
    if (error)
        fprintf(stderr, "%s: %s; give a log, or - for stdin\n", name, strerror(error));
    return error ? EXIT_UNUSABLE : EXIT_GOOD;
}

bool read_text(struct reader *reader, const char *text)
{
    char line[LINE_BYTES];
    bool known = false;

    for (unsigned lines = 0; *text && lines < TEXT_LINES_MAX; lines++) {
        size_t length = strcspn(text, "\n");

        snprintf(line, sizeof(line), "%.*s", (int)(length < LINE_BYTES ? length : LINE_BYTES - 1),
                 text);
        known |= read_line(reader, line);
        text += length + (text[length] == '\n');
    }
    return known;
}
