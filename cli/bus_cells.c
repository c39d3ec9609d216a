/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "bus_cells.h"

static uint32_t inherited(const struct dms_of *of, dms_of_node_t bus, const char *name)
{
    uint32_t cells = 1;

    while (bus != DMS_OF_NONE && dms_of_u32(of, bus, name, &cells) != 0)
        bus = dms_of_parent(of, bus);
    return cells;
}

bool bus_cells(const struct dms_of *of, dms_of_node_t bus, struct bus_cells *cells)
{
    cells->address = inherited(of, bus, "#address-cells");
    cells->size = inherited(of, bus, "#size-cells");
    return cells->address >= 1 && cells->address <= 4 && cells->size >= 1 && cells->size <= 4;
}
