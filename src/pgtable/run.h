/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Runs of entries in one table. All n are at least 1. */
#ifndef PGTABLE_RUN_H
#define PGTABLE_RUN_H

#include "pgtable/format.h"

/* No entry holds anything. */
bool run_is_zero(const uint64_t *entry, unsigned n);

/* Every entry is valid. */
bool run_is_valid(const uint64_t *entry, unsigned n);

/* entry[i] = leaf + i * step. Each entry is written by one store. */
void run_fill(uint64_t *entry, unsigned n, uint64_t leaf, uint64_t step);

/* entry[i] = 0. */
void run_clear(uint64_t *entry, unsigned n);

/* The first valid entry among index, index - 1, ... 0, n - 1, ... index + 1; n when there is none. */
unsigned run_find_valid(const uint64_t *table, unsigned n, unsigned index);

#endif
