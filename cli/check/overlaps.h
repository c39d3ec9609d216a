/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Streams that more than one claim names, and how Linux takes it. */
#ifndef CLI_CHECK_OVERLAPS_H
#define CLI_CHECK_OVERLAPS_H

#include "claims.h"

enum overlap {
    OVERLAP_NONE,
    OVERLAP_SHARED,   /* the same, or the later inside the earlier: one group, one address space */
    OVERLAP_TAKEN,    /* an SMMUv3 wants each stream to have one device */
    OVERLAP_ORDER,    /* an SMMU with masks: fine only if the wider one comes first */
    OVERLAP_CONFLICT, /* an SMMU with masks: refused, whatever the order */
};

/*
 * Calls `tell` for claims that count and share a stream of one IOMMU: for each claim with those
 * earlier in the tree that own one of its streams, at most once for each kind. Bounded: what a
 * hostile tree with tens of thousands of masks says is looked at in part.
 */
void overlaps(const struct claims *claims,
              void (*tell)(void *ctx, enum overlap kind, const struct claim *claim,
                           const struct claim *earlier),
              void *ctx);

#endif
