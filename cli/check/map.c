/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* iommu-map and iommu-map-mask. */
#include "reports.h"
#include "subjects.h"

#include <dmaspace/error.h>

#define MAP "iommu-map"

static bool is_odd_size(const struct checker *c, const struct dms_of_diag *diag)
{
    uint32_t size = 0;

    dms_of_prop(&c->tree.of, diag->node, MAP, &size);
    return size % 4 != 0;
}

void check_map_size(struct checker *c)
{
    found_errors(c, DMS_EINVAL, MAP, is_odd_size);
}

static bool is_truncated(const struct checker *c, const struct dms_of_diag *diag)
{
    uint32_t phandle = cell_of(&c->tree, diag->node, MAP, (uint32_t)diag->cell + 1);
    uint32_t ncells = 1;

    if (diag->cell < 0)
        return false;
    dms_of_u32(&c->tree.of, dms_of_by_phandle(&c->tree.of, phandle), "#iommu-cells", &ncells);
    return ncells <= DMS_OF_MAX_CELLS;
}

void check_map_truncated(struct checker *c)
{
    found_errors(c, DMS_EINVAL, MAP, is_truncated);
}

void check_map_phandle(struct checker *c)
{
    found_errors(c, DMS_ENODEV, MAP, NULL);
}

void check_map_target(struct checker *c)
{
    found_reports(c, DMS_OF_FINDING_NO_CELLS, MAP);
}

void check_map_mask(struct checker *c)
{
    found_errors(c, DMS_EFAULT, MAP, NULL);
}

void check_map_mask_short(struct checker *c)
{
    found_reports(c, DMS_OF_FINDING_BAD_MASK, NULL);
}

void check_map_multicell_range(struct checker *c)
{
    found_reports(c, DMS_OF_FINDING_LONG_ENTRY, MAP);
}

void check_map_overlap(struct checker *c)
{
    found_reports(c, DMS_OF_FINDING_DUPLICATE_ID, MAP);
}

/* One entry, all zero but its phandle: what boot loaders look for and fill in. */
static bool is_placeholder(const struct master *master)
{
    const struct dms_of_map_entry *entry = master->map.items;

    if (master->map.count != 1 || entry->length != 0 || entry->id_base != 0)
        return false;
    for (uint32_t i = 0; i < entry->out.ncells; i++) {
        if (entry->out.cells[i] != 0)
            return false;
    }
    return true;
}

void check_map_empty_entry(struct checker *c)
{
    if (!is_placeholder(&c->master))
        found_reports(c, DMS_OF_FINDING_EMPTY_ENTRY, MAP);
}

void check_map_placeholder(struct checker *c)
{
    if (is_placeholder(&c->master))
        found(c, (struct place){.node = c->master.node, .property = MAP, .cell = 0},
              "one entry, all zero: no id has a stream until the boot loader fills it in");
}

void check_map_wraps(struct checker *c)
{
    found_reports(c, DMS_OF_FINDING_WRAPPING_ENTRY, MAP);
}

void check_map_legacy(struct checker *c)
{
    found_reports(c, DMS_OF_FINDING_LEGACY_MAP, MAP);
}
