/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* iommu-addresses as lists of entries for several devices. */
#include "reports.h"
#include "subjects.h"

#include <dmaspace/error.h>

#define LIST        "iommu-addresses"
#define COMPARISONS (1u << 22) /* of phandles, in one tree */

/* Cells of the entry at `cell`, 0 when the rest is too short for one. */
static uint32_t entry_cells(const struct checker *c, dms_of_node_t memory, uint32_t cell,
                            uint32_t count, dms_of_node_t *device)
{
    struct dms_of_bus_cells width;

    *device = dms_of_by_phandle(&c->tree.of, cell_of(&c->tree, memory, LIST, cell));
    if (*device == DMS_OF_NONE ||
        !dms_of_bus_cells(&c->tree.of, dms_of_dma_parent(&c->tree.of, *device), &width))
        return 0;
    return count - cell > width.address + width.size ? 1 + width.address + width.size : 0;
}

/* Whether the device's memory-region names the node. */
static bool lists(const struct checker *c, dms_of_node_t device, dms_of_node_t memory,
                  uint32_t *comparisons)
{
    uint32_t count = cells_in(&c->tree, device, "memory-region");

    for (uint32_t i = 0; i<count && * comparisons> 0; i++, --*comparisons) {
        uint32_t phandle = cell_of(&c->tree, device, "memory-region", i);

        if (dms_of_by_phandle(&c->tree.of, phandle) == memory)
            return true;
    }
    return *comparisons == 0;
}

static void check_list(struct checker *c, dms_of_node_t memory, uint32_t *comparisons)
{
    uint32_t count = cells_in(&c->tree, memory, LIST);
    dms_of_node_t device;
    uint32_t cells;

    for (uint32_t cell = 0; cell < count; cell += cells) {
        cells = entry_cells(c, memory, cell, count, &device);
        if (cells == 0)
            return;
        if (!lists(c, device, memory, comparisons))
            found(c, (struct place){.node = memory, .property = LIST, .cell = (int32_t)cell},
                  "an entry for %s, whose memory-region does not name this node",
                  path_of(&c->tree, device).text);
    }
}

void check_region_unlisted(struct checker *c)
{
    uint32_t comparisons = COMPARISONS;
    dms_of_node_t parent;
    dms_of_node_t node;

    if (dms_of_find(&c->tree.of, "/reserved-memory", &parent, NULL) != 0)
        return;
    node = dms_of_next(&c->tree.of, parent);
    for (; node != DMS_OF_NONE; node = dms_of_next(&c->tree.of, node)) {
        dms_of_node_t above = node;

        while (above > parent)
            above = dms_of_parent(&c->tree.of, above);
        if (above != parent)
            return;
        check_list(c, node, &comparisons);
    }
}

/*
 * Linux takes every cell that equals the device's phandle for the beginning of an entry, since it
 * does not know how long the entries of other devices are (of_iommu_get_resv_regions).
 */
static void check_reading(struct checker *c, dms_of_node_t memory)
{
    uint32_t own = dms_of_phandle(&c->tree.of, c->master.node);
    uint32_t count = cells_in(&c->tree, memory, LIST);
    dms_of_node_t device;
    uint32_t cells;

    for (uint32_t cell = 0; cell < count; cell += cells) {
        cells = entry_cells(c, memory, cell, count, &device);
        if (cells == 0)
            return;
        for (uint32_t i = 1; i < cells && device != c->master.node; i++) {
            if (cell_of(&c->tree, memory, LIST, cell + i) != own)
                continue;
            found(c, (struct place){.node = memory, .property = LIST, .cell = (int32_t)(cell + i)},
                  "0x%x, part of the entry for %s, is also the phandle of %s", own,
                  path_of(&c->tree, device).text, path_of(&c->tree, c->master.node).text);
            return;
        }
    }
}

void check_region_misread(struct checker *c)
{
    uint32_t count = cells_in(&c->tree, c->master.node, "memory-region");

    if (dms_of_phandle(&c->tree.of, c->master.node) == 0)
        return;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t phandle = cell_of(&c->tree, c->master.node, "memory-region", i);
        dms_of_node_t memory = dms_of_by_phandle(&c->tree.of, phandle);

        if (memory != DMS_OF_NONE)
            check_reading(c, memory);
    }
}
