/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * One sequence of calls of every kind, run again and again; each time another allocation of the port fails, until none
 * is left to fail. The call that it hits says so or goes without, leaves the space as it was, and works when repeated.
 */
#include "host.h"
#include "tree_check.h"

#include "../cmocka_all.h"

#include <dmaspace/error.h>
#include <dmaspace/iova.h>

#include <string.h>

#define PAGE    UINT64_C(4096)
#define RANGES  120u
#define REGIONS 24u

struct scene {
    struct host host;
    unsigned flags;
    enum host_threads threads;
    struct dms_iova_space *space;
    unsigned refused; /* calls that returned DMS_ENOMEM */
    dms_iova_t iova[RANGES];
    unsigned index; /* of what the next call is about */
};

static struct scene scene;

/* What no failing call may change. The caches may have taken or given back something: free is free. */
struct view {
    uint64_t free_bytes, live_bytes, live_count, reserved_bytes, region_count;
};

static struct view look(void)
{
    struct dms_iova_stats stats;
    const char *complaint = space_check(scene.space);

    if (complaint)
        fail_msg("%s, allocation %llu failed", complaint, (unsigned long long)scene.host.fail_at);
    dms_iova_get_stats(scene.space, &stats);
    assert_int_equal(stats.memory, scene.host.live_bytes);
    return (struct view){stats.free_bytes + stats.cached_bytes, stats.live_bytes, stats.live_count,
                         stats.reserved_bytes, stats.region_count};
}

static void expect_same(struct view a, struct view b)
{
    assert_int_equal(a.free_bytes, b.free_bytes);
    assert_int_equal(a.live_bytes, b.live_bytes);
    assert_int_equal(a.live_count, b.live_count);
    assert_int_equal(a.reserved_bytes, b.reserved_bytes);
    assert_int_equal(a.region_count, b.region_count);
}

static void call(int (*what)(void))
{
    struct view before = look();
    int error = what();

    if (error == DMS_ENOMEM) {
        scene.refused++;
        expect_same(before, look());
        error = what();
    }
    assert_int_equal(error, 0);
    look();
}

/* ---- The calls -------------------------------------------------------------------------------------------- */

static int create(void)
{
    struct dms_iova_config config = {
        .port = &scene.host.port,
        .aperture = {0, 65536 * PAGE - 1},
        .granule_lg2 = 12,
        .flags = scene.flags,
    };
    int error = dms_iova_space_create(&config, &scene.space);

    if (error) {
        assert_null(scene.space);
        assert_int_equal(scene.host.live_bytes, 0);
    }
    return error;
}

static int alloc(void)
{
    struct dms_iova_request request = {.size = (1 + scene.index % 7) * PAGE};
    dms_iova_t iova = 1;
    int error;

    if (scene.index % 5 == 0)
        request.size = 1500 * PAGE / 10;
    if (scene.flags & DMS_IOVA_SIZE_INDEX && scene.index % 3 == 0)
        request.policy = DMS_IOVA_BEST_FIT;
    error = dms_iova_alloc(scene.space, &request, &iova);
    if (error)
        assert_int_equal(iova, 1);
    else
        scene.iova[scene.index] = iova;
    return error;
}

static uint64_t size_of(unsigned index)
{
    return index % 5 == 0 ? 150 * PAGE : (1 + index % 7) * PAGE;
}

static int give(void)
{
    return dms_iova_free(scene.space, scene.iova[scene.index], size_of(scene.index));
}

static struct dms_iova_region region_of(unsigned index)
{
    uint64_t first = (100 + 40 * index) * PAGE;

    return (struct dms_iova_region){
        .range = {first, first + (10 + index % 3 * 30) * PAGE - 1}, /* some overlap the next one */
        .kind = index % 4 == 3 ? DMS_REGION_FIXED : DMS_REGION_RESERVED,
        .owner = &scene,
    };
}

static int reserve(void)
{
    struct dms_iova_region region = region_of(scene.index);

    return dms_iova_reserve(scene.space, &region, NULL);
}

static int unreserve(void)
{
    struct dms_iova_region region = region_of(scene.index);

    return dms_iova_unreserve(scene.space, &region, NULL);
}

/* The last region is fixed and stands alone. */
static int alloc_in_fixed(void)
{
    return dms_iova_alloc_at(scene.space, region_of(REGIONS - 1).range.first + PAGE, PAGE,
                             DMS_IOVA_IN_FIXED, &scene, NULL);
}

