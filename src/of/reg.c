/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The address of a node in the root's address space, through the ranges of the buses above it. */
#include "base/checked.h"
#include "of/of_internal.h"

/* Whether the entry of ranges at `cells` holds `size` bytes from *address on; moves *address up. */
static bool reg_entry(const uint8_t *cells, const struct dms_of_bus_cells *bus,
                      uint32_t parent_cells, uint64_t *address)
{
    uint64_t child;
    uint64_t parent;
    uint64_t length;

    if (!of_number(cells + 4 * (size_t)bus->flags, bus->address - bus->flags, &child) ||
        !of_number(cells + 4 * (size_t)bus->address, parent_cells, &parent) ||
        !of_number(cells + 4 * ((size_t)bus->address + parent_cells), bus->size, &length))
        return false;
    if (*address < child || *address - child >= length)
        return false;
    return checked_add(parent, *address - child, address);
}

/* One bus up. Empty ranges: the same address; none: the bus is not in its parent's space. */
static bool reg_translate(const struct dms_of *of, dms_of_node_t bus, dms_of_node_t above,
                          uint64_t *address)
{
    struct dms_of_bus_cells cells;
    struct dms_of_bus_cells parent;
    struct of_prop ranges;
    uint32_t entry;

    if (!of_prop(of, bus, "ranges", &ranges) || !dms_of_bus_cells(of, bus, &cells) ||
        !dms_of_bus_cells(of, above, &parent))
        return false;
    if (ranges.size == 0)
        return true;
    entry = cells.address + parent.address + cells.size;
    for (uint32_t at = 0; ranges.size / 4 - at >= entry; at += entry) {
        if (reg_entry(ranges.data + 4 * (size_t)at, &cells, parent.address, address))
            return true;
    }
    return false;
}

bool of_reg(const struct dms_of *of, dms_of_node_t node, struct dms_range *reg)
{
    dms_of_node_t chain[DMS_OF_MAX_DEPTH];
    unsigned depth = of_ancestors(of, node, chain);
    struct dms_of_bus_cells cells;
    struct of_prop prop;
    uint64_t address;
    uint64_t size;

    if (depth < 2 || !of_prop(of, node, "reg", &prop) ||
        !dms_of_bus_cells(of, chain[depth - 2], &cells) ||
        prop.size / 4 < cells.address + cells.size ||
        !of_number(prop.data + 4 * (size_t)cells.flags, cells.address - cells.flags, &address) ||
        !of_number(prop.data + 4 * (size_t)cells.address, cells.size, &size))
        return false;
    for (unsigned i = depth - 2; i > 0; i--) {
        if (!reg_translate(of, chain[i], chain[i - 1], &address))
            return false;
    }
    return range_from_size(address, size, reg) == 0;
}
