/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Another CPU maps and unmaps at the same time: in its own function's address space, and in the
 * same one.
 */
#include "suite.h"

#define PAGE   0x1000u
#define ROUNDS 64u

/* What the other CPU does. */
struct work {
    struct dms_device *dev;
    uint8_t *buffer; /* of 8 pages */
    bool lazy;
    int error; /* the first one */
    unsigned done;
};

static void map_and_unmap(void *arg)
{
    struct work *work = arg;
    const struct dms_dma_opts opts = {.strict = !work->lazy};

    for (unsigned i = 0; i < ROUNDS; i++) {
        size_t size = (1 + i % 8) * (size_t)PAGE;
        dms_iova_t iova;
        int err = dms_map(work->dev, work->buffer, size, DMS_TO_DEVICE, NULL, &iova);

        if (!err)
            err = dms_unmap(work->dev, iova, size, &opts);
        if (err && !work->error)
            work->error = err;
        work->done += !err;
    }
}

/* The first CPU's own work, with its master's eyes. */
static void map_use_and_unmap(struct suite *suite, struct dms_device *dev, uint8_t *buffer)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint8_t *page = buffer + (size_t)(i % 4) * PAGE;
        dms_iova_t iova = suite_map(suite, dev, page, PAGE);

        CHECK(suite, suite_writes(suite, 0, iova + 4, page + 4));
        suite_unmap(suite, dev, iova, PAGE);
        suite_set_word(page + 4, 0);
        suite->machine->post(suite->machine->ctx, 0, iova + 4, 0x4321);
        /* In a space that is shared, somebody may have been given this IOVA since, for reading. */
        CHECK_EQUAL(suite, suite_word(page + 4), 0);
        suite_poll(suite);
    }
    CHECK_EQUAL(suite, suite->nfaults, ROUNDS);
}

static void both(struct suite *suite, unsigned other_master, bool lazy)
{
    const struct suite_machine *machine = suite->machine;
    const struct dms_device_cfg cfg = {.coherence = DMS_COHERENCE_SNOOPS, .lazy = lazy};
    struct work work = {.lazy = lazy};
    uint8_t *buffer;

    if (suite_lacks(suite, SUITE_SECOND_CPU) || !suite_start(suite, NULL) ||
        !suite_function(suite, 0, &cfg) || !suite_function(suite, 1, &cfg))
        return;
    work.dev = suite->functions[other_master];
    work.buffer = suite_buffer(suite, 8 * PAGE);
    buffer = suite_buffer(suite, 4 * PAGE);
    if (!work.buffer || !buffer)
        return;
    if (!CHECK(suite, machine->cpu_start(machine->ctx, map_and_unmap, &work)))
        return;
    map_use_and_unmap(suite, suite->functions[0], buffer);
    CHECK(suite, machine->cpu_join(machine->ctx));
    CHECK_EQUAL(suite, work.error, 0);
    CHECK_EQUAL(suite, work.done, ROUNDS);
}

static void another_cpu_maps_in_another_function_s_space(struct suite *suite)
{
    both(suite, 1, false);
}

static void another_cpu_maps_in_the_same_space(struct suite *suite)
{
    both(suite, 0, false);
}

static void another_cpu_maps_lazily_in_the_same_space(struct suite *suite)
{
    both(suite, 0, true);
}

/* What the other CPU does to a function of its own. */
static void come_and_go(void *arg)
{
    struct work *work = arg;

    for (unsigned i = 0; i < ROUNDS; i++) {
        int err = dms_attach(work->dev, NULL);

        if (!err)
            err = dms_detach(work->dev, NULL);
        if (err && !work->error)
            work->error = err;
        work->done += !err;
    }
}

static void another_cpu_attaches_and_detaches_meanwhile(struct suite *suite)
{
    const struct suite_machine *machine = suite->machine;
    struct work work = {0};
    uint8_t *buffer;

    if (suite_lacks(suite, SUITE_SECOND_CPU) || !suite_start(suite, NULL) ||
        !suite_function(suite, 0, NULL))
        return;
    work.dev = suite_function_create(suite, 1, NULL);
    buffer = suite_buffer(suite, 4 * PAGE);
    if (!work.dev || !buffer || !CHECK(suite, machine->cpu_start(machine->ctx, come_and_go, &work)))
        return;
    map_use_and_unmap(suite, suite->functions[0], buffer);
    CHECK(suite, machine->cpu_join(machine->ctx));
    CHECK_EQUAL(suite, work.error, 0);
    CHECK_EQUAL(suite, work.done, ROUNDS);
}

const struct suite_test suite_cpus[] = {
    SUITE_TEST(another_cpu_maps_in_another_function_s_space),
    SUITE_TEST(another_cpu_maps_in_the_same_space),
    SUITE_TEST(another_cpu_maps_lazily_in_the_same_space),
    SUITE_TEST(another_cpu_attaches_and_detaches_meanwhile),
    {0},
};
