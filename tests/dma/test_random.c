/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The promises of play.h, with a seed that chooses. */
#include "../of/of_random.h"
#include "play.h"

#define STEPS 4000u

static unsigned random_below(void *ctx, unsigned bound)
{
    return of_random_below(ctx, bound);
}

static bool more(void *ctx, unsigned step)
{
    (void)ctx;
    return step < STEPS;
}

static void broken(void *ctx, const char *world, unsigned step, const char *promise)
{
    const struct of_random *rnd = ctx;

    fail_msg("%s: DMS_SEED=%" PRIu64 " step %u: %s", world, rnd->seed, step, promise);
}

static void run(void (*make)(struct world *world))
{
    struct of_random rnd = of_random_begin();
    const struct play_choices choices = {&rnd, random_below, more, broken};

    play(make, &choices);
}

static void make_smmuv3(struct world *w)
{
    world_make_smmuv3(w, WORLD_SMMUV3_DEFAULT);
}

static void make_late_smmuv3(struct world *w)
{
    world_make_smmuv3(w, WORLD_SMMUV3_LATE);
}

static void the_promises_hold_on_an_iommu_of_arrays(void **state)
{
    (void)state;
    run(world_make_fake);
}

static void the_promises_hold_on_an_smmuv3(void **state)
{
    (void)state;
    run(make_smmuv3);
}

static void the_promises_hold_on_an_smmuv3_that_is_late(void **state)
{
    (void)state;
    run(make_late_smmuv3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_promises_hold_on_an_iommu_of_arrays),
        cmocka_unit_test(the_promises_hold_on_an_smmuv3),
        cmocka_unit_test(the_promises_hold_on_an_smmuv3_that_is_late),
    };

    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
