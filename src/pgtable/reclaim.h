/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * How an empty table goes, while other threads map beside it and the walker reads.
 *
 * linked   The link is a valid descriptor. Threads follow it without a lock (guard.h).
 * frozen   LINK_FROZEN is set, under the lock. The walker does not care. A thread that meets it waits for the lock.
 *          If another slot is in the table's range, or an entry is in use after all: linked again.
 * removed  The link holds a pointer to a struct removed: bit 0 is clear, so the walker finds it invalid; but its walk
 *          cache may still hold the table, so the table stays as it is, empty. A thread that wants to map there
 *          must not link another table, which the walker would not see: it links this one again.
 * freed    After the caller's invalidation, release finds its own pointer in the link, clears it and frees the table.
 *          If the table was linked again meanwhile, the pointer is gone, and nothing is freed.
 *
 * A table counts as empty when no entry is valid, and every removed table beneath it belongs to the same gather: that
 * one is freed first, so no link is ever cleared in a table that is gone.
 *
 * Links are changed by one thread at a time: 0 to linked by compare-and-exchange, hint and flag bits likewise and
 * never while frozen, all else under the lock.
 */
#ifndef PGTABLE_RECLAIM_H
#define PGTABLE_RECLAIM_H

#include "pgtable/format.h"

/* A removed table, in the list of one gather. Its fields are the lock's. */
struct removed {
    struct removed *next;
    struct removed *head; /* the gather's first one: which gather it is */
    struct removed *tail; /* valid in the head */
    uint64_t *link;       /* where the table hung; NULL: it was linked again */
    uint64_t word;        /* the link as it was */
    uint64_t iova;        /* first of the table */
    uint64_t *table;
    unsigned level; /* of the table */
};

/*
 * A link that is not plain, seen as `word` by a thread whose slot covers it: what it is once nobody is at it. A valid
 * word, or 0 for nowhere. revive: a removed table is linked again.
 */
uint64_t reclaim_settle(struct dms_pgtable *pt, struct dms_pgtable_slot *slot, uint64_t *link,
                        uint64_t word, bool revive);

/*
 * The table at `level` that holds iova, and hangs on `link`, has lost entries [index, index + n) to an unmap of this
 * thread's. If that was the last: the table is kept, or removed with all that empties above it.
 */
void reclaim_after_unmap(struct dms_pgtable *pt, struct dms_pgtable_slot *slot, uint64_t *table,
                         uint64_t *link, unsigned level, unsigned index, unsigned n, uint64_t iova,
                         struct dms_iommu_gather *gather);

/* Lock held. The link of the table at `level` that holds iova. NULL: no such table, or it is the root. */
uint64_t *reclaim_find(const struct dms_pgtable *pt, uint64_t iova, unsigned level);

/* Lock held. gather: the one that it would be added to; its tables beneath do not count. */
bool reclaim_is_empty(const struct dms_pgtable *pt, const uint64_t *table, unsigned level,
                      const struct dms_iommu_gather *gather);

/*
 * Lock held. Removes the table at `level` that holds iova if it is empty, then the one above, and so on. self: the
 * caller's slot or NULL.
 */
void reclaim_prune(struct dms_pgtable *pt, struct dms_pgtable_slot *self, uint64_t iova,
                   unsigned level, struct dms_iommu_gather *gather);

#endif
