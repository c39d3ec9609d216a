/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "space.h"

#include "base/range.h"

/* A range inside a fixed region is never cached: it would be handed out again. */
static inline bool is_near_fixed(const struct dms_iova_space *space, dms_iova_t iova)
{
    uint64_t first = atomic_load_explicit(&space->fixed_first, memory_order_relaxed);
    uint64_t span = atomic_load_explicit(&space->fixed_span, memory_order_relaxed);

    return iova - first <= span;
}

static int free_slow(struct dms_iova_space *space, dms_iova_t iova, uint64_t pages, bool cacheable)
{
    struct slot *slot;
    unsigned one = 1;
    int error;

    if (pages == 0)
        return DMS_EINVAL;
    if (!is_aligned(iova, BIT64(space->granule_lg2)) || !range_has(space->aperture, iova))
        return DMS_ENOENT;
    slot = cacheable ? slot_enter(&space->caches) : NULL;
    if (slot) {
        error = cache_free(space, slot, iova, pages);
        slot_leave(slot);
        return error;
    }
    space_lock(space);
    space->tree_ops++;
    error = space_give(space, iova >> space->granule_lg2, pages, &one);
    space_unlock(space);
    return error;
}

int dms_iova_free(struct dms_iova_space *space, dms_iova_t iova, uint64_t size)
{
    uint64_t pages = space_pages(space, size);
    bool cacheable = pages_are_cacheable(pages) && !is_near_fixed(space, iova);
    struct slot *slot;
    struct bin *bin;

    if (cacheable && (slot = slot_enter(&space->caches))) {
        bin = slot_bin(slot, pages);
        if (bin->pages == pages && bin->count < bin->cap) {
            bin->entry[bin->count++] = iova;
            slot_leave(slot);
            return 0;
        }
        slot_leave(slot);
    }
    return free_slow(space, iova, pages, cacheable);
}
