/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Unmapping in two passes: the first looks whether all of it may go, the second removes and cannot
 * fail. A range inside one table of pages, or one block, is walked once.
 */
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

/* Leaves side by side in one table. */
struct run {
    struct walk walk; /* to the first one */
    uint64_t iova;
    uint64_t last;
    uint64_t
        common; /* DESC_VALID: all are valid. LEAF_JOINED: no mapping ends between two of them */
    unsigned n;
};

static inline uint64_t run_last(const struct run *run)
{
    return run->n == 1 ? run->walk.word : word_load(&run->walk.table[run->walk.index + run->n - 1]);
}

/* What lies below the first and above the last does not count here. */
static inline uint64_t common_bits(const struct run *run)
{
    uint64_t ends = (run->walk.word | LEAF_BELOW) & (run_last(run) | LEAF_ABOVE);

    if (run->n == 1)
        return ends | LEAF_JOINED;
    return run->n == 2 ? ends
                       : ends & run_common(&run->walk.table[run->walk.index + 1], run->n - 2);
}

static inline bool run_is_joined(const struct run *run)
{
    return (run->common & LEAF_JOINED) == LEAF_JOINED;
}

/* The range is a run of leaves in the recent table of `level`. */
INLINE_ALWAYS bool find_recent(const struct unmap_job *job, unsigned level, struct run *run)
{
    const struct dms_pgtable *pt = job->pt;
    uint64_t *table = job->slot->recent[LEAF_LEVEL - level].table;

    if (!recent_covers(pt, job->slot, level, job->iova, job->last))
        return false;
    run->walk.table = table;
    run->walk.link = job->slot->recent[LEAF_LEVEL - level].link;
    run->walk.level = level;
    run->walk.index = entry_index(pt, level, job->iova);
    run->walk.word = word_load(&table[run->walk.index]);
    run->iova = job->iova;
    run->last = job->last;
    run->n = (unsigned)((job->last - job->iova) >> entry_lg2(pt, level)) + 1;
    run->common = common_bits(run);
    if (level == LEAF_LEVEL)
        return run->common & DESC_VALID;
    return run->n == 1 && word_is_block(run->walk.word) &&
           ((job->iova | (job->last + 1)) & (entry_bytes(pt, level) - 1)) == 0;
}

/* The run from `at` on: 0; DMS_ENOENT: a page is missing; DMS_EBUSY: the range cuts a block. */
static int find_run(const struct unmap_job *job, uint64_t at, struct run *run)
{
    const struct dms_pgtable *pt = job->pt;

    run->walk = walk_quick(job->pt, job->slot, at, WALK_READ);
    run->iova = at;
    run->n = 1;
    if (run->walk.level == LEAF_LEVEL) {
        run->last = min_u64(job->last, table_last(pt, LEAF_LEVEL, at));
        run->n = run_length(pt, LEAF_LEVEL, at, run->last);
        run->common = common_bits(run);
        return run->common & DESC_VALID ? 0 : DMS_ENOENT;
    }
    run->common = common_bits(run);
    run->last = entry_last(pt, run->walk.level, at);
    if (!word_is_valid(run->walk.word))
        return DMS_ENOENT;
    return run->last <= job->last && is_aligned(at, entry_bytes(pt, run->walk.level)) ? 0
                                                                                      : DMS_EBUSY;
}

/* The pages below and at `upper` belong to one mapping. The slot covers both. */
static bool same_mapping(const struct unmap_job *job, uint64_t upper)
{
    uint64_t above, below;

    if (upper == 0 || upper > job->pt->input_last)
        return false;
    below = walk_to(job->pt, job->slot, upper - 1, WALK_READ).word;
    above = walk_to(job->pt, job->slot, upper, WALK_READ).word;
    return !leaf_boundary(below, above);
}

/* A run at an end of the range, where its own leaf does not say that a mapping ends. */
static bool cuts_first(const struct unmap_job *job, const struct run *run)
{
    return (run->walk.word & LEAF_BELOW) && same_mapping(job, job->iova);
}

static bool cuts_last(const struct unmap_job *job, const struct run *run)
{
    return (run_last(run) & LEAF_ABOVE) && same_mapping(job, job->last + 1);
}

