/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "style.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_coloured(FILE *stream)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    return isatty(fileno(stream)) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

const char *style(FILE *stream, enum style style)
{
    static const char *const sequences[] = {
        [STYLE_TITLE] = "\033[1m",  [STYLE_LABEL] = "\033[2m", [STYLE_WARNING] = "\033[33m",
        [STYLE_ERROR] = "\033[31m", [STYLE_END] = "\033[0m",
    };
    static int coloured[2] = {-1, -1}; /* of stdout and stderr; -1: not asked yet */
    int *answer = &coloured[stream == stderr];

    if (*answer < 0)
        *answer = is_coloured(stream);
    return *answer ? sequences[style] : "";
}

void print_label(int width, const char *name)
{
    printf("  %s%-*s%s ", style(stdout, STYLE_LABEL), width, name, style(stdout, STYLE_END));
}
