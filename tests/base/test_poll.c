/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include "base/poll.h"

/*
 * Properties of poll_until:
 *  1. It returns 0 if and only if done returned true, and then at once.
 *  2. It tries at least once, and once more after the deadline has been seen to pass.
 *  3. It returns DMS_ETIMEDOUT only when the deadline has passed.
 *  4. It waits as long as the clock stands still, and ends when it moves past the deadline.
 */

struct world {
    uint64_t now;
    uint64_t step;       /* the clock moves by so much each time it is read */
    unsigned tries;      /* calls of done */
    unsigned true_at;    /* done is true from this try on; 0: never */
    uint64_t true_after; /* or from this time on; 0: never */
    unsigned relaxed;
};

static uint64_t now_ns(void *ctx)
{
    struct world *world = ctx;

    world->now += world->step;
    return world->now;
}

static void relax(void *ctx)
{
    ((struct world *)ctx)->relaxed++;
}

static bool done(void *ctx)
{
    struct world *world = ctx;

    world->tries++;
    if (world->true_at && world->tries >= world->true_at)
        return true;
    return world->true_after && world->now >= world->true_after;
}

static int run(struct world *world, uint64_t timeout_ns)
{
    const struct dms_port port = {.ctx = world, .now_ns = now_ns, .relax = relax};

    return poll_until(&port, timeout_ns, done, world);
}

static void what_is_done_already_needs_no_clock(void **state)
{
    struct world world = {.now = 100, .step = 1, .true_at = 1};
    (void)state;

    assert_int_equal(run(&world, 0), 0);
    assert_int_equal(world.tries, 1);
    assert_int_equal(world.now, 100);
    assert_int_equal(world.relaxed, 0);
}

static void success_on_any_try_is_success_at_once(void **state)
{
    (void)state;
    for (unsigned true_at = 1; true_at <= 6; true_at++) {
        struct world world = {.step = 10, .true_at = true_at};

        assert_int_equal(run(&world, 1000), 0);
        assert_int_equal(world.tries, true_at);
    }
}

static void the_last_try_after_the_deadline_counts(void **state)
{
    struct world world = {.step = 1000000, .true_at = 2};
    (void)state;

    assert_int_equal(run(&world, 10), 0);
}

static void what_happens_while_the_thread_sleeps_is_no_timeout(void **state)
{
    struct world world = {.step = 1000000, .true_after = 2000000};
    (void)state;

    assert_int_equal(run(&world, 10), 0);
}

static void a_timeout_is_never_swallowed(void **state)
{
    struct world world = {.step = 10};
    (void)state;

    assert_int_equal(run(&world, 100), DMS_ETIMEDOUT);
    assert_true(world.now >= 100);
    assert_int_equal(world.tries, 11);
    assert_int_equal(world.relaxed, 10);
}

static void no_time_still_means_two_tries(void **state)
{
    struct world world = {.step = 1};
    (void)state;

    assert_int_equal(run(&world, 0), DMS_ETIMEDOUT);
    assert_int_equal(world.tries, 2);
}

static void the_clock_may_wrap(void **state)
{
    struct world world = {.now = UINT64_MAX - 25, .step = 10};
    (void)state;

    assert_int_equal(run(&world, 50), DMS_ETIMEDOUT);
    assert_int_equal(world.tries, 6);
}

static void a_port_without_relax_spins(void **state)
{
    struct world world = {.step = 1, .true_at = 3};
    const struct dms_port port = {.ctx = &world, .now_ns = now_ns};
    (void)state;

    assert_int_equal(poll_until(&port, 100, done, &world), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_done_already_needs_no_clock),
        cmocka_unit_test(success_on_any_try_is_success_at_once),
        cmocka_unit_test(the_last_try_after_the_deadline_counts),
        cmocka_unit_test(what_happens_while_the_thread_sleeps_is_no_timeout),
        cmocka_unit_test(a_timeout_is_never_swallowed),
        cmocka_unit_test(no_time_still_means_two_tries),
        cmocka_unit_test(the_clock_may_wrap),
        cmocka_unit_test(a_port_without_relax_spins),
    };

    return cmocka_run_group_tests_name("poll", tests, NULL, NULL);
}
