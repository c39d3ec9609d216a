/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The IOVA range of a call. */
#ifndef PGTABLE_RANGE_H
#define PGTABLE_RANGE_H

#include "pgtable/geometry.h"

#include "base/bits.h"
#include <dmaspace/error.h>

/* 0 and *last; -DMS_EINVAL: empty, or not whole granules; -DMS_ERANGE: beyond input_last. */
static inline int range_check(const struct dms_pgtable *pt, uint64_t iova, uint64_t size,
                              uint64_t *last)
{
    if (size == 0 || !is_aligned(iova | size, granule(pt)))
        return DMS_EINVAL;
    if (iova > pt->input_last || pt->input_last - iova < size - 1)
        return DMS_ERANGE;
    *last = iova + (size - 1);
    return 0;
}

#endif
