/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Runs of entries in one table that belong to the caller's range: nobody else writes them. All n
 * are at least 1.
 */
#ifndef PGTABLE_RUN_H
#define PGTABLE_RUN_H

#include "pgtable/word.h"

bool run_is_zero_many(const uint64_t *entry, unsigned n);
uint64_t run_common_many(const uint64_t *entry, unsigned n);
void run_clear_many(uint64_t *entry, unsigned n);

/* No entry holds anything. */
static inline bool run_is_zero(const uint64_t *entry, unsigned n)
{
    return n == 1 ? *entry == 0 : run_is_zero_many(entry, n);
}

/* The bits that all entries have. */
static inline uint64_t run_common(const uint64_t *entry, unsigned n)
{
    return n == 1 ? le64_swap(*entry) : run_common_many(entry, n);
}

/* entry[i] = 0. Each entry is written by one store. */
static inline void run_clear(uint64_t *entry, unsigned n)
{
    if (n == 1)
        word_store(entry, 0);
    else
        run_clear_many(entry, n);
}

/*
 * entry[i] = leaf + i * step, the last one with the bits `end` flipped. Each entry is written by
 * one store.
 */
void run_fill(uint64_t *entry, unsigned n, uint64_t leaf, uint64_t step, uint64_t end);

#endif
