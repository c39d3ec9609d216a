/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "dma/builder.h"

#include "device/report.h"

int dms_map(struct dms_device *dev, void *ptr, size_t size, enum dms_direction dir,
            const struct dms_dma_opts *opts, dms_iova_t *iova)
{
    const struct dms_port *port = dev->machine->port;
    struct pages pages;
    struct builder b;
    dms_phys_t phys;
    size_t run;
    uint64_t offset;
    int err = builder_init(&b, dev, dir, opts);

    if (err)
        return err;
    if (!port->virt_to_phys)
        return DMS_ENOTSUP;
    if (size == 0 || (uintptr_t)ptr + (size - 1) < (uintptr_t)ptr)
        return size ? DMS_ERANGE : DMS_EINVAL;
    err = port->virt_to_phys(port->ctx, ptr, size, &phys, &run);
    if (err)
        return err;
    offset = phys.addr & (group_granule(dev->group) - 1);
    err = pages_of(offset, size, group_granule(dev->group), &pages);
    if (!err)
        err = request_iova(dev, pages.size, opts, &pages.first);
    if (err)
        return err;
    builder_place(&b, pages.first, pages.size);
    if (!dev->coherent && !(opts && opts->no_sync))
        dms_sync_for_device(dev, ptr, size, dir);
    if (run == size) {
        err = builder_pages(&b, phys.addr - offset, pages.size);
    } else {
        err = builder_buffer(&b, ptr, size, phys, run);
        if (!err)
            err = builder_finish(&b);
    }
    if (err)
        return builder_undo(&b, err, NULL, 0);
    *iova = pages.first + offset;
    return 0;
}

int dms_map_phys(struct dms_device *dev, dms_phys_t phys, uint64_t size, enum dms_direction dir,
                 const struct dms_dma_opts *opts, dms_iova_t *iova)
{
    struct pages memory;
    struct builder b;
    dms_iova_t first;
    int err = builder_init(&b, dev, dir, opts);

    if (!err)
        err = pages_of(phys.addr, size, group_granule(dev->group), &memory);
    if (!err)
        err = request_iova(dev, memory.size, opts, &first);
    if (err)
        return err;
    builder_place(&b, first, memory.size);
    err = builder_pages(&b, memory.first, memory.size);
    if (!err)
        err = builder_finish(&b);
    if (err)
        return builder_undo(&b, err, NULL, 0);
    *iova = first + (phys.addr - memory.first);
    return 0;
}
