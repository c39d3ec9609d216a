/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The page-table rows of the benchmark: what is done, and how long it takes. */
#ifndef BENCH_PGTABLE_ROWS_H
#define BENCH_PGTABLE_ROWS_H

#include "impl.h"

#include <stdbool.h>
#include <stddef.h>

struct pgtable_row {
    const char *name;
    uint64_t page;       /* bytes of one page or block */
    uint64_t pages;      /* in one call */
    unsigned calls;      /* maps in a row, then as many unmaps */
    uint64_t stride;     /* from one call's IOVA to the next one's */
    uint64_t thread_gap; /* from one thread's first IOVA to the other's */
    double goal_map_ns;  /* 0: no goal, for information */
    double goal_unmap_ns;
};

extern const struct pgtable_row pgtable_rows[];
extern const size_t pgtable_row_count;

/* Nanoseconds per call, over all batches of all threads. */
struct pgtable_times {
    double map_median, map_min;
    double unmap_median, unmap_min;
};

/* threads: 1 or 2, each pinned to a processor of its own. */
struct pgtable_times pgtable_measure(const struct pgtable_impl *impl, const struct pgtable_row *row,
                                     unsigned threads, bool lazy);

/*
 * `batches` batches on the calling thread, for an instruction counter that looks at the two
 * functions below.
 */
void pgtable_repeat(const struct pgtable_impl *impl, const struct pgtable_row *row, bool lazy,
                    unsigned batches);
void pgtable_map_batch(const struct pgtable_impl *impl, void *table, const struct pgtable_row *row,
                       uint64_t iova);
void pgtable_unmap_batch(const struct pgtable_impl *impl, void *table,
                         const struct pgtable_row *row, uint64_t iova, bool lazy);

#endif