static int free_in_fixed(void)
{
    return dms_iova_free(scene.space, region_of(REGIONS - 1).range.first + PAGE, PAGE);
}

static int alloc_at(void)
{
    return dms_iova_alloc_at(scene.space, (5000 + 2 * scene.index) * PAGE, PAGE, 0, NULL, NULL);
}

static int free_at(void)
{
    return dms_iova_free(scene.space, (5000 + 2 * scene.index) * PAGE, PAGE);
}

static const struct dms_range windows[] = {
    {0, 20000 * PAGE - 1}, {30000 * PAGE, 40000 * PAGE - 1}, {50000 * PAGE, 65536 * PAGE - 1}};

static int window(void)
{
    return dms_iova_reserve_outside(scene.space, windows, 3, DMS_ORIGIN_API, &scene, NULL);
}

static int unwindow(void)
{
    return dms_iova_unreserve_outside(scene.space, windows, 3, DMS_ORIGIN_API, &scene);
}

static void for_each(int (*what)(void), unsigned from, unsigned to, unsigned step)
{
    for (scene.index = from; scene.index < to; scene.index += step)
        call(what);
}

/* Two threads by turns, as the second one brings the depot. */
static void alloc_all(void)
{
    for (scene.index = 0; scene.index < RANGES; scene.index++) {
        host_set_slot(scene.index / 8 % 2);
        call(alloc);
    }
    host_set_slot(0);
}

static void sequence(void)
{
    struct view fresh;

    if (create() == DMS_ENOMEM) {
        scene.refused++;
        assert_int_equal(create(), 0);
    }
    fresh = look();
    call(window);
    for_each(reserve, 0, REGIONS, 1);
    alloc_all();
    call(alloc_in_fixed);
    for_each(alloc_at, 0, 60, 1);
    for_each(give, 0, RANGES, 2);
    for_each(unreserve, 0, REGIONS - 1, 2);
    for_each(alloc, 0, RANGES, 2);
    for_each(free_at, 0, 60, 1);
    for_each(give, 0, RANGES, 1);
    call(free_in_fixed);
    for_each(unreserve, 1, REGIONS, 2);
    call(unwindow);
    dms_iova_flush(scene.space);
    expect_same(fresh, look());
    dms_iova_space_destroy(scene.space);
    assert_int_equal(scene.host.live_bytes, 0);
}

static void start(unsigned flags, enum host_threads threads)
{
    memset(&scene, 0, sizeof(scene));
    scene.flags = flags;
    scene.threads = threads;
    host_init(&scene.host, 2, threads);
    host_set_slot(0);
}

static void fail_each_allocation(unsigned flags, enum host_threads threads)
{
    uint64_t allocs = UINT64_MAX;
    unsigned refused = 0;
    uint64_t nth = 1;

    for (; nth <= allocs; nth++) {
        start(flags, threads);
        scene.host.fail_at = nth;
        sequence();
        allocs = scene.host.allocs;
        refused += scene.refused;
    }
    /* It goes without a slot, a depot or a batch. */
    print_message("# %llu faults injected, %u calls refused\n", (unsigned long long)nth - 1,
                  refused);
    assert_true(nth > 20 && refused > (nth - 1) / 2);
}

static void a_failed_allocation_of_the_port_changes_nothing(void **state)
{
    (void)state;
    fail_each_allocation(DMS_IOVA_NO_CACHES, HOST_CALLS);
    fail_each_allocation(0, HOST_CALLS);
    fail_each_allocation(0, HOST_SHOWS);
}

/* Who drops the index for want of memory rebuilds it when it is asked for. */
static void nor_with_a_size_index(void **state)
{
    uint64_t allocs = UINT64_MAX;

    (void)state;
    for (uint64_t nth = 1; nth <= allocs; nth++) {
        start(DMS_IOVA_SIZE_INDEX, HOST_SHOWS);
        scene.host.fail_at = nth;
        sequence();
        allocs = scene.host.allocs;
    }
    print_message("# %llu faults injected\n", (unsigned long long)allocs);
}

static void a_thread_may_have_no_number_for_once(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth < 300; nth += 5) {
        start(0, HOST_CALLS);
        scene.host.no_slot_at = nth;
        sequence();
        assert_int_equal(scene.refused, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_allocation_of_the_port_changes_nothing),
        cmocka_unit_test(nor_with_a_size_index),
        cmocka_unit_test(a_thread_may_have_no_number_for_once),
    };

    return cmocka_run_group_tests_name("iova fail-nth", tests, NULL, NULL);
}
