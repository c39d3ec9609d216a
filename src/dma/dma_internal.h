/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the calls of this room share. None of it takes a lock that two groups have in common. */
#ifndef DMA_INTERNAL_H
#define DMA_INTERNAL_H

#include "base/bits.h"
#include "base/checked.h"
#include "device/group.h"
#include "device/object.h"

#include <dmaspace/dma.h>

/* Whole granules that hold a piece of memory or of the IOVA space. */
struct pages {
    uint64_t first;
    uint64_t size;
};

/* DMS_EINVAL: size 0; DMS_ERANGE: it goes past 2^64. *out is undefined then. */
static inline int pages_of(uint64_t base, uint64_t size, uint64_t granule, struct pages *out)
{
    uint64_t last = base + (size - 1);

    out->first = align_down(base, granule);
    out->size = (last | (granule - 1)) - out->first + 1;
    if (last >= base && out->size != 0)
        return 0;
    return size ? DMS_ERANGE : DMS_EINVAL;
}

/* What the page table is told; 0: `dir` is no direction. */
static inline uint32_t dma_prot(const struct dms_device *dev, enum dms_direction dir,
                                const struct dms_dma_opts *opts)
{
    uint32_t prot = (uint32_t)dir;

    if (prot == 0 || (prot & ~(uint32_t)DMS_BIDIRECTIONAL) != 0)
        return 0;
    prot |= dev->coherent * DMS_PROT_COHERENT;
    if (opts && opts->exec)
        prot |= DMS_EXEC;
    if (opts && opts->device_memory)
        prot |= DMS_PROT_DEVICE;
    return prot;
}

/*
 * Where a mapping goes, and what the page table is told. DMS_EINVAL: `dir` is no direction;
 * DMS_ENODEV: the device is not attached.
 */
static inline int dma_begin(struct dms_device *dev, enum dms_direction dir,
                            const struct dms_dma_opts *opts, struct dms_iommu_domain **domain,
                            uint32_t *prot)
{
    *domain = device_domain(dev);
    *prot = dma_prot(dev, dir, opts);
    if (!*prot)
        return DMS_EINVAL;
    return *domain ? 0 : DMS_ENODEV;
}

/*
 * One run of memory that is the whole mapping. Its IOVAs `at` are taken; after an error they are
 * free again.
 */
static inline int map_whole(struct dms_device *dev, struct dms_iommu_domain *domain,
                            struct pages at, uint64_t phys, uint32_t prot)
{
    int err = dev->group->ops->map(domain, at.first, (dms_phys_t){phys}, at.size,
                                   prot | DMS_PROT_BEGIN | DMS_PROT_END);

    if (err)
        dms_iova_free(dev->group->space, at.first, at.size);
    return err;
}

static inline struct dms_report *opts_report(const struct dms_dma_opts *opts)
{
    return opts ? opts->report : NULL;
}

/* request.c: narrows a request as the options say. */
void request_adjust(const struct dms_device *dev, const struct dms_dma_opts *opts,
                    struct dms_iova_request *request);

/* request.c: after the space refused it with `err`. 0 and *iova after all, or an error of dms_map(). */
int request_refused(struct dms_device *dev, const struct dms_iova_request *request, int err,
                    struct dms_report *report, dms_iova_t *iova);

/* Takes a free range of pages as the options want it. Errors of dms_map(). */
static inline int request_iova(struct dms_device *dev, uint64_t size,
                               const struct dms_dma_opts *opts, dms_iova_t *iova)
{
    uint64_t lowest = atomic_load_explicit(&dev->lowest, memory_order_relaxed);
    uint64_t highest = atomic_load_explicit(&dev->highest, memory_order_relaxed);
    struct dms_iova_request request = {size, 0, lowest, highest, dev->policy};
    int err;

    if (opts)
        request_adjust(dev, opts, &request);
    err = dms_iova_alloc(dev->group->space, &request, iova);
    return err ? request_refused(dev, &request, err, opts_report(opts), iova) : 0;
}

/*
 * unmap.c: one whole mapping, strictly. `table`: memory of that size that goes with it, or NULL.
 * Errors of dms_unmap().
 */
int unmap_strict(struct dms_group *group, struct dms_iommu_domain *domain, dms_iova_t iova,
                 uint64_t size, void *table, struct dms_report *report);

/* refuse.c: the name of what lies at the pages of an unmap that failed with `err`. Returns err. */
int refuse_unmap(struct dms_group *group, int err, struct pages pages, struct dms_report *report);

/* DMS_EBUSY: what the IOVA space says is in the way of `range`. */
int refuse_place(struct dms_group *group, struct dms_range range,
                 const struct dms_iova_place *place, struct dms_report *report);

#endif
