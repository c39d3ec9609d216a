/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the buses above a device say of its DMA. */
#include "regions.h"
#include "reports.h"
#include "stream.h"
#include "subjects.h"

#include <dmaspace/error.h>
#include <inttypes.h>
#include <string.h>

static void needs_cells(struct checker *c, dms_of_node_t bus, const char *name, const char *user)
{
    if (!has_property(&c->tree, bus, name))
        found(c, (struct place){.node = bus, .property = name, .cell = -1},
              "missing, but %s of %s is written with it", user,
              path_of(&c->tree, c->master.node).text);
}

void check_bus_cells(struct checker *c)
{
    dms_of_node_t bus = dms_of_dma_parent(&c->tree.of, c->master.node);
    const char *user = c->master.has_windows ? "iommu-ranges" : "the iommu-addresses";

    if (bus == DMS_OF_NONE || (!c->master.has_windows && c->master.regions.count == 0))
        return;
    needs_cells(c, bus, "#address-cells", user);
    needs_cells(c, bus, "#size-cells", user);
}

static uint64_t number(const uint8_t *cells, uint32_t count)
{
    uint64_t value = 0;

    for (uint32_t i = 0; i < 4 * count; i++)
        value = value << 8 | cells[i];
    return value;
}

/*
 * What dma-ranges make of an address: the address of the bus above. False: it is in none of them.
 * Only the bus that bounds the aperture is asked, not those above it.
 */
static bool translate(const struct dms_of_ranges *ranges, uint64_t address, uint64_t *translated)
{
    uint32_t cells =
        ranges->flag_cells + ranges->address_cells + ranges->parent_cells + ranges->size_cells;

    for (uint32_t cell = 0; cell + cells <= ranges->count; cell += cells) {
        const uint8_t *at = ranges->cells + 4 * ((size_t)cell + ranges->flag_cells);
        uint64_t base = number(at, ranges->address_cells);
        uint64_t above = number(at + 4 * (size_t)ranges->address_cells, ranges->parent_cells);
        uint64_t size = number(at + 4 * ((size_t)ranges->address_cells + ranges->parent_cells),
                               ranges->size_cells);

        if (address < base || address - base >= size)
            continue;
        *translated = above + (address - base);
        return true;
    }
    return false;
}

void check_region_translated(struct checker *c)
{
    dms_of_node_t bus = dms_of_dma_parent(&c->tree.of, c->master.node);
    struct dms_of_ranges ranges;
    uint64_t translated;

    if (c->master.regions.count == 0 || dms_of_dma_ranges(&c->tree.of, bus, &ranges, NULL) != 0)
        return;
    for (size_t i = 0; i < c->master.regions.count; i++) {
        uint64_t first = c->master.regions.items[i].range.first;

        if (translate(&ranges, first, &translated) && translated != first)
            found(c, region_place(c, i),
                  "0x%" PRIx64 " of %s becomes 0x%" PRIx64 " through dma-ranges of %s", first,
                  path_of(&c->tree, c->master.node).text, translated,
                  path_of(&c->tree, ranges.node).text);
    }
}

static bool is_empty_report(const struct dms_of_diag *diag, dms_of_node_t bus)
{
    return diag->finding == DMS_OF_FINDING_EMPTY_RANGE && diag->node == bus &&
           is_about(diag, "dma-ranges");
}

/* The error of a list in which no range has a length comes after a finding for each of them. */
static bool is_size(const struct checker *c, const struct dms_of_diag *diag)
{
    for (size_t i = 0; i < c->master.diags.count; i++) {
        if (is_empty_report(&c->master.diags.items[i], diag->node))
            return false;
    }
    return true;
}

void check_dma_ranges_size(struct checker *c)
{
    found_errors(c, DMS_EINVAL, "dma-ranges", is_size);
}

void check_dma_ranges_wraps(struct checker *c)
{
    found_errors(c, DMS_ERANGE, "dma-ranges", NULL);
}

void check_dma_ranges_empty(struct checker *c)
{
    found_reports(c, DMS_OF_FINDING_EMPTY_RANGE, "dma-ranges");
}

/* Drivers of other IOMMUs may take the lower bound over into their domains (MediaTek's does). */
static bool is_behind_smmu(const struct checker *c)
{
    return c->master.streams.count > 0 && is_smmu(&c->tree, c->master.streams.items[0].spec.iommu);
}

void check_dma_ranges_floor(struct checker *c)
{
    dms_of_node_t bus = dms_of_dma_parent(&c->tree.of, c->master.node);
    struct dms_of_ranges ranges;

    if (c->master.aperture.first == 0 || !is_behind_smmu(c) ||
        dms_of_dma_ranges(&c->tree.of, bus, &ranges, NULL) != 0)
        return;
    found(c, (struct place){.node = ranges.node, .property = "dma-ranges", .cell = 0},
          "the addresses of %s begin at 0x%" PRIx64, path_of(&c->tree, c->master.node).text,
          c->master.aperture.first);
}

void check_dma_loop(struct checker *c)
{
    found_reports(c, DMS_OF_FINDING_DMA_LOOP, NULL);
}

void check_coherence_both(struct checker *c)
{
    if (has_property(&c->tree, c->master.node, "dma-coherent") &&
        has_property(&c->tree, c->master.node, "dma-noncoherent"))
        found(c, (struct place){.node = c->master.node, .property = "dma-coherent", .cell = -1},
              "the node has dma-noncoherent as well");
}
