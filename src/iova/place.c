/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What lies at a page: for conflicts and fault reports. */
#include "space.h"

void place_set_region(struct dms_iova_place *place, const struct region_node *node)
{
    place->in_region = node != NULL;
    if (!node)
        return;
    place->region = node->region;
    if (place->what == DMS_IOVA_IS_RESERVED)
        place->range = node->region.range;
}

static void describe_outside(struct dms_iova_space *space, uint64_t page,
                             struct dms_iova_place *place)
{
    place->what = DMS_IOVA_IS_OUTSIDE;
    place->range = page < space->tree.start
                       ? (struct dms_range){0, space->aperture.first - 1}
                       : (struct dms_range){space->aperture.last + 1, UINT64_MAX};
}

void space_describe(struct dms_iova_space *space, uint64_t page, struct dms_iova_place *place)
{
    static const enum dms_iova_what what_of[SEG_TYPES] = {
        [SEG_FREE] = DMS_IOVA_IS_FREE,
        [SEG_LIVE] = DMS_IOVA_IS_LIVE,
        [SEG_RESERVED] = DMS_IOVA_IS_RESERVED,
        [SEG_FIXED] = DMS_IOVA_IS_LIVE,
    };
    struct segment segment;

    *place = (struct dms_iova_place){.in_region = false};
    if (page < space->tree.start || page >= space->tree.end) {
        describe_outside(space, page, place);
        return;
    }
    segment = tree_segment_at(&space->tree, page);
    place->what = what_of[segment.type];
    place->range = space_range(space, segment.start, segment.end);
    place_set_region(place, regions_overlap(&space->regions, NULL, page, page + 1));
}

bool space_find(struct dms_iova_space *space, uint64_t start, uint64_t end, unsigned types,
                struct dms_iova_place *place)
{
    struct segment segment;

    if (!tree_next(&space->tree, start, end, types, &segment))
        return false;
    if (place)
        space_describe(space, segment.start, place);
    return true;
}

void dms_iova_lookup(struct dms_iova_space *space, dms_iova_t iova, struct dms_iova_place *place)
{
    space_freeze(space);
    space_flush(space);
    space_describe(space, iova >> space->granule_lg2, place);
    space_thaw(space);
}
