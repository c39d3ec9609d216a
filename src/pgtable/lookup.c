/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pgtable/walk.h"

#include <dmaspace/error.h>

int dms_pgtable_iova_to_phys(struct dms_pgtable *pt, dms_iova_t iova, dms_phys_t *phys)
{
    struct dms_pgtable_slot *slot;
    struct walk walk;

    if (iova > pt->input_last)
        return DMS_ENOENT;
    slot = guard_enter(pt, iova, iova);
    walk = walk_quick(pt, slot, iova, WALK_READ);
    guard_leave(pt, slot);
    if (!word_is_valid(walk.word))
        return DMS_ENOENT;
    phys->addr = leaf_phys(pt, walk.level, walk.word) | (iova & (entry_bytes(pt, walk.level) - 1));
    return 0;
}
