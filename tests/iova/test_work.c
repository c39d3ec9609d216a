/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * How many tree nodes each operation reads, as the space counts them. The tree's height is logarithmic, and no
 * operation may read more than a few times that, whether it succeeds or not.
 */
#include "host.h"

#include "../cmocka_all.h"
#include "iova/space.h"

#include <dmaspace/error.h>

#include <stdlib.h>
#include <string.h>

#define PAGE     UINT64_C(4096)
#define LIVE_MAX 100000u
#define PROBES   500u

struct scene {
    struct host host;
    struct dms_iova_space *space;
    uint64_t rng;
    unsigned live;
    dms_iova_t iova[LIVE_MAX];
    uint64_t pages[LIVE_MAX];
};

static struct scene scene;

static uint64_t nodes_visited(void)
{
    return scene.space->tree.nodes_visited;
}

/* An operation must find its leaf, and mend what is around it: some ways down, each a bit longer than a tree is high. */
static uint64_t limit(uint64_t things)
{
    return 8 * (3 + ilog2(things) / 3);
}

static void take(unsigned index)
{
    struct dms_iova_request request;

    scene.pages[index] = 1 + rnd_below(&scene.rng, 60);
    request = (struct dms_iova_request){.size = scene.pages[index] * PAGE};
    assert_int_equal(dms_iova_alloc(scene.space, &request, &scene.iova[index]), 0);
}

static void give(unsigned index)
{
    assert_int_equal(dms_iova_free(scene.space, scene.iova[index], scene.pages[index] * PAGE), 0);
}

static void start_empty(void)
{
    struct dms_iova_config config = {
        .port = &scene.host.port, .aperture = {0, UINT64_MAX}, .granule_lg2 = 12};

    memset(&scene, 0, sizeof(scene));
    host_init(&scene.host, 0, HOST_CALLS);
    assert_int_equal(dms_iova_space_create(&config, &scene.space), 0);
}

/* `live` ranges in a space that they nearly fill, after churn, so that gaps of all sizes lie between them. */
static void start(unsigned live, unsigned flags)
{
    struct dms_iova_config config = {
        .port = &scene.host.port,
        .aperture = {0, (uint64_t)live * 60 * PAGE},
        .granule_lg2 = 12,
        .flags = flags,
    };

    memset(&scene, 0, sizeof(scene));
    scene.rng = seed_from_env(0x5eed);
    scene.live = live;
    host_init(&scene.host, 1, HOST_SHOWS);
    host_set_slot(0);
    assert_int_equal(dms_iova_space_create(&config, &scene.space), 0);
    for (unsigned i = 0; i < live; i++)
        take(i);
    for (unsigned i = 0; i < 2 * live; i++) {
        unsigned index = (unsigned)rnd_below(&scene.rng, live);

        give(index);
        take(index);
    }
}

static void finish(void)
{
    dms_iova_space_destroy(scene.space);
    assert_int_equal(scene.host.live_bytes, 0);
}

static void probe_pair(void)
{
    unsigned index = (unsigned)rnd_below(&scene.rng, scene.live);

    give(index);
    take(index);
}

static void probe_best_fit(void)
{
    unsigned index = (unsigned)rnd_below(&scene.rng, scene.live);
    struct dms_iova_request request = {.size = scene.pages[index] * PAGE,
                                       .policy = DMS_IOVA_BEST_FIT};

    give(index);
    assert_int_equal(dms_iova_alloc(scene.space, &request, &scene.iova[index]), 0);
}

static void probe_bounded(void)
{
    unsigned index = (unsigned)rnd_below(&scene.rng, scene.live);
    struct dms_iova_request request = {
        .size = scene.pages[index] * PAGE,
        .lowest = scene.iova[index] & ~(PAGE * 64 - 1),
        .policy = rnd_below(&scene.rng, 2) ? DMS_IOVA_BOTTOM_UP : DMS_IOVA_TOP_DOWN,
    };

    give(index);
    assert_int_equal(dms_iova_alloc(scene.space, &request, &scene.iova[index]), 0);
}

static void probe_alloc_at(void)
{
    unsigned index = (unsigned)rnd_below(&scene.rng, scene.live);

    give(index);
    assert_int_equal(
        dms_iova_alloc_at(scene.space, scene.iova[index], scene.pages[index] * PAGE, 0, NULL, NULL),
        0);
}

static void probe_alloc_at_refused(void)
{
    unsigned index = (unsigned)rnd_below(&scene.rng, scene.live);
    struct dms_iova_place place;

    assert_int_equal(dms_iova_alloc_at(scene.space, scene.iova[index], PAGE, 0, NULL, &place),
                     DMS_EBUSY);
}

