/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Scatter lists: many pieces of memory, one run of IOVAs. */
#include "dma/builder.h"

#include "device/report.h"

/*
 * The pages that all entries need. Each entry's offset within its granule is kept in its iova,
 * which becomes the address once that is known: the offset comes from the port, and asking twice is
 * the dearer way.
 */
static int list_measure(struct dms_device *dev, struct dms_sg *list, unsigned n, uint64_t *total)
{
    const struct dms_port *port = dev->machine->port;
    uint64_t granule = group_granule(dev->group);

    *total = 0;
    for (unsigned i = 0; i < n; i++) {
        struct pages pages;
        dms_phys_t phys;
        size_t run;
        int err;

        if (list[i].size == 0)
            return DMS_EINVAL;
        err = port->virt_to_phys(port->ctx, list[i].ptr, list[i].size, &phys, &run);
        if (err)
            return err;
        list[i].iova = phys.addr & (granule - 1);
        err = pages_of(list[i].iova, list[i].size, granule, &pages);
        if (err || !checked_add(*total, pages.size, total))
            return DMS_ERANGE;
    }
    return 0;
}

static int entry_map(struct builder *b, struct dms_sg *entry)
{
    const struct dms_port *port = b->dev->machine->port;
    dms_phys_t phys;
    size_t run;
    int err = port->virt_to_phys(port->ctx, entry->ptr, entry->size, &phys, &run);

    return err ? err : builder_buffer(b, entry->ptr, entry->size, phys, run);
}

/* Offsets become addresses. Returns how many pieces the device sees. */
static unsigned list_place(struct dms_sg *list, unsigned n, dms_iova_t first, uint64_t granule)
{
    unsigned segments = 1;

    for (unsigned i = 0; i < n; i++) {
        uint64_t offset = list[i].iova;

        list[i].iova = first + offset;
        first += (offset + list[i].size + granule - 1) & ~(granule - 1);
        if (i && list[i - 1].iova + list[i - 1].size != list[i].iova)
            segments++;
    }
    return segments;
}

static int list_map(struct builder *b, struct dms_sg *list, unsigned n, bool sync,
                    enum dms_direction dir)
{
    for (unsigned i = 0; i < n; i++) {
        int err;

        if (sync)
            dms_sync_for_device(b->dev, list[i].ptr, list[i].size, dir);
        err = entry_map(b, &list[i]);
        if (err)
            return err;
    }
    return builder_finish(b);
}

int dms_map_sg(struct dms_device *dev, struct dms_sg *list, unsigned n, enum dms_direction dir,
               const struct dms_dma_opts *opts, unsigned *segments)
{
    struct builder b;
    dms_iova_t first;
    uint64_t size;
    unsigned pieces;
    int err = builder_init(&b, dev, dir, opts);

    if (err)
        return err;
    if (n == 0 || !dev->machine->port->virt_to_phys)
        return n ? DMS_ENOTSUP : DMS_EINVAL;
    err = list_measure(dev, list, n, &size);
    if (!err)
        err = request_iova(dev, size, opts, &first);
    if (err)
        return err;
    builder_place(&b, first, size);
    err = list_map(&b, list, n, !opts || !opts->no_sync, dir);
    if (err)
        return builder_undo(&b, err);
    pieces = list_place(list, n, first, group_granule(dev->group));
    if (segments)
        *segments = pieces;
    return 0;
}

int dms_unmap_sg(struct dms_device *dev, const struct dms_sg *list, unsigned n,
                 const struct dms_dma_opts *opts)
{
    const struct dms_sg *last = n ? &list[n - 1] : NULL;
    uint64_t end;

    if (!last || !checked_add(last->iova, last->size, &end) || end <= list[0].iova)
        return DMS_EINVAL;
    return dms_unmap(dev, list[0].iova, end - list[0].iova, opts);
}
