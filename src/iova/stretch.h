/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The stretches of pages that a chain of regions changes. Locked. */
#ifndef IOVA_STRETCH_H
#define IOVA_STRETCH_H

#include "space.h"

struct stretch {
    uint64_t start;
    uint64_t end;
};

enum stretch_kind {
    STRETCH_WHOLE, /* each region's pages */
    STRETCH_HOLES, /* those of them that no region of the set covers */
};

/* Neighbours in the list never touch: each can be cut and joined without the others. */
struct stretches {
    struct region_node *chain;
    enum stretch_kind kind;
};

/* The node's pages in the aperture. False: none. */
bool region_clip(const struct dms_iova_space *space, const struct region_node *node,
                 struct stretch *out);

/* 0, or DMS_EBUSY: a segment of one of the types touches a stretch; *conflict (unless NULL) is the first. */
int stretches_check(struct dms_iova_space *space, const struct stretches *all, unsigned types,
                    struct dms_iova_place *conflict);

/* Everything in the stretches, which holds nothing live, becomes of the type. 0, or DMS_ENOMEM: nothing changed. */
int stretches_retype(struct dms_iova_space *space, const struct stretches *all, enum seg_type type);

#endif
