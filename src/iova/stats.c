/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "space.h"

#include "base/checked.h"

static uint64_t pages_to_bytes(const struct dms_iova_space *space, uint64_t pages)
{
    uint64_t bytes;

    return checked_shl(pages, space->granule_lg2, &bytes) ? bytes : UINT64_MAX;
}

void dms_iova_get_stats(struct dms_iova_space *space, struct dms_iova_stats *stats)
{
    const struct tree *tree = &space->tree;
    uint64_t live;

    space_lock(space);
    live = tree->pages[SEG_LIVE] + tree->pages[SEG_FIXED];
    *stats = (struct dms_iova_stats){
        .free_bytes = pages_to_bytes(space, tree->pages[SEG_FREE]),
        .live_bytes = pages_to_bytes(space, live),
        .live_count = tree->live_count,
        .reserved_bytes = pages_to_bytes(space, tree->pages[SEG_RESERVED]),
        .region_count = space->regions.count,
        .largest_gap = pages_to_bytes(space, tree->fit.gap),
        .largest_fit = pages_to_bytes(space, tree->fit.natural),
        .nodes_visited = tree->nodes_visited,
        .tree_ops = space->tree_ops,
        .memory_fixed = sizeof(*space) + sizeof(struct leaf),
    };
    stats->memory = sizeof(*space) + tree->memory + space->gaps.memory +
                    space->regions.count * sizeof(struct region_node);
    space_unlock(space);
}
