/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "dma/builder.h"

#include "device/report.h"

/* A buffer, and what the port says of its first byte. */
struct memory {
    void *ptr;
    size_t size;
    dms_phys_t phys;
    size_t run;
};

/* Memory in several runs. */
static __attribute__((noinline)) int map_runs(struct dms_device *dev, const struct memory *memory,
                                              enum dms_direction dir,
                                              const struct dms_dma_opts *opts, dms_iova_t *iova)
{
    uint64_t offset = memory->phys.addr & (group_granule(dev->group) - 1);
    struct builder b;
    struct pages pages;
    int err = builder_init(&b, dev, dir, opts);

    if (!err)
        err = pages_of(offset, memory->size, group_granule(dev->group), &pages);
    if (!err)
        err = request_iova(dev, pages.size, opts, &pages.first);
    if (err)
        return err;
    builder_place(&b, pages.first, pages.size);
    err = builder_buffer(&b, memory->ptr, memory->size, memory->phys, memory->run);
    if (!err)
        err = builder_finish(&b);
    if (err)
        return builder_undo(&b, err);
    *iova = pages.first + offset;
    return 0;
}

/* One run of memory. Inline at both places: it is most of what they do. */
static inline __attribute__((always_inline)) int
map_run(struct dms_device *dev, struct dms_iommu_domain *domain, dms_phys_t phys, uint64_t size,
        uint32_t prot, const struct dms_dma_opts *opts, dms_iova_t *iova)
{
    struct pages memory;
    dms_iova_t at;
    int err = pages_of(phys.addr, size, group_granule(dev->group), &memory);

    if (!err)
        err = request_iova(dev, memory.size, opts, &at);
    if (err)
        return err;
    err = map_whole(dev, domain, (struct pages){at, memory.size}, memory.first, prot);
    if (!err)
        *iova = at + (phys.addr - memory.first);
    return err;
}

int dms_map(struct dms_device *dev, void *ptr, size_t size, enum dms_direction dir,
            const struct dms_dma_opts *opts, dms_iova_t *iova)
{
    const struct dms_port *port = dev->machine->port;
    struct dms_iommu_domain *domain;
    uint32_t prot;
    dms_phys_t phys;
    size_t run;
    int err = dma_begin(dev, dir, opts, &domain, &prot);

    if (err)
        return err;
    if (!port->virt_to_phys)
        return DMS_ENOTSUP;
    /* No object ends with the address space, or there would be no pointer past it. */
    if ((uintptr_t)ptr + size <= (uintptr_t)ptr)
        return size ? DMS_ERANGE : DMS_EINVAL;
    err = port->virt_to_phys(port->ctx, ptr, size, &phys, &run);
    if (err)
        return err;
    if (!dev->coherent && !(opts && opts->no_sync))
        dms_sync_for_device(dev, ptr, size, dir);
    if (run == size)
        return map_run(dev, domain, phys, size, prot, opts, iova);
    return map_runs(dev, &(struct memory){ptr, size, phys, run}, dir, opts, iova);
}

int dms_map_phys(struct dms_device *dev, dms_phys_t phys, uint64_t size, enum dms_direction dir,
                 const struct dms_dma_opts *opts, dms_iova_t *iova)
{
    struct dms_iommu_domain *domain;
    uint32_t prot;
    int err = dma_begin(dev, dir, opts, &domain, &prot);

    return err ? err : map_run(dev, domain, phys, size, prot, opts, iova);
}
