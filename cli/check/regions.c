/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* memory-region and iommu-addresses, device by device. */
#include "regions.h"
#include "reports.h"
#include "subjects.h"

#include <dmaspace/error.h>
#include <inttypes.h>
#include <stdlib.h>

#define LIST "iommu-addresses"

void check_region_phandle(struct checker *c)
{
    found_reports(c, DMS_OF_FINDING_NO_REGION, NULL);
}

void check_region_device(struct checker *c)
{
    found_reports(c, DMS_OF_FINDING_NO_DEVICE, NULL);
}

static bool has_no_cells(const struct checker *c, const struct dms_of_diag *diag)
{
    uint32_t phandle = cell_of(&c->tree, diag->node, LIST, (uint32_t)diag->cell);
    dms_of_node_t device = dms_of_by_phandle(&c->tree.of, phandle);
    struct dms_of_bus_cells cells;

    if (device == DMS_OF_NONE)
        device = c->master.node;
    return !dms_of_bus_cells(&c->tree.of, dms_of_dma_parent(&c->tree.of, device), &cells);
}

void check_region_cells(struct checker *c)
{
    found_errors(c, DMS_EINVAL, LIST, has_no_cells);
}

static bool is_truncated(const struct checker *c, const struct dms_of_diag *diag)
{
    return !has_no_cells(c, diag);
}

void check_region_truncated(struct checker *c)
{
    found_errors(c, DMS_EINVAL, LIST, is_truncated);
}

void check_region_wraps(struct checker *c)
{
    found_errors(c, DMS_ERANGE, LIST, NULL);
}

void check_region_empty(struct checker *c)
{
    found_reports(c, DMS_OF_FINDING_EMPTY_RANGE, LIST);
}

void check_region_reg_differs(struct checker *c)
{
    found_reports(c, DMS_OF_FINDING_REG_DIFFERS, LIST);
}

struct place region_place(const struct checker *c, size_t index)
{
    const struct dms_of_region *region = &c->master.regions.items[index];

    return (struct place){.node = region->memory, .property = LIST, .cell = (int32_t)region->cell};
}

static int by_range(const void *a, const void *b)
{
    const struct dms_of_region *x = *(const struct dms_of_region *const *)a;
    const struct dms_of_region *y = *(const struct dms_of_region *const *)b;

    if (x->range.first != y->range.first)
        return x->range.first < y->range.first ? -1 : 1;
    return (x > y) - (x < y);
}

void check_region_overlap(struct checker *c)
{
    ARRAY(const struct dms_of_region *) sorted = {0};
    const struct dms_of_region *furthest;

    for (size_t i = 0; i < c->master.regions.count; i++)
        array_push(&sorted, &c->master.regions.items[i]);
    if (sorted.count > 1)
        qsort(sorted.items, sorted.count, sizeof(*sorted.items), by_range);
    furthest = sorted.count ? sorted.items[0] : NULL;
    for (size_t i = 1; i < sorted.count; i++) {
        const struct dms_of_region *region = sorted.items[i];

        if (region->range.first <= furthest->range.last)
            found(c, region_place(c, (size_t)(region - c->master.regions.items)),
                  "0x%" PRIx64 "-0x%" PRIx64 " of %s overlaps 0x%" PRIx64 "-0x%" PRIx64 " of %s",
                  region->range.first, region->range.last, path_of(&c->tree, c->master.node).text,
                  furthest->range.first, furthest->range.last,
                  path_of(&c->tree, furthest->memory).text);
        if (region->range.last > furthest->range.last)
            furthest = region;
    }
    array_drop(&sorted);
}

void check_region_unaligned(struct checker *c)
{
    for (size_t i = 0; i < c->master.regions.count; i++) {
        const struct dms_of_region *region = &c->master.regions.items[i];

        if ((region->range.first & 0xfff) != 0 || (region->range.last & 0xfff) != 0xfff)
            found(c, region_place(c, i), "0x%" PRIx64 "-0x%" PRIx64 " is not whole pages of 4 KiB",
                  region->range.first, region->range.last);
    }
}

void check_region_no_iommu(struct checker *c)
{
    const struct master *master = &c->master;

    if (master->regions.count > 0 && !has_property(&c->tree, master->node, "iommus") &&
        !has_property(&c->tree, master->node, "iommu-map"))
        found(c, region_place(c, 0), "%s has no iommus", path_of(&c->tree, master->node).text);
}
