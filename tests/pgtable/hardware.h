/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A table walker as an Arm IOMMU's: reads raw memory from what a context descriptor would say, and
 * shares nothing with the code under test. Every bit that DDI 0487 reserves is checked.
 */
#ifndef TESTS_PGTABLE_HARDWARE_H
#define TESTS_PGTABLE_HARDWARE_H

#include "fixture.h"

struct hardware_result {
    bool mapped;
    uint64_t phys;
    uint64_t leaf_bytes;
    bool readable; /* by an unprivileged transaction */
    bool writable;
    bool executable;
    bool privileged_only;
    unsigned mair; /* the attribute byte */
    unsigned share;
    uint64_t descriptor;
    unsigned level; /* where the walk ended */
};

struct hardware_result hardware_walk(const struct fixture *f, uint64_t iova);

/*
 * The same with a walk cache: tables found on the way are remembered by level and address, and used
 * without looking at the links above, until they are invalidated. Start with all zero.
 */
#define HARDWARE_CACHE_SIZE 64

struct hardware_cache {
    struct {
        bool valid;
        unsigned level;
        uint64_t prefix;
        uint64_t table;
    } entry[HARDWARE_CACHE_SIZE];
    unsigned next;
};

struct hardware_result hardware_walk_cached(const struct fixture *f, struct hardware_cache *cache,
                                            uint64_t iova);

/* Forgets tables that cover a part of [first, last]. */
void hardware_invalidate(const struct fixture *f, struct hardware_cache *cache, uint64_t first,
                         uint64_t last);

/* Tables that can be reached from the root, the root included. */
unsigned hardware_tables(const struct fixture *f);

#endif
