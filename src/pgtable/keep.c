/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pgtable/keep.h"

#include "pgtable/format.h"
#include "pgtable/geometry.h"
#include "pgtable/reclaim.h"
#include "pgtable/word.h"

/* Other threads may change the hint in the same word at any time. */
static void link_flag(uint64_t *link, uint64_t flag, bool on)
{
    uint64_t word;

    do {
        word = word_load(link);
    } while (!word_exchange(link, word, on ? word | flag : word & ~flag));
}

static void unlist(struct dms_pgtable *pt, unsigned i)
{
    pt->kept_count--;
    pt->kept_iova[i] = pt->kept_iova[pt->kept_count];
    pt->kept_level[i] = pt->kept_level[pt->kept_count];
    pt->kept_next = 0;
}

void keep_forget(struct dms_pgtable *pt, uint64_t iova, unsigned level)
{
    for (unsigned i = 0; i < pt->kept_count; i++) {
        if (pt->kept_level[i] == level && pt->kept_iova[i] == table_first(pt, level, iova)) {
            unlist(pt, i);
            return;
        }
    }
}

/* A listed table is linked: it leaves the list before it is removed. */
static void keep_release(struct dms_pgtable *pt, unsigned i)
{
    link_flag(reclaim_find(pt, pt->kept_iova[i], pt->kept_level[i]), LINK_KEPT, false);
}

void keep_table(struct dms_pgtable *pt, struct dms_pgtable_slot *self, uint64_t iova,
                unsigned level, struct dms_iommu_gather *gather)
{
    uint64_t *link = reclaim_find(pt, iova, level);
    uint64_t old_iova = 0;
    unsigned old_level = pt->start_level;
    unsigned i = pt->kept_count;

    if (!link || (word_load(link) & LINK_KEPT))
        return;
    if (pt->kept_count == pt->cfg.keep_empty) {
        i = pt->kept_next;
        pt->kept_next = (uint8_t)((i + 1) % pt->kept_count);
        keep_release(pt, i);
        old_iova = pt->kept_iova[i];
        old_level = pt->kept_level[i];
    } else {
        pt->kept_count++;
    }
    link_flag(link, LINK_KEPT, true);
    pt->kept_iova[i] = table_first(pt, level, iova);
    pt->kept_level[i] = (uint8_t)level;
    reclaim_prune(pt, self, old_iova, old_level, gather);
}
