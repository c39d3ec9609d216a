/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Every kind of access that must not succeed, and the report of it. */
#include "suite.h"

#define PAGE 0x1000u

static void a_stream_that_nobody_configured_aborts(struct suite *suite)
{
    struct suite_user user;
    dms_iova_t iova;

    if (!suite_start(suite, NULL) || !suite_user(suite, 0, NULL, PAGE, &user))
        return;
    iova = suite_map(suite, user.dev, user.buffer, PAGE);
    suite_write_faults(suite, 1, iova, user.buffer, DMS_FAULT_UNCONFIGURED);
    suite_read_faults(suite, 1, iova, DMS_FAULT_UNCONFIGURED);
    CHECK(suite, suite_writes(suite, 0, iova, user.buffer));
}

/* The third master's stream is in another table of the second level. */
static void a_stream_without_a_table_aborts(struct suite *suite)
{
    if (!suite_start(suite, NULL) || !suite_function(suite, 0, NULL))
        return;
    suite_write_faults(suite, 2, 0x1000, NULL, suite_no_stream(suite));
}

static void a_function_that_is_not_attached_aborts_until_it_is(struct suite *suite)
{
    struct dms_device *dev;
    uint8_t *buffer;
    dms_iova_t iova;

    if (!suite_start(suite, NULL) || !suite_function(suite, 1, NULL))
        return;
    dev = suite_function_create(suite, 0, NULL);
    buffer = suite_buffer(suite, PAGE);
    if (!dev || !buffer)
        return;
    suite_write_faults(suite, 0, 0x10000, NULL, DMS_FAULT_UNCONFIGURED);
    CHECK_EQUAL(suite, dms_attach(dev, NULL), 0);
    suite_write_faults(suite, 0, 0x10000, NULL, DMS_FAULT_TRANSLATION);
    iova = suite_map(suite, dev, buffer, PAGE);
    CHECK(suite, suite_writes(suite, 0, iova, buffer));
}

static void a_write_to_what_is_mapped_for_reading_aborts(struct suite *suite)
{
    struct suite_user user;
    dms_iova_t iova = 0, out;

    if (!suite_start(suite, NULL) || !suite_user(suite, 0, NULL, 2 * PAGE, &user))
        return;
    CHECK_EQUAL(suite, dms_map(user.dev, user.buffer, PAGE, DMS_TO_DEVICE, NULL, &iova), 0);
    out = suite_map(suite, user.dev, user.buffer + PAGE, PAGE);
    suite_set_word(user.buffer, 0x600d600d);
    suite_write_faults(suite, 0, iova, user.buffer, DMS_FAULT_PERMISSION);
    CHECK(suite, suite_reads(suite, 0, iova, user.buffer, out, user.buffer + PAGE));
    suite_write_faults(suite, 0, iova, user.buffer, DMS_FAULT_PERMISSION);
}

static void just_outside_of_a_mapping_nothing_is_reached(struct suite *suite)
{
    struct suite_user user;
    dms_iova_t iova;

    if (!suite_start(suite, NULL) || !suite_user(suite, 0, NULL, 3 * PAGE, &user))
        return;
    iova = suite_map(suite, user.dev, user.buffer + PAGE, PAGE);
    CHECK(suite, suite_writes(suite, 0, iova, user.buffer + PAGE));
    CHECK(suite, suite_writes(suite, 0, iova + PAGE - 4, user.buffer + 2 * PAGE - 4));
    suite_write_faults(suite, 0, iova - 4, user.buffer + PAGE - 4, DMS_FAULT_TRANSLATION);
    suite_write_faults(suite, 0, iova + PAGE, user.buffer + 2 * PAGE, DMS_FAULT_TRANSLATION);
}

/* Beyond the 39 bits that a domain for a 32-bit master translates. */
static void an_address_beyond_the_domain_s_input_range_aborts(struct suite *suite)
{
    if (!suite_start(suite, NULL) || !suite_function(suite, 0, NULL))
        return;
    suite_write_faults(suite, 0, UINT64_C(1) << 39, NULL, DMS_FAULT_TRANSLATION);
    suite_write_faults(suite, 0, (UINT64_C(1) << 47) + 0x1000, NULL, DMS_FAULT_TRANSLATION);
}

static void every_beat_of_a_burst_is_reported_to_its_function(struct suite *suite)
{
    const struct suite_machine *machine = suite->machine;
    struct dms_device *devs[2];

    if (!suite_start(suite, NULL))
        return;
    for (unsigned i = 0; i < 2; i++) {
        devs[i] = suite_function(suite, i, NULL);
        if (!devs[i])
            return;
    }
    machine->fetch(machine->ctx, 1, 0x7000, 24);
    machine->post(machine->ctx, 0, 0x8000, 1);
    suite_poll(suite);
    CHECK_EQUAL(suite, suite->nfaults, 7);
    for (unsigned i = 0; i < 6; i++) {
        CHECK_EQUAL(suite, suite->faults[i].sid, machine->masters[1].sid);
        CHECK_EQUAL(suite, suite->faults[i].iova, 0x7000 + 4 * i);
        CHECK_EQUAL(suite, suite->faults[i].access, DMS_READ);
    }
    CHECK_EQUAL(suite, dms_device_fault_count(devs[1]), 6);
    CHECK_EQUAL(suite, dms_device_fault_count(devs[0]), 1);
}

const struct suite_test suite_faults[] = {
    SUITE_TEST(a_stream_that_nobody_configured_aborts),
    SUITE_TEST(a_stream_without_a_table_aborts),
    SUITE_TEST(a_function_that_is_not_attached_aborts_until_it_is),
    SUITE_TEST(a_write_to_what_is_mapped_for_reading_aborts),
    SUITE_TEST(just_outside_of_a_mapping_nothing_is_reached),
    SUITE_TEST(an_address_beyond_the_domain_s_input_range_aborts),
    SUITE_TEST(every_beat_of_a_burst_is_reported_to_its_function),
    {0},
};
