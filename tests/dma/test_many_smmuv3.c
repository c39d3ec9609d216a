/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Every stream and every ASID of one SMMUv3 in use by a function of its own, each with DMA through
 * it. The work per function is counted, and does not grow.
 */
#include "world.h"

#include <dmaspace/smmuv3.h>
#include <models/smmuv3/smmuv3_model.h>
#include <stdlib.h>

#define FUNCTIONS 65536u
#define QUARTER   (FUNCTIONS / 4)

struct work {
    uint64_t commands;
    uint64_t syncs;
    uint64_t port_calls;
    uint64_t probes;
};

static struct work work_now(struct world *world)
{
    struct dms_smmuv3_stats smmu;
    struct dms_machine_stats machine;
    struct dms_posix_stats port;

    dms_smmuv3_stats(world->iommu, &smmu);
    dms_machine_get_stats(world->machine, &machine);
    dms_posix_stats(world->posix, &port);
    return (struct work){smmu.commands, smmu.syncs, port.calls, machine.stream_probes};
}

static struct work work_since(struct world *world, struct work then)
{
    struct work now = work_now(world);

    return (struct work){now.commands - then.commands, now.syncs - then.syncs,
                         now.port_calls - then.port_calls, now.probes - then.probes};
}

static struct dms_device *create(struct world *world, uint32_t sid)
{
    struct dms_region low = {0, 0x25800000, DMS_REGION_RESERVED};
    struct dms_device_cfg cfg = {.name = "f", .regions = &low, .nregions = 1};
    struct dms_stream stream = {sid, 0};
    struct dms_device *dev = NULL;

    assert_int_equal(world_device(world, &stream, 1, &cfg, &dev, NULL), 0);
    return dev;
}

static void use(struct world *world, struct dms_device *dev, uint32_t sid, char *page,
                dms_phys_t phys)
{
    struct smmuv3_access write = {.sid = sid, .write = true, .size = sizeof(sid)};
    uint64_t pa;

    assert_int_equal(dms_attach(dev, NULL), 0);
    assert_int_equal(dms_map(dev, page, 4096, DMS_FROM_DEVICE, NULL, &write.iova), 0);
    assert_int_equal(smmuv3_model_access(world_model(world), &write, &sid).outcome, SMMUV3_OK);
    assert_memory_equal(page, &sid, sizeof(sid));
    assert_true(world->access(world, sid, write.iova, DMS_READ, &pa));
    assert_int_equal(pa, phys.addr);
    assert_int_equal(dms_unmap(dev, write.iova, 4096, NULL), 0);
    assert_false(world->access(world, sid, write.iova, DMS_READ, &pa));
    /* What the page table keeps for the next mapping is too much for all of them at once. */
    assert_int_equal(dms_detach(dev, NULL), 0);
}

static void check_quarters(const struct work *quarter)
{
    for (unsigned q = 1; q < 4; q++) {
        assert_int_equal(quarter[q].commands, quarter[0].commands);
        assert_int_equal(quarter[q].syncs, quarter[0].syncs);
        assert_in_range(quarter[q].port_calls, quarter[0].port_calls - 256,
                        quarter[0].port_calls + 256);
        assert_in_range(quarter[q].probes, 0, 4 * QUARTER);
    }
}

static void every_stream_of_an_smmu_can_have_a_function(void **state)
{
    struct dms_device **devices = calloc(FUNCTIONS, sizeof(*devices));
    struct work quarter[4];
    struct world world;
    dms_phys_t phys;
    char *page;

    (void)state;
    assert_non_null(devices);
    world_make_smmuv3(&world, WORLD_SMMUV3_DEFAULT);
    page = dms_posix_ram_alloc(world.posix, 4096, 0, &phys);
    for (unsigned q = 0; q < 4; q++) {
        struct work before = work_now(&world);

        for (uint32_t sid = q * QUARTER; sid < (q + 1) * QUARTER; sid++) {
            devices[sid] = create(&world, sid);
            use(&world, devices[sid], sid, page, phys);
        }
        quarter[q] = work_since(&world, before);
    }
    check_quarters(quarter);
    print_message("# per function: %.2f commands, %.2f syncs, %.1f port calls, %.2f probes\n",
                  (double)quarter[3].commands / QUARTER, (double)quarter[3].syncs / QUARTER,
                  (double)quarter[3].port_calls / QUARTER, (double)quarter[3].probes / QUARTER);
    /* All of them attached at once: as many domains as there are ASIDs. */
    for (unsigned q = 0; q < 4; q++) {
        struct work before = work_now(&world);

        for (uint32_t sid = q * QUARTER; sid < (q + 1) * QUARTER; sid++)
            assert_int_equal(dms_attach(devices[sid], NULL), 0);
        quarter[q] = work_since(&world, before);
    }
    check_quarters(quarter);
    for (uint32_t i = 0; i < FUNCTIONS; i++)
        assert_int_equal(
            dms_device_destroy(devices[(i * 40503u) % FUNCTIONS], DMS_DESTROY_IDLE, NULL), 0);
    dms_posix_ram_free(world.posix, page, 4096);
    world_end(&world);
    free(devices);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stream_of_an_smmu_can_have_a_function),
    };

    return cmocka_run_group_tests_name("many_smmuv3", tests, NULL, NULL);
}
