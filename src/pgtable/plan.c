/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Mapping in two passes over the range. The first looks: is all of it free, and how many tables are
 * missing? Then those are taken from the port. The second writes, and cannot fail.
 */
#include "pgtable/map.h"

/*
 * Tables that [at, last] takes below an entry at `level` that holds nothing. All entries that the
 * range covers whole cost the same, so one of them is counted, and the recursion ends at level 3.
 */
static uint64_t tables_missing(const struct map_job *job, unsigned level, uint64_t at,
                               uint64_t last)
{
    const struct dms_pgtable *pt = job->pt;
    uint64_t bytes = entry_bytes(pt, level + 1);
    uint64_t count = 1;

    if (leaf_fits(job, level, at) && last == entry_last(pt, level, at))
        return 0;
    if (level + 1 == LEAF_LEVEL)
        return count;
    for (uint64_t from = at, to; from <= last; from = to + 1) {
        uint64_t whole =
            is_aligned(from, bytes) ? (last - from + 1) >> entry_lg2(pt, level + 1) : 0;

        to = whole ? from + (whole << entry_lg2(pt, level + 1)) - 1
                   : min_u64(last, entry_last(pt, level + 1, from));
        count += (whole ? whole : 1) *
                 tables_missing(job, level + 1, from, whole ? from + bytes - 1 : to);
    }
    return count;
}

/*
 * 0 and *tables, or DMS_EEXIST. Tables that wait for release count as missing: they may be gone
 * soon.
 */
static int map_plan(const struct map_job *job, uint64_t *tables)
{
    for (uint64_t at = job->iova, to; at <= job->last; at = to + 1) {
        struct walk walk = walk_to(job->pt, job->slot, at, WALK_READ);

        if (walk.level == LEAF_LEVEL) {
            to = min_u64(job->last, table_last(job->pt, LEAF_LEVEL, at));
            if (!run_is_zero(&walk.table[walk.index], run_length(job->pt, LEAF_LEVEL, at, to)))
                return DMS_EEXIST;
        } else {
            to = min_u64(job->last, entry_last(job->pt, walk.level, at));
            if (walk.word)
                return DMS_EEXIST;
            *tables += tables_missing(job, walk.level, at, to);
        }
    }
    return 0;
}

/*
 * Another thread, whose range begins where this one ends, may have linked a table there first. A
 * walker that does not snoop must find the table cleared, and the link only after that; whoever
 * meets a link that is not marked as cleaned cleans it as well, so that it may count on it.
 */
static void link_table(const struct map_job *job, uint64_t *entry, struct table_stock *stock)
{
    uint64_t link = table_stock_take(job->pt, stock);

    table_clean(job->pt, job->slot, table_at(job->pt, link), table_entries(job->pt));
    table_barrier(job->pt, job->slot);
    if (!word_exchange(entry, 0, link)) {
        table_stock_return(job->pt, stock, link);
        return;
    }
    __atomic_add_fetch(&job->pt->tables, 1, __ATOMIC_RELAXED);
    table_wrote(job->pt, job->slot, entry, 1);
    if (!job->pt->cfg.coherent)
        word_exchange(entry, link, link | LINK_CLEANED);
}

/*
 * n leaves from `at` on, with the job's boundaries if they are its first and last. Where they end.
 */
static uint64_t map_part(const struct map_job *job, const struct walk *walk, unsigned n,
                         uint64_t at)
{
    uint64_t end = at + ((uint64_t)n << entry_lg2(job->pt, walk->level));
    uint64_t bounds = (at == job->iova ? LEAF_BELOW : 0) | (end - 1 == job->last ? LEAF_ABOVE : 0);

    map_leaves(job, &walk->table[walk->index], n, walk->level, at, job->bounds & bounds);
    return end;
}

/*
 * Second pass. The stock has what the plan asked for, and no table in the range can go meanwhile
 * (guard.h).
 */
static void map_write(const struct map_job *job, struct table_stock *stock)
{
    uint64_t at = job->iova;

    while (at <= job->last) {
        struct walk walk = walk_to(job->pt, job->slot, at, WALK_LINK);

        if (walk.level == LEAF_LEVEL)
            at = map_part(job, &walk, run_length(job->pt, LEAF_LEVEL, at, job->last), at);
        else if (leaf_fits(job, walk.level, at))
            at = map_part(job, &walk, 1, at);
        else
            link_table(job, &walk.table[walk.index], stock);
    }
}

int map_planned(const struct map_job *job)
{
    struct table_stock stock = {0};
    uint64_t tables = 0;
    int error = map_plan(job, &tables);

    if (!error)
        error = table_stock_fill(job->pt, &stock, tables);
    if (error)
        return error;
    map_write(job, &stock);
    table_stock_empty(job->pt, &stock);
    return 0;
}
