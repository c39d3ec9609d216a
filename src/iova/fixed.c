/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Allocation at a chosen address: in free space, or inside the caller's own fixed regions. */
#include "space.h"

#include "base/checked.h"

struct wanted {
    uint64_t start, end;
    bool in_fixed;
    const void *owner;
};

/* The first region over [start, end) that keeps `owner` out; NULL: none. */
static const struct region_node *foreign_region(struct dms_iova_space *space, uint64_t start,
                                                uint64_t end, const void *owner)
{
    struct region_node *node = NULL;

    while ((node = regions_overlap(&space->regions, node, start, end))) {
        if (node->region.kind != DMS_REGION_FIXED || node->region.owner != owner)
            return node;
    }
    return NULL;
}

/* The first page of [start, end) whose segment is not of the wanted type; `end`: none. */
static uint64_t first_unlike(struct dms_iova_space *space, uint64_t start, uint64_t end,
                             enum seg_type wanted)
{
    struct segment segment;

    if (start < space->tree.start)
        return start;
    if (tree_next(&space->tree, start, end, ~(1u << wanted), &segment))
        return segment.start > start ? segment.start : start;
    return end <= space->tree.end ? end : space->tree.end;
}

/* The first page that is in the way, described; the end: none. */
static uint64_t obstacle(struct dms_iova_space *space, const struct wanted *wanted,
                         struct dms_iova_place *place)
{
    uint64_t start = wanted->start;
    uint64_t page =
        first_unlike(space, start, wanted->end, wanted->in_fixed ? SEG_RESERVED : SEG_FREE);
    const struct region_node *foreign =
        wanted->in_fixed ? foreign_region(space, start, wanted->end, wanted->owner) : NULL;
    uint64_t at = foreign && foreign->start > start ? foreign->start : start;

    if (foreign && at <= page && at >= space->tree.start) {
        *place = (struct dms_iova_place){.what = DMS_IOVA_IS_RESERVED};
        place_set_region(place, foreign);
        return at;
    }
    if (page < wanted->end)
        space_describe(space, page, place);
    return page;
}

/* Locked. */
static int alloc_at(struct dms_iova_space *space, const struct wanted *wanted,
                    struct dms_iova_place *place)
{
    struct path path;

    space->tree_ops++;
    if (obstacle(space, wanted, place) < wanted->end)
        return DMS_EBUSY;
    tree_find(&space->tree, wanted->start, &path);
    return space_take(space, &path, wanted->start, wanted->end - wanted->start, 1,
                      wanted->in_fixed ? SEG_FIXED : SEG_LIVE);
}

static int alloc_at_flushed(struct dms_iova_space *space, const struct wanted *wanted,
                            struct dms_iova_place *place)
{
    bool retry;
    int error;

    space_lock(space);
    error = alloc_at(space, wanted, place);
    retry = error == DMS_EBUSY && !caches_are_empty(space);
    space_unlock(space);
    if (!retry)
        return error;
    space_freeze(space);
    space_flush(space);
    error = alloc_at(space, wanted, place);
    space_thaw(space);
    return error;
}

int dms_iova_alloc_at(struct dms_iova_space *space, dms_iova_t iova, uint64_t size, unsigned flags,
                      const void *owner, struct dms_iova_place *conflict)
{
    uint64_t granule = BIT64(space->granule_lg2);
    struct dms_iova_place place;
    struct wanted wanted;
    struct dms_range range;
    int error;

    if (!is_aligned(iova | size, granule) || flags & ~(unsigned)DMS_IOVA_IN_FIXED)
        return DMS_EINVAL;
    error = range_from_size(iova, size, &range);
    if (error)
        return error;
    wanted =
        (struct wanted){range.first >> space->granule_lg2, (range.last >> space->granule_lg2) + 1,
                        (flags & DMS_IOVA_IN_FIXED) != 0, owner};
    error = alloc_at_flushed(space, &wanted, &place);
    if (error == DMS_EBUSY && conflict)
        *conflict = place;
    return error;
}
