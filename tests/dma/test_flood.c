/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * One function faults a million times, as fast as it can, while another goes on with its work. What
 * a count can say of "undisturbed" is asserted; times are not.
 */
#include "world.h"

#include <dmaspace/smmuv3.h>
#include <models/smmuv3/smmuv3_model.h>

#define FLOOD     1000000u
#define ROUNDS    2000u
#define PER_ROUND (FLOOD / ROUNDS)
#define QUEUE     512u /* what the driver makes it by default */
#define FLOODER   0x1940
#define WORKER    0x1943
#define NOWHERE   UINT64_C(0x7000)
#define PAGE      4096u

struct work {
    uint64_t commands;
    uint64_t syncs;
    uint64_t registers; /* accesses */
    uint64_t allocations;
};

struct flood {
    struct world world;
    struct dms_device *flooder;
    struct dms_device *worker;
    void *page;
};

static struct dms_device *device(struct world *world, const char *name, dms_sid_t sid)
{
    const struct dms_stream stream = {.sid = sid};
    const struct dms_device_cfg cfg = {.name = name, .coherence = DMS_COHERENCE_SNOOPS};
    struct dms_device *dev;

    assert_int_equal(world_device(world, &stream, 1, &cfg, &dev, NULL), 0);
    assert_int_equal(dms_attach(dev, NULL), 0);
    return dev;
}

static void begin(struct flood *f)
{
    world_make_smmuv3(&f->world, WORLD_SMMUV3_DEFAULT);
    f->flooder = device(&f->world, "flooder", FLOODER);
    f->worker = device(&f->world, "worker", WORKER);
    f->page = dms_posix_ram_alloc(f->world.posix, PAGE, PAGE, NULL);
    assert_non_null(f->page);
}

static void end(struct flood *f)
{
    dms_posix_ram_free(f->world.posix, f->page, PAGE);
    assert_int_equal(dms_device_destroy(f->worker, DMS_DESTROY_IDLE, NULL), 0);
    assert_int_equal(dms_device_destroy(f->flooder, DMS_DESTROY_IDLE, NULL), 0);
    world_end(&f->world);
}

static void fault(struct flood *f, dms_sid_t sid)
{
    uint64_t pa;

    assert_false(f->world.access(&f->world, sid, NOWHERE, DMS_WRITE, &pa));
}

static uint64_t now_ns(const struct flood *f)
{
    const struct dms_port *port = dms_posix_port(f->world.posix);

    return port->now_ns(port->ctx);
}

static struct work work_so_far(struct flood *f)
{
    struct smmuv3_counters model;
    struct dms_smmuv3_stats driver;
    struct dms_posix_stats port;

    smmuv3_model_counters(world_model(&f->world), &model);
    dms_smmuv3_stats(f->world.iommu, &driver);
    dms_posix_stats(f->world.posix, &port);
    return (struct work){driver.commands, driver.syncs, model.register_accesses, port.calls};
}

/* One buffer comes, is used, and goes. Adds to *sum what that took. */
static void map_and_unmap(struct flood *f, struct work *sum)
{
    struct work before = work_so_far(f), after;
    dms_iova_t iova;
    uint64_t pa;

    assert_int_equal(dms_map(f->worker, f->page, PAGE, DMS_BIDIRECTIONAL, NULL, &iova), 0);
    assert_true(f->world.access(&f->world, WORKER, iova, DMS_WRITE, &pa));
    assert_int_equal(dms_unmap(f->worker, iova, PAGE, NULL), 0);
    after = work_so_far(f);
    sum->commands += after.commands - before.commands;
    sum->syncs += after.syncs - before.syncs;
    sum->registers += after.registers - before.registers;
    sum->allocations += after.allocations - before.allocations;
}

/*
 * The worker's rounds, each after `faults` of the flood. Before the queue is full, somebody polls.
 */
