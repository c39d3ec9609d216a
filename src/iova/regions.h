/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The set of reserved regions, overlaps and repetitions included, by first byte and age. The tree of segments holds
 * their union; this set knows who reserved what, and what stays reserved when one goes. Under the tree lock.
 */
#ifndef IOVA_REGIONS_H
#define IOVA_REGIONS_H

#include "avl.h"

#include <dmaspace/iova.h>

struct region_node {
    struct avl_node avl; /* key: first byte; tie: age */
    /* Summaries, beside the keys in memory: the furthest end in the subtree, of all and of windows. */
    uint64_t max_end, max_window_end;
    uint64_t start, end; /* pages, rounded outward, not clipped to the aperture */
    struct dms_iova_region region;
    struct region_node
        *chain; /* the next one of those that come or go together, in address order */
};

struct regions {
    struct avl avl;
    uint64_t count;
    uint64_t next_serial;
};

void regions_init(struct regions *regions);
void regions_fini(struct regions *regions, const struct dms_port *port);

/* NULL: no memory. The node is not in a set yet. */
struct region_node *region_node_create(const struct dms_port *port,
                                       const struct dms_iova_region *region, unsigned granule_lg2);
void region_chain_destroy(const struct dms_port *port, struct region_node *chain);

/* First insertion: gives the node its age. Putting a removed node back keeps it. */
void regions_insert(struct regions *regions, struct region_node *node);
void regions_remove(struct regions *regions, struct region_node *node);

/* The oldest region that equals this one in every member; NULL: none. */
struct region_node *regions_find(const struct regions *regions,
                                 const struct dms_iova_region *region);

/*
 * The first region in order, behind `after` (NULL: of all), that overlaps pages [start, end); NULL: none.
 */
struct region_node *regions_overlap(const struct regions *regions, const struct region_node *after,
                                    uint64_t start, uint64_t end);

/* The page up to which regions (or windows alone) cover everything from `page` on; `page`: it is not covered. */
uint64_t regions_covered_to(const struct regions *regions, uint64_t page, bool windows_only);

/* The next stretch of [*page, end) without a region, [*page, *stop). False: all is covered. */
bool regions_next_hole(const struct regions *regions, uint64_t end, uint64_t *page, uint64_t *stop);

#endif
