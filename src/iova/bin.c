/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which size a bin holds, and the way of its ranges back to the tree. */
#include "space.h"

#include "base/mem.h"
#include "base/range.h"

/* After so many operations of other sizes a bin changes hands although it is not empty. */
#define STRANGERS_MAX 8u

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

void space_give_all(struct dms_iova_space *space, uint64_t *iovas, unsigned count, uint64_t pages)
{
    uint64_t bytes = pages << space->granule_lg2;
    unsigned given;

    sort(iovas, count);
    for (unsigned i = 0; i < count; i += given) {
        given = run_length(iovas + i, count - i, bytes);
        if (!is_aligned(iovas[i], BIT64(space->granule_lg2)) ||
            !range_has(space->aperture, iovas[i]) ||
            space_give(space, iovas[i] >> space->granule_lg2, pages, &given)) {
            space->caches.bad_frees++;
            given = 1;
        }
    }
}

void bin_give_back(struct dms_iova_space *space, struct bin *bin, unsigned count)
{
    space_give_all(space, bin->entry, count, bin->pages);
    bin->count = (uint8_t)(bin->count - count);
    memmove(bin->entry, bin->entry + count, bin->count * sizeof(bin->entry[0]));
}

void bin_give_up(struct dms_iova_space *space, struct slot *slot, struct bin *bin)
{
    uint32_t claimed = atomic_load_explicit(&slot->claimed, memory_order_relaxed);

    if (bin->pages == 0)
        return;
    bin_give_back(space, bin, bin->count);
    space->caches.budget += (uint64_t)bin->pages * bin->cap;
    space->caches.claims--;
    atomic_store_explicit(&slot->claimed, claimed - 1, memory_order_relaxed);
    bin->pages = 0;
}

bool bin_claim(struct dms_iova_space *space, struct slot *slot, struct bin *bin, uint64_t pages)
{
    struct caches *caches = &space->caches;
    uint64_t cap;

    if (bin->pages != 0 && bin->count > 0 && ++bin->strangers < STRANGERS_MAX)
        return false;
    bin_give_up(space, slot, bin);
    cap = caches->budget / 4 / pages; /* never all of it: other sizes and threads come later */
    if (cap == 0)
        return false;
    bin->cap = (uint8_t)(cap < BIN_ENTRIES ? cap : BIN_ENTRIES);
    bin->batch = pages < BATCH ? BATCH : 1;
    bin->strangers = 0;
    bin->pages = (uint32_t)pages;
    caches->budget -= pages * bin->cap;
    caches->claims++;
    atomic_fetch_add_explicit(&slot->claimed, 1, memory_order_relaxed);
    return true;
}
