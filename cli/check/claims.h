/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Every specifier of a tree with what its IOMMU makes of it: who claims which stream. */
#ifndef CLI_CHECK_CLAIMS_H
#define CLI_CHECK_CLAIMS_H

#include "master.h"

#include <dmaspace/iommu.h>

struct claim {
    dms_of_node_t node;
    dms_of_node_t iommu;
    const struct dms_iommu_type *type;
    const char *property; /* iommus or iommu-map */
    uint32_t cell;
    uint32_t id;     /* of iommu-map: the first id */
    uint32_t length; /* ids and streams in a row; 1 for iommus */
    uint32_t ncells;
    uint32_t first_cell; /* of the specifier; 0 when it has none */

    /*
     * 0: decoded. DMS_EINVAL: wrong number of cells; DMS_ERANGE: the stream or the last one of the
     * row is beyond the IOMMU's width. DMS_ENOTSUP: no stream but a port, and stream.sid its number.
     */
    int error;
    struct dms_stream stream;
    bool live; /* device and IOMMU are enabled */
};

struct claims {
    ARRAY(struct claim) items; /* in tree order */
};

/*
 * Adds those of one master; of iommu-map, the ids that iommu-map-mask lets through. `enabled`: it and all nodes
 * above it.
 */
void claims_add(struct claims *claims, const struct tree *tree, const struct master *master,
                bool enabled);

/* Whether it names a stream or port at all, and one that counts. */
bool claim_counts(const struct claim *claim);

/* "stream 0x1940", "streams 0x100-0x1ff", "stream 0x880 mask 0x400", "port 0x7" */
struct claim_text {
    char text[64];
};
struct claim_text claim_text(const struct claim *claim);

#endif
