/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The IOVA range of a call. */
#ifndef PGTABLE_RANGE_H
#define PGTABLE_RANGE_H

#include "pgtable/geometry.h"

#include "base/bits.h"
#include <dmaspace/error.h>

/* At least one byte, and none beyond input_last. */
static inline bool range_fits(const struct dms_pgtable *pt, uint64_t iova, uint64_t size)
{
    /*
     * input_last is all ones, so bits above it show in any of the three; without those the sum
     * cannot wrap.
     */
    return ((iova | (size - 1) | (iova + (size - 1))) & ~pt->input_last) == 0;
}

/* Not 0: any of the numbers or-ed together in `bits` is not a whole granule. */
static inline uint64_t range_ragged(const struct dms_pgtable *pt, uint64_t bits)
{
    return bits & pt->page_mask;
}

/* DMS_EINVAL: empty, or not whole granules; DMS_ERANGE: beyond input_last; 0. */
static inline int range_error(const struct dms_pgtable *pt, uint64_t iova, uint64_t size)
{
    if (size == 0 || range_ragged(pt, iova | size))
        return DMS_EINVAL;
    return range_fits(pt, iova, size) ? 0 : DMS_ERANGE;
}

#endif
