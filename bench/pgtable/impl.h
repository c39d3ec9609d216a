/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A page table under measurement: 4 KiB granule, 48 bits in and out, a walker that snoops. */
#ifndef BENCH_PGTABLE_IMPL_H
#define BENCH_PGTABLE_IMPL_H

#include <stdint.h>

struct pgtable_impl {
    const char *name;
    void *(*create)(void);
    void (*destroy)(void *table);

    /*
     * `pages` pages of `page` bytes (4 KiB or 2 MiB), side by side. 0, or the benchmark is wrong.
     */
    int (*map)(void *table, uint64_t iova, uint64_t phys, uint64_t page, uint64_t pages);
    int (*unmap)(void *table, uint64_t iova, uint64_t page, uint64_t pages);

    /* The same where invalidation is left for later. */
    int (*unmap_lazy)(void *table, uint64_t iova, uint64_t page, uint64_t pages);
};

#endif
