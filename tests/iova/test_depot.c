/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Batches from a thread that frees to one that allocates: what passes by the tree, and what has to make room. */
#include "host.h"

#include "../cmocka_all.h"
#include "iova/space.h"

#include <string.h>

#define PAGE    UINT64_C(4096)
#define HELD    (DEPOT_CELLS * BATCH + BIN_ENTRIES) /* by the depot, and the bin of who frees */
#define TAKEN   128u                                /* whole refills, and more than HELD */
#define TAKES   0u                                  /* the threads' numbers */
#define FREES   1u
#define WARM_UP 40u

struct scene {
    struct host host;
    struct dms_iova_space *space;
    dms_iova_t iova[2 * TAKEN];
    unsigned taken, given; /* of `iova` */
};

static struct scene scene;

static void take(unsigned count, uint64_t pages)
{
    struct dms_iova_request request = {.size = pages * PAGE};

    host_set_slot(TAKES);
    while (count-- > 0)
        assert_int_equal(dms_iova_alloc(scene.space, &request, &scene.iova[scene.taken++]), 0);
}

static void give(unsigned count, uint64_t pages)
{
    host_set_slot(FREES);
    while (count-- > 0)
        assert_int_equal(dms_iova_free(scene.space, scene.iova[scene.given++], pages * PAGE), 0);
}

/* Both threads have slots, and no cache holds anything. */
static void start(void)
{
    struct dms_iova_config config = {
        .port = &scene.host.port, .aperture = {0, UINT32_MAX}, .granule_lg2 = 12};

    memset(&scene, 0, sizeof(scene));
    host_init(&scene.host, 2, HOST_CALLS);
    assert_int_equal(dms_iova_space_create(&config, &scene.space), 0);
    take(WARM_UP, 1);
    give(WARM_UP, 1);
    dms_iova_flush(scene.space);
    scene.taken = scene.given = 0;
}

static struct dms_iova_stats stats(void)
{
    struct dms_iova_stats now;

    dms_iova_get_stats(scene.space, &now);
    return now;
}

/* All that was not given is live, and nothing came back twice. */
static void finish(void)
{
    dms_iova_flush(scene.space);
    assert_int_equal(stats().live_count, scene.taken - scene.given);
    assert_int_equal(stats().bad_frees, 0);
    dms_iova_space_destroy(scene.space);
    assert_int_equal(scene.host.live_bytes, 0);
}

static void a_burst_of_frees_reaches_the_other_thread_without_the_tree(void **state)
{
    uint64_t tree_ops;

    (void)state;
    start();
    take(TAKEN, 1);
    give(1, 1); /* makes the bin this size's, at the tree */
    tree_ops = stats().tree_ops;
    give(HELD - 1, 1);
    assert_int_equal(stats().tree_ops, tree_ops);
    take(DEPOT_CELLS * BATCH, 1);
    assert_int_equal(stats().tree_ops, tree_ops);
    finish();
}

static void what_the_depot_has_no_room_for_goes_to_the_tree(void **state)
{
    struct dms_iova_stats full;

    (void)state;
    start();
    take(TAKEN, 1);
    give(HELD, 1);
    full = stats();
    give(1, 1);
    assert_int_equal(stats().spills, full.spills + 1);
    assert_int_equal(stats().cached_count, full.cached_count + 1 - BATCH);
    finish();
}

/* All that is freed of the second size stays cached; batches of the first go to the tree. */
static void batches_that_nobody_fetches_give_way_to_another_size(void **state)
{
    struct dms_iova_stats full;

    (void)state;
    start();
    take(TAKEN, 1);
    give(HELD, 1);
    scene.given = scene.taken; /* the others stay live */
    full = stats();
    take(24, 2);
    give(BIN_ENTRIES + BATCH + 1, 2);
    assert_int_equal(stats().spills, full.spills + 2);
    assert_int_equal(stats().cached_bytes,
                     full.cached_bytes + (BIN_ENTRIES + BATCH + 1) * 2 * PAGE - 2 * BATCH * PAGE);
    full = stats();
    take(2 * BATCH, 2);
    assert_int_equal(stats().tree_ops, full.tree_ops);
    scene.given = HELD + BIN_ENTRIES + BATCH + 1;
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_of_frees_reaches_the_other_thread_without_the_tree),
        cmocka_unit_test(what_the_depot_has_no_room_for_goes_to_the_tree),
        cmocka_unit_test(batches_that_nobody_fetches_give_way_to_another_size),
    };

    return cmocka_run_group_tests_name("iova depot", tests, NULL, NULL);
}
