/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Reserved I/O virtual addresses of a device: its memory-region leads to nodes whose
 * iommu-addresses are <&device base size> (reserved-memory.yaml; of_iommu_get_resv_regions).
 */
#include "base/checked.h"
#include "base/range.h"
#include "of/of_internal.h"

/* An entry of iommu-addresses. */
struct address_entry {
    dms_of_node_t device; /* DMS_OF_NONE: its phandle leads nowhere */
    const uint8_t *cells; /* after the phandle */
    struct dms_of_bus_cells width;
};

static struct of_issue memory_issue(const struct dms_of_regions *regions, uint32_t cell,
                                    const char *text, const char *remedy)
{
    return (struct of_issue){.node = regions->memory,
                             .property = "iommu-addresses",
                             .cell = (int32_t)cell,
                             .text = text,
                             .remedy = remedy};
}

static int memory_error(struct dms_of_regions *regions, struct dms_of_diag *diag, int error,
                        uint32_t cell, const char *text, const char *remedy)
{
    const struct of_issue issue = memory_issue(regions, cell, text, remedy);

    return of_fail(regions->of, diag, error, &issue);
}

static void memory_note(const struct dms_of_regions *regions, enum dms_of_finding finding,
                        uint32_t cell, const char *text, const char *remedy)
{
    const struct of_issue issue = memory_issue(regions, cell, text, remedy);

    of_note(regions->of, finding, &issue);
}

void dms_of_regions_begin(const struct dms_of *of, dms_of_node_t node,
                          struct dms_of_regions *regions)
{
    *regions = (struct dms_of_regions){.of = of, .node = node, .memory = DMS_OF_NONE};
}

static void note_no_region(const struct dms_of_regions *regions, uint32_t phandle)
{
    of_note(regions->of, DMS_OF_FINDING_NO_REGION,
            &(struct of_issue){.node = regions->node,
                               .property = "memory-region",
                               .cell = (int32_t)regions->region,
                               .text = "the phandle %x leads to no node: skipped",
                               .remedy = "point it to a reserved-memory node, or delete it",
                               .args = {phandle}});
}

/* Goes to the next memory-region that has iommu-addresses. False: there is none. */
static bool next_memory(struct dms_of_regions *regions)
{
    struct of_prop list;
    struct of_prop addresses;

    if (!of_prop(regions->of, regions->node, "memory-region", &list))
        return false;
    for (; regions->region < list.size / 4; regions->region++) {
        uint32_t phandle = of_cell(list.data, regions->region);

        regions->memory = dms_of_by_phandle(regions->of, phandle);
        if (regions->memory == DMS_OF_NONE)
            note_no_region(regions, phandle);
        if (!of_prop(regions->of, regions->memory, "iommu-addresses", &addresses))
            continue;
        regions->region++;
        regions->cell = 0;
        return true;
    }
    regions->memory = DMS_OF_NONE;
    return false;
}

/*
 * Finds out whose the entry is and how wide. One whose phandle leads nowhere is taken to be as wide
 * as this device's: there is nothing better to go by.
 */
static bool entry_width(const struct dms_of_regions *regions, uint32_t phandle,
                        struct address_entry *entry)
{
    const struct dms_of *of = regions->of;
    dms_of_node_t device;

    entry->device = dms_of_by_phandle(of, phandle);
    device = entry->device == DMS_OF_NONE ? regions->node : entry->device;
    return dms_of_bus_cells(of, dms_of_dma_parent(of, device), &entry->width);
}

/* The entry at regions->cell. 1: read; 0: end of this node's list; DMS_EINVAL. */
static int read_entry(struct dms_of_regions *regions, struct address_entry *entry,
                      struct dms_of_diag *diag)
{
    struct of_prop list = {0};
    uint32_t left;

