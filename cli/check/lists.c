/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* iommu-addresses as lists of entries for several devices. */
#include "reports.h"
#include "subjects.h"

#include <dmaspace/error.h>

#define LIST        "iommu-addresses"
#define COMPARISONS (1u << 22) /* of phandles, in one tree */

/* Of a memory node's list, one after another; all zero but `memory` at first. */
struct entry {
    dms_of_node_t memory;
    uint32_t cell;  /* where it begins */
    uint32_t cells; /* how many it has, its phandle with them */
    dms_of_node_t device;
};

/* On to the next. False: there is none, or what is left cannot be read. */
static bool next_entry(const struct checker *c, struct entry *entry)
{
    uint32_t count = cells_in(&c->tree, entry->memory, LIST);
    struct dms_of_bus_cells width;

    entry->cell += entry->cells;
    entry->device =
        dms_of_by_phandle(&c->tree.of, cell_of(&c->tree, entry->memory, LIST, entry->cell));
    if (entry->cell >= count || entry->device == DMS_OF_NONE ||
        !dms_of_bus_cells(&c->tree.of, dms_of_dma_parent(&c->tree.of, entry->device), &width))
        return false;
    entry->cells = 1 + width.address + width.size;
    return count - entry->cell >= entry->cells;
}

static struct place entry_place(const struct entry *entry, uint32_t cell)
{
    return (struct place){
        .node = entry->memory, .property = LIST, .cell = (int32_t)(entry->cell + cell)};
}

/* Whether the device's memory-region names the node. */
static bool lists(const struct checker *c, dms_of_node_t device, dms_of_node_t memory,
                  uint32_t *comparisons)
{
    uint32_t count = cells_in(&c->tree, device, "memory-region");

    for (uint32_t i = 0; *comparisons > 0 && i < count; i++, --*comparisons) {
        uint32_t phandle = cell_of(&c->tree, device, "memory-region", i);

        if (dms_of_by_phandle(&c->tree.of, phandle) == memory)
            return true;
    }
    return *comparisons == 0;
}

static void check_list(struct checker *c, dms_of_node_t memory, uint32_t *comparisons)
{
    struct entry entry = {.memory = memory};

    while (next_entry(c, &entry)) {
        if (!lists(c, entry.device, memory, comparisons))
            found(c, entry_place(&entry, 0),
                  "an entry for %s, whose memory-region does not name this node",
                  path_of(&c->tree, entry.device).text);
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
    struct entry entry = {.memory = memory};

    while (next_entry(c, &entry)) {
        for (uint32_t i = 1; i < entry.cells && entry.device != c->master.node; i++) {
            if (cell_of(&c->tree, memory, LIST, entry.cell + i) != own)
                continue;
            found(c, entry_place(&entry, i),
                  "0x%x, part of the entry for %s, is also the phandle of %s", own,
                  path_of(&c->tree, entry.device).text, path_of(&c->tree, c->master.node).text);
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
