/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the files about iommu-map share. */
#ifndef OF_IOMMU_MAP_H
#define OF_IOMMU_MAP_H

#include "of/of_internal.h"

/* dms_of_map_next() without findings and without a report at the end of the map. */
int of_map_step(struct dms_of_map *map, struct dms_of_map_entry *entry, struct dms_of_diag *diag);

/* Whether the entry holds this id, already masked. */
static inline bool of_map_holds(const struct dms_of_map_entry *entry, uint32_t masked_id)
{
    return masked_id >= entry->id_base && masked_id - entry->id_base < entry->length;
}

/* Several output cells: what to add to which of them for the second id, only the IOMMU knows. */
static inline bool of_map_is_long(const struct dms_of_map_entry *entry)
{
    return entry->length > 1 && entry->out.ncells > 1;
}

/* The findings about the map as such, once its first entry was read, and about one entry. */
void of_map_note_map(const struct dms_of_map *map);
void of_map_note_entry(const struct dms_of_map *map, const struct dms_of_map_entry *entry);

#endif