    of_prop(regions->of, regions->memory, "iommu-addresses", &list);
    left = list.size / 4 - regions->cell;
    if (left == 0 && list.size % 4 == 0)
        return 0;
    if (left == 0)
        return memory_error(regions, diag, DMS_EINVAL, regions->cell, "truncated inside a cell",
                            "give whole cells");
    if (!entry_width(regions, of_cell(list.data, regions->cell), entry))
        return memory_error(regions, diag, DMS_EINVAL, regions->cell,
                            "the device's bus has no readable #address-cells and #size-cells",
                            "correct them in the bus of the device that the entry names");
    if (left - 1 < entry->width.address + entry->width.size)
        return memory_error(regions, diag, DMS_EINVAL, regions->cell,
                            "truncated: the entry needs the cells of its device's bus",
                            "give phandle, base and size with #address-cells and #size-cells of "
                            "the device's parent");
    entry->cells = list.data + 4 * ((size_t)regions->cell + 1);
    regions->cell += 1 + entry->width.address + entry->width.size;
    return 1;
}

/* Base and size of the entry. DMS_EINVAL: length 0; DMS_ERANGE. */
static int entry_range(const struct address_entry *entry, struct dms_range *range)
{
    const struct dms_of_bus_cells *width = &entry->width;
    uint64_t base;
    uint64_t size;

    if (!of_number(entry->cells + 4 * (size_t)width->flags, width->address - width->flags, &base) ||
        !of_number(entry->cells + 4 * (size_t)width->address, width->size, &size))
        return DMS_ERANGE;
    return range_from_size(base, size, range);
}

static enum dms_region_kind region_kind(const struct dms_of_regions *regions, uint32_t cell,
                                        struct dms_range range)
{
    struct of_prop prop;
    struct dms_range reg;

    if (!of_prop(regions->of, regions->memory, "reg", &prop))
        return DMS_REGION_RESERVED;
    if (of_reg(regions->of, regions->memory, &reg) && range_equal(reg, range))
        return DMS_REGION_DIRECT;
    memory_note(regions, DMS_OF_FINDING_REG_DIFFERS, cell,
                "not the range of reg, so it cannot be mapped 1:1: reserved",
                "nothing to do if the device's firmware keeps its own mapping there");
    return DMS_REGION_RESERVED;
}

/* The device's own entry, which began at `cell`. 1: a region; 0: skipped; DMS_ERANGE. */
static int take_entry(struct dms_of_regions *regions, const struct address_entry *entry,
                      uint32_t cell, struct dms_of_region *region, struct dms_of_diag *diag)
{
    struct dms_range range;
    int error = entry_range(entry, &range);

    if (error == DMS_EINVAL) {
        memory_note(regions, DMS_OF_FINDING_EMPTY_RANGE, cell, "a region of length 0: skipped",
                    "correct the length, or delete the entry");
        return 0;
    }
    if (error)
        return memory_error(regions, diag, error, cell, "the region goes past 64 bits",
                            "correct base and size");
    *region = (struct dms_of_region){
        .range = range,
        .kind = region_kind(regions, cell, range),
        .memory = regions->memory,
        .cell = cell,
    };
    return 1;
}

/* One entry further in this node's list. 1: a region; 0: not yet; DMS_EINVAL, DMS_ERANGE. */
static int regions_step(struct dms_of_regions *regions, struct dms_of_region *region,
                        struct dms_of_diag *diag)
{
    struct address_entry entry;
    uint32_t cell = regions->cell;
    int got = read_entry(regions, &entry, diag);

    if (got <= 0) {
        regions->memory = DMS_OF_NONE;
        return got;
    }
    if (entry.device == DMS_OF_NONE)
        memory_note(regions, DMS_OF_FINDING_NO_DEVICE, cell,
                    "the phandle leads to no device: skipped",
                    "point it to the device, or delete the entry");
    return entry.device == regions->node ? take_entry(regions, &entry, cell, region, diag) : 0;
}

int dms_of_regions_next(struct dms_of_regions *regions, struct dms_of_region *region,
                        struct dms_of_diag *diag)
{
    int got = 0;

    while (got == 0) {
        if (regions->memory == DMS_OF_NONE && !next_memory(regions))
            return of_fail(regions->of, diag, DMS_ENOENT,
                           &(struct of_issue){.node = regions->node,
                                              .property = "memory-region",
                                              .cell = -1,
                                              .text = "no more regions",
                                              .remedy = "nothing to do"});
        got = regions_step(regions, region, diag);
    }
    return got < 0 ? got : 0;
}
