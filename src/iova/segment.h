/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The aperture as a row of segments. A segment is the word of its first page and type; it reaches to the next one.
 * Pages are IOVA / granule, so that one past the last page of a 64-bit space fits, and half-open bounds are safe.
 * Invariant between operations: no two neighbours are both free or both reserved.
 */
#ifndef IOVA_SEGMENT_H
#define IOVA_SEGMENT_H

#include "base/bits.h"

enum seg_type {
    SEG_FREE = 0,
    SEG_LIVE = 1,     /* one live allocation */
    SEG_RESERVED = 2, /* covered by regions, nothing live */
    SEG_FIXED = 3,    /* one live allocation inside fixed regions */
};

#define SEG_TYPES 4u

struct segment {
    uint64_t start;
    uint64_t end;
    enum seg_type type;
};

static inline uint64_t seg_word(uint64_t page, enum seg_type type)
{
    return page << 2 | (uint64_t)type;
}

static inline uint64_t seg_page(uint64_t word)
{
    return word >> 2;
}

static inline enum seg_type seg_type(uint64_t word)
{
    return (enum seg_type)(word & 3);
}

static inline bool seg_is_live(enum seg_type type)
{
    return (type & 1) != 0;
}

/* What a subtree can serve. Both 0: no gap at all. */
struct fit {
    uint64_t gap; /* pages of the longest gap */
    uint64_t
        natural; /* the most pages that fit aligned to themselves rounded up to a power of two */
};

#define FIT_MAX ((struct fit){UINT64_MAX, UINT64_MAX})

static inline bool fit_covers(struct fit fit, struct fit other)
{
    return (fit.gap >= other.gap) & (fit.natural >= other.natural);
}

static inline uint64_t pages_align_up(uint64_t page, uint64_t align)
{
    return (page + align - 1) & ~(align - 1);
}

/*
 * The natural fit of one gap [start, end), start > 0. Of all pages from start to end, `middle` is a multiple of the
 * highest power of two, by which neither side is as long. To its right, any size fits that is as long as what is there;
 * to its left, the power of two that is there, which ends at it.
 */
static inline uint64_t natural_fit(uint64_t start, uint64_t end)
{
    unsigned bit = ilog2((start - 1) ^ end);
    uint64_t middle = end >> bit << bit;
    uint64_t left = UINT64_C(1) << ilog2((middle - start) | 1);
    uint64_t right = end - middle;

    return left > right ? left : right;
}

static inline void fit_add_gap(struct fit *fit, uint64_t start, uint64_t end)
{
    uint64_t length = end - start;
    uint64_t natural = natural_fit(start, end);

    fit->gap = length > fit->gap ? length : fit->gap;
    fit->natural = natural > fit->natural ? natural : fit->natural;
}

static inline void fit_join(struct fit *fit, struct fit other)
{
    fit->gap = other.gap > fit->gap ? other.gap : fit->gap;
    fit->natural = other.natural > fit->natural ? other.natural : fit->natural;
}

static inline bool fit_equal(struct fit a, struct fit b)
{
    return a.gap == b.gap && a.natural == b.natural;
}

#endif