static void probe_reserve(void)
{
    unsigned index = (unsigned)rnd_below(&scene.rng, scene.live);
    struct dms_iova_region region = {
        .range = {scene.iova[index], scene.iova[index] + scene.pages[index] * PAGE - 1}};

    give(index);
    dms_iova_flush(scene.space);
    assert_int_equal(dms_iova_reserve(scene.space, &region, NULL), 0);
    assert_int_equal(dms_iova_unreserve(scene.space, &region, NULL), 0);
    assert_int_equal(
        dms_iova_alloc_at(scene.space, scene.iova[index], scene.pages[index] * PAGE, 0, NULL, NULL),
        0);
}

static void probe_reserve_refused(void)
{
    unsigned index = (unsigned)rnd_below(&scene.rng, scene.live);
    struct dms_iova_region region = {.range = {scene.iova[index], scene.iova[index]}};

    assert_int_equal(dms_iova_reserve(scene.space, &region, NULL), DMS_EBUSY);
}

static void probe_lookup(void)
{
    struct dms_iova_place place;

    dms_iova_lookup(scene.space, scene.iova[rnd_below(&scene.rng, scene.live)], &place);
    assert_int_equal(place.what, DMS_IOVA_IS_LIVE);
}

static void probe_bad_free(void)
{
    unsigned index = (unsigned)rnd_below(&scene.rng, scene.live);

    assert_int_equal(dms_iova_free(scene.space, scene.iova[index], 2000 * PAGE), DMS_EINVAL);
}

static void (*const probes[])(void) = {
    probe_pair,    probe_bounded,         probe_alloc_at, probe_alloc_at_refused,
    probe_reserve, probe_reserve_refused, probe_lookup,   probe_bad_free,
};

static void expect_logarithmic(void (*probe)(void), uint64_t times)
{
    for (unsigned i = 0; i < PROBES; i++) {
        uint64_t before = nodes_visited();

        probe();
        if (nodes_visited() - before > times * limit(scene.live))
            fail_msg("%llu nodes, %u live", (unsigned long long)(nodes_visited() - before),
                     scene.live);
    }
}

static void every_operation_is_logarithmic_in_live_ranges(void **state)
{
    (void)state;
    for (unsigned live = 100; live <= LIVE_MAX; live *= 10) {
        start(live, DMS_IOVA_NO_CACHES);
        for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++)
            expect_logarithmic(probes[i], probes[i] == probe_reserve ? 3 : 1);
        finish();
    }
}

static void with_a_size_index_too(void **state)
{
    (void)state;
    for (unsigned live = 100; live <= LIVE_MAX / 10; live *= 10) {
        start(live, DMS_IOVA_NO_CACHES | DMS_IOVA_SIZE_INDEX);
        expect_logarithmic(probe_pair, 3);
        expect_logarithmic(probe_best_fit, 3);
        finish();
    }
}

/* What the caches put off comes at once: a flush gives back all that they hold. */
static void with_caches_the_mean_is_logarithmic(void **state)
{
    (void)state;
    for (unsigned live = 100; live <= LIVE_MAX / 10; live *= 10) {
        uint64_t before;

        start(live, 0);
        before = nodes_visited();
        for (unsigned i = 0; i < PROBES; i++)
            probe_pair();
        assert_true(nodes_visited() - before <= PROBES * limit(live));
        finish();
    }
}

/* The root knows. */
static void a_request_that_no_gap_serves_reads_no_node(void **state)
{
    (void)state;
    for (unsigned live = 100; live <= LIVE_MAX; live *= 10) {
        struct dms_iova_request unaligned = {.size = (uint64_t)live * 59 * PAGE};
        struct dms_iova_request aligned = {.size = PAGE};
        dms_iova_t iova = 1;
        struct dms_iova_stats stats;
        uint64_t before;

        start(live, DMS_IOVA_NO_CACHES);
        dms_iova_get_stats(scene.space, &stats);
        aligned.size = stats.largest_fit + PAGE;
        aligned.align = UINT64_C(1) << (ilog2(stats.largest_fit) + 1);
        before = nodes_visited();
        assert_int_equal(dms_iova_alloc(scene.space, &unaligned, &iova), DMS_ENOSPC);
        assert_int_equal(dms_iova_alloc(scene.space, &aligned, &iova), DMS_ENOSPC);
        assert_int_equal(nodes_visited(), before);
        finish();
    }
}

/* With caches as well: the first refusal empties them, the next ones find nothing to empty. */
static void refusals_in_a_row_empty_the_caches_once(void **state)
{
    struct dms_iova_request request = {.size = 900 * PAGE};
    struct dms_iova_stats before, after;
    dms_iova_t iova;

    (void)state;
    start(1000, 0);
    while (dms_iova_alloc(scene.space, &request, &iova) == 0)
        ;
    dms_iova_get_stats(scene.space, &before);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(dms_iova_alloc(scene.space, &request, &iova), DMS_ENOSPC);
    dms_iova_get_stats(scene.space, &after);
    assert_int_equal(after.flushes, before.flushes);
    assert_int_equal(after.nodes_visited, before.nodes_visited);
    assert_true(after.tree_ops - before.tree_ops <= 200); /* a batch is tried, and one */
    finish();
}

