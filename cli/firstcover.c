/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "firstcover.h"

#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void drop_repeats(struct firstcover *cover)
{
    size_t kept = 0;

    for (size_t i = 0; i < cover->bounds.count; i++) {
        if (i == 0 || cover->bounds.items[i] != cover->bounds.items[kept - 1])
            cover->bounds.items[kept++] = cover->bounds.items[i];
    }
    cover->bounds.count = kept;
}

static void fill(struct firstcover *cover)
{
    cover->least.count = 0;
    cover->whole.count = 0;
    for (size_t i = 0; i < 2 * cover->pieces; i++) {
        array_push(&cover->least, NO_COVER);
        array_push(&cover->whole, NO_COVER);
    }
}

void firstcover_begin(struct firstcover *cover, const struct dms_range *ranges, size_t count)
{
    cover->bounds.count = 0;
    for (size_t i = 0; i < count; i++) {
        array_push(&cover->bounds, ranges[i].first);
        array_push(&cover->bounds, ranges[i].last + 1);
    }
    if (cover->bounds.count > 0)
        qsort(cover->bounds.items, cover->bounds.count, sizeof(uint64_t), by_value);
    drop_repeats(cover);
    for (cover->pieces = 1; cover->pieces < cover->bounds.count;)
        cover->pieces *= 2;
    fill(cover);
}

static size_t piece_of(const struct firstcover *cover, uint64_t bound)
{
    const uint64_t *found =
        bsearch(&bound, cover->bounds.items, cover->bounds.count, sizeof(uint64_t), by_value);

    return (size_t)(found - cover->bounds.items);
}

static size_t lower(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Pieces first..end - 1, seen from tree node `at`, which holds `width` pieces from `from` on. */
struct walk {
    struct firstcover *cover;
    size_t first;
    size_t end;
    size_t number;
};

static size_t lay(const struct walk *walk, size_t at, size_t from, size_t width)
{
    size_t *least = &walk->cover->least.items[at];
    size_t *whole = &walk->cover->whole.items[at];
    size_t met;

    if (walk->end <= from || from + width <= walk->first)
        return NO_COVER;
    if (walk->first <= from && from + width <= walk->end) {
        met = *least;
        *whole = lower(*whole, walk->number);
    } else {
        met = lower(*whole, lower(lay(walk, 2 * at, from, width / 2),
                                  lay(walk, 2 * at + 1, from + width / 2, width / 2)));
    }
    *least = lower(*least, walk->number);
    return met;
}

size_t firstcover_lay(struct firstcover *cover, struct dms_range range, size_t number)
{
    const struct walk walk = {.cover = cover,
                              .first = piece_of(cover, range.first),
                              .end = piece_of(cover, range.last + 1),
                              .number = number};

    return lay(&walk, 1, 0, cover->pieces);
}

void firstcover_drop(struct firstcover *cover)
{
    array_drop(&cover->bounds);
    array_drop(&cover->least);
    array_drop(&cover->whole);
}
