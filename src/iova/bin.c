/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which size a bin holds, and the way of its ranges back to the tree. */
#include "space.h"

#include "base/range.h"

/* After so many operations of other sizes, without a refill or a spill in between, a bin changes hands. */
#define STRANGERS_MAX         8u
#define STRANGERS_MAX_REGULAR UINT8_MAX

static void sort(uint64_t *values, unsigned count)
{
    for (unsigned i = 1; i < count; i++) {
        uint64_t value = values[i];
        unsigned at = i;

        for (; at > 0 && values[at - 1] > value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
}

/* How many of the sorted IOVAs follow one another without a gap. */
static unsigned run_length(const uint64_t *iovas, unsigned count, uint64_t bytes)
{
    unsigned run = 1;

    while (run < count && iovas[run] - iovas[run - 1] == bytes)
        run++;
    return run;
}

void space_give_all(struct dms_iova_space *space, uint64_t *iovas, unsigned count, uint64_t bytes)
{
    unsigned given;

    sort(iovas, count);
    for (unsigned i = 0; i < count; i += given) {
        given = run_length(iovas + i, count - i, bytes);
        if (!is_aligned(iovas[i], BIT64(space->granule_lg2)) ||
            !range_has(space->aperture, iovas[i]) ||
            space_give(space, iovas[i] >> space->granule_lg2, bytes >> space->granule_lg2,
                       &given)) {
            space->caches.bad_frees++;
            given = 1;
        }
    }
}

void bin_give_up(struct dms_iova_space *space, struct slot *slot, struct bin *bin)
{
    uint32_t claimed = atomic_load_explicit(&slot->claimed, memory_order_relaxed);

    if (bin->bytes == 0)
        return;
    space_give_all(space, bin->entry, bin->count, bin->bytes);
    bin->count = 0;
    space->caches.budget += (bin->bytes >> space->granule_lg2) * bin->cap;
    space->caches.claims--;
    atomic_store_explicit(&slot->claimed, claimed - 1, memory_order_relaxed);
    bin->bytes = 0;
}

/* Sizes that come often, and that the hash gives bins of their own: small ones, and powers of two. */
static bool is_regular(uint64_t pages)
{
    return pages <= 8 || is_pow2(pages);
}

static bool bin_is_for(const struct dms_iova_space *space, struct bin *bin, uint64_t pages)
{
    bool held_by_regular = is_regular(bin->bytes >> space->granule_lg2);

    if (bin->bytes == 0 || (is_regular(pages) && !held_by_regular))
        return true;
    return ++bin->strangers >= (held_by_regular ? STRANGERS_MAX_REGULAR : STRANGERS_MAX);
}

bool bin_claim(struct dms_iova_space *space, struct slot *slot, struct bin *bin, uint64_t bytes)
{
    uint64_t pages = bytes >> space->granule_lg2;
    struct caches *caches = &space->caches;
    uint64_t cap;

    if ((void *)bin == (void *)slot || !pages_are_cacheable(pages) ||
        !bin_is_for(space, bin, pages))
        return false;
    bin_give_up(space, slot, bin);
    cap = caches->budget / 4 / pages; /* never all of it: other sizes and threads come later */
    if (cap == 0)
        return false;
    bin->cap = (uint8_t)(cap < BIN_ENTRIES ? cap : BIN_ENTRIES);
    bin->batch = pages < TAKE_MAX ? TAKE_MAX : 1;
    bin->strangers = 0;
    bin->bytes = bytes;
    caches->budget -= pages * bin->cap;
    caches->claims++;
    atomic_fetch_add_explicit(&slot->claimed, 1, memory_order_relaxed);
    return true;
}
