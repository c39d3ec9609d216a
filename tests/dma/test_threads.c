/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Several threads at once: on devices of their own, on one that they share, with devices coming and
 * going, and with faults being reported about all of them. To be run under ThreadSanitizer; on its
 * own it checks what each thread sees.
 */
#include "../of/of_random.h"
#include "world.h"

#include <pthread.h>
#include <stdatomic.h>

#define WORKERS 4u
#define ROUNDS  1500u

/* How many of each were done, by all workers. */
struct counts {
    atomic_uint maps, lists, reservations, devices, taken, faults;
};

struct arena {
    struct world world;
    struct dms_device *shared[2]; /* strict and lazy */
    atomic_uint finished;
    struct counts done;
};

struct worker {
    struct arena *arena;
    unsigned index;
    struct of_random random;
    char *pages; /* 8 of its own */
};

static struct dms_device *device(struct arena *arena, const char *name, dms_sid_t sid, bool lazy)
{
    struct dms_device_cfg cfg = {.name = name, .lazy = lazy};
    struct dms_stream stream = {sid, 0};
    struct dms_device *dev = NULL;

    assert_int_equal(world_device(&arena->world, &stream, 1, &cfg, &dev, NULL), 0);
    assert_int_equal(dms_attach(dev, NULL), 0);
    return dev;
}

static void assert_hits(struct arena *arena, struct dms_device *dev, dms_iova_t iova,
                        uint32_t access, const void *at)
{
    struct world *world = &arena->world;
    dms_phys_t expected;
    uint64_t pa = 0;

    assert_true(world->access(world, dms_device_stream(dev, 0).sid, iova, access, &pa));
    assert_int_equal(dms_posix_ptr_phys(world->posix, at, &expected), 0);
    assert_int_equal(pa, expected.addr);
}

/* Maps, reaches and unmaps a piece of the worker's memory. */
static void map_once(struct worker *w, struct dms_device *dev)
{
    struct arena *arena = w->arena;
    unsigned first = of_random_below(&w->random, 6);
    size_t size = 1 + of_random_below(&w->random, 2 * 4096);
    char *at = w->pages + first * 4096 + of_random_below(&w->random, 4096);
    dms_iova_t iova;

    if ((size_t)(at - w->pages) + size > 8 * 4096)
        return;
    assert_int_equal(dms_map(dev, at, size, DMS_BIDIRECTIONAL, NULL, &iova), 0);
    assert_hits(arena, dev, iova, DMS_WRITE, at);
    assert_hits(arena, dev, iova + size - 1, DMS_READ, at + size - 1);
    assert_int_equal(dms_unmap(dev, iova, size, NULL), 0);
    atomic_fetch_add(&arena->done.maps, 1);
}

static void map_list(struct worker *w, struct dms_device *dev)
{
    struct dms_sg list[3];

    for (unsigned i = 0; i < 3; i++)
        list[i] = (struct dms_sg){.ptr = w->pages + i * 2 * 4096, .size = 4096};
    assert_int_equal(dms_map_sg(dev, list, 3, DMS_TO_DEVICE, NULL, NULL), 0);
    assert_hits(w->arena, dev, list[2].iova, DMS_READ, list[2].ptr);
    assert_int_equal(dms_unmap_sg(dev, list, 3, NULL), 0);
    atomic_fetch_add(&w->arena->done.lists, 1);
}

/* Each worker reserves in a megabyte of its own; nobody may be handed anything there meanwhile. */
static void reserve_once(struct worker *w, struct dms_device *dev)
{
    uint64_t base = 0x40000000 + w->index * UINT64_C(0x100000);
    char *page = w->pages;

    assert_int_equal(dms_reserve(dev, base, 0x10000, DMS_REGION_FIXED, NULL), 0);
    assert_int_equal(dms_map_fixed(dev, base, page, 4096, DMS_TO_DEVICE, NULL), 0);
    assert_hits(w->arena, dev, base, DMS_READ, page);
    assert_int_equal(dms_unmap(dev, base, 4096, &(struct dms_dma_opts){.strict = true}), 0);
    assert_int_equal(dms_release(dev, base, 0x10000, DMS_REGION_FIXED, NULL), 0);
    atomic_fetch_add(&w->arena->done.reservations, 1);
}

/*
 * A device of a few moments, sometimes in the group of the shared one; sometimes its stream is
 * taken.
 */
