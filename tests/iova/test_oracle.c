/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Random calls beside the bitmap model. DMS_SEED=n repeats the run that a failure named. */
#include "oracle.h"

#include "../cmocka_all.h"

#include <stdio.h>

#define RUNS  30u
#define STEPS 2000u

static struct oracle oracle;

static void run(const char *what, unsigned flags, unsigned thread_slots, enum host_threads threads)
{
    uint64_t seed = seed_from_env(0x5eed);
    unsigned long allocs = 0, refusals = 0, reserves = 0;
    uint64_t refills = 0, spills = 0, flushes = 0;

    for (unsigned i = 0; i < RUNS; i++, seed++) {
        print_message("# %s: DMS_SEED=%#llx, run %u\n", what, (unsigned long long)seed, i);
        oracle_init(&oracle, seed * UINT64_C(0x9e3779b97f4a7c15), flags, thread_slots, threads);
        for (unsigned step = 0; step < STEPS; step++) {
            oracle_step(&oracle);
            if (step % (oracle.exact ? 32 : 512) == 0)
                oracle_compare(&oracle);
        }
        oracle_fini(&oracle);
        allocs += oracle.allocs;
        refusals += oracle.refusals;
        reserves += oracle.reserves;
        refills += oracle.refills;
        spills += oracle.spills;
        flushes += oracle.flushes;
    }
    assert_true(allocs > RUNS * STEPS / 20 && refusals > RUNS && reserves > RUNS);
    print_message("# %llu refills, %llu spills, %llu flushes\n", (unsigned long long)refills,
                  (unsigned long long)spills, (unsigned long long)flushes);
    if (oracle.exact)
        assert_int_equal(refills + spills + flushes, 0);
    else
        assert_true(refills > RUNS && spills > 0 && flushes > RUNS);
}

static void without_caches_every_place_is_the_one_of_the_policy(void **state)
{
    (void)state;
    run("no caches", DMS_IOVA_NO_CACHES, 2, HOST_SHOWS);
}

static void best_fit_takes_the_smallest_gap_that_serves(void **state)
{
    (void)state;
    run("size index", DMS_IOVA_NO_CACHES | DMS_IOVA_SIZE_INDEX, 0, HOST_CALLS);
}

static void with_caches_every_place_is_a_permitted_one(void **state)
{
    (void)state;
    run("caches", DMS_IOVA_SIZE_INDEX, 2, HOST_CALLS);
    run("fenced caches", 0, 2, HOST_FENCES);
    run("fenced caches, threads in sight", 0, 2, HOST_SHOWS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_caches_every_place_is_the_one_of_the_policy),
        cmocka_unit_test(best_fit_takes_the_smallest_gap_that_serves),
        cmocka_unit_test(with_caches_every_place_is_a_permitted_one),
    };

    return cmocka_run_group_tests_name("iova oracle", tests, NULL, NULL);
}
