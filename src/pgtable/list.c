/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Listing of mappings. The lock keeps tables from going; entries change under our eyes, which the
 * caller accepts. A position is an IOVA with the walk that ends at it.
 */
#include "pgtable/walk.h"

#include <dmaspace/error.h>

struct place {
    uint64_t first; /* of the entry */
    struct walk walk;
};

static struct place place_at(struct dms_pgtable *pt, uint64_t iova)
{
    struct walk walk = walk_to(pt, &pt->own, iova, WALK_READ);

    return (struct place){iova & ~(entry_bytes(pt, walk.level) - 1), walk};
}

static uint64_t place_last(const struct dms_pgtable *pt, const struct place *place)
{
    return entry_last(pt, place->walk.level, place->first);
}

/* The last entry of the walk's table in this direction; the root may be shorter than a table. */
static unsigned table_edge(const struct dms_pgtable *pt, const struct walk *walk, bool down)
{
    if (down)
        return 0;
    return walk->table == pt->root_entries ? (unsigned)(pt->root_bytes / sizeof(uint64_t)) - 1
                                           : table_entries(pt) - 1;
}

/*
 * The neighbour above or below, inside the same table if it can be: the same level then, and no
 * walk. An entry above the leaves that holds anything may link a table, and is walked. False: there
 * is none.
 */
static bool place_step(struct dms_pgtable *pt, struct place *place, bool down)
{
    struct walk *walk = &place->walk;
    unsigned edge = table_edge(pt, walk, down);
    uint64_t next = down ? place->first - 1 : place_last(pt, place) + 1;
    unsigned index = down ? walk->index - 1 : walk->index + 1;
    uint64_t word;

    if (down ? place->first == 0 : next > pt->input_last)
        return false;
    word = walk->index == edge ? 0 : word_load(&walk->table[index]);
    if (walk->index == edge || (walk->level != LEAF_LEVEL && word != 0)) {
        *place = place_at(pt, next);
        return true;
    }
    walk->index = index;
    walk->word = word;
    place->first = next & ~(entry_bytes(pt, walk->level) - 1);
    return true;
}

/* Over entries that hold nothing, to the last of them in this table: most of what a search meets. */
static void place_skip(const struct dms_pgtable *pt, struct place *place, bool down)
{
    struct walk *walk = &place->walk;
    unsigned edge = table_edge(pt, walk, down);
    unsigned step = down ? -1u : 1;
    unsigned index = walk->index;

    while (index != edge && word_load(&walk->table[index + step]) == 0)
        index += step;
    place->first +=
        (uint64_t)((int64_t)index - (int64_t)walk->index) * entry_bytes(pt, walk->level);
    walk->index = index;
}

/*
 * From a place that is no leaf to the nearest one that is. Each step crosses one entry, of whatever
 * level.
 */
static bool place_find(struct dms_pgtable *pt, struct place *place, bool down)
{
    while (!word_is_valid(place->walk.word)) {
        if (place->walk.word == 0)
            place_skip(pt, place, down);
        if (!place_step(pt, place, down))
            return false;
    }
    return true;
}

/* The outermost leaf of the mapping that `place` is in. */
static struct place place_end(struct dms_pgtable *pt, struct place place, bool down)
{
    struct place next = place;

    while (place_step(pt, &next, down)) {
        uint64_t lower = down ? next.walk.word : place.walk.word;
        uint64_t upper = down ? place.walk.word : next.walk.word;

        if (leaf_boundary(lower, upper))
            break;
        place = next;
    }
    return place;
}

static int next_locked(struct dms_pgtable *pt, uint64_t from, bool down,
                       struct dms_iommu_mapping *out)
{
    struct place place = place_at(pt, from);
    struct place begin, end;

    if (!place_find(pt, &place, down))
        return DMS_ENOENT;
    begin = place_end(pt, place, true);
    end = place_end(pt, place, false);
    out->iova = (struct dms_range){begin.first, place_last(pt, &end)};
    out->phys.addr = leaf_phys(pt, begin.walk.level, begin.walk.word);
    out->access = format_access(begin.walk.word) & (uint32_t)(DMS_READ | DMS_WRITE | DMS_EXEC);
    return 0;
}

int dms_pgtable_next(struct dms_pgtable *pt, dms_iova_t from, bool down,
                     struct dms_iommu_mapping *out)
{
    int error;

    if (from > pt->input_last && !down)
        return DMS_ENOENT;
    port_lock(pt->cfg.port, &pt->lock);
    error = next_locked(pt, min_u64(from, pt->input_last), down, out);
    port_unlock(pt->cfg.port, &pt->lock);
    return error;
}
