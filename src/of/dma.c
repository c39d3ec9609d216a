/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The way a device's DMA takes through the tree: which node it passes next, what bounds its
 * addresses, and whether it snoops (Linux: of_dma_get_range, of_dma_is_coherent).
 */
#include "base/range.h"
#include "of/of_internal.h"

/* Whether `wanted` is in a list of strings, and at which position. */
static bool string_index(const struct of_prop *list, const char *wanted, uint32_t *index)
{
    uint32_t start = 0;

    *index = 0;
    for (uint32_t i = 0; i < list->size; i++) {
        const struct of_prop item = {list->data + start, i + 1 - start};

        if (list->data[i] != '\0')
            continue;
        if (of_prop_is(&item, wanted))
            return true;
        ++*index;
        start = i + 1;
    }
    return false;
}

/* The target of the index-th entry of interconnects. */
static dms_of_node_t interconnect(const struct dms_of *of, const struct of_prop *list,
                                  uint32_t index)
{
    uint32_t count = list->size / 4;

    for (uint32_t at = 0; at < count; index--) {
        uint32_t phandle = of_cell(list->data, at);
        struct of_target target = {.node = DMS_OF_NONE};

        /* Phandle 0 is a hole in the list, one cell long. */
        if (phandle != 0) {
            target = of_target(of, phandle, "#interconnect-cells");
            if (!target.has_cells || target.ncells > count - at - 1)
                return DMS_OF_NONE;
        }
        if (index == 0)
            return target.node;
        at += 1 + target.ncells;
    }
    return DMS_OF_NONE;
}

dms_of_node_t dms_of_dma_parent(const struct dms_of *of, dms_of_node_t node)
{
    struct of_prop names;
    struct of_prop list;
    dms_of_node_t target = DMS_OF_NONE;
    uint32_t index;

    if (of_prop(of, node, "interconnect-names", &names) &&
        string_index(&names, "dma-mem", &index) && of_prop(of, node, "interconnects", &list))
        target = interconnect(of, &list, index);
    return target != DMS_OF_NONE ? target : dms_of_parent(of, node);
}

/* One step up; DMS_OF_NONE, with a finding, after as many steps as a tree without loop can have. */
static dms_of_node_t dma_step(const struct dms_of *of, dms_of_node_t node, unsigned *steps)
{
    const struct of_issue issue = {
        .node = node,
        .property = "interconnects",
        .cell = -1,
        .text = "the \"dma-mem\" interconnects of this node and its DMA parents form a loop",
        .remedy = "point \"dma-mem\" to the memory controller"};

    if (++*steps > 2 * DMS_OF_MAX_DEPTH) {
        of_note(of, DMS_OF_FINDING_DMA_LOOP, &issue);
        return DMS_OF_NONE;
    }
    return dms_of_dma_parent(of, node);
}

int dms_of_dma_ranges(const struct dms_of *of, dms_of_node_t bus, struct dms_of_ranges *ranges,
                      struct dms_of_diag *diag)
{
    unsigned steps = 0;
    dms_of_node_t node = bus;
    struct of_prop prop;

    while (node != DMS_OF_NONE) {
        bool found = of_prop(of, node, "dma-ranges", &prop);

        if (found && prop.size > 0)
            return of_dma_ranges_of(of, node, &prop, ranges, diag);
        /* The nearest bus may lack the property; further up its absence ends the search. */
        if (!found && steps > 0)
            break;
        node = dma_step(of, node, &steps);
    }
    return of_fail(of, diag, DMS_ENOENT,
                   &(struct of_issue){.node = bus,
                                      .property = "dma-ranges",
                                      .cell = -1,
                                      .text = "none here or above: there is no restriction",
                                      .remedy = "nothing to do"});
}

/* The hull of all ranges. DMS_EINVAL: none has a length. */
static int ranges_hull(struct dms_of_ranges *ranges, struct dms_range *hull,
                       struct dms_of_diag *diag)
{
    struct dms_range range;
    int error = dms_of_ranges_next(ranges, hull, diag);

    if (error == DMS_ENOENT)
        return of_fail(ranges->of, diag, DMS_EINVAL,
                       &(struct of_issue){.node = ranges->node,
                                          .property = "dma-ranges",
                                          .cell = -1,
                                          .text = "every range has length 0",
                                          .remedy = "give one a length, or leave the property "
                                                    "empty for no restriction"});
    while (error == 0) {
        error = dms_of_ranges_next(ranges, &range, diag);
        if (error == 0)
            *hull = range_hull(*hull, range);
    }
    return error == DMS_ENOENT ? 0 : error;
}

int dms_of_dma_aperture(const struct dms_of *of, dms_of_node_t bus, struct dms_range *aperture,
                        struct dms_of_diag *diag)
{
    struct dms_of_ranges ranges;
    struct dms_range hull = {0, UINT64_MAX};
    int error = dms_of_dma_ranges(of, bus, &ranges, diag);

    if (error == 0)
        error = ranges_hull(&ranges, &hull, diag);
    if (error != 0 && error != DMS_ENOENT)
        return error;
    *aperture = hull;
    return 0;
}

bool dms_of_dma_coherent(const struct dms_of *of, dms_of_node_t node)
{
    unsigned steps = 0;
    struct of_prop prop;

    while (node != DMS_OF_NONE) {
        if (of_prop(of, node, "dma-coherent", &prop))
            return true;
        if (of_prop(of, node, "dma-noncoherent", &prop))
            return false;
        node = dma_step(of, node, &steps);
    }
    return false;
}
