/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Mappings at addresses of the driver's choice. */
#include "dma/builder.h"

#include "base/lock.h"
#include "base/range.h"
#include "device/report.h"

/* How often another thread may snatch the range that dms_reserve_any() wants. */
#define RESERVE_TRIES 16u

/*
 * Takes exactly these pages, inside the device's fixed regions or (opts->take) out of free space.
 */
static int take_pages(struct dms_device *dev, struct pages pages, const struct dms_dma_opts *opts)
{
    struct dms_range range = {pages.first, pages.first + (pages.size - 1)};
    struct dms_range aperture = {atomic_load(&dev->lowest), atomic_load(&dev->highest)};
    unsigned flags = opts && opts->take ? 0 : DMS_IOVA_IN_FIXED;
    struct dms_iova_place place;
    int err;

    if (!range_contains(aperture, range))
        return report_aperture(opts_report(opts), DMS_ERANGE, dev,
                               "the device cannot address all of that");
    err = dms_iova_alloc_at(dev->group->space, pages.first, pages.size, flags, dev, &place);
    if (err == DMS_EBUSY && group_flush(dev->group) == 0)
        /* What is in the way may only have waited for its invalidation. */
        err = dms_iova_alloc_at(dev->group->space, pages.first, pages.size, flags, dev, &place);
    if (err == DMS_EBUSY)
        return refuse_place(dev->group, range, &place, opts_report(opts));
    return err;
}

int dms_map_fixed(struct dms_device *dev, dms_iova_t iova, void *ptr, size_t size,
                  enum dms_direction dir, const struct dms_dma_opts *opts)
{
    const struct dms_port *port = dev->machine->port;
    uint64_t mask = dms_device_granule(dev) - 1;
    struct pages pages;
    struct builder b;
    dms_phys_t phys;
    size_t run;
    int err = builder_init(&b, dev, dir, opts);

    if (!err && !port->virt_to_phys)
        err = DMS_ENOTSUP;
    if (!err)
        err = pages_of(iova, size, mask + 1, &pages);
    if (!err)
        err = port->virt_to_phys(port->ctx, ptr, size, &phys, &run);
    if (err)
        return err;
    if ((iova & mask) != (phys.addr & mask))
        return report_refusal(opts_report(opts), DMS_EINVAL,
                              "buffer and IOVA have different offsets within a granule");
    err = take_pages(dev, pages, opts);
    if (err)
        return err;
    builder_place(&b, pages.first, pages.size);
    if (!opts || !opts->no_sync)
        dms_sync_for_device(dev, ptr, size, dir);
    err = builder_buffer(&b, ptr, size, phys, run);
    if (!err)
        err = builder_finish(&b);
    return err ? builder_undo(&b, err) : 0;
}

int dms_map_fixed_phys(struct dms_device *dev, dms_iova_t iova, dms_phys_t phys, uint64_t size,
                       enum dms_direction dir, const struct dms_dma_opts *opts)
{
    uint64_t mask = dms_device_granule(dev) - 1;
    struct pages pages;
    struct pages memory;
    struct dms_iommu_domain *domain;
    uint32_t prot;
    int err = dma_begin(dev, dir, opts, &domain, &prot);

    if (!err)
        err = pages_of(iova, size, mask + 1, &pages);
    if (!err)
        err = pages_of(phys.addr, size, mask + 1, &memory);
    if (err)
        return err;
    if ((iova & mask) != (phys.addr & mask))
        return report_refusal(opts_report(opts), DMS_EINVAL,
                              "memory and IOVA have different offsets within a granule");
    err = take_pages(dev, pages, opts);
    if (err)
        return err;
    return map_whole(dev, domain, pages, memory.first, prot);
}

/*
 * The space can take a range or reserve it, not turn one into the other; so another thread may get
 * in between.
 */
static int reserve_try(struct dms_device *dev, uint64_t size, const struct dms_dma_opts *opts,
                       dms_iova_t *base)
{
    struct dms_group *group = dev->group;
    int err = request_iova(dev, size, opts, base);

    if (err)
        return err;
    port_lock(group->port, &group->lock);
    dms_iova_free(group->space, *base, size);
    err = region_add(dev, (struct dms_range){*base, *base + (size - 1)}, DMS_REGION_FIXED,
                     DMS_ORIGIN_API, opts_report(opts));
    port_unlock(group->port, &group->lock);
    return err == DMS_EBUSY ? DMS_EAGAIN : err;
}

int dms_reserve_any(struct dms_device *dev, uint64_t size, const struct dms_dma_opts *opts,
                    dms_iova_t *base)
{
    dms_iova_t at = 0;
    int err = DMS_EAGAIN;

    if (!device_domain(dev))
        return DMS_ENODEV;
    if (size == 0)
        return DMS_EINVAL;
    for (unsigned i = 0; i < RESERVE_TRIES && err == DMS_EAGAIN; i++)
        err = reserve_try(dev, size, opts, &at);
    if (!err)
        *base = at;
    return err;
}
