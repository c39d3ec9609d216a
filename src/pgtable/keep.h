/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Tables that stay though they are empty (cfg.keep_empty). A kept table is listed in
 * dms_pgtable.kept_* and its link has LINK_KEPT: then an unmap need not look whether it became
 * empty. It stays listed while it is in use again, until its place in the ring is needed. All under
 * the lock.
 */
#ifndef PGTABLE_KEEP_H
#define PGTABLE_KEEP_H

#include <dmaspace/pgtable.h>

/*
 * Lists the table at `level` that holds iova, which was empty a moment ago. What it displaces is
 * removed if that is empty.
 */
void keep_table(struct dms_pgtable *pt, struct dms_pgtable_slot *self, uint64_t iova,
                unsigned level, struct dms_iommu_gather *gather);

/* Takes a table that is being removed off the list. */
void keep_forget(struct dms_pgtable *pt, uint64_t iova, unsigned level);

#endif
