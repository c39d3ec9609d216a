/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The aperture: what the IOMMU, dma-ranges and the DMA mask leave. */
#include "base/lock.h"
#include "base/range.h"
#include "device/report.h"

static uint64_t last_of_bits(unsigned bits)
{
    return bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX;
}

bool aperture_of(const struct dms_device *dev, const struct dms_iommu *iommu, unsigned input_bits,
                 unsigned mask_bits, uint64_t granule, struct dms_range *out)
{
    unsigned width = input_bits ? input_bits : iommu->caps.input_bits;
    struct dms_range range = {granule, last_of_bits(width < mask_bits ? width : mask_bits)};

    /* The granule of IOVA 0 stays out: a null pointer in a device must never hit memory. */
    return range.first <= range.last && range_intersect(range, dev->dma_limit, &range) &&
           range_round_in(range, granule, out);
}

static bool aperture_now(const struct dms_device *dev, unsigned mask_bits, struct dms_range *out)
{
    struct dms_group *group = dev->group;
    struct dms_iommu_domain *domain = group_domain(group);

    return aperture_of(dev, group->on->iommu, domain ? domain->input_bits : 0, mask_bits,
                       group_granule(group), out);
}

bool aperture_update(struct dms_device *dev)
{
    struct dms_range range = {1, 0};
    bool some = aperture_now(dev, atomic_load(&dev->mask_bits), &range);

    atomic_store_explicit(&dev->lowest, range.first, memory_order_relaxed);
    atomic_store_explicit(&dev->highest, range.last, memory_order_relaxed);
    return some;
}

int dms_set_dma_mask(struct dms_device *dev, unsigned bits, struct dms_report *report)
{
    struct dms_group *group = dev->group;
    struct dms_range range;
    int err = 0;

    if (bits < 1 || bits > 64)
        return report_refusal(report, DMS_EINVAL, "a DMA mask has 1 to 64 bits");
    if (!group) {
        atomic_store(&dev->mask_bits, bits);
        return 0;
    }
    port_lock(group->port, &group->lock);
    if (aperture_now(dev, bits, &range)) {
        atomic_store(&dev->mask_bits, bits);
        aperture_update(dev);
    } else {
        err = report_aperture(report, DMS_EINVAL, dev, "such a DMA mask leaves no address");
    }
    port_unlock(group->port, &group->lock);
    return err;
}

int dms_aperture(struct dms_device *dev, struct dms_range *out)
{
    struct dms_group *group = dev->group;
    bool some;

    if (!group)
        return DMS_ENODEV;
    port_lock(group->port, &group->lock);
    some = aperture_now(dev, atomic_load(&dev->mask_bits), out);
    port_unlock(group->port, &group->lock);
    return some ? 0 : DMS_EINVAL;
}
