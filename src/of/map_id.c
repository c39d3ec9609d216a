/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From a function's id to its specifier. */
#include "of/iommu_map.h"

/* The entry that answers; `cell` is the property as such when there is none. */
static int id_error(const struct dms_of_map *map, struct dms_of_diag *diag, int error, int32_t cell,
                    const struct of_issue *what)
{
    struct of_issue issue = *what;

    issue.node = map->node;
    issue.property = "iommu-map";
    issue.cell = cell;
    return of_fail(map->of, diag, error, &issue);
}

static int id_not_found(const struct dms_of_map *map, struct dms_of_diag *diag, uint32_t id,
                        uint32_t nth)
{
    return id_error(map, diag, nth == 0 ? DMS_ENODEV : DMS_ENOENT, -1,
                    &(struct of_issue){.text = nth == 0 ? "no entry holds id %x (masked %x)"
                                                        : "no more entries hold id %x (masked %x)",
                                       .remedy = "use an id of the map, or add an entry",
                                       .args = {id, id & map->mask}});
}

/* The specifier of `masked_id`, which the entry holds. */
static int id_answer(const struct dms_of_map *map, const struct dms_of_map_entry *entry,
                     uint32_t masked_id, struct dms_of_spec *spec, struct dms_of_diag *diag)
{
    if (of_map_is_long(entry))
        return id_error(map, diag, DMS_EINVAL, (int32_t)entry->cell,
                        &(struct of_issue){.text = "length %u with %u output cells",
                                           .remedy = "write one entry of length 1 for each id",
                                           .args = {entry->length, entry->out.ncells}});
    if (!entry->iommu_available)
        return id_error(map, diag, DMS_ENODEV, (int32_t)entry->cell,
                        &(struct of_issue){.text = "the target %n is disabled, so it is no IOMMU",
                                           .remedy = "enable the IOMMU, or delete the entry",
                                           .args = {(uint64_t)entry->out.iommu}});
    *spec = entry->out;
    for (uint32_t i = 0; i < spec->ncells; i++)
        spec->cells[i] += masked_id - entry->id_base;
    return 0;
}

int dms_of_map_id(const struct dms_of *of, dms_of_node_t node, uint32_t id, uint32_t nth,
                  struct dms_of_spec *spec, struct dms_of_diag *diag)
{
    struct dms_of_map map;
    struct dms_of_map_entry entry;
    uint32_t matches = 0;
    int error = dms_of_map_begin(of, node, &map, diag);

    if (error == DMS_ENOENT && diag)
        diag->error = DMS_ENODEV;
    if (error)
        return error == DMS_ENOENT ? DMS_ENODEV : error;
    while ((error = of_map_step(&map, &entry, diag)) == 0) {
        if (entry.cell == 0)
            of_map_note_map(&map);
        if (of_map_holds(&entry, id & map.mask) && matches++ == nth)
            return id_answer(&map, &entry, id & map.mask, spec, diag);
    }
    return error == DMS_ENOENT ? id_not_found(&map, diag, id, nth) : error;
}

static bool entries_overlap(const struct dms_of_map_entry *a, const struct dms_of_map_entry *b)
{
    return a->length != 0 && b->length != 0 &&
           (of_map_holds(a, b->id_base) || of_map_holds(b, a->id_base));
}

bool dms_of_map_duplicate(const struct dms_of *of, dms_of_node_t node,
                          const struct dms_of_map_entry *entry, struct dms_of_map_entry *earlier)
{
    struct dms_of_map map;
    struct dms_of_map_entry other;
    struct of_issue issue = {.node = node,
                             .property = "iommu-map",
                             .cell = (int32_t)entry->cell,
                             .text = "an entry before, at cell %u, has one of these ids and wins",
                             .remedy = "give each id one entry, unless it has several streams"};

    if (dms_of_map_begin(of, node, &map, NULL) != 0)
        return false;
    while (map.cell < entry->cell && of_map_step(&map, &other, NULL) == 0) {
        if (!entries_overlap(&other, entry))
            continue;
        *earlier = other;
        issue.args[0] = other.cell;
        of_note(of, DMS_OF_FINDING_DUPLICATE_ID, &issue);
        return true;
    }
    return false;
}
