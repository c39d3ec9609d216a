/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Operations on devices, regions and mappings beside the slow oracle, each access checked by the IOMMU. The first byte
 * chooses the machine, the others what tests/dma/play.c does on it.
 */
#include "fuzz.h"

#include "../tests/dma/play.h"

enum {
    MOST_STEPS = 400
};

static unsigned below(void *ctx, unsigned bound)
{
    return (unsigned)bytes_below(ctx, bound);
}

static bool more(void *ctx, unsigned step)
{
    const struct bytes *bytes = ctx;

    return bytes->at < bytes->size && step < MOST_STEPS;
}

static void broken(void *ctx, const char *world, unsigned step, const char *promise)
{
    (void)ctx;
    fprintf(stderr, "%s: step %u: does not hold: %s\n", world, step, promise);
    abort();
}

static void make_smmuv3(struct world *world)
{
    world_make_smmuv3(world, WORLD_SMMUV3_DEFAULT);
}

static void make_late_smmuv3(struct world *world)
{
    world_make_smmuv3(world, WORLD_SMMUV3_LATE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const make[])(struct world * world) = {world_make_fake, make_smmuv3,
                                                         make_late_smmuv3};
    struct bytes bytes = {data, size, 0};
    const struct play_choices choices = {&bytes, below, more, broken};

    play(make[bytes_below(&bytes, 3)], &choices);
    return 0;
}
