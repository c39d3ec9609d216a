/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From a device tree's addresses to limits, windows and regions. */
#include "device/report.h"

#include "base/lock.h"
#include "base/memory.h"
#include "base/range.h"

/* An array that grows while a property is read. */
struct ranges {
    const struct dms_port *port;
    struct dms_range *at;
    size_t count;
    size_t room;
};

static bool ranges_push(struct ranges *ranges, struct dms_range range)
{
    if (ranges->count == ranges->room) {
        size_t room = ranges->room ? ranges->room * 2 : 4;
        struct dms_range *at = port_alloc_array(ranges->port, room, sizeof(*at));

        if (!at)
            return false;
        for (size_t i = 0; i < ranges->count; i++)
            at[i] = ranges->at[i];
        port_free_array(ranges->port, ranges->at, ranges->room, sizeof(*at));
        ranges->at = at;
        ranges->room = room;
    }
    ranges->at[ranges->count++] = range;
    return true;
}

static void ranges_fini(struct ranges *ranges)
{
    port_free_array(ranges->port, ranges->at, ranges->room, sizeof(*ranges->at));
}

static int ranges_read(struct dms_of_ranges *from, struct ranges *out, struct dms_report *report)
{
    struct dms_of_diag diag;
    struct dms_range range;
    int err;

    while ((err = dms_of_ranges_next(from, &range, &diag)) == 0) {
        if (!ranges_push(out, range))
            return report_refusal(report, DMS_ENOMEM, "no memory to read address ranges");
    }
    return err == DMS_ENOENT ? 0 : report_node(report, err, &diag);
}

static int window_of(struct dms_device *dev, const struct ranges *ranges, struct dms_report *report)
{
    struct dms_group *group = dev->group;
    int err;

    port_lock(group->port, &group->lock);
    err = window_add(dev, ranges->at, ranges->count, DMS_ORIGIN_DEVICETREE, report);
    port_unlock(group->port, &group->lock);
    return err;
}

static int limit_set(struct dms_device *dev, const struct ranges *ranges, struct dms_report *report)
{
    struct dms_range hull = ranges->at[0];
    bool some;

    for (size_t i = 1; i < ranges->count; i++)
        hull = range_hull(hull, ranges->at[i]);
    port_lock(dev->group->port, &dev->group->lock);
    dev->dma_limit = hull;
    some = aperture_update(dev);
    port_unlock(dev->group->port, &dev->group->lock);
    if (!some)
        return report_aperture(report, DMS_EINVAL, dev, "dma-ranges leave no address");
    /* The hull bounds the aperture; holes in it have to be said. */
    return ranges->count > 1 ? window_of(dev, ranges, report) : 0;
}

/* dma-ranges in force on `bus`. All of them of length 0 is a tree that allows no DMA. */
static int dma_ranges(struct dms_device *dev, dms_of_node_t bus, struct dms_report *report)
{
    struct ranges ranges = {.port = dev->machine->port};
    struct dms_of_diag diag;
    struct dms_of_ranges from;
    int err = dms_of_dma_ranges(&dev->machine->tree, bus, &from, &diag);

    if (err == DMS_ENOENT)
        return 0;
    if (err)
        return report_node(report, err, &diag);
    err = ranges_read(&from, &ranges, report);
    if (!err && ranges.count == 0)
        err = report_aperture(report, DMS_EINVAL, dev, "dma-ranges have no length");
    if (!err)
        err = limit_set(dev, &ranges, report);
    ranges_fini(&ranges);
    return err;
}

static int iommu_ranges(struct dms_device *dev, struct dms_report *report)
{
    struct ranges ranges = {.port = dev->machine->port};
    struct dms_of_diag diag;
    struct dms_of_ranges from;
    int err = dms_of_iommu_ranges(&dev->machine->tree, dev->node, &from, &diag);

    if (err == DMS_ENOENT)
        return 0;
    if (err)
        return report_node(report, err, &diag);
    err = ranges_read(&from, &ranges, report);
    if (!err && ranges.count == 0)
        err = report_aperture(report, DMS_EINVAL, dev, "iommu-ranges have no length");
    if (!err)
        err = window_of(dev, &ranges, report);
    ranges_fini(&ranges);
    return err;
}

static int iommu_addresses(struct dms_device *dev, struct dms_report *report)
{
    struct dms_group *group = dev->group;
    struct dms_of_regions from;
    struct dms_of_region region;
    struct dms_of_diag diag;
    int err;

    dms_of_regions_begin(&dev->machine->tree, dev->node, &from);
    while ((err = dms_of_regions_next(&from, &region, &diag)) == 0) {
        port_lock(group->port, &group->lock);
        err = region_add(dev, region.range, region.kind, DMS_ORIGIN_DEVICETREE, report);
        port_unlock(group->port, &group->lock);
        if (err)
            return err;
    }
    return err == DMS_ENOENT ? 0 : report_node(report, err, &diag);
}

static void coherence(struct dms_device *dev)
{
    if (dev->cfg->coherence == DMS_COHERENCE_NODE)
        dev->coherent = dms_of_dma_coherent(&dev->machine->tree, dev->node);
}

int dms_configure_node(struct dms_device *dev, struct dms_report *report)
{
    int err;

    if (!dev->cfg)
        return report_refusal(report, DMS_EINVAL, "only a bus's dma_configure reads the node");
    if (dev->node == DMS_OF_NONE)
        return 0;
    coherence(dev);
    if (!dev->group)
        return 0;
    err = dma_ranges(dev, dms_of_dma_parent(&dev->machine->tree, dev->node), report);
    if (!err)
        err = iommu_ranges(dev, report);
    if (!err)
        err = iommu_addresses(dev, report);
    return err;
}

int dms_configure_bus(struct dms_device *dev, struct dms_report *report)
{
    if (!dev->cfg)
        return report_refusal(report, DMS_EINVAL, "only a bus's dma_configure reads the node");
    if (dev->node == DMS_OF_NONE)
        return 0;
    coherence(dev);
    return dev->group ? dma_ranges(dev, dev->node, report) : 0;
}
