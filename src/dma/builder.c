/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "dma/builder.h"

int builder_init(struct builder *b, struct dms_device *dev, enum dms_direction dir,
                 const struct dms_dma_opts *opts)
{
    b->dev = dev;
    b->mapped = 0;
    b->waiting = 0;
    b->count = 0;
    return dma_begin(dev, dir, opts, &b->domain, &b->prot);
}

int builder_flush(struct builder *b)
{
    uint32_t prot = b->prot;
    uint64_t mapped;
    int err;

    if (b->mapped == 0)
        prot |= DMS_PROT_BEGIN;
    if (b->mapped + b->waiting == b->size)
        prot |= DMS_PROT_END;
    err = b->dev->group->ops->map_list(b->domain, b->first + b->mapped, b->pieces, b->count, prot,
                                       &mapped);
    b->mapped += mapped;
    b->waiting = 0;
    b->count = 0;
    return err;
}

int builder_buffer(struct builder *b, const void *ptr, size_t size, dms_phys_t phys, size_t run)
{
    const struct dms_port *port = b->dev->machine->port;
    uint64_t granule = group_granule(b->dev->group);
    const char *at = ptr;
    int err;

    for (;;) {
        if (run == 0 || run > size)
            return DMS_EFAULT; /* a port that breaks its word */
        err = builder_run(b, phys.addr, run);
        if (err || run == size)
            return err;
        /* The next run must go on at a granule boundary, in memory as in the IOVA space. */
        if (!is_aligned(phys.addr + run, granule))
            return DMS_EINVAL;
        at += run;
        size -= run;
        err = port->virt_to_phys(port->ctx, at, size, &phys, &run);
        if (!err && !is_aligned(phys.addr, granule))
            err = DMS_EINVAL;
        if (err)
            return err;
    }
}

int builder_finish(struct builder *b)
{
    int err = b->count ? builder_flush(b) : 0;

    return !err && b->mapped != b->size ? DMS_EFAULT : err;
}

int builder_undo(struct builder *b, int err)
{
    struct dms_group *group = b->dev->group;
    struct withheld record = {.iova = b->first, .size = b->size};

    if (b->mapped &&
        group->ops->unmap(b->domain, b->first, b->mapped, false, &record.gather) == 0) {
        int flush_err = group->ops->flush(b->domain, &record.gather);

        if (flush_err) {
            withheld_add(group, &record);
            return flush_err;
        }
    }
    dms_iova_free(group->space, b->first, b->size);
    return err;
}
