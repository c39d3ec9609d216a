/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pgtable/walk.h"

/* A table that was on its way out may be gone by now: forget both. */
static void refresh(struct dms_pgtable *pt, struct dms_pgtable_slot *slot)
{
    uint64_t generation;

    if (slot->generation == 0)
        guard_first_use(pt, slot);
    generation = __atomic_load_n(&pt->generation, __ATOMIC_ACQUIRE);
    if (slot->generation == generation)
        return;
    slot->generation = generation;
    slot->recent[0].first = RECENT_NONE;
    slot->recent[1].first = RECENT_NONE;
}

static void remember(const struct dms_pgtable *pt, struct dms_pgtable_slot *slot,
                     const struct walk *walk, uint64_t iova)
{
    unsigned at = LEAF_LEVEL - walk->level;

    slot->recent[at].first = table_first(pt, walk->level, iova);
    slot->recent[at].table = walk->table;
    slot->recent[at].link = walk->link;
}

/* The recent table of `level`, as the start of a walk. */
static bool resume(const struct dms_pgtable *pt, const struct dms_pgtable_slot *slot,
                   unsigned level, uint64_t iova, struct walk *walk)
{
    unsigned at = LEAF_LEVEL - level;

    if (!recent_covers(pt, slot, level, iova, iova))
        return false;
    *walk = (struct walk){slot->recent[at].table, slot->recent[at].link, 0, level, 0};
    return true;
}

/* Where the walker does not snoop, only links that have reached memory are remembered. */
bool walk_step(const struct dms_pgtable *pt, struct dms_pgtable_slot *slot, uint64_t iova)
{
    uint64_t *link;
    uint64_t word;

    if (!recent_covers(pt, slot, 2, iova, iova))
        return false;
    link = &slot->recent[1].table[entry_index(pt, 2, iova)];
    word = word_load(link);
    if (!link_is_plain(word) || (!pt->cfg.coherent && !(word & LINK_CLEANED)))
        return false;
    slot->recent[0].first = table_first(pt, LEAF_LEVEL, iova);
    slot->recent[0].table = table_at(pt, word);
    slot->recent[0].link = link;
    return true;
}

/*
 * The generation is read before the walk, so what is remembered is forgotten if it goes after that.
 * A walk that did not see to it that links have reached memory is not remembered: who maps next
 * would rely on it.
 */
struct walk walk_quick(struct dms_pgtable *pt, struct dms_pgtable_slot *slot, uint64_t iova,
                       enum walk_purpose purpose)
{
    struct walk walk = {pt->root_entries, NULL, 0, pt->start_level, 0};
    bool keep = purpose != WALK_READ || pt->cfg.coherent;

    refresh(pt, slot);
    if (!resume(pt, slot, LEAF_LEVEL, iova, &walk) && !resume(pt, slot, 2, iova, &walk) &&
        pt->start_level <= 2) {
        walk = walk_on(pt, slot, walk, iova, purpose, 2);
        if (walk.level != 2)
            return walk;
        if (keep)
            remember(pt, slot, &walk, iova);
    }
    walk = walk_on(pt, slot, walk, iova, purpose, LEAF_LEVEL);
    if (keep && walk.level == LEAF_LEVEL)
        remember(pt, slot, &walk, iova);
    return walk;
}
