/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "space.h"

#include "base/checked.h"

static uint64_t pages_to_bytes(const struct dms_iova_space *space, uint64_t pages)
{
    uint64_t bytes;

    return checked_shl(pages, space->granule_lg2, &bytes) ? bytes : UINT64_MAX;
}

/* Frozen. What the caches hold, in ranges and bytes. */
static void count_cached(struct dms_iova_space *space, uint64_t *count, uint64_t *bytes)
{
    struct caches *caches = &space->caches;
    struct depot_cell *cell = depot_cells(caches);

    for (unsigned i = 0; i < caches->slot_count; i++) {
        struct slot *slot = slot_at(space, i);

        for (unsigned j = 0; slot && caches->claims > 0 && j < SLOT_BINS; j++) {
            *count += slot->bin[j].count;
            *bytes += slot->bin[j].count * slot->bin[j].bytes;
        }
    }
    for (unsigned i = 0; cell && i < DEPOT_CELLS; i++) {
        uint64_t size = atomic_load_explicit(&cell[i].bytes, memory_order_acquire);

        *count += size != CELL_EMPTY ? BATCH : 0;
        *bytes += size * BATCH;
    }
}

static void fill_tree(struct dms_iova_space *space, struct dms_iova_stats *stats)
{
    const struct tree *tree = &space->tree;

    stats->free_bytes = pages_to_bytes(space, tree->pages[SEG_FREE]);
    stats->reserved_bytes = pages_to_bytes(space, tree->pages[SEG_RESERVED]);
    stats->region_count = space->regions.count;
    stats->largest_gap = pages_to_bytes(space, tree->fit.gap);
    stats->largest_fit = pages_to_bytes(space, tree->fit.natural);
    stats->nodes_visited = tree->nodes_visited;
    stats->tree_ops = space->tree_ops;
}

static void fill_live(struct dms_iova_space *space, struct dms_iova_stats *stats)
{
    uint64_t live = space->tree.pages[SEG_LIVE] + space->tree.pages[SEG_FIXED];

    count_cached(space, &stats->cached_count, &stats->cached_bytes);
    live -= stats->cached_bytes >> space->granule_lg2;
    stats->live_bytes = pages_to_bytes(space, live);
    stats->live_count = space->tree.live_count - stats->cached_count;
}

static void fill_caches(const struct dms_iova_space *space, struct dms_iova_stats *stats)
{
    const struct caches *caches = &space->caches;

    stats->refills = caches->refills;
    stats->spills = caches->spills;
    stats->flushes = caches->flushes;
    stats->bad_frees = caches->bad_frees;
    stats->memory_fixed = space->size + sizeof(struct leaf) + caches->memory;
    stats->memory = space->size + caches->memory + space->tree.memory + space->gaps.memory +
                    space->regions.count * sizeof(struct region_node);
}

void dms_iova_get_stats(struct dms_iova_space *space, struct dms_iova_stats *stats)
{
    *stats = (struct dms_iova_stats){.free_bytes = 0};
    space_freeze(space);
    fill_tree(space, stats);
    fill_live(space, stats);
    fill_caches(space, stats);
    space_thaw(space);
}
