/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef PEER_LINUX_IOMMU_H
#define PEER_LINUX_IOMMU_H

#include <linux/types.h>

#define IOMMU_READ   (1 << 0)
#define IOMMU_WRITE  (1 << 1)
#define IOMMU_CACHE  (1 << 2)
#define IOMMU_NOEXEC (1 << 3)
#define IOMMU_MMIO   (1 << 4)
#define IOMMU_PRIV   (1 << 5)

struct iommu_iotlb_gather {
    unsigned long start;
    unsigned long end;
    size_t pgsize;
    bool queued;
};

static inline bool iommu_iotlb_gather_queued(struct iommu_iotlb_gather *gather)
{
    return gather && gather->queued;
}

#endif
