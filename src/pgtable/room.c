/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Room for blocks where empty tables stand. */
#include "pgtable/guard.h"
#include "pgtable/keep.h"
#include "pgtable/range.h"

static bool worth_a_look(const struct dms_pgtable *pt, uint64_t iova, uint64_t phys, uint64_t size)
{
    if (size < entry_bytes(pt, 2) || __atomic_load_n(&pt->kept_count, __ATOMIC_RELAXED) == 0)
        return false;
    return range_fits(pt, iova, size) && !range_ragged(pt, iova | phys | size) &&
           ((phys | (phys + (size - 1))) & ~pt->output_last) == 0;
}

bool dms_pgtable_make_room(struct dms_pgtable *pt, dms_iova_t iova, dms_phys_t phys, uint64_t size,
                           struct dms_iommu_gather *gather)
{
    if (!worth_a_look(pt, iova, phys.addr, size))
        return false;
    port_lock(pt->cfg.port, &pt->lock);
    keep_less(pt, iova, phys.addr, iova + (size - 1), gather);
    port_unlock(pt->cfg.port, &pt->lock);
    return gather->tables;
}
