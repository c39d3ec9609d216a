/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Mapping in two passes over the range. The first looks: is all of it free, and how many tables are missing? Then
 * those are taken from the port. The second writes, and cannot fail. A run inside one table of pages needs no plan.
 */
#include "pgtable/range.h"
#include "pgtable/run.h"
#include "pgtable/walk.h"

struct map_job {
    struct dms_pgtable *pt;
    struct dms_pgtable_slot *slot;
    uint64_t iova;
    uint64_t last;
    uint64_t phys;
    uint64_t attributes; /* without address, level bits and boundaries */
    uint64_t begin;      /* LEAF_BEGIN or 0, for the first leaf */
    uint64_t end;        /* LEAF_END or 0, for the last */
};

/* The physical address of a later IOVA of the job. */
static uint64_t job_phys(const struct map_job *job, uint64_t at)
{
    return job->phys + (at - job->iova);
}

static bool leaf_fits(const struct map_job *job, unsigned level, uint64_t at)
{
    uint64_t bytes = entry_bytes(job->pt, level);

    return level_has_leaves(job->pt, level) && is_aligned(at | job_phys(job, at), bytes) &&
           job->last - at >= bytes - 1;
}

/*
 * Tables that [at, last] takes below an entry at `level` that holds nothing. All entries that the range covers
 * whole cost the same, so one of them is counted, and the recursion ends at level 3.
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

/* First pass. 0 and *tables, or -DMS_EEXIST. Tables that wait for release count as missing: they may be gone soon. */
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

/* n leaves from `entry` on, for the job's IOVAs from `at` on. */
static void write_leaves(const struct map_job *job, uint64_t *entry, unsigned n, unsigned level,
                         uint64_t at)
{
    uint64_t step = entry_bytes(job->pt, level);
    uint64_t leaf = job_phys(job, at) | job->attributes | (level == LEAF_LEVEL ? DESC_TABLE : 0);
    uint64_t begin = at == job->iova ? job->begin : 0;
    uint64_t end = at + (n - 1) * step + (step - 1) == job->last ? job->end : 0;

    if (n == 1) {
        word_store(entry, leaf | begin | end);
    } else {
        word_store(entry, leaf | begin);
        if (n > 2)
            run_fill(entry + 1, n - 2, leaf + step, step);
        word_store(entry + n - 1, (leaf + (n - 1) * step) | end);
    }
    table_wrote(job->pt, job->slot, entry, n);
}

/*
 * Another thread, whose range begins where this one ends, may have linked a table there first. A walker that does
 * not snoop must find the table cleared, and the link only after that; whoever meets a link that is not marked
 * as cleaned cleans it as well, so that it may count on it.
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

/* Second pass. The stock has what the plan asked for, and no table in the range can go meanwhile (guard.h). */
static void map_write(const struct map_job *job, struct table_stock *stock)
{
    uint64_t at = job->iova;

    while (at <= job->last) {
        struct walk walk = walk_to(job->pt, job->slot, at, WALK_LINK);
        uint64_t *entry = &walk.table[walk.index];
        unsigned n = 1;

        if (walk.level != LEAF_LEVEL && !leaf_fits(job, walk.level, at)) {
            link_table(job, entry, stock);
            continue;
        }
        if (walk.level == LEAF_LEVEL)
            n = run_length(job->pt, LEAF_LEVEL, at, job->last);
        write_leaves(job, entry, n, walk.level, at);
        at += (uint64_t)n << entry_lg2(job->pt, walk.level);
    }
}

static int map_planned(const struct map_job *job)
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

/* All of the range in one table, or not: 0, -DMS_EEXIST. */
static int map_job(const struct map_job *job)
{
    struct walk walk = walk_quick(job->pt, job->slot, job->iova, WALK_EXTEND);
    unsigned n;

    if (walk.level != LEAF_LEVEL || job->last > table_last(job->pt, LEAF_LEVEL, job->iova))
        return map_planned(job);
    n = run_length(job->pt, LEAF_LEVEL, job->iova, job->last);
    if (!run_is_zero(&walk.table[walk.index], n))
        return DMS_EEXIST;
    write_leaves(job, &walk.table[walk.index], n, LEAF_LEVEL, job->iova);
    return 0;
}

int dms_pgtable_map(struct dms_pgtable *pt, dms_iova_t iova, dms_phys_t phys, uint64_t size,
                    uint32_t prot)
{
    struct map_job job = {.pt = pt, .iova = iova, .phys = phys.addr};
    int error = range_check(pt, iova, size, &job.last);

    if (error)
        return error;
    job.attributes = format_attributes(prot);
    if (job.attributes == 0 || !is_aligned(phys.addr, granule(pt)))
        return DMS_EINVAL;
    if (phys.addr > pt->output_last || pt->output_last - phys.addr < size - 1)
        return DMS_ERANGE;
    job.begin = prot & DMS_PROT_BEGIN ? LEAF_BEGIN : 0;
    job.end = prot & DMS_PROT_END ? LEAF_END : 0;
    job.slot = guard_enter(pt, iova, job.last);
    error = map_job(&job);
    if (!error)
        table_barrier(pt, job.slot);
    guard_leave(pt, job.slot);
    return error;
}