#define BURST 64u

static int by_iova(const void *a, const void *b)
{
    dms_iova_t x = *(const dms_iova_t *)a, y = *(const dms_iova_t *)b;

    return (x > y) - (x < y);
}

/* Frees BURST pages that lie side by side, `step` apart in order; how often the cache gave ranges back meanwhile. */
static uint64_t spills_of_burst(unsigned step)
{
    struct dms_iova_config config = {
        .port = &scene.host.port, .aperture = {0, 4096 * PAGE}, .granule_lg2 = 12};
    struct dms_iova_stats before, after;

    memset(&scene, 0, sizeof(scene));
    host_init(&scene.host, 1, HOST_SHOWS);
    host_set_slot(0);
    assert_int_equal(dms_iova_space_create(&config, &scene.space), 0);
    for (unsigned i = 0; i < BURST; i++) {
        struct dms_iova_request request = {.size = PAGE};

        scene.pages[i] = 1;
        assert_int_equal(dms_iova_alloc(scene.space, &request, &scene.iova[i]), 0);
    }
    qsort(scene.iova, BURST, sizeof(*scene.iova), by_iova);
    dms_iova_get_stats(scene.space, &before);
    for (unsigned i = 0; i < BURST; i++)
        give(i * step % BURST);
    dms_iova_get_stats(scene.space, &after);
    finish();
    return after.spills - before.spills;
}

/* A run is one operation on the tree, however many ranges it has; else few at once keep an operation short. */
static void a_run_leaves_the_cache_at_once(void **state)
{
    (void)state;
    assert_in_range(spills_of_burst(1), 1, BURST / BATCH + 2);
    assert_in_range(spills_of_burst(BURST - 1), 1, BURST / BATCH + 2); /* downwards */
    assert_true(spills_of_burst(5) >= (BURST - BIN_ENTRIES) / SPILL_ALONE - 1);
}

static unsigned height_of(const struct avl_node *node)
{
    return node ? node->height : 0;
}

static void reserving_is_logarithmic_in_regions(void **state)
{
    (void)state;
    for (unsigned count = 100; count <= 10000; count *= 10) {
        struct dms_iova_region region = {.origin = DMS_ORIGIN_API};

        start_empty();
        for (unsigned i = 0; i < count + PROBES; i++) {
            uint64_t before = nodes_visited();
            uint64_t at = i * UINT64_C(7919) % (count + PROBES);

            region.range = (struct dms_range){(10 + 3 * at) * PAGE, (11 + 3 * at) * PAGE};
            assert_int_equal(dms_iova_reserve(scene.space, &region, NULL), 0);
            assert_true(nodes_visited() - before <= limit(count));
        }
        assert_true(height_of(scene.space->regions.avl.root) <= 3 * ilog2(count + PROBES) / 2 + 2);
        for (unsigned i = 0; i < PROBES; i++) {
            uint64_t before = nodes_visited();
            uint64_t at = i * UINT64_C(7919) % (count + PROBES);

            region.range = (struct dms_range){(10 + 3 * at) * PAGE, (11 + 3 * at) * PAGE};
            assert_int_equal(dms_iova_unreserve(scene.space, &region, NULL), 0);
            assert_true(nodes_visited() - before <= 2 * limit(count));
        }
        finish();
    }
}

static void a_live_range_takes_at_most_32_bytes(void **state)
{
    struct dms_iova_stats stats;

    (void)state;
    start(LIVE_MAX, 0);
    dms_iova_get_stats(scene.space, &stats);
    assert_int_equal(stats.memory, scene.host.live_bytes);
    assert_true((stats.memory - stats.memory_fixed) / LIVE_MAX <= 32);
    assert_true(stats.memory_fixed <= 3 * 2048); /* the space, one slot, no depot */
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_is_logarithmic_in_live_ranges),
        cmocka_unit_test(with_a_size_index_too),
        cmocka_unit_test(with_caches_the_mean_is_logarithmic),
        cmocka_unit_test(a_request_that_no_gap_serves_reads_no_node),
        cmocka_unit_test(refusals_in_a_row_empty_the_caches_once),
        cmocka_unit_test(a_run_leaves_the_cache_at_once),
        cmocka_unit_test(reserving_is_logarithmic_in_regions),
        cmocka_unit_test(a_live_range_takes_at_most_32_bytes),
    };

    return cmocka_run_group_tests_name("iova work", tests, NULL, NULL);
}
