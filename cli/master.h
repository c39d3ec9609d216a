/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Everything that inspect tells about one DMA master, read from the tree into plain arrays. */
#ifndef CLI_MASTER_H
#define CLI_MASTER_H

#include "tree.h"

struct master {
    dms_of_node_t node;
    bool available;
    bool coherent;

    ARRAY(struct dms_of_iommus_entry) streams;

    bool has_map;
    bool legacy_map;
    uint32_t map_mask;
    ARRAY(struct dms_of_map_entry) map;

    struct dms_range aperture;          /* of the device itself */
    struct dms_range function_aperture; /* of its functions; valid when has_map */
    bool has_windows;                   /* iommu-ranges */
    ARRAY(struct dms_range) windows;
    ARRAY(uint32_t) window_cells; /* where each begins in iommu-ranges */
    ARRAY(struct dms_of_region) regions;

    /* Errors and findings in the order they were met; one place is told once. */
    ARRAY(struct dms_of_diag) diags;
    unsigned errors;
};

/* Fills *master, whose arrays are reused, from a node of the tree. Sets the tree's on_finding. */
void master_read(struct tree *tree, dms_of_node_t node, struct master *master);
void master_drop(struct master *master);

#endif