INLINE_ALWAYS void gather_add(struct dms_iommu_gather *gather, uint64_t first, uint64_t last,
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

INLINE_ALWAYS void remove_run(const struct unmap_job *job, const struct run *run)
{
    uint64_t *entry = &run->walk.table[run->walk.index];

    run_clear(entry, run->n);
    table_wrote(job->pt, job->slot, entry, run->n);
    gather_add(job->gather, run->iova, run->last, run->n, entry_lg2(job->pt, run->walk.level));
    reclaim_after_unmap(job->pt, job->slot, run->walk, run->n, run->iova, job->gather);
}

/* The rest of the range, after its first run. */
static int check_rest(const struct unmap_job *job, const struct run *first, bool exact)
{
    struct run run = *first;
    bool joined = run_is_joined(&run);

    while (run.last != job->last) {
        uint64_t below = run_last(&run);
        int error = find_run(job, run.last + 1, &run);

        if (error)
            return error;
        joined = joined && run_is_joined(&run) && !leaf_boundary(below, run.walk.word);
    }
    return exact && (!joined || cuts_last(job, &run)) ? DMS_EBUSY : 0;
}

/* A range whose ends are marked as ends of mappings needs no look at its neighbours. */
INLINE_ALWAYS bool unmap_recent(const struct unmap_job *job, unsigned level, bool exact)
{
    struct run run;

    if (!find_recent(job, level, &run))
        return false;
    if (exact &&
        ((run.walk.word & LEAF_BELOW) || (run_last(&run) & LEAF_ABOVE) || !run_is_joined(&run)))
        return false;
    remove_run(job, &run);
    return true;
}

/*
 * From the arguments again: a job whose address is taken here would cost every call its registers.
 * The check of mapping ends looks at one page more on either side.
 */
static __attribute__((noinline)) int unmap_slow(struct dms_pgtable *pt,
                                                struct dms_pgtable_slot *slot, uint64_t iova,
                                                uint64_t last, bool exact,
                                                struct dms_iommu_gather *gather)
{
    struct unmap_job job = {pt, slot, iova, last, gather};
    struct walk walk = walk_quick(pt, slot, iova, WALK_READ);
    struct run run;
    int error;

    if (walk.level >= 2 && unmap_recent(&job, walk.level, exact))
        return 0;
    guard_widen(pt, slot, iova == 0 ? 0 : iova - 1, last + 1);
    error = find_run(&job, job.iova, &run);
    if (!error)
        error = check_rest(&job, &run, exact);
    if (!error && exact && cuts_first(&job, &run))
        error = DMS_EBUSY;
    if (error)
        return error;
    remove_run(&job, &run);
    while (run.last != job.last && find_run(&job, run.last + 1, &run) == 0)
        remove_run(&job, &run);
    return 0;
}

/* From the arguments again, and in a slot or not. */
static __attribute__((noinline)) int unmap_any(struct dms_pgtable *pt, uint64_t iova, uint64_t size,
                                               bool exact, struct dms_iommu_gather *gather)
{
    struct unmap_job job = {.pt = pt, .iova = iova, .last = iova + (size - 1), .gather = gather};
    int error = 0;

    job.slot = guard_enter(pt, iova, job.last);
    if (!LIKELY(range_fits(pt, iova, size) && !range_ragged(pt, iova | size)))
        error = range_error(pt, iova, size);
    else if (!LIKELY(unmap_recent(&job, LEAF_LEVEL, exact)) && !unmap_recent(&job, 2, exact) &&
             !(walk_step(pt, job.slot, iova) && unmap_recent(&job, LEAF_LEVEL, exact)))
        error = unmap_slow(pt, job.slot, iova, job.last, exact, gather);
    guard_leave(pt, job.slot);
    return error;
}

/*
 * One page that is a mapping of its own, in the recent table of pages, if that stays when it
 * empties. Entered quickly. False: it is not that simple, and nothing was removed.
 */
INLINE_ALWAYS bool unmap_page(struct dms_pgtable *pt, struct dms_pgtable_slot *slot, uint64_t iova,
                              uint64_t last, struct dms_iommu_gather *gather)
{
    uint64_t *link = slot->recent[0].link;
    uint64_t *entry, word;

    if (!LIKELY(!range_ragged(pt, iova) && recent_page(pt, slot, iova, &entry)))
        return false;
    word = word_load(entry);
    if (!LIKELY(word_is_valid(word) && !(word & LEAF_JOINED) && link &&
                (word_load(link) & LINK_KEPT)))
        return false;
    word_store(entry, 0);
    count_add(&slot->entries, 1);
    gather_add(gather, iova, last, 1, entry_lg2(pt, LEAF_LEVEL));
    return true;
}

int dms_pgtable_unmap(struct dms_pgtable *pt, dms_iova_t iova, uint64_t size, bool exact,
                      struct dms_iommu_gather *gather)
{
    uint64_t last = iova + (size - 1);
    struct dms_pgtable_slot *slot;

    if (!LIKELY(size == granule(pt) && guard_enter_quickly(pt, iova, last, &slot) &&
                unmap_page(pt, slot, iova, last, gather)))
        return unmap_any(pt, iova, size, exact, gather);
    guard_leave_quickly(slot);
    return 0;
}
