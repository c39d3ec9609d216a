/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "world.h"

static void on_fault(void *ctx, const struct dms_fault *fault)
{
    struct world *world = ctx;

    world->faults++;
    world->looks += !fault->brief;
    world->last_fault = *fault;
}

void world_begin(struct world *world)
{
    struct dms_machine_cfg cfg = {
        .port = dms_posix_port(world->posix), .on_fault = on_fault, .on_fault_ctx = world};

    assert_int_equal(dms_machine_create(&cfg, &world->machine), 0);
    assert_int_equal(dms_machine_add_iommu(world->machine, world->iommu, NULL), 0);
    dms_posix_stats(world->posix, &world->before);
}

void world_end(struct world *world)
{
    struct dms_posix_stats stats;

    assert_int_equal(dms_machine_destroy(world->machine, NULL), 0);
    world->end(world);
    dms_posix_stats(world->posix, &stats);
    assert_int_equal(stats.objects, 0);
    assert_int_equal(stats.tables, 0);
    dms_posix_destroy(world->posix);
}

struct hook_data {
    struct dms_iommu *iommu;
    const struct dms_stream *streams;
    unsigned count;
};

static int world_bus_configure(struct dms_device *dev, struct dms_report *report)
{
    const struct hook_data *data = dms_device_driver_data(dev);
    int err = 0;

    for (unsigned i = 0; i < data->count && !err; i++)
        err = dms_configure_stream(dev, data->iommu, data->streams[i], report);
    return err;
}

int world_device(struct world *world, const struct dms_stream *streams, unsigned count,
                 const struct dms_device_cfg *cfg, struct dms_device **out,
                 struct dms_report *report)
{
    static const struct dms_bus bus = {.name = "world", .dma_configure = world_bus_configure};
    struct hook_data data = {world->iommu, streams, count};
    struct dms_device_cfg all = *cfg;

    all.bus = &bus;
    all.driver_data = &data;
    return dms_device_create(world->machine, &all, out, report);
}
