/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Regions come and go: the set of regions and the reserved segments change together or not at all. The stretches that
 * change are first cut out of their segments, which can fail and is undone by healing; what follows needs no memory.
 */
#include "stretch.h"

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
    *error = space_take(space, &path, stretch.start, stretch.end, SEG_RESERVED);
    return true;
}

static void insert_chain(struct dms_iova_space *space, struct region_node *chain)
{
    for (; chain; chain = chain->chain)
        regions_insert(&space->regions, chain);
}

static void remove_chain(struct dms_iova_space *space, struct region_node *chain)
{
    for (; chain; chain = chain->chain)
        regions_remove(&space->regions, chain);
}

int space_reserve(struct dms_iova_space *space, struct region_node *chain,
                  struct dms_iova_place *conflict)
{
    struct stretches all = {chain, STRETCH_WHOLE};
    int error;

    space->tree_ops++;
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
    space_lock(space);
    error = space_reserve(space, node, conflict);
    space_unlock(space);
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
