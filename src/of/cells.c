/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How many cells an address has on a bus, and numbers made of cells. */
#include "of/of_internal.h"

#define MAX_ADDRESS_CELLS 4 /* Linux: OF_MAX_ADDR_CELLS */

bool of_number(const uint8_t *cells, uint32_t count, uint64_t *number)
{
    uint64_t value = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (value >> 32 != 0)
            return false;
        value = value << 32 | of_cell(cells, i);
    }
    *number = value;
    return true;
}

/* The property of `bus` or of the nearest ancestor that has it. */
static uint32_t inherited_cells(const struct dms_of *of, dms_of_node_t bus, const char *name)
{
    uint32_t cells = 1;

    while (bus != DMS_OF_NONE && dms_of_u32(of, bus, name, &cells) != 0)
        bus = dms_of_parent(of, bus);
    return cells;
}

bool dms_of_bus_cells(const struct dms_of *of, dms_of_node_t bus, struct dms_of_bus_cells *cells)
{
    cells->address = inherited_cells(of, bus, "#address-cells");
    cells->size = inherited_cells(of, bus, "#size-cells");
    /* Three cells: PCI, or a bus of that shape; the first tells the space, not the place in it. */
    cells->flags = cells->address == 3 ? 1 : 0;
    return cells->address >= 1 && cells->address <= MAX_ADDRESS_CELLS && cells->size >= 1 &&
           cells->size <= MAX_ADDRESS_CELLS;
}
