/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Looking at a domain, and completing what it still owes. */
#include "dma/dma_internal.h"

#include "device/lazy.h"

int dms_flush(struct dms_device *dev)
{
    return device_domain(dev) ? group_flush(dev->group) : DMS_ENODEV;
}

int dms_iova_to_phys(struct dms_device *dev, dms_iova_t iova, dms_phys_t *phys)
{
    struct dms_iommu_domain *domain = device_domain(dev);

    return domain ? dev->group->ops->iova_to_phys(domain, iova, phys) : DMS_ENODEV;
}

int dms_next_mapping(struct dms_device *dev, dms_iova_t from, struct dms_iommu_mapping *out)
{
    struct dms_iommu_domain *domain = device_domain(dev);

    return domain ? dev->group->ops->next_mapping(domain, from, false, out) : DMS_ENODEV;
}

static void count_live(struct dms_device *dev, struct dms_dma_stats *out)
{
    struct dms_iommu_mapping mapping;
    dms_iova_t from = 0;

    while (dms_next_mapping(dev, from, &mapping) == 0) {
        out->live++;
        out->live_bytes += mapping.iova.last - mapping.iova.first + 1;
        from = mapping.iova.last + 1; /* no domain translates all 64 bits, so it cannot wrap */
    }
}

int dms_dma_get_stats(struct dms_device *dev, struct dms_dma_stats *out)
{
    if (!device_domain(dev))
        return DMS_ENODEV;
    *out = (struct dms_dma_stats){
        .flushes = atomic_load_explicit(&dev->group->lazy_flushes, memory_order_relaxed),
    };
    count_live(dev, out);
    lazy_held(dev->group, &out->withheld, &out->withheld_bytes);
    withheld_count(dev->group, &out->withheld, &out->withheld_bytes, &out->lost);
    return 0;
}
