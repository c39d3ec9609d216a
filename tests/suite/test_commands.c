/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Commands that the SMMU refuses: an error for who asked, and nobody else; then the queue goes on.
 */
#include "registers.h"
#include "suite.h"

#define PAGE 0x1000u

static uint64_t command_errors(struct suite *suite)
{
    struct dms_smmuv3_stats stats;

    dms_smmuv3_stats(suite->iommu, &stats);
    return stats.command_errors;
}

static void an_illegal_invalidation_is_no_successful_unmap(struct suite *suite)
{
    struct suite_user user;

    if (!suite_start(suite, NULL) || !suite_user(suite, 0, NULL, PAGE, &user))
        return;
    suite_use(suite, &user);
    suite->spoil_command = true;
    CHECK_EQUAL(suite, dms_unmap(user.dev, user.iova, PAGE, NULL), DMS_EIO);
    CHECK_EQUAL(suite, suite->spoiled, 1);
    CHECK_EQUAL(suite, command_errors(suite), 1);
    CHECK_EQUAL(suite, suite_register(suite, SMMU_GERROR), suite_register(suite, SMMU_GERRORN));
    /* Gone from the table, so not to be unmapped again; but only a flush makes it true. */
    CHECK_EQUAL(suite, dms_unmap(user.dev, user.iova, PAGE, NULL), DMS_ENOENT);
    CHECK_EQUAL(suite, dms_flush(user.dev), 0);
    suite_gone(suite, &user);
}

static void an_illegal_command_of_an_attach_leaves_the_stream_aborting(struct suite *suite)
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
    suite->spoil_command = true;
    CHECK_EQUAL(suite, dms_attach(dev, NULL), DMS_EIO);
    CHECK_EQUAL(suite, suite->spoiled, 1);
    suite_write_faults(suite, 0, 0x10000, NULL, DMS_FAULT_UNCONFIGURED);
    CHECK_EQUAL(suite, dms_attach(dev, NULL), 0);
    iova = suite_map(suite, dev, buffer, PAGE);
    CHECK(suite, suite_writes(suite, 0, iova, buffer));
}

static void after_many_illegal_commands_everything_still_works(struct suite *suite)
{
    struct suite_user user;

    if (!suite_start(suite, &(struct suite_options){.cmdq_lg2 = 3}) ||
        !suite_user(suite, 0, NULL, PAGE, &user))
        return;
    for (unsigned i = 0; i < 20; i++) {
        suite_use(suite, &user);
        suite->spoil_command = true;
        CHECK_EQUAL(suite, dms_unmap(user.dev, user.iova, PAGE, NULL), DMS_EIO);
        CHECK_EQUAL(suite, dms_flush(user.dev), 0);
    }
    CHECK_EQUAL(suite, command_errors(suite), 20);
    suite_use(suite, &user);
    suite_lose(suite, &user);
}

static void a_restarted_queue_changes_nothing_for_the_functions(struct suite *suite)
{
    struct suite_user users[2];

    if (!suite_start(suite, NULL))
        return;
    for (unsigned i = 0; i < 2; i++) {
        if (!suite_user(suite, i, NULL, PAGE, &users[i]))
            return;
        suite_use(suite, &users[i]);
    }
    CHECK_EQUAL(suite, dms_smmuv3_recover(suite->iommu), 0);
    for (unsigned i = 0; i < 2; i++) {
        suite_still(suite, &users[i]);
        suite_lose(suite, &users[i]);
    }
}

/* The SMMU never hears of the invalidation, as if its queue were stuck. */
static void commands_that_were_lost_are_made_up_for_by_a_restart(struct suite *suite)
{
    struct suite_user user;

    if (!suite_start(suite, &(struct suite_options){.timeout_ns = 100000000}) ||
        !suite_user(suite, 0, NULL, PAGE, &user))
        return;
    suite_use(suite, &user);
    suite->lose_commands = true;
    CHECK_EQUAL(suite, dms_unmap(user.dev, user.iova, PAGE, NULL), DMS_ETIMEDOUT);
    CHECK_EQUAL(suite, suite->lost, 1);
    CHECK_EQUAL(suite, dms_smmuv3_recover(suite->iommu), 0);
    suite_gone(suite, &user);
    CHECK_EQUAL(suite, dms_flush(user.dev), 0);
    suite_use(suite, &user);
}

/* The first detach fails, and its stream's entry stays in the SMMU's cache until the second. */
static void an_illegal_command_of_a_detach_is_made_up_for_by_the_next(struct suite *suite)
{
    struct suite_user user;

    if (!suite_start(suite, NULL) || !suite_function(suite, 1, NULL) ||
        !suite_user(suite, 0, NULL, PAGE, &user))
        return;
    suite_use(suite, &user);
    suite_unmap(suite, user.dev, user.iova, PAGE);
    suite->spoil_command = true;
    CHECK_EQUAL(suite, dms_detach(user.dev, NULL), DMS_EIO);
    CHECK(suite, dms_device_is_attached(user.dev));
    CHECK_EQUAL(suite, dms_detach(user.dev, NULL), 0);
    suite_write_faults(suite, 0, user.iova, user.buffer, DMS_FAULT_UNCONFIGURED);
}

const struct suite_test suite_commands[] = {
    SUITE_TEST(an_illegal_invalidation_is_no_successful_unmap),
    SUITE_TEST(an_illegal_command_of_an_attach_leaves_the_stream_aborting),
    SUITE_TEST(after_many_illegal_commands_everything_still_works),
    SUITE_TEST(an_illegal_command_of_a_detach_is_made_up_for_by_the_next),
    SUITE_TEST(a_restarted_queue_changes_nothing_for_the_functions),
    SUITE_TEST(commands_that_were_lost_are_made_up_for_by_a_restart),
    {0},
};
