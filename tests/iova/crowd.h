/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Threads at work on one space, beside a map of who owns each page. Every answer is judged when it comes: what is
 * handed out was nobody's and lies in no region that is reserved; what is reserved was nobody's; a request that no
 * gap can serve is refused, and a small one never. Threads hand ranges to each other, end, and are followed by others
 * with the same number.
 */
#ifndef TESTS_IOVA_CROWD_H
#define TESTS_IOVA_CROWD_H

#include <dmaspace/iova.h>

#include <stdatomic.h>

#define CROWD_THREADS 4u
#define CROWD_PAGES   4096u
#define CROWD_LIVE    200u
#define CROWD_TOO_BIG 2100u /* pages: a pinned page in the middle leaves no such gap */

struct crowd_range {
    uint64_t page, pages; /* pages 0: none */
};

/* What one thread holds, and its successor after it. */
struct crowd_member {
    struct crowd *crowd;
    unsigned number;
    uint64_t rng;
    struct crowd_range live[CROWD_LIVE];
    unsigned live_count;
    uint64_t live_pages;
    struct dms_iova_region region; /* reserved while last > 0 */
    struct crowd_range fixed;      /* live inside this member's fixed region */
    unsigned long allocs, passed, refused, reserves;
};

struct crowd {
    struct dms_iova_space *space;
    const struct dms_port *port;
    void (*enter)(
        unsigned number); /* before a thread's first call; NULL: the port knows its threads */
    unsigned granule_lg2;
    bool with_fixed; /* each member has a fixed region, from which others free */
    bool storm;      /* nothing but caches, and those who empty them */
    unsigned steps, generations;
    uint64_t seed;
    _Atomic unsigned char owner[CROWD_PAGES]; /* 0: nobody; else member + 1, or CROWD_PIN */
    _Atomic int reserved[CROWD_PAGES];        /* how many members' regions cover it */
    _Atomic uint64_t letter[CROWD_THREADS];   /* page << 16 | pages, for that member; 0: none */
    struct crowd_member member[CROWD_THREADS];
    _Atomic(const char *) complaint; /* the first one */
};

/* Run all threads to their end, give all back, compare with a new space, and destroy it. NULL: all was right. */
const char *crowd_run(struct crowd *crowd, unsigned flags, uint64_t cache_bytes);

#endif
