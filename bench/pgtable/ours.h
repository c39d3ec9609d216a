/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef BENCH_PGTABLE_OURS_H
#define BENCH_PGTABLE_OURS_H

#include "impl.h"

#include <dmaspace/pgtable.h>

extern const struct pgtable_impl pgtable_ours;

/* The page table behind what pgtable_ours.create returned. */
struct dms_pgtable *ours_table(void *table);

#endif
