/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A space: the tree of segments, the set of regions, the size index, and the caches in front of them.
 *
 * Lock order: the slots' own locks in ascending order (cache.c), then the tree lock. Functions whose comment says
 * "locked" want the tree lock held.
 */
#ifndef IOVA_SPACE_H
#define IOVA_SPACE_H

#include "base/lock.h"
#include "gaps.h"
#include "regions.h"
#include "tree.h"

#include <dmaspace/error.h>
#include <dmaspace/iova.h>

struct dms_iova_space {
    const struct dms_port *port;
    unsigned granule_lg2;
    unsigned flags;
    struct dms_range aperture;

    dms_lock_t lock; /* the tree lock: protects everything below */
    struct tree tree;
    struct regions regions;
    struct gaps gaps;
    uint64_t tree_ops;
};

static inline void space_lock(struct dms_iova_space *space)
{
    port_lock(space->port, &space->lock);
}

static inline void space_unlock(struct dms_iova_space *space)
{
    port_unlock(space->port, &space->lock);
}

/* Bytes to pages, rounded up, without overflow. */
static inline uint64_t space_pages(const struct dms_iova_space *space, uint64_t bytes)
{
    return bytes == 0 ? 0 : ((bytes - 1) >> space->granule_lg2) + 1;
}

/* Pages [start, end), start < end, as bytes. The end of a 64-bit space wraps to the right last byte. */
static inline struct dms_range space_range(const struct dms_iova_space *space, uint64_t start,
                                           uint64_t end)
{
    return (struct dms_range){start << space->granule_lg2, (end << space->granule_lg2) - 1};
}

/* change.c: the tree's operations with the size index kept beside them. Locked. */
int space_take(struct dms_iova_space *space, struct path *path, uint64_t start, uint64_t end,
               enum seg_type type);
void space_release(struct dms_iova_space *space, struct path *path);

/* place.c: locked. */
void space_describe(struct dms_iova_space *space, uint64_t page, struct dms_iova_place *place);
/* The first segment that touches [start, end) and whose type passes the mask, described. False: none. */
bool space_find(struct dms_iova_space *space, uint64_t start, uint64_t end, unsigned types,
                struct dms_iova_place *place);
void place_set_region(struct dms_iova_place *place, const struct region_node *node);

/*
 * reserve.c: locked. A chain of regions in address order comes or goes as one. 0; -DMS_EBUSY with *conflict (unless
 * NULL) filled; or -DMS_ENOMEM. After 0 the nodes are the set's (reserve) or the caller's (unreserve); after an
 * error nothing has changed.
 */
int space_reserve(struct dms_iova_space *space, struct region_node *chain,
                  struct dms_iova_place *conflict);
int space_unreserve(struct dms_iova_space *space, struct region_node *chain,
                    struct dms_iova_place *conflict);

#endif
