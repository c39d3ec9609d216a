/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pgtable/reclaim.h"

#include "pgtable/guard.h"
#include "pgtable/keep.h"
#include "pgtable/table.h"
#include "pgtable/word.h"

static struct emptied *removed_of(uint64_t word)
{
    return word_is_valid(word) ? NULL : (struct emptied *)(uintptr_t)word;
}

/* Lock held. */
static uint64_t link_again(struct dms_pgtable *pt, uint64_t *link, struct emptied *removed)
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
        struct emptied *removed = removed_of(word);

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
static const struct emptied *gather_head(const struct dms_iommu_gather *gather)
{
    return gather ? gather->freed : NULL;
}

/* Relaxed: whoever wrote an entry has left, or his slot is seen. */
static bool is_zero(const uint64_t *table, unsigned n)
{
    for (const uint64_t *end = table + n; table < end; table += LINE_WORDS) {
        if (word_any_of_line(table))
            return false;
    }
    return true;
}

/* Keeps its table from going: linked, or a table that another gather removed. */
static bool is_used(uint64_t word, const struct dms_iommu_gather *gather)
{
    return word != 0 && (word_is_valid(word) || removed_of(word)->head != gather_head(gather));
}

/* The first such entry from the line of `from` on, and round; table_entries: there is none. */
static unsigned find_used(const struct dms_pgtable *pt, const uint64_t *table, unsigned from,
                          const struct dms_iommu_gather *gather)
{
    unsigned n = table_entries(pt);
    unsigned line = from & ~(LINE_WORDS - 1);

    for (unsigned i = 0; i < n; i += LINE_WORDS) {
        unsigned at = (line + i) & (n - 1);

        if (word_any_of_line(&table[at]) == 0)
            continue;
        for (unsigned k = at; k < at + LINE_WORDS; k++) {
            if (is_used(word_load(&table[k]), gather))
                return k;
        }
    }
    return n;
}

bool reclaim_is_empty(const struct dms_pgtable *pt, const uint64_t *table, unsigned level,
                      const struct dms_iommu_gather *gather)
{
    if (level == LEAF_LEVEL)
        return is_zero(table, table_entries(pt));
    return find_used(pt, table, 0, gather) == table_entries(pt);
}

struct emptied *reclaim_record(const struct dms_pgtable *pt, uint64_t *link, uint64_t iova,
                               unsigned level)
{
    struct emptied *table = port_alloc(pt->cfg.port, sizeof(*table));

    if (!table)
        return NULL;
    table->link = link;
    table->iova = table_first(pt, level, iova);
    table->table = table_at(pt, word_load(link));
    table->level = level;
    return table;
}

static void gather_push(struct dms_iommu_gather *gather, struct emptied *removed, uint64_t granule)
{
    struct emptied *head = gather->freed;
    bool first = gather->pages == 0 && !gather->tables;

    if (head)
        head->tail->next = removed;
    else
        gather->freed = head = removed;
    removed->next = NULL;
    removed->head = head;
    head->tail = removed;
    gather->tables = true;
    if (first || removed->iova < gather->first)
        gather->first = removed->iova;
    if (first || removed->iova + granule - 1 > gather->last)
        gather->last = removed->iova + granule - 1;
}

/* Lock held. Nobody enters a frozen table; after the fence, whoever is inside one shows in his slot. */
static void freeze_end(struct dms_pgtable *pt, const struct dms_pgtable_slot *self)
{
    guard_advance(pt);
    guard_fence_all(pt, self);
}

static bool someone_inside(const struct dms_pgtable *pt, const struct dms_pgtable_slot *self,
                           uint64_t iova, unsigned level)
{
    return guard_busy(pt, self, table_first(pt, level, iova), table_last(pt, level, iova));
}

/* Lock held. Only the lock's holder changes a frozen link. */
static void link_unfreeze(uint64_t *link, uint64_t bits)
{
    word_publish(link, word_load(link) & ~(LINK_FROZEN | bits));
}

