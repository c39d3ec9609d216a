/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pgtable/keep.h"

#include "base/memory.h"
#include "pgtable/map.h"

void keep_append(struct dms_pgtable *pt, struct emptied *table)
{
    struct emptied *last = pt->kept_last;

    table->next = NULL;
    if (last)
        last->next = table;
    else
        pt->kept_first = table;
    pt->kept_last = table;
    __atomic_store_n(&pt->kept_count, pt->kept_count + 1, __ATOMIC_RELAXED);
}

/* The one after `before`; the oldest if that is NULL. There is one. */
static struct emptied *take_after(struct dms_pgtable *pt, struct emptied *before)
{
    struct emptied *table = before ? before->next : pt->kept_first;

    if (before)
        before->next = table->next;
    else
        pt->kept_first = table->next;
    if (pt->kept_last == table)
        pt->kept_last = before;
    __atomic_store_n(&pt->kept_count, pt->kept_count - 1, __ATOMIC_RELAXED);
    return table;
}

struct emptied *keep_take(struct dms_pgtable *pt, const uint64_t *link)
{
    struct emptied *before = NULL;

    for (struct emptied *at = pt->kept_first; at->link != link; at = at->next)
        before = at;
    return take_after(pt, before);
}

static void reclaim_oldest(struct dms_pgtable *pt, struct dms_pgtable_slot *self, unsigned n,
                           struct dms_iommu_gather *gather)
{
    struct emptied *batch = NULL, **end = &batch;

    for (; n; n--) {
        *end = take_after(pt, NULL);
        end = &(*end)->next;
    }
    *end = NULL;
    reclaim_batch(pt, self, batch, gather);
}

void keep_table(struct dms_pgtable *pt, struct dms_pgtable_slot *self, uint64_t iova,
                unsigned level, struct dms_iommu_gather *gather)
{
    uint64_t *link = reclaim_find(pt, iova, level);
    struct emptied *table;

    if (!link || (word_load(link) & LINK_KEPT))
        return;
    table = reclaim_record(pt, link, iova, level);
    if (!table)
        return;
    link_set(link, LINK_KEPT);
    keep_append(pt, table);
    if (pt->kept_count > pt->cfg.keep_empty)
        reclaim_oldest(pt, self, pt->kept_count - (pt->cfg.keep_empty + 1u) / 2, gather);
}

void keep_none(struct dms_pgtable *pt, struct dms_iommu_gather *gather)
{
    reclaim_oldest(pt, NULL, pt->kept_count, gather);
}

void keep_less(struct dms_pgtable *pt, uint64_t iova, uint64_t phys, uint64_t last,
               struct dms_iommu_gather *gather)
{
    const struct map_job job = {.pt = pt, .iova = iova, .last = last, .phys = phys};
    struct emptied *batch = NULL, *before = NULL, *at;

    for (at = pt->kept_first; at; at = before ? before->next : pt->kept_first) {
        if (at->iova < iova || at->iova > last || !leaf_fits(&job, at->level - 1, at->iova)) {
            before = at;
            continue;
        }
        take_after(pt, before);
        at->next = batch;
        batch = at;
    }
    reclaim_batch(pt, NULL, batch, gather);
}

void keep_fini(struct dms_pgtable *pt)
{
    while (pt->kept_first) {
        struct emptied *table = take_after(pt, NULL);

        port_free(pt->cfg.port, table, sizeof(*table));
    }
}
