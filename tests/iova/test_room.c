/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What is left of a space after long use with caches: room for large ranges, in one piece. */
#include "host.h"

#include "../cmocka_all.h"

#include <dmaspace/error.h>
#include <dmaspace/iova.h>

#include <string.h>

#define PAGE     UINT64_C(4096)
#define LIVE_MAX 131072u

struct live {
    dms_iova_t iova;
    uint64_t pages;
};

static struct host host;
static struct dms_iova_space *space;
static struct live live[LIVE_MAX];
static unsigned live_count;
static uint64_t rng;

static void start(void)
{
    struct dms_iova_config config = {
        .port = &host.port, .aperture = {0, UINT32_MAX}, .granule_lg2 = 12};

    host_init(&host, 2, HOST_SHOWS);
    host_set_slot(0);
    rng = seed_from_env(0x5eed);
    live_count = 0;
    assert_int_equal(dms_iova_space_create(&config, &space), 0);
}

static void finish(void)
{
    dms_iova_space_destroy(space);
    assert_int_equal(host.live_bytes, 0);
}

static bool take(uint64_t pages)
{
    struct dms_iova_request request = {.size = pages * PAGE};
    struct live *one = &live[live_count];

    one->pages = pages;
    if (live_count == LIVE_MAX || dms_iova_alloc(space, &request, &one->iova))
        return false;
    live_count++;
    return true;
}

static uint64_t give_one(void)
{
    unsigned at = (unsigned)rnd_below(&rng, live_count);
    struct live one = live[at];

    live[at] = live[--live_count];
    assert_int_equal(dms_iova_free(space, one.iova, one.pages * PAGE), 0);
    return one.pages;
}

/* A power law, as buffers have it: more than n pages with probability n^-0.5, up to 1024. */
static uint64_t mixed_pages(void)
{
    uint64_t u = 1 + rnd_below(&rng, 65536);
    uint64_t pages = (UINT64_C(1) << 32) / (u * u);

    return pages < 1024 ? pages : 1024;
}

static void ranges_that_come_and_go_leave_one_long_gap(void **state)
{
    uint64_t used = 0, target = (UINT32_MAX / PAGE) * 6 / 10;
    struct dms_iova_stats stats;

    (void)state;
    start();
    for (unsigned i = 0; i < 1500000; i++) {
        if (used > target) {
            used -= give_one();
        } else {
            uint64_t pages = mixed_pages();

            assert_true(take(pages));
            used += pages;
        }
    }
    dms_iova_flush(space);
    dms_iova_get_stats(space, &stats);
    print_message("# largest gap %llu of %llu free pages\n",
                  (unsigned long long)(stats.largest_gap / PAGE),
                  (unsigned long long)(stats.free_bytes / PAGE));
    assert_true(stats.refills > 1000); /* the caches were in use */
    assert_true(stats.largest_gap > stats.free_bytes / 2);
    finish();
}

/* 128 KiB buffers come and go, half of the space at a time; then so many MiB-buffers fit as in a new space. */
static void churn_of_buffers_strands_nothing(void **state)
{
    static const struct {
        unsigned mib, count;
    } fits[] = {{16, 255}, {64, 63}, {128, 31}, {192, 21}};

    (void)state;
    for (size_t i = 0; i < sizeof(fits) / sizeof(fits[0]); i++) {
        unsigned count = 0;

        start();
        while (live_count < 16384)
            assert_true(take(32));
        for (unsigned j = 0; j < 100000; j++) {
            give_one();
            assert_true(take(32));
        }
        while (live_count > 0)
            give_one();
        while (take((uint64_t)fits[i].mib << 8))
            count++;
        assert_int_equal(count, fits[i].count);
        finish();
    }
}

/* Eight page-table entries share a cache line: two threads that write neighbours would pass it to and fro. */
static void threads_that_map_single_pages_write_different_lines(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < 200; i++) {
        host_set_slot(i / 50 % 2);
        assert_true(take(1));
        give_one();
    }
    host_set_slot(0);
    assert_true(take(1));
    host_set_slot(1);
    assert_true(take(1));
    assert_int_not_equal(live[0].iova / (8 * PAGE), live[1].iova / (8 * PAGE));
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_that_come_and_go_leave_one_long_gap),
        cmocka_unit_test(churn_of_buffers_strands_nothing),
        cmocka_unit_test(threads_that_map_single_pages_write_different_lines),
    };

    return cmocka_run_group_tests_name("iova room", tests, NULL, NULL);
}
