/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which nodes describe DMA masters. */
#include "of/of_internal.h"

struct master_properties {
    bool streams; /* iommus, iommu-map or iommu-ranges */
    bool memory;  /* memory-region */
};

static struct master_properties master_properties(const struct dms_of *of, dms_of_node_t node)
{
    struct master_properties has = {false, false};
    struct of_token token;

    if (!of_token_at(of, node, &token))
        return has;
    while (of_token_at(of, token.next, &token) && (token.tag == OF_PROP || token.tag == OF_NOP)) {
        if (token.tag == OF_NOP)
            continue;
        if (of_prop_name_is(of, token.name, "iommus") ||
            of_prop_name_is(of, token.name, "iommu-map") ||
            of_prop_name_is(of, token.name, "iommu-ranges"))
            has.streams = true;
        else if (of_prop_name_is(of, token.name, "memory-region"))
            has.memory = true;
    }
    return has;
}

/* Whether any region, or an error that hides one, comes out of the node's memory-region. */
static bool has_regions(const struct dms_of *of, dms_of_node_t node)
{
    struct dms_of quiet = *of;
    struct dms_of_regions regions;
    struct dms_of_region region;

    quiet.on_finding = NULL;
    dms_of_regions_begin(&quiet, node, &regions);
    return dms_of_regions_next(&regions, &region, NULL) != DMS_ENOENT;
}

dms_of_node_t dms_of_next_master(const struct dms_of *of, dms_of_node_t node)
{
    node = node == DMS_OF_NONE ? DMS_OF_ROOT : dms_of_next(of, node);
    for (; node != DMS_OF_NONE; node = dms_of_next(of, node)) {
        struct master_properties has = master_properties(of, node);

        if (has.streams || (has.memory && has_regions(of, node)))
            return node;
    }
    return DMS_OF_NONE;
}
