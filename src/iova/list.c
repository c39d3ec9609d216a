/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Listings by cursor. A cursor is a key, so it does not mind what happens in between. */
#include "space.h"

static bool next_segment(struct dms_iova_space *space, struct dms_iova_cursor *cursor,
                         unsigned types, struct dms_range *range)
{
    struct segment segment;
    uint64_t page;

    if (cursor->done)
        return false;
    space_freeze(space);
    space_flush(space);
    page = cursor->next > space->tree.start ? cursor->next : space->tree.start;
    cursor->done = !tree_next(&space->tree, page, space->tree.end, types, &segment);
    space_thaw(space);
    if (cursor->done)
        return false;
    cursor->next = segment.end;
    *range = space_range(space, segment.start, segment.end);
    return true;
}

bool dms_iova_next_live(struct dms_iova_space *space, struct dms_iova_cursor *cursor,
                        struct dms_range *range)
{
    return next_segment(space, cursor, 1u << SEG_LIVE | 1u << SEG_FIXED, range);
}

bool dms_iova_next_gap(struct dms_iova_space *space, struct dms_iova_cursor *cursor,
                       struct dms_range *range)
{
    return next_segment(space, cursor, 1u << SEG_FREE, range);
}

bool dms_iova_next_region(struct dms_iova_space *space, struct dms_iova_cursor *cursor,
                          struct dms_iova_region *region)
{
    const struct avl_node *node;

    if (cursor->done)
        return false;
    space_lock(space);
    node = avl_at_or_after(&space->regions.avl, cursor->next, cursor->serial);
    cursor->done = !node;
    if (node) {
        *region = ((const struct region_node *)node)->region;
        cursor->next = node->key;
        cursor->serial = node->tie + 1;
    }
    space_unlock(space);
    return !cursor->done;
}
