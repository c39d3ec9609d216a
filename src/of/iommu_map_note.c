/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What is odd about an iommu-map that can nevertheless be read. */
#include "of/iommu_map.h"

static void map_note(const struct dms_of_map *map, const struct dms_of_map_entry *entry,
                     enum dms_of_finding finding, const struct of_issue *what)
{
    struct of_issue issue = *what;

    issue.node = map->node;
    issue.property = "iommu-map";
    issue.cell = (int32_t)entry->cell;
    of_note(map->of, finding, &issue);
}

static void note_mask(const struct dms_of_map *map)
{
    const struct of_issue issue = {.node = map->node,
                                   .property = "iommu-map-mask",
                                   .cell = -1,
                                   .text = "shorter than a cell: read as all ones",
                                   .remedy = "give one cell"};
    uint32_t mask;

    if (dms_of_u32(map->of, map->node, issue.property, &mask) == DMS_EINVAL)
        of_note(map->of, DMS_OF_FINDING_BAD_MASK, &issue);
}

static void note_legacy(const struct dms_of_map *map)
{
    const struct of_issue issue = {
        .node = map->node,
        .property = "iommu-map",
        .cell = -1,
        .text = "entries of four cells, but #iommu-cells of %n is 2: read with one output cell",
        .remedy = "add the second output cell, 0, to each entry",
        .args = {(uint64_t)map->last_iommu}};

    if (map->legacy)
        of_note(map->of, DMS_OF_FINDING_LEGACY_MAP, &issue);
}

void of_map_note_map(const struct dms_of_map *map)
{
    note_mask(map);
    note_legacy(map);
}

static bool passes_32_bits(uint32_t base, uint32_t length)
{
    return (uint64_t)base + length > (uint64_t)UINT32_MAX + 1;
}

static bool entry_wraps(const struct dms_of_map_entry *entry)
{
    return passes_32_bits(entry->id_base, entry->length) ||
           (entry->out.ncells == 1 && passes_32_bits(entry->out.cells[0], entry->length));
}

void of_map_note_entry(const struct dms_of_map *map, const struct dms_of_map_entry *entry)
{
    if (!map->last_has_cells)
        map_note(map, entry, DMS_OF_FINDING_NO_CELLS,
                 &(struct of_issue){.text = "the target %n has no #iommu-cells: read as 1",
                                    .remedy = "add #iommu-cells to the target",
                                    .args = {(uint64_t)entry->out.iommu}});
    if (!entry->iommu_available)
        map_note(map, entry, DMS_OF_FINDING_DISABLED_IOMMU,
                 &(struct of_issue){.text = "the target %n is disabled: these ids have no IOMMU",
                                    .remedy = "enable the IOMMU, or delete the entry",
                                    .args = {(uint64_t)entry->out.iommu}});
    if (entry->length == 0)
        map_note(map, entry, DMS_OF_FINDING_EMPTY_ENTRY,
                 &(struct of_issue){.text = "length 0: no id ever matches",
                                    .remedy = "correct the length, or delete the entry"});
    if (of_map_is_long(entry))
        map_note(map, entry, DMS_OF_FINDING_LONG_ENTRY,
                 &(struct of_issue){.text = "length %u with %u output cells: no id of it resolves",
                                    .remedy = "write one entry of length 1 for each id",
                                    .args = {entry->length, entry->out.ncells}});
    if (entry_wraps(entry))
        map_note(map, entry, DMS_OF_FINDING_WRAPPING_ENTRY,
                 &(struct of_issue){.text = "%u ids from %x on go past 32 bits",
                                    .remedy = "shorten the entry",
                                    .args = {entry->length, entry->id_base}});
}
