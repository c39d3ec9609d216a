/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * How an empty table goes, while other threads map beside it and the walker reads.
 *
 * linked   The link is a valid descriptor. Threads follow it without a lock (guard.h).
 * kept     Linked, emptied once, and listed (keep.h) to go later, together with others.
 * frozen   LINK_FROZEN is set, under the lock. The walker does not care. A thread that meets it
 *          waits for the lock. If another slot is in the table's range, or an entry is in use after
 *          all: linked again.
 * removed  The link holds a pointer to a struct emptied: bit 0 is clear, so the walker finds it
 *          invalid; but its walk cache may still hold the table, so the table stays as it is,
 *          empty. A thread that wants to map there must not link another table, which the walker
 *          would not see: it links this one again.
 * freed    After the caller's invalidation, release finds its own pointer in the link, clears it
 *          and frees the table. If the table was linked again meanwhile, the pointer is gone, and
 *          nothing is freed.
 *
 * A table counts as empty when no entry is valid, and every removed table beneath it belongs to the
 * same gather: that one is freed first, so no link is ever cleared in a table that is gone.
 *
 * Links are changed by one thread at a time: 0 to linked by compare-and-exchange, hint and flag
 * bits likewise and never while frozen, all else under the lock.
 */
#ifndef PGTABLE_RECLAIM_H
#define PGTABLE_RECLAIM_H

#include "pgtable/format.h"
#include "pgtable/word.h"

/*
 * Where a walk ended: at a page entry (level 3, whatever it holds), at a block, or at an entry that
 * leads nowhere. A table that waits for release leads nowhere.
 */
struct walk {
    uint64_t *table;
    uint64_t *link; /* the entry that leads to table; NULL for the root */
    uint64_t word;  /* table[index]; 0 when it is not valid */
    unsigned level;
    unsigned index;
};

/* A table that is kept, or was removed and is in the list of one gather. Its fields are the lock's. */
struct emptied {
    struct emptied *next;
    struct emptied *head; /* the gather's first one: which gather it is */
    struct emptied *tail; /* valid in the head */
    uint64_t *link;       /* where the table hangs, or hung; NULL: it was linked again */
    uint64_t word;        /* of a removed one: the link as it was */
    uint64_t iova;        /* first of the table */
    uint64_t *table;
    unsigned level; /* of the table */
};

/*
 * A link that is not plain, seen as `word` by a thread whose slot covers it: what it is once nobody
 * is at it. A valid word, or 0 for nowhere. revive: a removed table is linked again.
 */
uint64_t reclaim_settle(struct dms_pgtable *pt, struct dms_pgtable_slot *slot, uint64_t *link,
                        uint64_t word, bool revive);

/*
 * An unmap of this thread's has taken n entries, from the one that `walk` ended at, and the table
 * is not known to be kept. If those were the last, the table is kept now, or removed with all that
 * empties above it.
 */
void reclaim_look(struct dms_pgtable *pt, struct dms_pgtable_slot *slot, const struct walk *walk,
                  unsigned n, uint64_t iova, struct dms_iommu_gather *gather);

/* After each run of entries that an unmap has cleared. The root stays, and so does a kept table. */
static inline void reclaim_after_unmap(struct dms_pgtable *pt, struct dms_pgtable_slot *slot,
                                       struct walk walk, unsigned n, uint64_t iova,
                                       struct dms_iommu_gather *gather)
{
    if (walk.link && !LIKELY(word_load(walk.link) & LINK_KEPT))
        reclaim_look(pt, slot, &(struct walk){walk.table, walk.link, 0, walk.level, walk.index}, n,
                     iova, gather);
}

/*
 * Lock held. The link of the table at `level` that holds iova. NULL: no such table, or it is the
 * root.
 */
uint64_t *reclaim_find(const struct dms_pgtable *pt, uint64_t iova, unsigned level);

/* Lock held. gather: the one that it would be added to; its tables beneath do not count. */
bool reclaim_is_empty(const struct dms_pgtable *pt, const uint64_t *table, unsigned level,
                      const struct dms_iommu_gather *gather);

/* Lock held. Sets bits of a link. Other threads may change the hint in the same word at any time. */
static inline void link_set(uint64_t *link, uint64_t bits)
{
    uint64_t word;

    do {
        word = word_load(link);
    } while (!word_exchange(link, word, word | bits));
}

/* Lock held. A record of the table at `level` that holds iova and hangs on `link`; NULL: no memory. */
struct emptied *reclaim_record(const struct dms_pgtable *pt, uint64_t *link, uint64_t iova,
                               unsigned level);

/*
 * Lock held. Of a list of kept tables that are no longer listed, those that are empty are removed,
 * with what empties above them; those in use are linked and no longer kept; those with a thread
 * inside are listed again. Other threads pass one fence for all of them. self: the caller's slot or
 * NULL.
 */
void reclaim_batch(struct dms_pgtable *pt, struct dms_pgtable_slot *self, struct emptied *batch,
                   struct dms_iommu_gather *gather);

/*
 * Lock held. Removes the table at `level` that holds iova if it is empty, then the one above, and
 * so on. self: as above.
 */
void reclaim_prune(struct dms_pgtable *pt, struct dms_pgtable_slot *self, uint64_t iova,
                   unsigned level, struct dms_iommu_gather *gather);

#endif
