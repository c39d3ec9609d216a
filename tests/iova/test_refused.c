/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Calls that are refused by their arguments alone, and free ranges that were not live. */
#include "host.h"
#include "tree_check.h"

#include "../cmocka_all.h"

#include <dmaspace/error.h>
#include <dmaspace/iova.h>

#define PAGE  UINT64_C(4096)
#define PAGES 65536u

static struct host host;
static struct dms_iova_space *space;

static struct dms_iova_config config_of(uint64_t first, uint64_t last)
{
    return (struct dms_iova_config){
        .port = &host.port, .aperture = {first, last}, .granule_lg2 = 12};
}

static int start(void **state)
{
    struct dms_iova_config config = config_of(0, PAGES * PAGE - 1);

    (void)state;
    host_init(&host, 1, HOST_CALLS);
    host_set_slot(0);
    return dms_iova_space_create(&config, &space);
}

static int finish(void **state)
{
    (void)state;
    assert_null(space_check(space));
    dms_iova_space_destroy(space);
    assert_int_equal(host.live_bytes, 0);
    return 0;
}

static struct dms_iova_stats stats(void)
{
    struct dms_iova_stats stats;

    dms_iova_get_stats(space, &stats);
    return stats;
}

static void an_aperture_without_a_whole_granule_is_none(void **state)
{
    const struct dms_range bad[] = {{2 * PAGE, PAGE}, {PAGE + 1, 2 * PAGE}, {0, PAGE - 1}};

    (void)state;
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct dms_iova_config config = config_of(bad[i].first, bad[i].last);
        struct dms_iova_space *none = space;

        assert_int_equal(dms_iova_space_create(&config, &none), DMS_EINVAL);
        assert_null(none);
    }
    assert_int_equal(dms_iova_granule_lg2(space), 12);
}

static void a_free_of_what_cannot_be_live_changes_nothing(void **state)
{
    const struct dms_iova_request page = {.size = PAGE};
    dms_iova_t iova;

    (void)state;
    assert_int_equal(dms_iova_alloc(space, &page, &iova), 0);
    assert_int_equal(dms_iova_free(space, iova, 0), DMS_EINVAL);
    assert_int_equal(dms_iova_free(space, iova + 1, PAGE), DMS_ENOENT);
    assert_int_equal(dms_iova_free(space, 0, PAGE), DMS_ENOENT);
    assert_int_equal(dms_iova_free(space, PAGES * PAGE, PAGE), DMS_ENOENT);
    assert_int_equal(stats().live_count, 1);
    assert_int_equal(dms_iova_free(space, iova, PAGE), 0);
    dms_iova_flush(space);
    assert_int_equal(stats().bad_frees, 0);
}

static void a_cached_range_that_was_not_live_is_dropped_and_counted(void **state)
{
    const struct dms_iova_request page = {.size = PAGE};
    uint64_t free_bytes = stats().free_bytes;
    dms_iova_t iova;

    (void)state;
    /* A size is cached once it has been asked for often enough. */
    do {
        assert_int_equal(dms_iova_alloc(space, &page, &iova), 0);
        assert_int_equal(dms_iova_free(space, iova, PAGE), 0);
    } while (stats().cached_count == 0 && stats().tree_ops < 1000);
    assert_int_equal(dms_iova_free(space, iova, PAGE), 0);
    dms_iova_flush(space);
    assert_int_equal(stats().bad_frees, 1);
    assert_int_equal(stats().free_bytes, free_bytes);
    assert_int_equal(stats().cached_count, 0);
}

static void a_place_is_a_whole_number_of_granules(void **state)
{
    (void)state;
    assert_int_equal(dms_iova_alloc_at(space, PAGE + 1, PAGE, 0, NULL, NULL), DMS_EINVAL);
    assert_int_equal(dms_iova_alloc_at(space, PAGE, PAGE - 1, 0, NULL, NULL), DMS_EINVAL);
    assert_int_equal(dms_iova_alloc_at(space, PAGE, PAGE, 1u << 31, NULL, NULL), DMS_EINVAL);
    assert_int_equal(stats().live_count, 0);
}

static void a_region_or_window_that_ends_before_it_begins_is_none(void **state)
{
    const struct dms_iova_region region = {.range = {2 * PAGE, PAGE}};
    const struct dms_range window[] = {{PAGE, 3 * PAGE}, {2 * PAGE, PAGE}};

    (void)state;
    assert_int_equal(dms_iova_reserve(space, &region, NULL), DMS_EINVAL);
    for (size_t count = 0; count <= 2; count += 2) {
        assert_int_equal(dms_iova_reserve_outside(space, window, count, DMS_ORIGIN_API, NULL, NULL),
                         DMS_EINVAL);
        assert_int_equal(dms_iova_unreserve_outside(space, window, count, DMS_ORIGIN_API, NULL),
                         DMS_EINVAL);
    }
    assert_int_equal(stats().region_count, 0);
}

static void only_a_window_that_is_there_is_undone(void **state)
{
    const struct dms_range window[] = {{PAGE, 3 * PAGE - 1}, {8 * PAGE, 9 * PAGE - 1}};
    uint64_t count;

    (void)state;
    assert_int_equal(dms_iova_unreserve_outside(space, window, 2, DMS_ORIGIN_API, NULL),
                     DMS_ENOENT);
    assert_int_equal(dms_iova_reserve_outside(space, window, 2, DMS_ORIGIN_API, NULL, NULL), 0);
    count = stats().region_count;
    /* The same beginning, another end. */
    assert_int_equal(dms_iova_unreserve_outside(space, window, 1, DMS_ORIGIN_API, NULL),
                     DMS_ENOENT);
    assert_int_equal(stats().region_count, count);
    assert_int_equal(dms_iova_unreserve_outside(space, window, 2, DMS_ORIGIN_API, NULL), 0);
    assert_int_equal(stats().region_count, 0);
}

static void a_listing_that_has_ended_stays_so(void **state)
{
    struct dms_iova_cursor live = {0}, gap = {0}, region = {0};
    struct dms_iova_region one;
    struct dms_range range;

    (void)state;
    assert_int_equal(dms_iova_alloc_at(space, (PAGES - 1) * PAGE, PAGE, 0, NULL, NULL), 0);
    assert_true(dms_iova_next_live(space, &live, &range));
    assert_true(dms_iova_next_gap(space, &gap, &range));
    for (unsigned i = 0; i < 2; i++) {
        assert_false(dms_iova_next_live(space, &live, &range));
        assert_false(dms_iova_next_gap(space, &gap, &range));
        assert_false(dms_iova_next_region(space, &region, &one));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_aperture_without_a_whole_granule_is_none),
        TEST(a_free_of_what_cannot_be_live_changes_nothing),
        TEST(a_cached_range_that_was_not_live_is_dropped_and_counted),
        TEST(a_place_is_a_whole_number_of_granules),
        TEST(a_region_or_window_that_ends_before_it_begins_is_none),
        TEST(only_a_window_that_is_there_is_undone),
        TEST(a_listing_that_has_ended_stays_so),
    };

    return cmocka_run_group_tests_name("iova refused", tests, NULL, NULL);
}
