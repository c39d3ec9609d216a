/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From the root down to the entry that decides about an IOVA. */
#ifndef PGTABLE_WALK_H
#define PGTABLE_WALK_H

#include "pgtable/guard.h"
#include "pgtable/reclaim.h"
#include "pgtable/table.h"
#include "pgtable/word.h"

/*
 * Where a walk ended: at a page entry (level 3, whatever it holds), at a block, or at an entry that leads nowhere.
 * A table that waits for release leads nowhere.
 */
struct walk {
    uint64_t *table;
    uint64_t *link; /* the entry that leads to table; NULL for the root */
    uint64_t word;  /* table[index]; 0 when it is not valid */
    unsigned level;
    unsigned index;
};

enum walk_purpose {
    WALK_READ,   /* to look */
    WALK_EXTEND, /* to map in a table that is there: links on the way must have reached memory */
    WALK_LINK,   /* to map, come what may: a table that waits for release is linked again */
};

/* The calling thread's slot covers iova, or it holds the lock. */
static inline struct walk walk_to(struct dms_pgtable *pt, struct dms_pgtable_slot *slot,
                                  uint64_t iova, enum walk_purpose purpose)
{
    struct walk walk = {pt->root_entries, NULL, 0, pt->start_level, 0};

    for (;; walk.level++) {
        uint64_t *entry;

        walk.index = entry_index(pt, walk.level, iova);
        entry = &walk.table[walk.index];
        walk.word = word_load(entry);
        if (walk.level == LEAF_LEVEL || walk.word == 0)
            return walk;
        if (!link_is_plain(walk.word)) {
            walk.word = reclaim_settle(pt, slot, entry, walk.word, purpose == WALK_LINK);
            if (!link_is_table(walk.word))
                return walk;
        }
        if (purpose != WALK_READ && !pt->cfg.coherent && !(walk.word & LINK_CLEANED))
            table_clean(pt, slot, entry, 1);
        walk.link = entry;
        walk.table = table_at(pt, walk.word);
    }
}

/*
 * The page table of the last walk that ended at level 3, if it covers iova and no table was on its way out since.
 * Valid until guard_leave.
 */
static inline bool walk_cached(const struct dms_pgtable *pt, const struct dms_pgtable_slot *slot,
                               uint64_t iova)
{
    return slot->generation == __atomic_load_n(&pt->generation, __ATOMIC_ACQUIRE) &&
           (slot->cached_iova ^ iova) >> table_lg2(pt, LEAF_LEVEL) == 0;
}

/* generation: pt->generation, read after guard_enter and before the walk. */
static inline void walk_cache(struct dms_pgtable_slot *slot, const struct walk *walk, uint64_t iova,
                              uint64_t generation)
{
    slot->generation = generation;
    slot->cached_iova = iova;
    slot->cached_table = walk->table;
    slot->cached_link = walk->link;
}

/* As walk_to, by way of the cache. Only a walk that saw to it that links are cleaned may be remembered. */
static inline struct walk walk_quick(struct dms_pgtable *pt, struct dms_pgtable_slot *slot,
                                     uint64_t iova, enum walk_purpose purpose)
{
    struct walk walk;
    uint64_t generation;

    if (walk_cached(pt, slot, iova)) {
        walk = (struct walk){slot->cached_table, slot->cached_link, 0, LEAF_LEVEL,
                             entry_index(pt, LEAF_LEVEL, iova)};
        walk.word = word_load(&walk.table[walk.index]);
        return walk;
    }
    generation = __atomic_load_n(&pt->generation, __ATOMIC_ACQUIRE);
    walk = walk_to(pt, slot, iova, purpose);
    if (walk.level == LEAF_LEVEL && (purpose != WALK_READ || pt->cfg.coherent))
        walk_cache(slot, &walk, iova, generation);
    return walk;
}

#endif
