/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The rows of the allocator: tables by file, and what is no plain time per operation. */
#ifndef BENCH_IOVA_ROWS_H
#define BENCH_IOVA_ROWS_H

#include "measure.h"

extern const struct row cache_rows[], tree_rows[];
extern const size_t cache_row_count, tree_row_count;

/* Sizes of the mixed rows: P(more than n pages) = n^-0.5, up to 1024 pages. */
uint64_t power_law_pages(uint64_t *rng);
/* The logarithm spread evenly from 1 to 1024 pages: half of them longer than any cache of the peer's. */
uint64_t mixed_pages(uint64_t *rng);

/* ---- The long mixed run: every operation timed ---- */
struct long_run {
    unsigned threads;
    unsigned percent; /* of a 32-bit space in use */
    uint64_t ops;     /* per thread, at most */
    uint64_t cap_ns;  /* stops after that */
    unsigned flags;   /* enum impl_flag */
};

struct long_result {
    uint64_t wanted_ops, ops, allocs, failed;
    double mean, p99, p999, max; /* ns; the timer's overhead is in them */
    uint64_t largest_gap;        /* pages, at the end, caches flushed */
    uint64_t free_pages;
    bool ended; /* all operations were done before the cap */
};

void long_run(const struct iova_impl *impl, const struct long_run *run, struct long_result *result);

/* ---- Space ---- */
struct memory_result {
    double per_live;      /* bytes */
    double per_cpu_fixed; /* of an empty domain that all threads have used, divided by threads */
};

void memory_use(const struct iova_impl *impl, uint64_t live, struct memory_result *result);

/* Buffers of that many MiB that fit in 4 GiB after churn of 128 KiB buffers. */
unsigned fits_after_churn(const struct iova_impl *impl, uint64_t mib);

#endif
