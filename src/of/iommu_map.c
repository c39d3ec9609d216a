/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Reading iommu-map entry by entry: <id-base &iommu out-base... length>, where the number of output
 * cells follows the target (pci-iommu.yaml; of_map_id of Linux 7.2, whose order of checks decides
 * which of several errors is told).
 */
#include "of/iommu_map.h"

#define LEGACY_CELLS 4

static int map_error(const struct dms_of_map *map, struct dms_of_diag *diag, int error,
                     const struct of_issue *what)
{
    struct of_issue issue = *what;

    issue.node = map->node;
    issue.property = "iommu-map";
    issue.cell = (int32_t)map->cell;
    return of_fail(map->of, diag, error, &issue);
}

int dms_of_map_begin(const struct dms_of *of, dms_of_node_t node, struct dms_of_map *map,
                     struct dms_of_diag *diag)
{
    struct dms_of_map fresh = {
        .of = of, .node = node, .mask = UINT32_MAX, .last_iommu = DMS_OF_NONE};
    struct of_prop prop;

    if (!of_prop(of, node, "iommu-map", &prop))
        return of_fail(of, diag, DMS_ENOENT,
                       &(struct of_issue){.node = node,
                                          .property = "iommu-map",
                                          .cell = -1,
                                          .text = "the node has no such property",
                                          .remedy = "name a node whose functions have an IOMMU"});
    fresh.cells = prop.data;
    fresh.count = prop.size / 4;
    fresh.cell = fresh.count;
    if (prop.size % 4 != 0)
        return map_error(
            &fresh, diag, DMS_EINVAL,
            &(struct of_issue){.text = "truncated inside a cell", .remedy = "give whole cells"});
    fresh.cell = 0;
    /* One that is too short is as good as none (of_property_read_u32). */
    (void)dms_of_u32(of, node, "iommu-map-mask", &fresh.mask);
    *map = fresh;
    return 0;
}

/*
 * A two-cell SMMU with entries as if it had one: written for kernels that read every map that way.
 * All of them have the same target and length 1; that is how they are told from five-cell entries
 * (Linux 7.2: of_check_bad_map).
 */
static bool map_is_legacy(const struct dms_of_map *map)
{
    if (map->count % LEGACY_CELLS != 0)
        return false;
    for (uint32_t i = 0; i < map->count; i += LEGACY_CELLS) {
        if (of_cell(map->cells, i + 1) != of_cell(map->cells, 1) || of_cell(map->cells, i + 3) != 1)
            return false;
    }
    return true;
}

static int map_target(struct dms_of_map *map, struct dms_of_diag *diag)
{
    uint32_t phandle = of_cell(map->cells, map->cell + 1);
    struct of_target target;

    if (map->last_iommu != DMS_OF_NONE && phandle == map->last_phandle)
        return 0;
    target = of_target(map->of, phandle, "#iommu-cells");
    if (target.node == DMS_OF_NONE)
        return map_error(map, diag, DMS_ENODEV,
                         &(struct of_issue){.text = "the phandle %x leads to no node",
                                            .remedy = "point it to the IOMMU, or delete the entry",
                                            .args = {phandle}});
    if (target.ncells > DMS_OF_MAX_CELLS)
        return map_error(map, diag, DMS_EINVAL,
                         &(struct of_issue){.text = "#iommu-cells of %n is %u, more than 16",
                                            .remedy = "correct #iommu-cells of the target",
                                            .args = {(uint64_t)target.node, target.ncells}});
    map->last_phandle = phandle;
    map->last_iommu = target.node;
    map->last_ncells = target.ncells;
    map->last_has_cells = target.has_cells;
    if (map->cell == 0)
        map->legacy = target.ncells == 2 && map_is_legacy(map);
    return 0;
}

static int map_truncated(struct dms_of_map *map, struct dms_of_diag *diag)
{
    return map_error(map, diag, DMS_EINVAL,
                     &(struct of_issue){.text = "truncated: an entry of %u cells is left",
                                        .remedy = "give id-base, phandle, as many cells as "
                                                  "#iommu-cells of the target says, and length",
                                        .args = {map->count - map->cell}});
}

/* The whole entry at map->cell. */
static void map_read(struct dms_of_map *map, uint32_t ncells, struct dms_of_map_entry *entry)
{
    const uint8_t *cells = map->cells + 4 * (size_t)map->cell;

    entry->id_base = of_cell(cells, 0);
    entry->length = of_cell(cells, 2 + ncells);
    entry->cell = map->cell;
    entry->out.iommu = map->last_iommu;
    entry->out.ncells = ncells;
    for (uint32_t i = 0; i < ncells; i++)
        entry->out.cells[i] = of_cell(cells, 2 + i);
    entry->iommu_available = dms_of_available(map->of, map->last_iommu);
    map->cell += 3 + ncells;
}

int of_map_step(struct dms_of_map *map, struct dms_of_map_entry *entry, struct dms_of_diag *diag)
{
    uint32_t left = map->count - map->cell;
    uint32_t id_base;
    uint32_t ncells;
    int error;

    if (left == 0)
        return DMS_ENOENT;
    if (left < 2)
        return map_truncated(map, diag);
    id_base = of_cell(map->cells, map->cell);
    if (id_base & ~map->mask)
        return map_error(
            map, diag, DMS_EFAULT,
            &(struct of_issue){.text = "id-base %x has bits outside iommu-map-mask %x",
                               .remedy = "clear these bits, or set them in iommu-map-mask",
                               .args = {id_base, map->mask}});
    error = map_target(map, diag);
    if (error)
        return error;
    ncells = map->legacy ? 1 : map->last_ncells;
    if (left < 3 + ncells)
        return map_truncated(map, diag);
    map_read(map, ncells, entry);
    return 0;
}

int dms_of_map_next(struct dms_of_map *map, struct dms_of_map_entry *entry,
                    struct dms_of_diag *diag)
{
    int error = of_map_step(map, entry, diag);

    if (error == DMS_ENOENT)
        return map_error(map, diag, DMS_ENOENT,
                         &(struct of_issue){.text = "no more entries", .remedy = "nothing to do"});
    if (error)
        return error;
    if (entry->cell == 0)
        of_map_note_map(map);
    of_map_note_entry(map, entry);
    return 0;
}
