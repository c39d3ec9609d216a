/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Ranges laid down one after another, each asked first which of the earlier ones it meets. Time
 * n log n over all, whatever the ranges look like: maps of hostile trees hold tens of thousands.
 */
#ifndef CLI_FIRSTCOVER_H
#define CLI_FIRSTCOVER_H

#include "array.h"

#include <dmaspace/types.h>

#define NO_COVER SIZE_MAX

struct firstcover {
    ARRAY(uint64_t) bounds; /* every first, and every last + 1: the pieces' beginnings */
    ARRAY(size_t) least;    /* a binary tree over the pieces: the first range that covers... */
    ARRAY(size_t) whole;    /* ...some piece below this node, and all pieces below it */
    size_t pieces;          /* a power of two */
};

/* The ranges that may be laid; last of each is below 2^64 - 1. All zero before the first use. */
void firstcover_begin(struct firstcover *cover, const struct dms_range *ranges, size_t count);

/* The least number given before to a range that meets this one, or NO_COVER; then lays it. */
size_t firstcover_lay(struct firstcover *cover, struct dms_range range, size_t number);

void firstcover_drop(struct firstcover *cover);

#endif
