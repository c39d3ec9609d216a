/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pgtable/reclaim.h"

#include "pgtable/guard.h"
#include "pgtable/keep.h"
#include "pgtable/table.h"
#include "pgtable/word.h"

/*
 * Lock held. Tables that were linked again are dropped from the list, the others are out of reach
 * for everyone.
 */
static void unlink_all(struct dms_pgtable *pt, struct emptied *list)
{
    for (struct emptied *removed = list; removed; removed = removed->next) {
        if (!removed->link) {
            removed->table = NULL;
            continue;
        }
        word_publish(removed->link, 0);
        table_wrote(pt, &pt->own, removed->link, 1);
        pt->removed--;
    }
}

static void free_all(const struct dms_pgtable *pt, struct emptied *list)
{
    while (list) {
        struct emptied *next = list->next;

        port_table_free(pt->cfg.port, list->table, granule(pt));
        port_free(pt->cfg.port, list, sizeof(*list));
        list = next;
    }
}

bool dms_pgtable_release(struct dms_pgtable *pt, struct dms_iommu_gather *gather)
{
    struct emptied *list = gather->freed;

    *gather = (struct dms_iommu_gather){0};
    if (!list)
        return false;
    port_lock(pt->cfg.port, &pt->lock);
    unlink_all(pt, list);
    for (struct emptied *removed = list; removed; removed = removed->next)
        reclaim_prune(pt, NULL, removed->iova, removed->level - 1, gather);
    port_unlock(pt->cfg.port, &pt->lock);
    free_all(pt, list);
    return gather->tables;
}

/* What no list knows. Children before parents; recursion ends at level 3. */
static void sweep(struct dms_pgtable *pt, const uint64_t *table, unsigned level, uint64_t iova,
                  unsigned entries, struct dms_iommu_gather *gather)
{
    for (unsigned i = 0; level < LEAF_LEVEL && i < entries; i++) {
        uint64_t word = word_load(&table[i]);
        uint64_t first = iova + ((uint64_t)i << entry_lg2(pt, level));

        if (!link_is_table(word))
            continue;
        sweep(pt, table_at(pt, word), level + 1, first, table_entries(pt), gather);
        reclaim_prune(pt, NULL, first, level + 1, gather);
    }
}

void dms_pgtable_trim(struct dms_pgtable *pt, struct dms_iommu_gather *gather)
{
    port_lock(pt->cfg.port, &pt->lock);
    keep_none(pt, gather);
    sweep(pt, pt->root_entries, pt->start_level, 0, (unsigned)(pt->root_bytes / 8), gather);
    port_unlock(pt->cfg.port, &pt->lock);
}
