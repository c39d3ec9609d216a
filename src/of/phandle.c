/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Phandles: which node has one, and what a list of <phandle cells...> asks of its target. */
#include "of/of_internal.h"

static bool phandle_is_valid(uint32_t phandle)
{
    return phandle != 0 && phandle != UINT32_MAX;
}

/* "linux,phandle" is what dtc wrote before 2007, and still writes on request. */
uint32_t dms_of_phandle(const struct dms_of *of, dms_of_node_t node)
{
    static const char *const names[] = {"phandle", "linux,phandle"};
    struct of_prop prop;

    for (unsigned i = 0; i < 2; i++) {
        if (of_prop(of, node, names[i], &prop) && prop.size == 4 &&
            phandle_is_valid(of_cell(prop.data, 0)))
            return of_cell(prop.data, 0);
    }
    return 0;
}

dms_of_node_t dms_of_by_phandle(const struct dms_of *of, uint32_t phandle)
{
    dms_of_node_t node = DMS_OF_ROOT;

    if (!phandle_is_valid(phandle))
        return DMS_OF_NONE;
    if (of->index)
        return of_index_phandle(of, phandle);
    while (node != DMS_OF_NONE && dms_of_phandle(of, node) != phandle)
        node = dms_of_next(of, node);
    return node;
}

struct of_target of_target(const struct dms_of *of, uint32_t phandle, const char *cells_name)
{
    struct of_target target = {.node = dms_of_by_phandle(of, phandle), .ncells = 1};

    if (target.node != DMS_OF_NONE)
        target.has_cells = dms_of_u32(of, target.node, cells_name, &target.ncells) == 0;
    return target;
}
