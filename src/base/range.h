/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Sets of addresses as inclusive ranges. Making one from base and size: see checked.h. */
#ifndef BASE_RANGE_H
#define BASE_RANGE_H

#include <dmaspace/types.h>

static inline bool range_overlaps(struct dms_range a, struct dms_range b)
{
    return a.first <= b.last && b.first <= a.last;
}

static inline bool range_has(struct dms_range range, uint64_t address)
{
    return range.first <= address && address <= range.last;
}

static inline bool range_contains(struct dms_range outer, struct dms_range inner)
{
    return outer.first <= inner.first && inner.last <= outer.last;
}

static inline bool range_equal(struct dms_range a, struct dms_range b)
{
    return a.first == b.first && a.last == b.last;
}

/* Overlapping, or side by side without a gap: their union is one range. */
static inline bool range_touches(struct dms_range a, struct dms_range b)
{
    bool b_follows = a.last != UINT64_MAX && a.last + 1 == b.first;
    bool a_follows = b.last != UINT64_MAX && b.last + 1 == a.first;

    return range_overlaps(a, b) || b_follows || a_follows;
}

/* What both hold. False, and *out unchanged, when that is nothing. */
static inline bool range_intersect(struct dms_range a, struct dms_range b, struct dms_range *out)
{
    if (!range_overlaps(a, b))
        return false;
    out->first = a.first > b.first ? a.first : b.first;
    out->last = a.last < b.last ? a.last : b.last;
    return true;
}

/* The smallest range that holds both. */
static inline struct dms_range range_hull(struct dms_range a, struct dms_range b)
{
    return (struct dms_range){a.first < b.first ? a.first : b.first,
                              a.last > b.last ? a.last : b.last};
}

/*
 * Rounded to whole granules (a power of two), outwards: what a reservation costs. Cannot overflow.
 */
static inline struct dms_range range_round_out(struct dms_range range, uint64_t granule)
{
    return (struct dms_range){range.first & ~(granule - 1), range.last | (granule - 1)};
}

/*
 * Rounded inwards: what a window allows. False, and *out unchanged, when no whole granule is left.
 */
static inline bool range_round_in(struct dms_range range, uint64_t granule, struct dms_range *out)
{
    uint64_t mask = granule - 1;
    uint64_t first = (range.first + mask) & ~mask; /* wraps to 0 when it passes 2^64 */
    uint64_t end = (range.last + 1) & ~mask;       /* 0 stands for 2^64, or for nothing below it */
    bool nothing = first < range.first || (end == 0 && range.last != UINT64_MAX);

    if (nothing || end - 1 < first)
        return false;
    *out = (struct dms_range){first, end - 1};
    return true;
}

#endif
