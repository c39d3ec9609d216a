/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What an address is to a device. */
#include "answer.h"

#include <string.h>

#define PAGE UINT64_C(0x1000)

const char *spot_name(enum spot spot)
{
    static const char *const names[] = {
        [SPOT_NOT_ASKED] = "not-told",  [SPOT_PAGE_ZERO] = "page-zero",
        [SPOT_FOLDED] = "folded",       [SPOT_OUTSIDE] = "outside-aperture",
        [SPOT_BEYOND] = "beyond-mask",  [SPOT_RESERVED] = "reserved",
        [SPOT_NO_WINDOW] = "no-window", [SPOT_API] = "reserved-by-driver",
        [SPOT_USABLE] = "usable",
    };

    return names[spot];
}

static bool holds(struct dms_range range, uint64_t address)
{
    return range.first <= address && address <= range.last;
}

static void decide(struct owner *owner, enum spot spot, const char *kind, struct dms_range range)
{
    owner->spot = spot;
    owner->has_range = true;
    owner->range = range;
    owner->range_kind = kind;
}

static bool try_region(const struct master *master, uint64_t iova, struct owner *owner)
{
    for (size_t i = 0; i < master->regions.count; i++) {
        const struct dms_of_region *region = &master->regions.items[i];

        if (!holds(region->range, iova))
            continue;
        decide(owner, SPOT_RESERVED, dms_region_kind_name(region->kind), region->range);
        owner->range_node = region->memory;
        owner->range_property = "iommu-addresses";
        owner->range_cell = (int32_t)region->cell;
        return true;
    }
    return false;
}

/* Bytes from the address to the range. */
static uint64_t distance(struct dms_range range, uint64_t address)
{
    return address < range.first ? range.first - address : address - range.last;
}

static bool try_windows(const struct master *master, uint64_t iova, struct owner *owner)
{
    size_t nearest = 0;

    if (!master->has_windows || master->windows.count == 0)
        return false;
    for (size_t i = 0; i < master->windows.count; i++) {
        if (holds(master->windows.items[i], iova))
            return false;
        if (distance(master->windows.items[i], iova) <
            distance(master->windows.items[nearest], iova))
            nearest = i;
    }
    decide(owner, SPOT_NO_WINDOW, "window", master->windows.items[nearest]);
    owner->range_node = master->node;
    owner->range_property = "iommu-ranges";
    owner->range_cell = (int32_t)master->window_cells.items[nearest];
    return true;
}

/* Where the dma-ranges that bound the aperture stand. */
static void name_bus(const struct facts *facts, struct owner *owner)
{
    dms_of_node_t bus =
        owner->has_id ? owner->node : dms_of_dma_parent(&facts->tree.of, owner->node);
    struct dms_of_ranges ranges;

    if (dms_of_dma_ranges(&facts->tree.of, bus, &ranges, NULL) != 0)
        return;
    owner->range_node = ranges.node;
    owner->range_property = "dma-ranges";
}

/*
 * Qualcomm's DSPs take IOVA + (context bank << 32), and send the IOVA alone. One with an upper half
 * was not made for this.
 */
static bool is_folded(const struct facts *facts, const struct fault *fault,
                      const struct owner *owner)
{
    struct string compatible = string_of(&facts->tree, owner->node, "compatible");

    return fault->iova >> 32 != 0 && strcmp(compatible.text, "qcom,fastrpc-compute-cb") == 0;
}

void find_spot(struct facts *facts, const struct fault *fault, struct owner *owner)
{
    struct dms_range aperture;

    if (!fault->has_iova)
        return;
    if (!facts->has_master || facts->master.node != owner->node)
        master_read(&facts->tree, owner->node, &facts->master);
    facts->has_master = true;
    aperture = owner->has_id ? facts->master.function_aperture : facts->master.aperture;
    owner->spot = SPOT_USABLE;
    if (fault->iova < PAGE) {
        owner->spot = SPOT_PAGE_ZERO;
    } else if (is_folded(facts, fault, owner)) {
        owner->spot = SPOT_FOLDED;
    } else if (!holds(aperture, fault->iova)) {
        decide(owner, SPOT_OUTSIDE, "aperture", aperture);
        name_bus(facts, owner);
    } else if (facts->dma_bits && facts->dma_bits < 64 && fault->iova >> facts->dma_bits) {
        decide(owner, SPOT_BEYOND, "mask",
               (struct dms_range){0, (UINT64_C(1) << facts->dma_bits) - 1});
    } else if (!owner->has_id && try_region(&facts->master, fault->iova, owner)) {
        return;
    } else if (!owner->has_id && try_windows(&facts->master, fault->iova, owner)) {
        return;
    } else if (fault->region_kind[0] && holds(fault->region, fault->iova)) {
        decide(owner, SPOT_API, fault->region_kind, fault->region);
    }
}

static uint64_t number(const unsigned char *cells, uint32_t count)
{
    uint64_t value = 0;

    for (uint32_t i = 0; i < 4 * count; i++)
        value = value << 8 | cells[i];
    return value;
}

/* Whether one of the ranges of reg holds the address. */
static bool reg_holds(const struct tree *tree, dms_of_node_t node, uint64_t address)
{
    struct dms_of_bus_cells width;
    uint32_t size = 0;
    const unsigned char *cells = dms_of_prop(&tree->of, node, "reg", &size);

    if (!cells || !dms_of_bus_cells(&tree->of, dms_of_parent(&tree->of, node), &width))
        return false;
    for (; size >= 4 * (width.address + width.size); size -= 4 * (width.address + width.size)) {
        uint64_t base = number(cells, width.address);
        uint64_t bytes = number(cells + 4 * (size_t)width.address, width.size);

        if (address >= base && address - base < bytes)
            return true;
        cells += 4 * (size_t)(width.address + width.size);
    }
    return false;
}

static bool is_memory(const struct tree *tree, dms_of_node_t node)
{
    return strcmp(string_of(tree, node, "device_type").text, "memory") == 0;
}

/* A reserved-memory node tells more than the whole memory, so it is looked for first. */
dms_of_node_t find_memory(const struct tree *tree, uint64_t address)
{
    dms_of_node_t reserved = DMS_OF_NONE;
    dms_of_node_t found = DMS_OF_NONE;

    (void)dms_of_find(&tree->of, "/reserved-memory", &reserved, NULL);
    for (dms_of_node_t node = DMS_OF_ROOT; node != DMS_OF_NONE;
         node = dms_of_next(&tree->of, node)) {
        dms_of_node_t parent = dms_of_parent(&tree->of, node);

        if (reserved != DMS_OF_NONE && parent == reserved && reg_holds(tree, node, address))
            return node;
        if (found == DMS_OF_NONE && parent == DMS_OF_ROOT && is_memory(tree, node) &&
            reg_holds(tree, node, address))
            found = node;
    }
    return found;
}
