/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Colours on a terminal: none when NO_COLOR is set (no-color.org) or TERM is dumb. */
#ifndef CLI_STYLE_H
#define CLI_STYLE_H

#include <stdio.h>

enum style {
    STYLE_TITLE,
    STYLE_LABEL,
    STYLE_WARNING,
    STYLE_ERROR,
    STYLE_END
};

/* The escape sequence for `stream`, or "". */
const char *style(FILE *stream, enum style style);

/* On stdout, what the rest of an indented line is: "  name    ", `width` without the blanks around. */
void print_label(int width, const char *name);

#endif
