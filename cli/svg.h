/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Pictures of address spaces: one bar per space, drawn to scale over a common span, as a self-contained SVG that
 * follows the viewer's light or dark setting.
 */
#ifndef CLI_SVG_H
#define CLI_SVG_H

#include <stdio.h>

#include <dmaspace/types.h>

enum svg_kind {
    SVG_MAPPED,   /* live mappings */
    SVG_FIXED,    /* a place that only the owner maps */
    SVG_RESERVED, /* never handed out */
    SVG_OUTSIDE,  /* not translated at all */
    SVG_FAULT,    /* where an access failed; drawn as a mark, however narrow */
    SVG_KINDS
};

/* A stretch of a bar. `label` is what the viewer sees when pointing at it; it may hold any text. */
struct svg_item {
    struct dms_range range;
    enum svg_kind kind;
    const char *label;
};

struct svg_bar {
    const char *name;             /* left of the bar */
    const char *note;             /* below the name; may be NULL */
    const struct svg_item *items; /* drawn in this order; parts outside the span are cut off */
    size_t nitems;
};

struct svg_picture {
    const char *title;
    const char *subtitle; /* may be NULL */
    struct dms_range span;
    const struct svg_bar *bars;
    size_t nbars;
};

/* Writes the picture. 0, or -1 when the stream failed (errno says why). */
int svg_write(FILE *out, const struct svg_picture *picture);

/* Writes `text` with the characters that markup would take for its own replaced. */
void svg_escape(FILE *out, const char *text);

#endif
