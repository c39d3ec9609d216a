/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Tables that stay though they are empty (cfg.keep_empty): a list, oldest first. The link of a
 * listed table has LINK_KEPT: then an unmap need not look whether it became empty. It stays listed
 * while it is in use again, until its turn to go comes. All under the lock.
 */
#ifndef PGTABLE_KEEP_H
#define PGTABLE_KEEP_H

#include "pgtable/reclaim.h"

/*
 * Lists the table at `level` that holds iova, which was empty a moment ago. When there are too many
 * now, the older half goes.
 */
void keep_table(struct dms_pgtable *pt, struct dms_pgtable_slot *self, uint64_t iova,
                unsigned level, struct dms_iommu_gather *gather);

/* Whatever is listed and empty goes. */
void keep_none(struct dms_pgtable *pt, struct dms_iommu_gather *gather);

/*
 * What is listed and empty goes where map could write blocks instead. All are multiples of the
 * granule and within the widths.
 */
void keep_less(struct dms_pgtable *pt, uint64_t iova, uint64_t phys, uint64_t last,
               struct dms_iommu_gather *gather);

/* Puts a table, whose link has LINK_KEPT, at the young end. */
void keep_append(struct dms_pgtable *pt, struct emptied *table);

/* Takes the table that hangs on `link` off the list. Its link has LINK_KEPT. */
struct emptied *keep_take(struct dms_pgtable *pt, const uint64_t *link);

/* Forgets the list, for fini. */
void keep_fini(struct dms_pgtable *pt);

#endif
