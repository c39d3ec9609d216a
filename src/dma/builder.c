/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "dma/builder.h"

int builder_init(struct builder *b, struct dms_device *dev, enum dms_direction dir,
                 const struct dms_dma_opts *opts)
{
    b->dev = dev;
    b->mapped = 0;
    b->run_size = 0;
    return dma_begin(dev, dir, opts, &b->domain, &b->prot);
}

static int run_map(struct builder *b)
{
    uint32_t prot = b->prot;
    int err;

    if (b->mapped == 0)
        prot |= DMS_PROT_BEGIN;
    if (b->mapped + b->run_size == b->size)
        prot |= DMS_PROT_END;
    err = b->dev->group->ops->map(b->domain, b->first + b->mapped, (dms_phys_t){b->run_phys},
                                  b->run_size, prot);
    if (!err)
        b->mapped += b->run_size;
    b->run_size = 0;
    return err;
}

/* Adds physical pages. */
static int builder_pages(struct builder *b, uint64_t phys, uint64_t size)
{
    int err = 0;

    if (b->mapped + b->run_size + size > b->size)
        return DMS_EFAULT; /* more than was measured: the port gives two answers */
    if (b->run_size && b->run_phys + b->run_size == phys) {
        b->run_size += size;
        return 0;
    }
    if (b->run_size)
        err = run_map(b);
    b->run_phys = phys;
    b->run_size = size;
    return err;
}

int builder_buffer(struct builder *b, const void *ptr, size_t size, dms_phys_t phys, size_t run)
{
    const struct dms_port *port = b->dev->machine->port;
    uint64_t granule = group_granule(b->dev->group);
    const char *at = ptr;
    struct pages pages;
    int err;

    for (;;) {
        if (run == 0 || run > size)
            return DMS_EFAULT; /* a port that breaks its word */
        err = pages_of(phys.addr, run, granule, &pages);
        if (!err)
            err = builder_pages(b, pages.first, pages.size);
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
    int err = b->run_size ? run_map(b) : 0;

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
