/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "space.h"

#include "base/range.h"

/*
 * A range inside a fixed region is never cached: it would be handed out again. first before span, which are stored the
 * other way round: the two then cover every hull that first belonged to.
 */
static bool is_near_fixed(const struct dms_iova_space *space, dms_iova_t iova)
{
    uint64_t first = atomic_load_explicit(&space->fixed_first, memory_order_acquire);
    uint64_t span = atomic_load_explicit(&space->fixed_span, memory_order_relaxed);

    return iova - first <= span;
}

__attribute__((noinline)) static int free_slow(struct dms_iova_space *space, dms_iova_t iova,
                                               uint64_t size)
{
    uint64_t pages = space_pages(space, size);
    struct slot *slot = NULL;
    unsigned one = 1;
    int error;

    if (pages == 0)
        return DMS_EINVAL;
    if (!is_aligned(iova, BIT64(space->granule_lg2)) || !range_has(space->aperture, iova))
        return DMS_ENOENT;
    if (pages_are_cacheable(pages) && !is_near_fixed(space, iova))
        slot = slot_enter_first(space);
    if (slot) {
        error = cache_free(space, slot, iova, pages << space->granule_lg2);
        slot_leave(slot);
        return error;
    }
    space_lock(space);
    space->tree_ops++;
    error = space_give(space, iova >> space->granule_lg2, pages, &one);
    space_unlock(space);
    return error;
}

/* Few instructions, no call, as dms_iova_alloc(). */
int dms_iova_free(struct dms_iova_space *space, dms_iova_t iova, uint64_t size)
{
    unsigned slots = atomic_load_explicit(&space->caches.quick_frees, memory_order_relaxed);
    struct slot *slot = slot_enter_quickly(space, slots);

    if (slot) {
        struct bin *bin = slot_bin(&space->caches, slot, size);
        unsigned count = bin->count;

        if (bin->bytes == size && count < bin->cap) {
            bin->entry[count] = iova;
            bin->count = (uint8_t)(count + 1);
            slot_leave(slot);
            return 0;
        }
        slot_leave(slot);
    }
    return free_slow(space, iova, size);
}
