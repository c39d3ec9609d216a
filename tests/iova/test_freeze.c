/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The protocol between a thread in its cache and one that empties all caches, step by step: the port's callbacks play
 * the other thread, so that each order of events comes for certain.
 */
#include "host.h"

#include "../cmocka_all.h"
#include "iova/space.h"

#include <string.h>

struct scene {
    struct host host;
    struct dms_iova_space *space;
    struct slot *slot;
    unsigned fences, relaxes;
    bool enter_late; /* the fence shows that the thread had gone in before it looked */
    bool call_late;  /* the thread makes a call while its slot is closed */
    dms_iova_t late;
};

static struct scene scene;

static void fence_all(void *ctx)
{
    struct dms_iova_request request = {.size = 4096};
    unsigned cached = slot_bin(&scene.space->caches, scene.slot, 4096)->count;

    (void)ctx;
    scene.fences++;
    if (scene.enter_late)
        atomic_store(&scene.slot->busy, 1);
    if (scene.call_late)
        assert_int_equal(dms_iova_alloc(scene.space, &request, &scene.late), 0);
    assert_int_equal(slot_bin(&scene.space->caches, scene.slot, 4096)->count, cached);
}

/* The thread ends its call: it takes the last range that the cache holds. */
static void relax(void *ctx)
{
    struct bin *bin = slot_bin(&scene.space->caches, scene.slot, 4096);

    (void)ctx;
    assert_true(bin->count > 0);
    scene.late = bin->entry[--bin->count];
    scene.relaxes++;
    slot_leave(scene.slot);
}

static void allocate(unsigned count, dms_iova_t *iova)
{
    struct dms_iova_request request = {.size = 4096};

    for (unsigned i = 0; i < count; i++)
        assert_int_equal(dms_iova_alloc(scene.space, &request, &iova[i]), 0);
}

static void start(enum host_threads threads)
{
    struct dms_iova_config config = {.aperture = {0, UINT32_MAX}, .granule_lg2 = 12};
    dms_iova_t iova[SLOTS_WAIT + 20];

    memset(&scene, 0, sizeof(scene));
    host_init(&scene.host, 1, threads);
    host_set_slot(0);
    scene.host.port.relax = relax;
    if (scene.host.port.fence_all)
        scene.host.port.fence_all = fence_all;
    config.port = &scene.host.port;
    assert_int_equal(dms_iova_space_create(&config, &scene.space), 0);
    allocate(SLOTS_WAIT + 20, iova);
    scene.slot = slot_enter(scene.space);
    assert_non_null(scene.slot);
    slot_leave(scene.slot);
}

static void finish(void)
{
    dms_iova_space_destroy(scene.space);
    assert_int_equal(scene.host.live_bytes, 0);
}

static void expect_late_is_live(uint64_t live)
{
    struct dms_iova_stats stats;

    dms_iova_get_stats(scene.space, &stats);
    assert_int_equal(stats.cached_count, 0);
    assert_int_equal(stats.live_count, live);
    assert_int_equal(stats.bad_frees, 0);
    assert_int_equal(dms_iova_free(scene.space, scene.late, 4096), 0);
}

static void who_empties_caches_waits_for_the_thread_in_one(void **state)
{
    (void)state;
    for (unsigned threads = HOST_CALLS; threads <= HOST_SHOWS; threads++) {
        start((enum host_threads)threads);
        assert_ptr_equal(slot_enter(scene.space), scene.slot);
        dms_iova_flush(scene.space);
        assert_true(scene.relaxes == 1);
        expect_late_is_live(SLOTS_WAIT + 21);
        finish();
    }
}

static void who_empties_caches_sees_a_thread_that_only_the_fence_shows(void **state)
{
    (void)state;
    start(HOST_FENCES);
    scene.enter_late = scene.host.port.fence_all != NULL;
    if (!scene.enter_late)
        atomic_store(&scene.slot->busy, 1); /* no fences here: as in the test above */
    dms_iova_flush(scene.space);
    scene.enter_late = false;
    assert_true(scene.relaxes == 1);
    expect_late_is_live(SLOTS_WAIT + 21);
    finish();
}

static void a_thread_that_finds_its_cache_closed_goes_to_the_tree(void **state)
{
    (void)state;
    for (unsigned threads = HOST_FENCES; threads <= HOST_SHOWS; threads++) {
        start((enum host_threads)threads);
        scene.call_late = scene.host.port.fence_all != NULL;
        dms_iova_flush(scene.space);
        if (!scene.call_late)
            skip();
        scene.call_late = false;
        assert_int_equal(scene.fences, 1);
        assert_int_equal(scene.relaxes, 0);
        expect_late_is_live(SLOTS_WAIT + 21);
        finish();
    }
}

static void caches_that_hold_nothing_are_emptied_without_a_fence(void **state)
{
    (void)state;
    start(HOST_SHOWS);
    dms_iova_flush(scene.space);
    scene.fences = 0;
    dms_iova_flush(scene.space);
    assert_int_equal(scene.fences, 0);
    finish();
}

static void a_cache_opens_again_after_it_was_emptied(void **state)
{
    struct dms_iova_stats before, after;
    dms_iova_t iova[100];

    (void)state;
    for (unsigned threads = HOST_CALLS; threads <= HOST_SHOWS; threads++) {
        start((enum host_threads)threads);
        dms_iova_flush(scene.space);
        dms_iova_get_stats(scene.space, &before);
        allocate(100, iova);
        dms_iova_get_stats(scene.space, &after);
        assert_true(after.refills > before.refills);
        assert_true(after.tree_ops - before.tree_ops < 40);
        finish();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_empties_caches_waits_for_the_thread_in_one),
        cmocka_unit_test(who_empties_caches_sees_a_thread_that_only_the_fence_shows),
        cmocka_unit_test(a_thread_that_finds_its_cache_closed_goes_to_the_tree),
        cmocka_unit_test(caches_that_hold_nothing_are_emptied_without_a_fence),
        cmocka_unit_test(a_cache_opens_again_after_it_was_emptied),
    };

    return cmocka_run_group_tests_name("iova freeze", tests, NULL, NULL);
}