/* Lock held. The table is frozen and empty, and nobody is inside: out of the walker's reach. */
static void table_remove(struct dms_pgtable *pt, struct emptied *table,
                         struct dms_iommu_gather *gather)
{
    table->word = word_load(table->link) & ~(LINK_FROZEN | LINK_KEPT);
    gather_push(gather, table, granule(pt));
    word_publish(table->link, (uint64_t)(uintptr_t)table);
    table_wrote(pt, &pt->own, table->link, 1);
    pt->removed++;
    __atomic_sub_fetch(&pt->tables, 1, __ATOMIC_RELAXED);
}

/* What becomes of one of a batch. True: it is removed. */
static bool batch_decide(struct dms_pgtable *pt, const struct dms_pgtable_slot *self,
                         struct emptied *table, struct dms_iommu_gather *gather)
{
    if (someone_inside(pt, self, table->iova, table->level)) {
        link_unfreeze(table->link, 0);
        keep_append(pt, table);
        return false;
    }
    if (!reclaim_is_empty(pt, table->table, table->level, gather)) {
        link_unfreeze(table->link, LINK_KEPT);
        port_free(pt->cfg.port, table, sizeof(*table));
        return false;
    }
    table_remove(pt, table, gather);
    return true;
}

void reclaim_batch(struct dms_pgtable *pt, struct dms_pgtable_slot *self, struct emptied *batch,
                   struct dms_iommu_gather *gather)
{
    if (!batch)
        return;
    for (struct emptied *table = batch; table; table = table->next)
        link_set(table->link, LINK_FROZEN);
    freeze_end(pt, self);
    while (batch) {
        struct emptied *table = batch;

        batch = table->next;
        if (batch_decide(pt, self, table, gather))
            reclaim_prune(pt, self, table->iova, table->level - 1, gather);
    }
}

/*
 * Lock held. False: someone is in it, something is in it, or there is no memory to remember it. A
 * kept table is remembered already.
 */
static bool prune_one(struct dms_pgtable *pt, const struct dms_pgtable_slot *self, uint64_t *link,
                      uint64_t iova, unsigned level, struct dms_iommu_gather *gather)
{
    bool kept = word_load(link) & LINK_KEPT;
    struct emptied *table = kept ? NULL : reclaim_record(pt, link, iova, level);

    if (!kept && !table)
        return false;
    link_set(link, LINK_FROZEN);
    freeze_end(pt, self);
    if (someone_inside(pt, self, iova, level) ||
        !reclaim_is_empty(pt, table_at(pt, word_load(link)), level, gather)) {
        link_unfreeze(link, 0);
        port_free(pt->cfg.port, table, sizeof(*table));
        return false;
    }
    table_remove(pt, kept ? keep_take(pt, link) : table, gather);
    return true;
}

/*
 * A look before the fence that all threads have to pass: from the hinted entry on, and the hint
 * names what it meets. So a batch that empties half of a table does not read all of it each time.
 * One that is frozen is in a batch, and its turn comes.
 */
static bool may_go(const struct dms_pgtable *pt, uint64_t *link, unsigned level,
                   const struct dms_iommu_gather *gather)
{
    uint64_t word = word_load(link);
    const uint64_t *table = table_at(pt, word);
    unsigned used;

    if (word & LINK_FROZEN || word_is_valid(word_load(&table[link_hint(word)])))
        return false;
    if (level == LEAF_LEVEL)
        return reclaim_is_empty(pt, table, level, gather);
    used = find_used(pt, table, link_hint(word), gather);
    if (used == table_entries(pt))
        return true;
    word_exchange(link, word, link_with_hint(word, used));
    return false;
}

void reclaim_prune(struct dms_pgtable *pt, struct dms_pgtable_slot *self, uint64_t iova,
                   unsigned level, struct dms_iommu_gather *gather)
{
    for (; level > pt->start_level; level--) {
        uint64_t *link = reclaim_find(pt, iova, level);

        if (!link || !may_go(pt, link, level, gather) ||
            !prune_one(pt, self, link, iova, level, gather))
            return;
    }
}
