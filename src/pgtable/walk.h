/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From the root down to the entry that decides about an IOVA. */
#ifndef PGTABLE_WALK_H
#define PGTABLE_WALK_H

#include "pgtable/guard.h"
#include "pgtable/reclaim.h"
#include "pgtable/table.h"
#include "pgtable/word.h"

enum walk_purpose {
    WALK_READ,   /* to look */
    WALK_EXTEND, /* to map in a table that is there: links on the way must have reached memory */
    WALK_LINK,   /* to map, come what may: a table that waits for release is linked again */
};

/*
 * From the table of `walk` on, to level `stop` at most; the word found there is raw unless that is
 * level 3. The thread's slot covers iova, or it holds the lock.
 */
static inline struct walk walk_on(struct dms_pgtable *pt, struct dms_pgtable_slot *slot,
                                  struct walk walk, uint64_t iova, enum walk_purpose purpose,
                                  unsigned stop)
{
    for (;; walk.level++) {
        uint64_t *entry;

        walk.index = entry_index(pt, walk.level, iova);
        entry = &walk.table[walk.index];
        walk.word = word_load(entry);
        if (walk.level == stop || walk.word == 0)
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

static inline struct walk walk_to(struct dms_pgtable *pt, struct dms_pgtable_slot *slot,
                                  uint64_t iova, enum walk_purpose purpose)
{
    struct walk root = {pt->root_entries, NULL, 0, pt->start_level, 0};

    return walk_on(pt, slot, root, iova, purpose, LEAF_LEVEL);
}

/* Of a table that covers no IOVA. */
#define RECENT_NONE BIT64(63)

/*
 * The recent tables of the slot are still linked. To be asked after guard_enter, and good until
 * guard_leave.
 */
static inline bool recent_is_fresh(const struct dms_pgtable *pt,
                                   const struct dms_pgtable_slot *slot)
{
    return slot->generation == __atomic_load_n(&pt->generation, __ATOMIC_ACQUIRE);
}

/*
 * The table of `level` (3 or 2) that this thread's last walk there went through covers [iova,
 * last], and no table was on its way out since. As recent_is_fresh.
 */
static inline bool recent_covers(const struct dms_pgtable *pt, const struct dms_pgtable_slot *slot,
                                 unsigned level, uint64_t iova, uint64_t last)
{
    uint64_t first = slot->recent[LEAF_LEVEL - level].first;

    return recent_is_fresh(pt, slot) &&
           ((iova - first) | (last - first)) >> table_lg2(pt, level) == 0;
}

/* The page at iova has its entry in the recent table of pages: *entry. As recent_is_fresh. */
static inline bool recent_page(const struct dms_pgtable *pt, const struct dms_pgtable_slot *slot,
                               uint64_t iova, uint64_t **entry)
{
    uint64_t index = (iova - slot->recent[0].first) >> entry_lg2(pt, LEAF_LEVEL);

    if (!LIKELY(recent_is_fresh(pt, slot) && index <= pt->index_mask))
        return false;
    *entry = &slot->recent[0].table[index];
    return true;
}

/*
 * The table of pages at iova becomes the recent one, if it is one step below the recent table of
 * level 2 and nobody is at its link. To be asked after guard_enter.
 */
bool walk_step(const struct dms_pgtable *pt, struct dms_pgtable_slot *slot, uint64_t iova);

/* As walk_to, by way of the recent tables, which it brings up to date. */
struct walk walk_quick(struct dms_pgtable *pt, struct dms_pgtable_slot *slot, uint64_t iova,
                       enum walk_purpose purpose);

#endif
