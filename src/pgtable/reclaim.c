/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pgtable/reclaim.h"

#include "pgtable/guard.h"
#include "pgtable/keep.h"
#include "pgtable/table.h"
#include "pgtable/word.h"

static struct removed *removed_of(uint64_t word)
{
    return word_is_valid(word) ? NULL : (struct removed *)(uintptr_t)word;
}

/* Lock held. */
static uint64_t link_again(struct dms_pgtable *pt, uint64_t *link, struct removed *removed)
{
    removed->link = NULL;
    word_publish(link, removed->word);
    table_wrote(pt, &pt->own, link, 1);
    pt->removed--;
    __atomic_add_fetch(&pt->tables, 1, __ATOMIC_RELAXED);
    return removed->word;
}

uint64_t reclaim_settle(struct dms_pgtable *pt, struct dms_pgtable_slot *slot, uint64_t *link,
                        uint64_t word, bool revive)
{
    if (word_is_valid(word) && !link_is_table(word))
        return word;
    guard_lock(pt, slot);
    word = word_load(link);
    if (!word_is_valid(word)) {
        struct removed *removed = removed_of(word);

        word = removed && revive ? link_again(pt, link, removed) : 0;
    }
    guard_unlock(pt, slot);
    return word;
}

uint64_t *reclaim_find(const struct dms_pgtable *pt, uint64_t iova, unsigned level)
{
    uint64_t *table = pt->root_entries;
    uint64_t *link = NULL;

    for (unsigned at = pt->start_level; at < level; at++) {
        uint64_t word;

        link = &table[entry_index(pt, at, iova)];
        word = word_load(link);
        if (!link_is_table(word))
            return NULL;
        table = table_at(pt, word);
    }
    return link;
}

/* The first removed table of the gather that may count as gone; NULL: none may. */
static const struct removed *gather_head(const struct dms_iommu_gather *gather)
{
    return gather ? gather->freed : NULL;
}

/* Relaxed: whoever wrote an entry has left, or his slot is seen. */
static bool is_zero(const uint64_t *table, unsigned n)
{
    uint64_t any = 0;

    for (unsigned i = 0; i < n && any == 0; i += 8) {
        for (unsigned j = i; j < i + 8; j++)
            any |= __atomic_load_n(&table[j], __ATOMIC_RELAXED);
    }
    return any == 0;
}

bool reclaim_is_empty(const struct dms_pgtable *pt, const uint64_t *table, unsigned level,
                      const struct dms_iommu_gather *gather)
{
    if (level == LEAF_LEVEL)
        return is_zero(table, table_entries(pt));
    for (unsigned i = 0; i < table_entries(pt); i++) {
        uint64_t word = word_load(&table[i]);

        if (word != 0 && (word_is_valid(word) || removed_of(word)->head != gather_head(gather)))
            return false;
    }
    return true;
}

static void gather_push(struct dms_iommu_gather *gather, struct removed *removed, uint64_t granule)
{
    struct removed *head = gather->freed;
    bool first = gather->pages == 0 && !gather->tables;

    if (head)
        head->tail->next = removed;
    else
        gather->freed = head = removed;
    removed->head = head;
    head->tail = removed;
    gather->tables = true;
    if (first || removed->iova < gather->first)
        gather->first = removed->iova;
    if (first || removed->iova + granule - 1 > gather->last)
        gather->last = removed->iova + granule - 1;
}

/* Lock held. Nobody but the walker is in the table, and nobody will be, once this returns true. */
static bool freeze(struct dms_pgtable *pt, const struct dms_pgtable_slot *self, uint64_t *link,
                   uint64_t iova, unsigned level, const struct dms_iommu_gather *gather)
{
    uint64_t word = word_load(link);

    while (!word_exchange(link, word, word | LINK_FROZEN))
        word = word_load(link);
    guard_advance(pt);
    guard_fence_all(pt, self);
    if (!guard_busy(pt, self, table_first(pt, level, iova), table_last(pt, level, iova)) &&
        reclaim_is_empty(pt, table_at(pt, word), level, gather))
        return true;
    word_publish(link, word);
    return false;
}

/* Lock held. False: someone is in it, something is in it, or there is no memory to remember it. */
static bool table_remove(struct dms_pgtable *pt, const struct dms_pgtable_slot *self,
                         uint64_t *link, uint64_t iova, unsigned level,
                         struct dms_iommu_gather *gather)
{
    struct removed *removed = port_alloc(pt->cfg.port, sizeof(*removed));

    if (!removed)
        return false;
    if (!freeze(pt, self, link, iova, level, gather)) {
        port_free(pt->cfg.port, removed, sizeof(*removed));
        return false;
    }
    if (word_load(link) & LINK_KEPT)
        keep_forget(pt, iova, level);
    removed->link = link;
    removed->word = word_load(link) & ~(LINK_FROZEN | LINK_KEPT);
    removed->iova = table_first(pt, level, iova);
    removed->table = table_at(pt, removed->word);
    removed->level = level;
    gather_push(gather, removed, granule(pt));
    word_publish(link, (uint64_t)(uintptr_t)removed);
    table_wrote(pt, &pt->own, link, 1);
    pt->removed++;
    __atomic_sub_fetch(&pt->tables, 1, __ATOMIC_RELAXED);
    return true;
}

/* A look before the fence that all threads have to pass: the hinted entry first, then all. */
static bool may_go(const struct dms_pgtable *pt, uint64_t word, unsigned level,
                   const struct dms_iommu_gather *gather)
{
    const uint64_t *table = table_at(pt, word);

    return !word_is_valid(word_load(&table[link_hint(word)])) &&
           reclaim_is_empty(pt, table, level, gather);
}

void reclaim_prune(struct dms_pgtable *pt, struct dms_pgtable_slot *self, uint64_t iova,
                   unsigned level, struct dms_iommu_gather *gather)
{
    for (; level > pt->start_level; level--) {
        uint64_t *link = reclaim_find(pt, iova, level);

        if (!link || !may_go(pt, word_load(link), level, gather) ||
            !table_remove(pt, self, link, iova, level, gather))
            return;
    }
}
