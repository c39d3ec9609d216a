/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One IOVA, several functions: each reaches its own memory, and nobody else's. */
#include "suite.h"

#define IOVA UINT64_C(0x10000000)
#define PAGE 0x1000u

static bool map_at(struct suite *suite, struct dms_device *dev, void *ptr)
{
    const struct dms_dma_opts take = {.take = true};

    return CHECK_EQUAL(suite, dms_map_fixed(dev, IOVA, ptr, PAGE, DMS_BIDIRECTIONAL, &take), 0);
}

static void two_functions_use_one_iova_for_different_memory(struct suite *suite)
{
    uint8_t *buffers[2];

    if (!suite_start(suite, NULL))
        return;
    for (unsigned i = 0; i < 2; i++) {
        struct dms_device *dev = suite_function(suite, i, NULL);

        buffers[i] = suite_buffer(suite, PAGE);
        if (!dev || !buffers[i] || !map_at(suite, dev, buffers[i]))
            return;
    }
    /* In turns, so that each finds what the other has left in the TLB. */
    for (unsigned round = 0; round < 4; round++) {
        for (unsigned i = 0; i < 2; i++) {
            uint32_t other = suite_word(buffers[1 - i] + 4 * round);

            CHECK(suite, suite_writes(suite, i, IOVA + 4 * round, buffers[i] + 4 * round));
            CHECK_EQUAL(suite, suite_word(buffers[1 - i] + 4 * round), other);
        }
    }
}

static void what_one_function_maps_is_not_there_for_another(struct suite *suite)
{
    struct dms_device *mine;
    uint8_t *buffer;

    if (!suite_start(suite, NULL))
        return;
    mine = suite_function(suite, 0, NULL);
    buffer = suite_buffer(suite, PAGE);
    if (!mine || !buffer || !suite_function(suite, 1, NULL) || !map_at(suite, mine, buffer))
        return;
    CHECK(suite, suite_writes(suite, 0, IOVA, buffer));
    suite_write_faults(suite, 1, IOVA, buffer, DMS_FAULT_TRANSLATION);
    suite_read_faults(suite, 1, IOVA, DMS_FAULT_TRANSLATION);
    CHECK(suite, suite_writes(suite, 0, IOVA, buffer));
}

static void an_aborted_read_brings_no_secret(struct suite *suite)
{
    const struct suite_machine *machine = suite->machine;
    struct dms_device *theirs, *mine;
    uint8_t *secret, *out;
    dms_iova_t out_iova;

    if (!suite_start(suite, NULL))
        return;
    theirs = suite_function(suite, 0, NULL);
    mine = suite_function(suite, 1, NULL);
    secret = suite_buffer(suite, PAGE);
    out = suite_buffer(suite, PAGE);
    if (!theirs || !mine || !secret || !out || !map_at(suite, theirs, secret))
        return;
    out_iova = suite_map(suite, mine, out, PAGE);
    suite_set_word(secret, 0x5ec4e7ed);
    suite_read_faults(suite, 1, IOVA, DMS_FAULT_TRANSLATION);
    machine->store(machine->ctx, 1, out_iova, 4);
    CHECK(suite, suite_word(out) != 0x5ec4e7ed);
    suite_poll(suite);
    /* The secret is still there for its owner. */
    CHECK_EQUAL(suite, suite_word(secret), 0x5ec4e7ed);
}

static void an_unmap_of_one_leaves_the_other_s_page(struct suite *suite)
{
    struct dms_device *devs[2];
    uint8_t *buffers[2];

    if (!suite_start(suite, NULL))
        return;
    for (unsigned i = 0; i < 2; i++) {
        devs[i] = suite_function(suite, i, NULL);
        buffers[i] = suite_buffer(suite, PAGE);
        if (!devs[i] || !buffers[i] || !map_at(suite, devs[i], buffers[i]))
            return;
        CHECK(suite, suite_writes(suite, i, IOVA, buffers[i]));
    }
    suite_unmap(suite, devs[0], IOVA, PAGE);
    suite_write_faults(suite, 0, IOVA, buffers[0], DMS_FAULT_TRANSLATION);
    CHECK(suite, suite_writes(suite, 1, IOVA, buffers[1]));
}

static void functions_of_one_group_share_an_address_space(struct suite *suite)
{
    struct dms_device *first, *second;
    uint8_t *buffer;
    dms_iova_t iova;

    if (!suite_start(suite, NULL))
        return;
    first = suite_function(suite, 0, NULL);
    buffer = suite_buffer(suite, PAGE);
    if (!first || !buffer)
        return;
    second = suite_function(
        suite, 1,
        &(struct dms_device_cfg){.coherence = DMS_COHERENCE_SNOOPS, .share_group_with = first});
    if (!second)
        return;
    iova = suite_map(suite, first, buffer, PAGE);
    CHECK(suite, suite_writes(suite, 0, iova, buffer));
    CHECK(suite, suite_writes(suite, 1, iova, buffer));
    suite_unmap(suite, second, iova, PAGE);
    suite_write_faults(suite, 0, iova, buffer, DMS_FAULT_TRANSLATION);
    suite_write_faults(suite, 1, iova, buffer, DMS_FAULT_TRANSLATION);
}

const struct suite_test suite_isolation[] = {
    SUITE_TEST(two_functions_use_one_iova_for_different_memory),
    SUITE_TEST(what_one_function_maps_is_not_there_for_another),
    SUITE_TEST(an_aborted_read_brings_no_secret),
    SUITE_TEST(an_unmap_of_one_leaves_the_other_s_page),
    SUITE_TEST(functions_of_one_group_share_an_address_space),
    {0},
};
