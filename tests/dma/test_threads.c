/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Several threads at once: on devices of their own, on one that they share, with devices coming and
 * going, and with faults being reported about all of them. To be run under ThreadSanitizer; on its
 * own it checks what each thread sees.
 */
#include "../device/rig.h"
#include "../of/of_random.h"

#include <pthread.h>

#define WORKERS 4u
#define ROUNDS  1500u

struct arena {
    struct rig *rig;
    struct dms_device *shared[2]; /* strict and lazy */
    atomic_uint finished;
    uint64_t seed;
};

struct worker {
    struct arena *arena;
    unsigned index;
    struct of_random random;
    char *pages; /* 8 of its own */
};

/* Maps, reaches and unmaps a piece of the worker's memory. */
static void map_once(struct worker *w, struct dms_device *dev)
{
    struct rig *rig = w->arena->rig;
    unsigned first = of_random_below(&w->random, 6);
    size_t size = 1 + of_random_below(&w->random, 2 * 4096);
    char *at = w->pages + first * 4096 + of_random_below(&w->random, 4096);
    dms_iova_t iova;

    if ((size_t)(at - w->pages) + size > 8 * 4096)
        return;
    assert_int_equal(dms_map(dev, at, size, DMS_BIDIRECTIONAL, NULL, &iova), 0);
    rig_assert_hits(rig, dev, iova, DMS_WRITE, at);
    rig_assert_hits(rig, dev, iova + size - 1, DMS_READ, at + size - 1);
    assert_int_equal(dms_unmap(dev, iova, size, NULL), 0);
}

static void map_list(struct worker *w, struct dms_device *dev)
{
    struct dms_sg list[3];

    for (unsigned i = 0; i < 3; i++)
        list[i] = (struct dms_sg){.ptr = w->pages + i * 2 * 4096, .size = 4096};
    assert_int_equal(dms_map_sg(dev, list, 3, DMS_TO_DEVICE, NULL, NULL), 0);
    rig_assert_hits(w->arena->rig, dev, list[2].iova, DMS_READ, list[2].ptr);
    assert_int_equal(dms_unmap_sg(dev, list, 3, NULL), 0);
}

/* Each worker reserves in a megabyte of its own; nobody may be handed anything there meanwhile. */
static void reserve_once(struct worker *w, struct dms_device *dev)
{
    uint64_t base = 0x40000000 + w->index * UINT64_C(0x100000);
    char *page = w->pages;

    assert_int_equal(dms_reserve(dev, base, 0x10000, DMS_REGION_FIXED, NULL), 0);
    assert_int_equal(dms_map_fixed(dev, base, page, 4096, DMS_TO_DEVICE, NULL), 0);
    rig_assert_hits(w->arena->rig, dev, base, DMS_READ, page);
    assert_int_equal(dms_unmap(dev, base, 4096, &(struct dms_dma_opts){.strict = true}), 0);
    assert_int_equal(dms_release(dev, base, 0x10000, DMS_REGION_FIXED, NULL), 0);
}

/*
 * A device of a few moments, sometimes in the group of the shared one; sometimes its stream is
 * taken.
 */
static void live_and_die(struct worker *w)
{
    struct rig *rig = w->arena->rig;
    struct rig_streams streams = {
        .rig = rig, .count = 1, .at = {{0x100 + of_random_below(&w->random, 6), 0}}};
    struct dms_device_cfg cfg = {
        .name = "passing",
        .bus = &rig_bus,
        .driver_data = &streams,
        .lazy = of_random_below(&w->random, 2),
        .share_group_with = of_random_below(&w->random, 3) ? NULL : w->arena->shared[0],
    };
    struct dms_device *dev;
    int err = dms_device_create(rig->machine, &cfg, &dev, NULL);

    if (err) {
        assert_int_equal(err, DMS_EEXIST);
        return;
    }
    assert_int_equal(dms_attach(dev, NULL), 0);
    map_once(w, dev);
    if (of_random_below(&w->random, 2))
        assert_int_equal(dms_detach(dev, NULL), 0);
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, NULL), 0);
}

static void fault_once(struct worker *w)
{
    static const dms_sid_t sids[] = {1, 2, 0x100, 0x101, 0x102, 0x999};
    dms_phys_t phys;

    fake_access(w->arena->rig->fake, sids[of_random_below(&w->random, 6)],
                of_random_u32(&w->random), DMS_WRITE, &phys, NULL);
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct rig_streams streams = {.rig = w->arena->rig, .count = 1, .at = {{0x10 + w->index, 0}}};
    struct dms_device_cfg cfg = {.name = "own", .bus = &rig_bus, .driver_data = &streams};
    struct dms_device *own = NULL;

    assert_int_equal(dms_device_create(w->arena->rig->machine, &cfg, &own, NULL), 0);
    assert_int_equal(dms_attach(own, NULL), 0);
    for (unsigned i = 0; i < ROUNDS; i++) {
        map_once(w, own);
        switch (of_random_below(&w->random, 6)) {
        case 0:
            map_once(w, w->arena->shared[0]);
            break;
        case 1:
            map_once(w, w->arena->shared[1]);
            break;
        case 2:
            map_list(w, w->arena->shared[1]);
            break;
        case 3:
            reserve_once(w, w->arena->shared[of_random_below(&w->random, 2)]);
            break;
        case 4:
            live_and_die(w);
            break;
        default:
            fault_once(w);
            break;
        }
    }
    assert_int_equal(dms_device_destroy(own, DMS_DESTROY_IDLE, NULL), 0);
    atomic_fetch_add(&w->arena->finished, 1);
    return NULL;
}

/* Reports faults and keeps lazy queues young while the others work. */
static void *attend(void *arg)
{
    struct arena *arena = arg;
    struct rig *rig = arena->rig;

    while (atomic_load(&arena->finished) < WORKERS) {
        unsigned seen = dms_machine_poll(rig->machine);

        for (unsigned i = 0; i < seen && i < rig->fault_count && i < RIG_FAULTS; i++) {
            char line[DMS_FAULT_LINE];

            assert_in_range(dms_fault_format(&rig->faults[i], line, sizeof(line)), 20,
                            sizeof(line) - 1);
        }
        rig->fault_count = 0;
        atomic_fetch_add(&rig->tp.now, DMS_LAZY_MAX_NS / 4);
        assert_int_equal(dms_machine_flush_due(rig->machine), 0);
        dms_dma_get_stats(arena->shared[1], &(struct dms_dma_stats){0});
    }
    return NULL;
}

static void threads_do_not_disturb_one_another(void **state)
{
    struct of_random random = of_random_begin();
    struct arena arena = {.rig = rig_create_port(WORKERS + 2, NULL, 0, NULL), .seed = random.seed};
    struct worker workers[WORKERS];
    pthread_t threads[WORKERS + 1];

    (void)state;
    print_message("# DMS_SEED=%" PRIu64 "\n", random.seed);
    arena.shared[0] = rig_attached(arena.rig, "strict", 1, NULL);
    arena.shared[1] = rig_attached(arena.rig, "lazy", 2, &(struct dms_device_cfg){.lazy = true});
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){.arena = &arena, .index = i, .pages = rig_pages(8)};
        workers[i].random = random;
        workers[i].random.state += (uint64_t)i << 40;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    assert_int_equal(pthread_create(&threads[WORKERS], NULL, attend, &arena), 0);
    for (unsigned i = 0; i <= WORKERS; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 0; i < WORKERS; i++)
        free(workers[i].pages);
    rig_end(arena.shared[0]);
    rig_end(arena.shared[1]);
    rig_destroy(arena.rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_do_not_disturb_one_another),
    };

    return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
