/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "base/checked.h"
#include "base/lock.h"
#include "base/mem.h"
#include "base/memory.h"
#include "device/lazy.h"
#include "device/report.h"

static size_t name_length(const char *name)
{
    size_t length = 0;

    while (name && name[length] && length < DMS_NAME_MAX)
        length++;
    return length;
}

static int cfg_check(const struct dms_device_cfg *cfg, struct dms_report *report)
{
    size_t length = name_length(cfg->name);

    if (length == 0)
        return report_refusal(report, DMS_EINVAL, "a device needs a name");
    if (length == DMS_NAME_MAX)
        return report_refusal(report, DMS_ERANGE, "the device's name is too long");
    if (cfg->dma_mask_bits > 64)
        return report_refusal(report, DMS_EINVAL, "a DMA mask has 1 to 64 bits");
    if ((unsigned)cfg->coherence > DMS_COHERENCE_NONE || (unsigned)cfg->streams > DMS_STREAMS_ALL ||
        (unsigned)cfg->policy > DMS_IOVA_LOW32_FIRST)
        return report_refusal(report, DMS_EINVAL,
                              "an unknown choice in the device's configuration");
    return 0;
}

static int node_find(struct dms_machine *machine, const char *path, dms_of_node_t *node,
                     struct dms_report *report)
{
    struct dms_of_diag diag = {.cell = -1};
    int err;

    *node = DMS_OF_NONE;
    if (!path)
        return 0;
    if (!machine->has_tree)
        return report_refusal(report, DMS_ENOENT, "the machine has no device tree");
    err = dms_of_find(&machine->tree, path, node, &diag);
    return err ? report_node(report, DMS_ENOENT, &diag) : 0;
}

static struct dms_device *device_alloc(struct dms_machine *machine,
                                       const struct dms_device_cfg *cfg)
{
    unsigned bits = cfg->dma_mask_bits ? cfg->dma_mask_bits : 32;
    struct dms_device *dev = port_alloc(machine->port, sizeof(*dev) + cfg->nids * sizeof(uint32_t));

    if (!dev)
        return NULL;
    dev->machine = machine;
    dev->bus = cfg->bus ? cfg->bus : &dms_platform_bus;
    dev->parent = cfg->parent;
    dev->dma_limit = (struct dms_range){0, UINT64_MAX};
    dev->policy = cfg->policy;
    dev->coherent = cfg->coherence == DMS_COHERENCE_SNOOPS;
    dev->lazy = cfg->lazy;
    dev->driver_data = cfg->driver_data;
    dev->cfg = cfg;
    atomic_store(&dev->mask_bits, bits);
    atomic_store(&dev->lowest, 1); /* nothing, until there is a group */
    memcpy(dev->name, cfg->name, name_length(cfg->name));
    dev->id_count = cfg->nids;
    if (cfg->nids)
        memcpy(dev->ids, cfg->ids, cfg->nids * sizeof(uint32_t));
    return dev;
}

static int run_hook(struct dms_device *dev, struct dms_report *report)
{
    int err = dev->bus->dma_configure(dev, report);

    return err == DMS_ENODEV && dev->bus->iommu_optional && !dev->group ? 0 : err;
}

static int add_region(struct dms_device *dev, const struct dms_region *region,
                      struct dms_report *report)
{
    struct dms_range range;
    int err = range_from_size(region->base, region->size, &range);

    if (err)
        return report_refusal(report, err, "a region of size 0, or past 2^64");
    if ((unsigned)region->kind >= DMS_REGION_WINDOW)
        return report_refusal(report, DMS_EINVAL, "not a kind of region that can be reserved");
    return region_add(dev, range, region->kind, DMS_ORIGIN_API, report);
}

/* Under group->lock. */
static int add_limits(struct dms_device *dev, const struct dms_device_cfg *cfg,
                      struct dms_report *report)
{
    int err = 0;

    if (cfg->nwindow)
        err = window_add(dev, cfg->window, cfg->nwindow, DMS_ORIGIN_API, report);
    for (unsigned i = 0; i < cfg->nregions && !err; i++)
        err = add_region(dev, &cfg->regions[i], report);
    if (!err && !window_leaves_room(dev->group))
        err = report_aperture(report, DMS_EINVAL, dev, "the windows of its group leave no address");
    return err;
}

static int configure(struct dms_device *dev, const struct dms_device_cfg *cfg,
                     struct dms_report *report)
{
    int err = run_hook(dev, report);

    if (err)
        return err;
    if (!dev->group)
        return cfg->nregions || cfg->nwindow
                   ? report_refusal(report, DMS_ENODEV, "regions for a device without streams")
                   : 0;
    port_lock(dev->group->port, &dev->group->lock);
    err = add_limits(dev, cfg, report);
    port_unlock(dev->group->port, &dev->group->lock);
    return err;
}

/* From here on the machine knows it. */
static int enlist(struct dms_device *dev, struct dms_report *report)
{
    struct dms_machine *machine = dev->machine;
    int err;

    port_lock(machine->port, &machine->lock);
    err = dev->lazy && dev->group ? lazy_enable(dev->group) : 0;
    if (!err) {
        list_push_back(&machine->devices, &dev->link);
        machine->device_count++;
        if (dev->parent)
            dev->parent->children++;
    }
    port_unlock(machine->port, &machine->lock);
    return err ? report_refusal(report, err, "no memory for lazy invalidation") : 0;
}

int dms_device_create(struct dms_machine *machine, const struct dms_device_cfg *cfg,
                      struct dms_device **out, struct dms_report *report)
{
    struct dms_device *dev;
    dms_of_node_t node;
    int err = cfg_check(cfg, report);

    if (!err)
        err = node_find(machine, cfg->node, &node, report);
    if (err)
        return err;
    dev = device_alloc(machine, cfg);
    if (!dev)
        return report_refusal(report, DMS_ENOMEM, "no memory for the device");
    dev->node = node;
    err = configure(dev, cfg, report);
    dev->cfg = NULL;
    if (!err)
        err = enlist(dev, report);
    if (err) {
        device_unmake(dev);
        return err;
    }
    *out = dev;
    return 0;
}

int dms_function_create(struct dms_device *parent, uint32_t id, const struct dms_device_cfg *cfg,
                        struct dms_device **out, struct dms_report *report)
{
    struct dms_device_cfg function = *cfg;

    function.bus = &dms_function_bus;
    function.node = NULL;
    function.parent = parent;
    function.ids = &id;
    function.nids = 1;
    return dms_device_create(parent->machine, &function, out, report);
}
