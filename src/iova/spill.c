/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Free by a thread whose bin has no room: a batch to the depot, or to the tree. */
#include "space.h"

#include "base/mem.h"

static void bin_push(struct bin *bin, dms_iova_t iova)
{
    bin->entry[bin->count++] = iova;
}

/* The bin's oldest ranges lie side by side, upwards or downwards: one operation on the tree. */
static bool is_run(const struct bin *bin, unsigned count)
{
    uint64_t step = bin->entry[1] - bin->entry[0];

    if (step != bin->bytes && step != -bin->bytes)
        return false;
    for (unsigned i = 2; i < count; i++) {
        if (bin->entry[i] - bin->entry[i - 1] != step)
            return false;
    }
    return true;
}

/*
 * How many ranges of a full bin go: half of it where other threads may wait for the lock, or for the ranges, or where
 * they are a run. Else a thread alone gives fewer at once, as each is an operation of its own on the tree, and none
 * shall be much longer than others.
 */
static unsigned spill_count(const struct dms_iova_space *space, const struct bin *bin)
{
    unsigned half = (bin->count + 1u) / 2;

    if (depot_cells(&space->caches) || half < SPILL_ALONE || is_run(bin, half))
        return half;
    return SPILL_ALONE;
}

/* The oldest ones go; the youngest are the ones whose page tables are still warm. */
static void spill(struct dms_iova_space *space, struct slot *slot, struct bin *bin)
{
    unsigned count = spill_count(space, bin);
    uint64_t bytes = bin->bytes;

    bin->strangers = 0;
    if (count < BATCH || !depot_put(&space->caches, slot, &bytes, bin->entry)) {
        space_lock(space);
        space_give_all(space, bin->entry, count, bytes);
        space->caches.spills++;
        space_unlock(space);
    }
    bin->count = (uint8_t)(bin->count - count);
    memmove(bin->entry, bin->entry + count, bin->count * sizeof(bin->entry[0]));
}

int cache_free(struct dms_iova_space *space, struct slot *slot, dms_iova_t iova, uint64_t bytes)
{
    struct bin *bin = slot_bin(&space->caches, slot, bytes);
    unsigned one = 1;
    int error = 0;

    if (bin->bytes == bytes) {
        if (bin->count == bin->cap)
            spill(space, slot, bin);
        bin_push(bin, iova);
        return 0;
    }
    space_lock(space);
    space->tree_ops++;
    if (bin_claim(space, slot, bin, bytes))
        bin_push(bin, iova);
    else
        error = space_give(space, iova >> space->granule_lg2, bytes >> space->granule_lg2, &one);
    space_unlock(space);
    return error;
}