static struct work rounds(struct flood *f, unsigned faults)
{
    struct work sum = {0};

    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < faults; i++)
            fault(f, FLOODER);
        if (faults && round == ROUNDS / 2)
            fault(f, WORKER);
        map_and_unmap(f, &sum);
        assert_in_range(dms_machine_poll(f->world.machine), 0, QUEUE);
    }
    return sum;
}

static void a_flood_costs_another_function_s_mapping_nothing(void **state)
{
    struct flood f = {0};
    struct work quiet, flooded;
    uint64_t start, time;

    (void)state;
    begin(&f);
    rounds(&f, 0); /* caches fill */
    quiet = rounds(&f, 0);
    start = now_ns(&f);
    flooded = rounds(&f, PER_ROUND);
    time = now_ns(&f) - start;
    assert_int_equal(dms_device_fault_count(f.flooder), FLOOD);
    assert_int_equal(flooded.commands, quiet.commands);
    assert_int_equal(flooded.syncs, quiet.syncs);
    /* CMDQ_CONS is read once more for each length of the queue, wherever the rounds begin in it. */
    assert_in_range(flooded.registers, quiet.registers - 1, quiet.registers + 1);
    assert_int_equal(flooded.allocations, quiet.allocations);
    /* Its own one fault, in the middle of all that, was told in its name. */
    assert_int_equal(dms_device_fault_count(f.worker), 1);
    /* All were told, and no more of them looked into than that time allows; the worker's was. */
    assert_int_equal(f.world.faults, FLOOD + 1);
    assert_in_range(f.world.looks, DMS_FAULT_LOOKS + 1,
                    DMS_FAULT_LOOKS + 2 + time / DMS_FAULT_LOOK_NS);
    end(&f);
}

static void last_fault_is_of(const struct flood *f, const char *name)
{
    assert_string_equal(f->world.last_fault.device, name);
    assert_int_equal(f->world.last_fault.iova, NOWHERE);
}

/*
 * Nobody has polled, and the queue is full: what comes now, the SMMU itself loses. That it did is
 * known, a poll empties the queue, and the other function's next fault is told.
 */
static void after_an_overflow_another_function_s_fault_is_told(void **state)
{
    struct flood f = {0};
    struct dms_smmuv3_stats stats;

    (void)state;
    begin(&f);
    for (unsigned n = 1; n <= 20; n++) {
        for (unsigned i = 0; i < 2 * QUEUE; i++)
            fault(&f, FLOODER);
        assert_int_equal(dms_machine_poll(f.world.machine), QUEUE);
        fault(&f, WORKER);
        assert_int_equal(dms_machine_poll(f.world.machine), 1);
        last_fault_is_of(&f, "worker");
        assert_int_equal(dms_device_fault_count(f.worker), n);
        dms_smmuv3_stats(f.world.iommu, &stats);
        assert_int_equal(stats.overflows, n);
    }
    end(&f);
}

/* The first fault of many functions, each among hundreds of the flood's. */
static void every_function_s_first_fault_is_told(void **state)
{
    struct dms_device *devs[64];
    struct flood f = {0};

    (void)state;
    begin(&f);
    for (unsigned i = 0; i < 64; i++)
        devs[i] = device(&f.world, "other", 0x2000 + i);
    for (unsigned i = 0; i < 64; i++) {
        for (unsigned n = 0; n < 400; n++) {
            fault(&f, FLOODER);
            if (n == 6 * i)
                fault(&f, 0x2000 + i);
        }
        dms_machine_poll(f.world.machine);
    }
    assert_int_equal(dms_device_fault_count(f.flooder), 64 * 400);
    for (unsigned i = 64; i-- > 0;) {
        assert_int_equal(dms_device_fault_count(devs[i]), 1);
        assert_int_equal(dms_device_destroy(devs[i], DMS_DESTROY_IDLE, NULL), 0);
    }
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_costs_another_function_s_mapping_nothing),
        cmocka_unit_test(after_an_overflow_another_function_s_fault_is_told),
        cmocka_unit_test(every_function_s_first_fault_is_told),
    };

    return cmocka_run_group_tests_name("flood", tests, NULL, NULL);
}
