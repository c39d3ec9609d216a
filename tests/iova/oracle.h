/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The slow, obvious model: one entry per page. Drives a real space with random calls and compares every answer, the
 * listings and the counters. Isolation promises 1 (never outside aperture minus reservations), 2 (never overlapping,
 * always aligned), 5 (free restores the space) and 6 (errors leave the named state) are what the comparison means.
 */
#ifndef TESTS_IOVA_ORACLE_H
#define TESTS_IOVA_ORACLE_H

#include "host.h"

#include <dmaspace/error.h>
#include <dmaspace/iova.h>

#define ORACLE_PAGES   4096u
#define ORACLE_LIVE    ORACLE_PAGES
#define ORACLE_REGIONS 48u
#define ORACLE_WINDOWS 4u

struct oracle_live {
    uint64_t start, pages;
    bool fixed;
};

struct oracle_window {
    struct dms_range ranges[3];
    size_t count;
    const void *owner;
};

struct oracle {
    struct host host;
    struct dms_iova_space *space;
    uint64_t rng;
    unsigned granule_lg2;
    uint64_t base;  /* the page that cell 0 stands for */
    unsigned pages; /* of the aperture */
    bool exact;     /* no caches: places are predicted, not only judged */
    bool best_fit;
    bool filling; /* more allocations than frees for a while, or the other way round */

    uint32_t live_at[ORACLE_PAGES];  /* 0, or 1 + index into live */
    uint16_t covered[ORACLE_PAGES];  /* by how many regions and windows */
    uint16_t windowed[ORACLE_PAGES]; /* by how many windows */
    struct oracle_live live[ORACLE_LIVE];
    unsigned live_count;
    struct dms_iova_region regions[ORACLE_REGIONS];
    unsigned region_count;
    struct oracle_window windows[ORACLE_WINDOWS];
    unsigned window_count;
    uint64_t refills, spills, flushes; /* filled by oracle_fini */
    unsigned long allocs, refusals,
        reserves; /* what the run did, so that a test can see that it did something */
};

/* A space of random shape: granule, place in the 64-bit space, number of pages. */
void oracle_init(struct oracle *oracle, uint64_t seed, unsigned flags, unsigned thread_slots,
                 enum host_threads threads);
/* Frees and unreserves all, and asserts that the space is as new. */
void oracle_fini(struct oracle *oracle);
/* One random call, compared. */
void oracle_step(struct oracle *oracle);
/* Compare listings, counters and inner invariants. */
void oracle_compare(struct oracle *oracle);

#endif
