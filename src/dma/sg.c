/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Scatter lists: many pieces of memory, one run of IOVAs. */
#include "dma/builder.h"

#include "device/report.h"

/*
 * The pages that all entries need. Each entry's physical address is kept in its iova, until that is
 * known: asking the port twice is the dearer way. *runs: each entry is one run of memory.
 */
static int list_measure(struct dms_device *dev, struct dms_sg *list, unsigned n, uint64_t *total,
                        bool *runs)
{
    const struct dms_port *port = dev->machine->port;
    uint64_t granule = group_granule(dev->group);

    *total = 0;
    *runs = true;
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
        list[i].iova = phys.addr;
        *runs = *runs && run == list[i].size;
        err = pages_of(phys.addr & (granule - 1), list[i].size, granule, &pages);
        if (err || !checked_add(*total, pages.size, total))
            return DMS_ERANGE;
    }
    return 0;
}

static int entry_map(struct builder *b, const struct dms_sg *entry, bool is_run)
{
    const struct dms_port *port = b->dev->machine->port;
    dms_phys_t phys;
    size_t run;
    int err;

    if (is_run)
        return builder_run(b, entry->iova, entry->size);
    err = port->virt_to_phys(port->ctx, entry->ptr, entry->size, &phys, &run);
    return err ? err : builder_buffer(b, entry->ptr, entry->size, phys, run);
}

/* Physical addresses become the device's. *segments: how many pieces it sees. */
static int list_map(struct builder *b, struct dms_sg *list, unsigned n, bool runs,
                    unsigned *segments)
{
    uint64_t mask = group_granule(b->dev->group) - 1;
    dms_iova_t at = b->first, end = 0;

    *segments = 0;
    for (unsigned i = 0; i < n; i++) {
        uint64_t offset = list[i].iova & mask;
        int err = entry_map(b, &list[i], runs);

        if (err)
            return err;
        list[i].iova = at + offset;
        *segments += list[i].iova != end;
        end = list[i].iova + list[i].size;
        at = (end + mask) & ~mask;
    }
    return builder_finish(b);
}

static void list_sync(struct dms_device *dev, const struct dms_sg *list, unsigned n,
                      enum dms_direction dir)
{
    for (unsigned i = 0; i < n; i++)
        dms_sync_for_device(dev, list[i].ptr, list[i].size, dir);
}

int dms_map_sg(struct dms_device *dev, struct dms_sg *list, unsigned n, enum dms_direction dir,
               const struct dms_dma_opts *opts, unsigned *segments)
{
    struct builder b;
    dms_iova_t first;
    uint64_t size;
    unsigned pieces;
    bool runs;
    int err = builder_init(&b, dev, dir, opts);

    if (err)
        return err;
    if (n == 0 || !dev->machine->port->virt_to_phys)
        return n ? DMS_ENOTSUP : DMS_EINVAL;
    err = list_measure(dev, list, n, &size, &runs);
    if (!err)
        err = request_iova(dev, size, opts, &first);
    if (err)
        return err;
    builder_place(&b, first, size);
    if (!dev->coherent && !(opts && opts->no_sync))
        list_sync(dev, list, n, dir);
    err = list_map(&b, list, n, runs, &pieces);
    if (err)
        return builder_undo(&b, err);
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
