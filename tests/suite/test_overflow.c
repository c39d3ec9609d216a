/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* More faults than the event queue holds: what was lost is said, and what comes later is not. */
#include "suite.h"

#define EVENTQ_LG2 2u

static bool overflow(struct suite *suite)
{
    const struct suite_machine *machine = suite->machine;

    if (!suite_start(suite, &(struct suite_options){.evtq_lg2 = EVENTQ_LG2}))
        return false;
    if (!suite_function(suite, 0, NULL) || !suite_function(suite, 1, NULL))
        return false;
    for (unsigned i = 0; i < 3u << EVENTQ_LG2; i++)
        machine->post(machine->ctx, 0, 0x10000 + 16 * i, 1);
    return true;
}

static void what_fits_into_the_queue_is_reported(struct suite *suite)
{
    struct dms_smmuv3_stats stats;

    if (!overflow(suite))
        return;
    suite_poll(suite);
    CHECK_EQUAL(suite, suite->nfaults, 1u << EVENTQ_LG2);
    for (unsigned i = 0; i < 1u << EVENTQ_LG2; i++)
        CHECK_EQUAL(suite, suite->faults[i].iova, 0x10000 + 16 * i);
    /* One way or another, the driver has learnt that something was lost. */
    suite_poll(suite);
    dms_smmuv3_stats(suite->iommu, &stats);
    CHECK(suite, stats.overflows + stats.global_errors > 0);
}

static void the_overflow_flag_says_that_events_were_lost(struct suite *suite)
{
    struct dms_smmuv3_stats stats;

    if (suite_lacks(suite, SUITE_OVERFLOW_FLAG) || !overflow(suite))
        return;
    suite_poll(suite);
    dms_smmuv3_stats(suite->iommu, &stats);
    CHECK_EQUAL(suite, stats.overflows, 1);
    CHECK_EQUAL(suite, stats.global_errors, 0);
}

static void after_an_overflow_faults_are_reported_again(struct suite *suite)
{
    if (!overflow(suite))
        return;
    for (unsigned round = 0; round < 3; round++) {
        suite_write_faults(suite, 1, 0x20000, NULL, DMS_FAULT_TRANSLATION);
        suite_write_faults(suite, 0, 0x30000, NULL, DMS_FAULT_TRANSLATION);
        for (unsigned i = 0; i < 3u << EVENTQ_LG2; i++)
            suite->machine->post(suite->machine->ctx, 0, 0x10000, 1);
    }
}

static void a_full_queue_stops_no_other_function_s_work(struct suite *suite)
{
    struct dms_device *dev;
    uint8_t *buffer;
    dms_iova_t iova;

    if (!overflow(suite))
        return;
    dev = suite->functions[1];
    buffer = suite_buffer(suite, 0x1000);
    if (!buffer)
        return;
    for (unsigned i = 0; i < 4; i++) {
        iova = suite_map(suite, dev, buffer, 0x1000);
        CHECK(suite, suite_writes(suite, 1, iova, buffer));
        suite_unmap(suite, dev, iova, 0x1000);
    }
    suite_write_faults(suite, 1, iova, buffer, DMS_FAULT_TRANSLATION);
}

const struct suite_test suite_overflow[] = {
    SUITE_TEST(what_fits_into_the_queue_is_reported),
    SUITE_TEST(the_overflow_flag_says_that_events_were_lost),
    SUITE_TEST(after_an_overflow_faults_are_reported_again),
    SUITE_TEST(a_full_queue_stops_no_other_function_s_work),
    {0},
};
