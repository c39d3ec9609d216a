/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One call of map, and what its passes share. */
#ifndef PGTABLE_MAP_H
#define PGTABLE_MAP_H

#include "pgtable/run.h"
#include "pgtable/walk.h"

struct map_job {
    struct dms_pgtable *pt;
    struct dms_pgtable_slot *slot;
    uint64_t iova;
    uint64_t last;
    uint64_t phys;
    uint64_t attributes; /* of a leaf in the middle, without address and level bits */
    uint64_t bounds;     /* LEAF_BELOW if the first leaf lacks it, LEAF_ABOVE if the last does */
};

/* The physical address of a later IOVA of the job. */
static inline uint64_t job_phys(const struct map_job *job, uint64_t at)
{
    return job->phys + (at - job->iova);
}

/* One leaf at `level` fits at `at`. */
static inline bool leaf_fits(const struct map_job *job, unsigned level, uint64_t at)
{
    uint64_t bytes = entry_bytes(job->pt, level);

    return level_has_leaves(job->pt, level) && is_aligned(at | job_phys(job, at), bytes) &&
           job->last - at >= bytes - 1;
}

/*
 * n leaves at `level`, from `entry` on, for the job's IOVAs from `at` on. bounds: of these leaves.
 */
static inline void map_leaves(const struct map_job *job, uint64_t *entry, unsigned n,
                              unsigned level, uint64_t at, uint64_t bounds)
{
    uint64_t step = entry_bytes(job->pt, level);
    uint64_t leaf = job_phys(job, at) | job->attributes | (level == LEAF_LEVEL ? DESC_TABLE : 0);

    if (n == 1) {
        word_store(entry, leaf ^ bounds);
    } else {
        word_store(entry, leaf ^ (bounds & LEAF_BELOW));
        run_fill(entry + 1, n - 1, leaf + step, step, bounds & LEAF_ABOVE);
    }
    table_wrote(job->pt, job->slot, entry, n);
}

/*
 * Any range, whatever tables it takes: 0, DMS_EEXIST, DMS_ENOMEM. After an error nothing was
 * written.
 */
int map_planned(const struct map_job *job);

#endif
