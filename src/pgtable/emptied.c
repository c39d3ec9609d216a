/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Did this unmap take the last entry of a table? Almost always it is enough to look at one cache
 * line, or two.
 */
#include "pgtable/guard.h"
#include "pgtable/keep.h"
#include "pgtable/reclaim.h"
#include "pgtable/table.h"
#include "pgtable/word.h"

static bool any_valid(const uint64_t *table, unsigned index, unsigned end)
{
    for (; index < end; index++) {
        if (word_is_valid(word_load(&table[index])))
            return true;
    }
    return false;
}

/* The lines that the unmap wrote are at hand anyway. */
static bool line_in_use(const uint64_t *table, unsigned index, unsigned n)
{
    unsigned end = index + n;

    return any_valid(table, index & ~(LINE_WORDS - 1), index) ||
           any_valid(table, end, (end + LINE_WORDS - 1) & ~(LINE_WORDS - 1));
}

/*
 * A valid entry, as near below `index` as can be, or else from the end on; table_entries when there
 * is none.
 */
static unsigned find_valid(const struct dms_pgtable *pt, const uint64_t *table, unsigned index)
{
    unsigned n = table_entries(pt);
    unsigned line = index & ~(LINE_WORDS - 1);

    for (unsigned i = 0; i < n; i += LINE_WORDS) {
        unsigned at = (line - i) & (n - 1);

        if (!word_is_valid(word_any_of_line(&table[at])))
            continue;
        for (unsigned j = at; j < at + LINE_WORDS; j++) {
            if (word_is_valid(word_load(&table[j])))
                return j;
        }
    }
    return n;
}

/*
 * The entry that the hint names, or else any; then the hint names that one. Losing a race for the
 * hint is no loss.
 */
static bool table_in_use(const struct dms_pgtable *pt, const uint64_t *table, uint64_t *link,
                         uint64_t word, unsigned index)
{
    unsigned used;

    if (word_is_valid(word_load(&table[link_hint(word)])))
        return true;
    used = find_valid(pt, table, index);
    if (used == table_entries(pt))
        return false;
    if (link_is_plain(word))
        word_exchange(link, word, link_with_hint(word, used));
    return true;
}

/*
 * With keep_empty 0, a table must not be overlooked when two threads take its last two entries at
 * the same time: the fence lets at least one of them see both gone. Otherwise an empty table may
 * stay in any case, and the fence would be the dearest part of an unmap.
 */
void reclaim_look(struct dms_pgtable *pt, struct dms_pgtable_slot *slot, const struct walk *walk,
                  unsigned n, uint64_t iova, struct dms_iommu_gather *gather)
{
    if (pt->cfg.keep_empty == 0)
        atomic_thread_fence(memory_order_seq_cst);
    if (line_in_use(walk->table, walk->index, n) ||
        table_in_use(pt, walk->table, walk->link, word_load(walk->link), walk->index))
        return;
    guard_lock(pt, slot);
    if (pt->cfg.keep_empty == 0)
        reclaim_prune(pt, slot, iova, walk->level, gather);
    else
        keep_table(pt, slot, iova, walk->level, gather);
    guard_unlock(pt, slot);
}