static void live_and_die(struct worker *w)
{
    struct dms_stream stream = {0x80 + of_random_below(&w->random, 6), 0};
    struct dms_device_cfg cfg = {
        .name = "passing",
        .lazy = of_random_below(&w->random, 2),
        .share_group_with = of_random_below(&w->random, 3) ? NULL : w->arena->shared[0],
    };
    struct dms_device *dev;
    int err = world_device(&w->arena->world, &stream, 1, &cfg, &dev, NULL);

    if (err) {
        assert_int_equal(err, DMS_EEXIST);
        atomic_fetch_add(&w->arena->done.taken, 1);
        return;
    }
    assert_int_equal(dms_attach(dev, NULL), 0);
    map_once(w, dev);
    if (of_random_below(&w->random, 2))
        assert_int_equal(dms_detach(dev, NULL), 0);
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, NULL), 0);
    atomic_fetch_add(&w->arena->done.devices, 1);
}

static void fault_once(struct worker *w)
{
    static const dms_sid_t sids[] = {1, 2, 0x80, 0x81, 0x82, 0xf9};
    struct world *world = &w->arena->world;
    uint64_t pa;

    world->access(world, sids[of_random_below(&w->random, 6)], of_random_u32(&w->random), DMS_WRITE,
                  &pa);
    atomic_fetch_add(&w->arena->done.faults, 1);
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct dms_device *own = device(w->arena, "own", 0x10 + w->index, false);

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
    struct world *world = &arena->world;

    while (atomic_load(&arena->finished) < WORKERS) {
        if (dms_machine_poll(world->machine) && world->faults) {
            char line[DMS_FAULT_LINE];

            assert_in_range(dms_fault_format(&world->last_fault, line, sizeof(line)), 20,
                            sizeof(line) - 1);
        }
        assert_int_equal(dms_machine_flush_due(world->machine), 0);
        dms_dma_get_stats(arena->shared[1], &(struct dms_dma_stats){0});
    }
    return NULL;
}

static void print_counts(const struct counts *done)
{
    unsigned all =
        done->maps + done->lists + done->reservations + done->devices + done->taken + done->faults;

    print_message("# %u operations: %u map and unmap, %u lists, %u reserve and release, %u create "
                  "and destroy, %u streams taken, %u stray accesses\n",
                  all, done->maps, done->lists, done->reservations, done->devices, done->taken,
                  done->faults);
}

static void run(struct arena *arena)
{
    struct of_random random = of_random_begin();
    struct worker workers[WORKERS];
    pthread_t threads[WORKERS + 1];

    print_message("# %s: DMS_SEED=%" PRIu64 "\n", arena->world.name, random.seed);
    arena->shared[0] = device(arena, "strict", 1, false);
    arena->shared[1] = device(arena, "lazy", 2, true);
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){.arena = arena, .index = i, .random = random};
        workers[i].random.state += (uint64_t)i << 40;
        workers[i].pages = dms_posix_ram_alloc(arena->world.posix, 8 * 4096, 0, NULL);
        assert_non_null(workers[i].pages);
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    assert_int_equal(pthread_create(&threads[WORKERS], NULL, attend, arena), 0);
    for (unsigned i = 0; i <= WORKERS; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 0; i < WORKERS; i++)
        dms_posix_ram_free(arena->world.posix, workers[i].pages, 8 * 4096);
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(dms_device_destroy(arena->shared[i], DMS_DESTROY_IDLE, NULL), 0);
    print_counts(&arena->done);
    world_end(&arena->world);
}

static void threads_do_not_disturb_one_another_on_an_iommu_of_arrays(void **state)
{
    struct arena arena = {.finished = 0};

    (void)state;
    world_make_fake(&arena.world);
    run(&arena);
}

static void threads_do_not_disturb_one_another_on_an_smmuv3(void **state)
{
    struct arena arena = {.finished = 0};

    (void)state;
    world_make_smmuv3(&arena.world, WORLD_SMMUV3_DEFAULT);
    run(&arena);
}

static void threads_do_not_disturb_one_another_on_an_smmuv3_that_is_late(void **state)
{
    struct arena arena = {.finished = 0};

    (void)state;
    world_make_smmuv3(&arena.world, WORLD_SMMUV3_LATE);
    run(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_do_not_disturb_one_another_on_an_iommu_of_arrays),
        cmocka_unit_test(threads_do_not_disturb_one_another_on_an_smmuv3),
        cmocka_unit_test(threads_do_not_disturb_one_another_on_an_smmuv3_that_is_late),
    };

    return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
