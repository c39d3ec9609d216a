/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "dma/dma_internal.h"

#include "base/memory.h"
#include "base/range.h"
#include "device/lazy.h"
#include "device/report.h"

/*
 * A direct region's mapping belongs to the region, and the page table cannot tell it from a
 * driver's. Only addresses within the hull of direct regions need the search: there, the range must
 * be one live allocation.
 */
static int check_direct(struct dms_group *group, struct dms_range range, struct dms_report *report)
{
    uint64_t first = atomic_load_explicit(&group->direct_first, memory_order_relaxed);
    uint64_t last = atomic_load_explicit(&group->direct_last, memory_order_relaxed);
    struct dms_iova_place place;

    if (range.first > last || range.last < first)
        return 0;
    dms_iova_lookup(group->space, range.first, &place);
    if (place.what == DMS_IOVA_IS_RESERVED ||
        (place.what == DMS_IOVA_IS_LIVE && !range_contains(place.range, range)))
        return refuse_place(group, range, &place, report);
    return 0;
}

/* Gone from the page table, but not from the hardware as far as anybody knows. */
static void withhold(struct dms_group *group, struct pages pages, void *table, size_t table_size,
                     const struct dms_iommu_gather *gather)
{
    struct withheld record = {.iova = pages.first,
                              .size = pages.size,
                              .table = table,
                              .table_size = table_size,
                              .gather = *gather};

    withheld_add(group, &record);
}

int unmap_strict(struct dms_group *group, dms_iova_t iova, uint64_t size, void *table,
                 size_t table_size)
{
    struct dms_iommu_domain *domain = group_domain(group);
    struct dms_iommu_gather gather = {0};
    int err;

    /* Or failures would pile up without bound while the hardware is away. */
    if (withheld_any(&group->withheld) && withheld_retry(group) != 0)
        return DMS_EAGAIN;
    err = group->ops->unmap(domain, iova, size, true, &gather);
    if (err)
        return err;
    err = group->ops->flush(domain, &gather);
    if (err) {
        withhold(group, (struct pages){iova, size}, table, table_size, &gather);
        return err;
    }
    dms_iova_free(group->space, iova, size);
    port_table_free(group->port, table, table_size);
    return 0;
}

static int unmap_pages(struct dms_device *dev, dms_iova_t iova, uint64_t size, bool strict)
{
    struct dms_group *group = dev->group;
    int err = DMS_ENOMEM;

    if (dev->lazy && !strict) {
        if (withheld_any(&group->withheld) && withheld_retry(group) != 0)
            return DMS_EAGAIN;
        err = lazy_unmap(group, iova, size);
    }
    /* No memory to be lazy is no reason to fail. */
    return err == DMS_ENOMEM ? unmap_strict(group, iova, size, NULL, 0) : err;
}

int dms_unmap(struct dms_device *dev, dms_iova_t iova, uint64_t size,
              const struct dms_dma_opts *opts)
{
    struct dms_group *group = dev->group;
    struct dms_report *report = opts_report(opts);
    struct pages pages;
    int err;

    if (!dma_domain(dev))
        return DMS_ENODEV;
    if (pages_of(iova, size, group_granule(group), &pages) != 0)
        return DMS_EINVAL;
    err = check_direct(group, (struct dms_range){pages.first, pages.first + (pages.size - 1)},
                       report);
    if (err)
        return err;
    err = unmap_pages(dev, pages.first, pages.size, opts && opts->strict);
    if (err && err != DMS_ETIMEDOUT && err != DMS_EIO)
        return refuse_unmap(group, err, pages.first, pages.size, report);
    return err;
}
