/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef BENCH_PGTABLE_OURS_H
#define BENCH_PGTABLE_OURS_H

#include "impl.h"

#include <dmaspace/pgtable.h>

extern const struct pgtable_impl ours_impl;

/* The page table behind what ours_impl.create returned. */
struct dms_pgtable *ours_table(void *table);

#endif
