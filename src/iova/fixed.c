/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Allocation at a chosen address: in free space, or inside the caller's own fixed regions. */
#include "space.h"

#include "base/checked.h"

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
    if (tree_next(&space->tree, start, ~(1u << wanted), &segment) && segment.start < end)
        return segment.start > start ? segment.start : start;
    return end <= space->tree.end ? end : space->tree.end;
}

/* The first page that is in the way, described; `end`: none. */
static uint64_t obstacle(struct dms_iova_space *space, uint64_t start, uint64_t end,
                         enum seg_type wanted, const void *owner, struct dms_iova_place *place)
{
    uint64_t page = first_unlike(space, start, end, wanted);
    const struct region_node *foreign =
        wanted == SEG_RESERVED ? foreign_region(space, start, end, owner) : NULL;
    uint64_t at = foreign && foreign->start > start ? foreign->start : start;

    if (foreign && at <= page && at >= space->tree.start) {
        *place = (struct dms_iova_place){.what = DMS_IOVA_IS_RESERVED};
        place_set_region(place, foreign);
        return at;
    }
    if (page < end)
        space_describe(space, page, place);
    return page;
}

static int alloc_at_locked(struct dms_iova_space *space, uint64_t start, uint64_t end,
                           unsigned flags, const void *owner, struct dms_iova_place *place)
{
    bool in_fixed = flags & DMS_IOVA_IN_FIXED;
    enum seg_type wanted = in_fixed ? SEG_RESERVED : SEG_FREE;
    struct path path;

    space->tree_ops++;
    if (obstacle(space, start, end, wanted, owner, place) < end)
        return DMS_EBUSY;
    tree_find(&space->tree, start, &path);
    return space_take(space, &path, start, end, in_fixed ? SEG_FIXED : SEG_LIVE);
}

int dms_iova_alloc_at(struct dms_iova_space *space, dms_iova_t iova, uint64_t size, unsigned flags,
                      const void *owner, struct dms_iova_place *conflict)
{
    uint64_t granule = BIT64(space->granule_lg2);
    struct dms_iova_place place;
    struct dms_range range;
    int error;

    if (!is_aligned(iova | size, granule) || flags & ~(unsigned)DMS_IOVA_IN_FIXED)
        return DMS_EINVAL;
    error = range_from_size(iova, size, &range);
    if (error)
        return error;
    space_lock(space);
    error = alloc_at_locked(space, range.first >> space->granule_lg2,
                            (range.last >> space->granule_lg2) + 1, flags, owner, &place);
    space_unlock(space);
    if (error == DMS_EBUSY && conflict)
        *conflict = place;
    return error;
}
