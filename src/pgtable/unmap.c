/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Unmapping in two passes: the first looks whether all of it may go, the second removes and cannot fail. */
#include "pgtable/range.h"
#include "pgtable/run.h"
#include "pgtable/walk.h"

struct unmap_job {
    struct dms_pgtable *pt;
    struct dms_pgtable_slot *slot;
    uint64_t iova;
    uint64_t last;
    struct dms_iommu_gather *gather;
};

/* The pages `upper` - 1 granule and `upper` belong to one mapping. The slot covers both. */
static bool same_mapping(const struct unmap_job *job, uint64_t upper)
{
    uint64_t above, below;

    if (upper == 0 || upper > job->pt->input_last)
        return false;
    below = walk_to(job->pt, job->slot, upper - 1, WALK_READ).word;
    above = walk_to(job->pt, job->slot, upper, WALK_READ).word;
    return !leaf_boundary(below, above);
}

/* The leaf or the run of pages at `at`: 0 and its last address; -DMS_ENOENT; -DMS_EBUSY: a block is cut. */
static int check_run(const struct unmap_job *job, const struct walk *walk, uint64_t at,
                     uint64_t *to)
{
    const struct dms_pgtable *pt = job->pt;

    if (walk->level == LEAF_LEVEL) {
        *to = min_u64(job->last, table_last(pt, LEAF_LEVEL, at));
        return run_is_valid(&walk->table[walk->index], run_length(pt, LEAF_LEVEL, at, *to))
                   ? 0
                   : DMS_ENOENT;
    }
    *to = entry_last(pt, walk->level, at);
    if (walk->word == 0)
        return DMS_ENOENT;
    return is_aligned(at, entry_bytes(pt, walk->level)) && *to <= job->last ? 0 : DMS_EBUSY;
}

static int unmap_check(const struct unmap_job *job, bool exact)
{
    for (uint64_t at = job->iova, to; at <= job->last; at = to + 1) {
        struct walk walk = walk_quick(job->pt, job->slot, at, WALK_READ);
        int error = check_run(job, &walk, at, &to);

        if (error)
            return error;
    }
    if (exact && (same_mapping(job, job->iova) || same_mapping(job, job->last + 1)))
        return DMS_EBUSY;
    return 0;
}

static void gather_add(struct dms_iommu_gather *gather, uint64_t first, uint64_t last,
                       uint64_t pages, unsigned leaf_lg2)
{
    bool fresh = gather->pages == 0 && !gather->tables;

    if (fresh || first < gather->first)
        gather->first = first;
    if (fresh || last > gather->last)
        gather->last = last;
    if (gather->pages == 0 || leaf_lg2 < gather->stride_lg2)
        gather->stride_lg2 = (uint8_t)leaf_lg2;
    gather->pages += pages;
}

static void unmap_write(const struct unmap_job *job)
{
    struct dms_pgtable *pt = job->pt;

    for (uint64_t at = job->iova, to; at <= job->last; at = to + 1) {
        struct walk walk = walk_quick(pt, job->slot, at, WALK_READ);
        uint64_t *entry = &walk.table[walk.index];
        unsigned n = walk.level == LEAF_LEVEL ? run_length(pt, LEAF_LEVEL, at, job->last) : 1;

        to = at + ((uint64_t)n << entry_lg2(pt, walk.level)) - 1;
        run_clear(entry, n);
        table_wrote(pt, job->slot, entry, n);
        gather_add(job->gather, at, to, n, entry_lg2(pt, walk.level));
        reclaim_after_unmap(pt, job->slot, walk.table, walk.link, walk.level, walk.index, n, at,
                            job->gather);
    }
}

/* The slot covers one page more on either side: the check of mapping ends looks there. */
int dms_pgtable_unmap(struct dms_pgtable *pt, dms_iova_t iova, uint64_t size, bool exact,
                      struct dms_iommu_gather *gather)
{
    struct unmap_job job = {.pt = pt, .iova = iova, .gather = gather};
    int error = range_check(pt, iova, size, &job.last);

    if (error)
        return error;
    job.slot = guard_enter(pt, iova == 0 ? 0 : iova - 1, job.last + 1);
    error = unmap_check(&job, exact);
    if (!error)
        unmap_write(&job);
    guard_leave(pt, job.slot);
    return error;
}
