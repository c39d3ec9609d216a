/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Four threads on one space, with every way into the caches that a port can offer. DMS_SEED=n repeats the choices. */
#include "crowd.h"
#include "host.h"

#include "../cmocka_all.h"

#include <dmaspace/posix.h>

#include <string.h>

#define STEPS       2000u
#define GENERATIONS 3u

#ifdef __SANITIZE_THREAD__
#define STORM_STEPS 2500u /* each takes ten times as long, and make soak has more of them */
#else
#define STORM_STEPS 10000u
#endif

static struct crowd crowd;

static void start(const struct dms_port *port, void (*enter)(unsigned), unsigned steps)
{
    memset(&crowd, 0, sizeof(crowd));
    crowd.port = port;
    crowd.enter = enter;
    crowd.granule_lg2 = 12;
    crowd.steps = steps;
    crowd.generations = GENERATIONS;
    crowd.seed = seed_from_env(0x5eed);
}

static void run(unsigned flags, uint64_t cache_pages)
{
    const char *complaint = crowd_run(&crowd, flags, cache_pages << 12);

    if (complaint)
        fail_msg("%s; DMS_SEED=%#llx", complaint, (unsigned long long)crowd.seed);
}

/* The run did something of everything. */
static void expect_work(void)
{
    unsigned long allocs = 0, passed = 0, refused = 0, reserves = 0;

    for (unsigned i = 0; i < CROWD_THREADS; i++) {
        allocs += crowd.member[i].allocs;
        passed += crowd.member[i].passed;
        refused += crowd.member[i].refused;
        reserves += crowd.member[i].reserves;
    }
    print_message("# %lu operations: %lu allocations, %lu freed by another thread, %lu refused, "
                  "%lu regions\n",
                  2 * allocs + refused + reserves, allocs, passed, refused, reserves);
    assert_true(allocs > STEPS && passed > 0 && refused > 0 && reserves > 0);
}

static void run_with_and_without_fixed(const struct dms_port *port, void (*enter)(unsigned),
                                       unsigned flags, uint64_t cache_pages)
{
    for (unsigned fixed = 0; fixed < 2; fixed++) {
        start(port, enter, STEPS);
        crowd.with_fixed = fixed;
        run(flags, cache_pages);
        expect_work();
    }
}

static void run_on_host(unsigned thread_slots, enum host_threads threads, unsigned flags,
                        uint64_t cache_pages)
{
    struct host host;

    host_init(&host, thread_slots, threads);
    run_with_and_without_fixed(&host.port, host_set_slot, flags, cache_pages);
    assert_int_equal(host.live_bytes, 0);
}

static void no_page_has_two_owners_without_caches(void **state)
{
    (void)state;
    run_on_host(0, HOST_CALLS, DMS_IOVA_SIZE_INDEX, 0);
}

static void no_page_has_two_owners_with_caches_entered_by_exchange(void **state)
{
    (void)state;
    run_on_host(CROWD_THREADS, HOST_CALLS, 0, 2000);
}

static void no_page_has_two_owners_with_caches_entered_by_stores(void **state)
{
    (void)state;
    run_on_host(CROWD_THREADS, HOST_FENCES, DMS_IOVA_SIZE_INDEX, 2000);
}

static void no_page_has_two_owners_with_threads_in_sight(void **state)
{
    (void)state;
    run_on_host(CROWD_THREADS, HOST_SHOWS, 0, 2000);
    run_on_host(CROWD_THREADS, HOST_SHOWS, 0, 300);
}

static void no_page_has_two_owners_where_some_threads_have_no_cache(void **state)
{
    (void)state;
    run_on_host(2, HOST_SHOWS, 0, 2000);
}

static void no_page_has_two_owners_on_the_posix_port(void **state)
{
    struct dms_posix *posix;

    (void)state;
    assert_int_equal(dms_posix_create(NULL, &posix), 0);
    run_with_and_without_fixed(dms_posix_port(posix), NULL, 0, 2000);
    dms_posix_destroy(posix);
}

static void a_cache_is_emptied_only_when_its_thread_is_out(void **state)
{
    (void)state;
    for (unsigned threads = HOST_CALLS; threads <= HOST_SHOWS; threads++) {
        struct host host;

        host_init(&host, CROWD_THREADS, (enum host_threads)threads);
        start(&host.port, host_set_slot, STORM_STEPS);
        crowd.storm = true;
        run(0, 2000);
        assert_int_equal(host.live_bytes, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_page_has_two_owners_without_caches),
        cmocka_unit_test(no_page_has_two_owners_with_caches_entered_by_exchange),
        cmocka_unit_test(no_page_has_two_owners_with_caches_entered_by_stores),
        cmocka_unit_test(no_page_has_two_owners_with_threads_in_sight),
        cmocka_unit_test(no_page_has_two_owners_where_some_threads_have_no_cache),
        cmocka_unit_test(no_page_has_two_owners_on_the_posix_port),
        cmocka_unit_test(a_cache_is_emptied_only_when_its_thread_is_out),
    };

    return cmocka_run_group_tests_name("iova threads", tests, NULL, NULL);
}
