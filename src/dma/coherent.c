/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Memory that CPU and device see alike. It comes from the port's table memory: contiguous, zeroed,
 * aligned.
 */
#include "dma/dma_internal.h"

#include "base/memory.h"
#include "device/report.h"

static int memory_map(struct dms_device *dev, void *memory, struct pages pages,
                      const struct dms_dma_opts *opts, dms_iova_t *iova)
{
    struct dms_iommu_domain *domain;
    uint32_t prot;
    int err = dma_begin(dev, DMS_BIDIRECTIONAL, opts, &domain, &prot);

    if (!err)
        err = request_iova(dev, pages.size, opts, iova);
    if (!err)
        err = map_whole(dev, domain, (struct pages){*iova, pages.size}, pages.first, prot);
    if (err)
        port_table_free(dev->machine->port, memory, pages.size);
    return err;
}

int dms_coherent_alloc(struct dms_device *dev, size_t size, const struct dms_dma_opts *opts,
                       void **ptr, dms_iova_t *iova)
{
    const struct dms_port *port = dev->machine->port;
    uint64_t granule = dms_device_granule(dev);
    struct pages pages;
    dms_phys_t phys;
    dms_iova_t at;
    void *memory;
    int err;

    if (!device_domain(dev))
        return DMS_ENODEV;
    /*
     * Without snooping, memory alike for both would have to be uncached for the CPU: the port has
     * no such memory.
     */
    if (!dev->coherent && (port->cache_clean || port->cache_invalidate))
        return report_refusal(opts_report(opts), DMS_ENOTSUP, "the device does not snoop caches");
    err = pages_of(0, size, granule, &pages);
    if (err || pages.size > SIZE_MAX)
        return err ? err : DMS_ENOMEM;
    memory = port_table_alloc(port, (size_t)pages.size, (size_t)granule, &phys);
    if (!memory)
        return report_refusal(opts_report(opts), DMS_ENOMEM, "no contiguous memory of that size");
    pages.first = phys.addr;
    err = memory_map(dev, memory, pages, opts, &at);
    if (err)
        return err;
    *ptr = memory;
    *iova = at;
    return 0;
}

int dms_coherent_free(struct dms_device *dev, void *ptr, size_t size, dms_iova_t iova)
{
    struct dms_iommu_domain *domain = device_domain(dev);
    struct pages pages;
    int err;

    if (!domain)
        return DMS_ENODEV;
    err = pages_of(iova, size, group_granule(dev->group), &pages);
    if (err || pages.first != iova)
        return DMS_EINVAL;
    return unmap_strict(dev->group, domain, iova, pages.size, ptr, NULL);
}
