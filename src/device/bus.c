/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The three buses. Each is a hook that says where the device's streams and limits are written down.
 */
#include "device/object.h"

/* A device that is no DMA master still has caches in front of it. */
static int platform_configure(struct dms_device *dev, struct dms_report *report)
{
    int err = dms_configure_iommus(dev, report);
    int node_err = err && err != DMS_ENODEV ? 0 : dms_configure_node(dev, report);

    return err ? err : node_err;
}

static int requester_configure(struct dms_device *dev, struct dms_report *report)
{
    int err = dms_configure_map(dev, dev, report);

    return err ? err : dms_configure_bus(dev, report);
}

/* Nothing of the parent but its map: a function's limits are what its driver says. */
static int function_configure(struct dms_device *dev, struct dms_report *report)
{
    return dms_configure_map(dev, dms_device_parent(dev), report);
}

const struct dms_bus dms_platform_bus = {
    .name = "platform",
    .iommu_optional = true,
    .dma_configure = platform_configure,
};

const struct dms_bus dms_requester_bus = {
    .name = "requester",
    .dma_configure = requester_configure,
};

const struct dms_bus dms_function_bus = {
    .name = "function",
    .dma_configure = function_configure,
};
