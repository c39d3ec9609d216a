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
static bool near_direct(const struct dms_group *group, struct pages pages)
{
    return pages.first <= atomic_load_explicit(&group->direct_last, memory_order_relaxed) &&
           pages.first + (pages.size - 1) >=
               atomic_load_explicit(&group->direct_first, memory_order_relaxed);
}

static int check_direct(struct dms_group *group, struct dms_range range, struct dms_report *report)
{
    struct dms_iova_place place;

    dms_iova_lookup(group->space, range.first, &place);
    if (place.what == DMS_IOVA_IS_RESERVED ||
        (place.what == DMS_IOVA_IS_LIVE && !range_contains(place.range, range)))
        return refuse_place(group, range, &place, report);
    return 0;
}

/* Gone from the page table, but not from the hardware as far as anybody knows. */
static __attribute__((noinline)) int withhold(struct dms_group *group, int err, dms_iova_t iova,
                                              uint64_t size, void *table,
                                              const struct dms_iommu_gather *gather)
{
    struct withheld record = {
        .iova = iova, .size = size, .table = table, .table_size = (size_t)size, .gather = *gather};

    withheld_add(group, &record);
    return err;
}

/* Or failures would pile up without bound while the hardware is away. */
static inline bool hardware_is_away(struct dms_group *group)
{
    return withheld_any(&group->withheld) && withheld_retry(group) != 0;
}

int unmap_strict(struct dms_group *group, struct dms_iommu_domain *domain, dms_iova_t iova,
                 uint64_t size, void *table, struct dms_report *report)
{
    struct dms_iommu_gather gather = {0};
    int err =
        hardware_is_away(group) ? DMS_EAGAIN : group->ops->unmap(domain, iova, size, true, &gather);

    if (err)
        return refuse_unmap(group, err, (struct pages){iova, size}, report);
    err = group->ops->flush(domain, &gather);
    if (err)
        return withhold(group, err, iova, size, table, &gather);
    dms_iova_free(group->space, iova, size);
    port_table_free(group->port, table, (size_t)size);
    return 0;
}

static __attribute__((noinline)) int unmap_lazy(struct dms_group *group,
                                                struct dms_iommu_domain *domain, dms_iova_t iova,
                                                uint64_t size, struct dms_report *report)
{
    int err = hardware_is_away(group) ? DMS_EAGAIN : lazy_unmap(group, iova, size);

    /* No memory to be lazy is no reason to fail. */
    if (err == DMS_ENOMEM)
        return unmap_strict(group, domain, iova, size, NULL, report);
    return err ? refuse_unmap(group, err, (struct pages){iova, size}, report) : 0;
}

static inline int unmap_pages(struct dms_device *dev, struct dms_iommu_domain *domain,
                              dms_iova_t iova, uint64_t size, const struct dms_dma_opts *opts)
{
    struct dms_group *group = dev->group;

    if (dev->lazy && !(opts && opts->strict))
        return unmap_lazy(group, domain, iova, size, opts_report(opts));
    return unmap_strict(group, domain, iova, size, NULL, opts_report(opts));
}

static __attribute__((noinline)) int unmap_near_direct(struct dms_device *dev,
                                                       struct dms_iommu_domain *domain,
                                                       dms_iova_t iova, uint64_t size,
                                                       const struct dms_dma_opts *opts)
{
    int err =
        check_direct(dev->group, (struct dms_range){iova, iova + (size - 1)}, opts_report(opts));

    return err ? err : unmap_pages(dev, domain, iova, size, opts);
}

int dms_unmap(struct dms_device *dev, dms_iova_t iova, uint64_t size,
              const struct dms_dma_opts *opts)
{
    struct dms_group *group = dev->group;
    struct dms_iommu_domain *domain = device_domain(dev);
    struct pages pages;

    if (!domain)
        return DMS_ENODEV;
    if (pages_of(iova, size, group_granule(group), &pages) != 0)
        return DMS_EINVAL;
    if (near_direct(group, pages))
        return unmap_near_direct(dev, domain, pages.first, pages.size, opts);
    return unmap_pages(dev, domain, pages.first, pages.size, opts);
}
