/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Lists of address ranges: iommu-ranges, <base size> in the device's own node, and dma-ranges,
 * <base parent-base size> in a bus. How each is written is decided here and nowhere else.
 */
#include "base/checked.h"
#include "base/range.h"
#include "of/of_internal.h"

/* cell -1: the property as such */
static int ranges_error(const struct dms_of_ranges *ranges, struct dms_of_diag *diag, int error,
                        int32_t cell, const struct of_issue *what)
{
    struct of_issue issue = *what;

    issue.node = ranges->node;
    issue.property = ranges->property;
    issue.cell = cell;
    return of_fail(ranges->of, diag, error, &issue);
}

static uint32_t entry_cells(const struct dms_of_ranges *ranges)
{
    return (uint32_t)ranges->flag_cells + ranges->address_cells + ranges->parent_cells +
           ranges->size_cells;
}

/* `bus`: where the addresses belong. parent_cells is set by the caller. */
static int ranges_begin(struct dms_of_ranges *ranges, const struct of_prop *prop, dms_of_node_t bus,
                        struct dms_of_diag *diag)
{
    struct dms_of_bus_cells cells;

    ranges->cells = prop->data;
    ranges->count = prop->size / 4;
    if (!dms_of_bus_cells(ranges->of, bus, &cells))
        return ranges_error(
            ranges, diag, DMS_EINVAL, -1,
            &(struct of_issue){.text = "addresses on %n have %u cells and sizes %u: not readable",
                               .remedy = "correct #address-cells and #size-cells of the bus",
                               .args = {(uint64_t)bus, cells.address, cells.size}});
    ranges->flag_cells = (uint8_t)cells.flags;
    ranges->address_cells = (uint8_t)(cells.address - cells.flags);
    ranges->size_cells = (uint8_t)cells.size;
    if (prop->size % 4 != 0 || ranges->count % entry_cells(ranges) != 0)
        return ranges_error(ranges, diag, DMS_EINVAL, -1,
                            &(struct of_issue){.text = "%u bytes are no whole number of entries of "
                                                       "%u cells",
                                               .remedy = "give each entry all its cells",
                                               .args = {prop->size, entry_cells(ranges)}});
    return 0;
}

int dms_of_iommu_ranges(const struct dms_of *of, dms_of_node_t node, struct dms_of_ranges *ranges,
                        struct dms_of_diag *diag)
{
    struct dms_of_ranges fresh = {.of = of, .node = node, .property = "iommu-ranges"};
    struct of_prop prop;
    int error;

    if (!of_prop(of, node, fresh.property, &prop))
        return ranges_error(&fresh, diag, DMS_ENOENT, -1,
                            &(struct of_issue){.text = "the node has no such property",
                                               .remedy = "nothing to do: there is no restriction"});
    if (prop.size == 0)
        return ranges_error(&fresh, diag, DMS_EINVAL, -1,
                            &(struct of_issue){.text = "empty: no address would be usable",
                                               .remedy = "name a range, or delete the property"});
    error = ranges_begin(&fresh, &prop, dms_of_dma_parent(of, node), diag);
    if (error)
        return error;
    *ranges = fresh;
    return 0;
}

/* The parent addresses have the cells of the bus above; the root is its own (of_n_addr_cells). */
static uint8_t cells_above(const struct dms_of *of, dms_of_node_t bus)
{
    struct dms_of_bus_cells cells;
    dms_of_node_t parent = dms_of_parent(of, bus);

    (void)dms_of_bus_cells(of, parent == DMS_OF_NONE ? bus : parent, &cells);
    return cells.address > UINT8_MAX ? UINT8_MAX : (uint8_t)cells.address;
}

int of_dma_ranges_of(const struct dms_of *of, dms_of_node_t bus, const struct of_prop *prop,
                     struct dms_of_ranges *ranges, struct dms_of_diag *diag)
{
    struct dms_of_ranges fresh = {.of = of, .node = bus, .property = "dma-ranges"};
    int error;

    fresh.parent_cells = cells_above(of, bus);
    error = ranges_begin(&fresh, prop, bus, diag);
    if (error)
        return error;
    *ranges = fresh;
    return 0;
}

static void ranges_note_empty(const struct dms_of_ranges *ranges)
{
    of_note(ranges->of, DMS_OF_FINDING_EMPTY_RANGE,
            &(struct of_issue){.node = ranges->node,
                               .property = ranges->property,
                               .cell = (int32_t)ranges->cell,
                               .text = "a range of length 0: skipped",
                               .remedy = "correct the length, or delete the entry"});
}

static int ranges_too_wide(const struct dms_of_ranges *ranges, struct dms_of_diag *diag)
{
    return ranges_error(ranges, diag, DMS_ERANGE, (int32_t)ranges->cell,
                        &(struct of_issue){.text = "the range goes past 64 bits",
                                           .remedy = "correct base and size"});
}

/* The entry at ranges->cell. DMS_EINVAL: its length is 0. */
static int ranges_read(const struct dms_of_ranges *ranges, struct dms_range *range)
{
    const uint8_t *address = ranges->cells + 4 * ((size_t)ranges->cell + ranges->flag_cells);
    const uint8_t *size = address + 4 * ((size_t)ranges->address_cells + ranges->parent_cells);
    uint64_t base;
    uint64_t bytes;

    if (!of_number(address, ranges->address_cells, &base) ||
        !of_number(size, ranges->size_cells, &bytes))
        return DMS_ERANGE;
    return range_from_size(base, bytes, range);
}

int dms_of_ranges_next(struct dms_of_ranges *ranges, struct dms_range *range,
                       struct dms_of_diag *diag)
{
    int error = DMS_EINVAL;

    for (; ranges->cell < ranges->count; ranges->cell += entry_cells(ranges)) {
        error = ranges_read(ranges, range);
        if (error != DMS_EINVAL)
            break;
        ranges_note_empty(ranges);
    }
    if (ranges->cell >= ranges->count)
        return ranges_error(
            ranges, diag, DMS_ENOENT, -1,
            &(struct of_issue){.text = "no more ranges", .remedy = "nothing to do"});
    if (error)
        error = ranges_too_wide(ranges, diag);
    ranges->entry = ranges->cell;
    ranges->cell += entry_cells(ranges);
    return error;
}
