/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Regions come and go: the set of regions and the reserved segments change together or not at all. The stretches that
 * change are first cut out of their segments, which can fail and is undone by healing; what follows needs no memory.
 */
#include "stretch.h"

#include "base/range.h"

/* A single region in the middle of a gap is one splice. False: it is not that simple. */
static bool reserve_in_gap(struct dms_iova_space *space, const struct region_node *node, int *error)
{
    struct stretch stretch;
    struct segment segment;
    struct path path;

    if (node->chain || !region_clip(space, node, &stretch))
        return false;
    tree_find(&space->tree, stretch.start, &path);
    segment = path_segment(&path);
    if (segment.type != SEG_FREE || segment.start == stretch.start || stretch.end >= segment.end)
        return false;
    *error = space_take(space, &path, stretch.start, stretch.end - stretch.start, 1, SEG_RESERVED);
    return true;
}

/* Before the region's owner can allocate in it. The hull only grows; is_near_fixed() counts on the order of the stores. */
static void widen_fixed_hull(struct dms_iova_space *space, struct dms_range range)
{
    uint64_t first = atomic_load_explicit(&space->fixed_first, memory_order_relaxed);
    uint64_t span = atomic_load_explicit(&space->fixed_span, memory_order_relaxed);

    if (span != 0)
        range = range_hull(range, (struct dms_range){first, first + span});
    atomic_store_explicit(&space->caches.quick_frees, 0, memory_order_relaxed);
    atomic_store_explicit(&space->fixed_span, range.last - range.first, memory_order_relaxed);
    atomic_store_explicit(&space->fixed_first, range.first, memory_order_release);
}

static void insert_chain(struct dms_iova_space *space, struct region_node *chain)
{
    for (; chain; chain = chain->chain) {
        regions_insert(&space->regions, chain);
        if (chain->region.kind == DMS_REGION_FIXED)
            widen_fixed_hull(space,
                             range_round_out(chain->region.range, BIT64(space->granule_lg2)));
    }
}

static void remove_chain(struct dms_iova_space *space, struct region_node *chain)
{
    for (; chain; chain = chain->chain)
        regions_remove(&space->regions, chain);
}

/* Windows that exclude the whole aperture, these ones included, are a mistake. */
static bool windows_leave_something(struct dms_iova_space *space, struct region_node *chain)
{
    uint64_t covered;

    insert_chain(space, chain);
    covered = regions_covered_to(&space->regions, space->tree.start, true);
    remove_chain(space, chain);
    return covered < space->tree.end;
}

/* Locked. */
static int space_reserve(struct dms_iova_space *space, struct region_node *chain,
                         struct dms_iova_place *conflict)
{
    struct stretches all = {chain, STRETCH_WHOLE};
    int error;

    space->tree_ops++;
    if (chain->region.kind == DMS_REGION_WINDOW && !windows_leave_something(space, chain))
        return DMS_EINVAL;
    if (!reserve_in_gap(space, chain, &error)) {
        error = stretches_check(space, &all, 1u << SEG_LIVE | 1u << SEG_FIXED, conflict);
        if (!error)
            error = stretches_retype(space, &all, SEG_RESERVED);
    }
    if (!error)
        insert_chain(space, chain);
    return error;
}

int space_unreserve(struct dms_iova_space *space, struct region_node *chain,
                    struct dms_iova_place *conflict)
{
    struct stretches holes = {chain, STRETCH_HOLES};
    int error;

    space->tree_ops++;
    remove_chain(space, chain);
    error = stretches_check(space, &holes, 1u << SEG_FIXED, conflict);
    if (!error)
        error = stretches_retype(space, &holes, SEG_FREE);
    if (error)
        insert_chain(space, chain);
    return error;
}

int space_reserve_flushed(struct dms_iova_space *space, struct region_node *chain,
                          struct dms_iova_place *conflict)
{
    int error;
    bool retry;

    space_lock(space);
    error = space_reserve(space, chain, conflict);
    retry = error == DMS_EBUSY && !caches_are_empty(space);
    space_unlock(space);
    if (!retry)
        return error;
    space_freeze(space);
    space_flush(space);
    error = space_reserve(space, chain, conflict);
    space_thaw(space);
    return error;
}

int dms_iova_reserve(struct dms_iova_space *space, const struct dms_iova_region *region,
                     struct dms_iova_place *conflict)
{
    struct region_node *node;
    int error;

    if (region->range.first > region->range.last)
        return DMS_EINVAL;
    node = region_node_create(space->port, region, space->granule_lg2);
    if (!node)
        return DMS_ENOMEM;
    error = space_reserve_flushed(space, node, conflict);
    if (error)
        region_chain_destroy(space->port, node);
    return error;
}

int dms_iova_unreserve(struct dms_iova_space *space, const struct dms_iova_region *region,
                       struct dms_iova_place *conflict)
{
    struct region_node *node;
    int error = DMS_ENOENT;

    space_lock(space);
    node = regions_find(&space->regions, region);
    if (node) {
        node->chain = NULL;
        error = space_unreserve(space, node, conflict);
    }
    space_unlock(space);
    if (!error)
        region_chain_destroy(space->port, node);
    return error;
}
