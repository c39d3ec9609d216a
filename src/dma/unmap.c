/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "dma/dma_internal.h"

#include "base/lock.h"
#include "base/memory.h"
#include "base/range.h"
#include "device/lazy.h"
#include "device/report.h"

int unmap_refused(struct dms_group *group, int err, dms_iova_t iova, uint64_t size,
                  struct dms_report *report)
{
    struct dms_range range = {iova, iova + size - 1};
    struct dms_iommu_mapping mapping;

    if (!report)
        return err;
    if (err == DMS_EAGAIN)
        return report_refusal(report, err, "an earlier invalidation is still unconfirmed");
    if (group->ops->next_mapping(group_domain(group), iova, false, &mapping) == 0 &&
        range_overlaps(mapping.iova, range))
        return report_mapping(report, err, mapping.iova, 0);
    return report_refusal(report, err, "nothing is mapped there");
}

/* A direct region's mapping belongs to the region. Only addresses within their hull need the search. */
static bool is_direct(struct dms_group *group, dms_iova_t iova, uint64_t size,
                      struct dms_iova_place *place)
{
    uint64_t first = atomic_load_explicit(&group->direct_first, memory_order_relaxed);
    uint64_t last = atomic_load_explicit(&group->direct_last, memory_order_relaxed);

    if (iova > last || iova + size - 1 < first)
        return false;
    dms_iova_lookup(group->space, iova, place);
    return place->what == DMS_IOVA_IS_RESERVED;
}

static int refuse_direct(struct dms_group *group, struct dms_range range,
                         const struct dms_iova_place *place, struct dms_report *report)
{
    dms_lock_t *lock = &group->machine->owners_lock;

    port_lock(group->port, lock);
    report_place(report, DMS_EBUSY, group, range, place);
    port_unlock(group->port, lock);
    return DMS_EBUSY;
}

int unmap_strict(struct dms_group *group, dms_iova_t iova, uint64_t size, void *table,
                 size_t table_size)
{
    struct dms_iommu_domain *domain = group_domain(group);
    struct withheld record = {0};
    int err;

    /* Or failures would pile up without bound while the hardware is away. */
    if (withheld_any(&group->withheld) && withheld_retry(group) != 0)
        return DMS_EAGAIN;
    err = group->ops->unmap(domain, iova, size, true, &record.gather);
    if (err)
        return err;
    err = group->ops->flush(domain, &record.gather);
    if (err) {
        record.iova = iova;
        record.size = size;
        record.table = table;
        record.table_size = table_size;
        withheld_add(group, &record);
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
    struct dms_iova_place place;
    struct pages pages;
    int err;

    if (!dma_domain(dev))
        return DMS_ENODEV;
    err = pages_of(iova, size, group_granule(group), &pages);
    if (err)
        return DMS_EINVAL;
    if (is_direct(group, pages.first, pages.size, &place))
        return refuse_direct(group, (struct dms_range){pages.first, pages.first + (pages.size - 1)},
                             &place, opts_report(opts));
    err = unmap_pages(dev, pages.first, pages.size, opts && opts->strict);
    if (err && err != DMS_ETIMEDOUT && err != DMS_EIO)
        return unmap_refused(group, err, pages.first, pages.size, opts_report(opts));
    return err;
}
