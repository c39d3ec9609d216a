/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One IOVA, several functions: each reaches its own memory, and nobody else's. */
#include "suite.h"

#define IOVA UINT64_C(0x10000000)
#define PAGE 0x1000u

/* A function and a page of its own, at IOVA. */
static bool user_at(struct suite *suite, unsigned master, struct suite_user *user)
{
    const struct dms_dma_opts take = {.take = true};

    if (!suite_user(suite, master, NULL, PAGE, user))
        return false;
    user->iova = IOVA;
    return CHECK_EQUAL(
        suite, dms_map_fixed(user->dev, IOVA, user->buffer, PAGE, DMS_BIDIRECTIONAL, &take), 0);
}

static void two_functions_use_one_iova_for_different_memory(struct suite *suite)
{
    struct suite_user users[2];

    if (!suite_start(suite, NULL) || !user_at(suite, 0, &users[0]) || !user_at(suite, 1, &users[1]))
        return;
    /* In turns, so that each finds what the other has left in the TLB. */
    for (unsigned round = 0; round < 4; round++) {
        for (unsigned i = 0; i < 2; i++) {
            const uint8_t *theirs = users[1 - i].buffer + 4 * round;
            uint32_t was = suite_word(theirs);

            CHECK(suite, suite_writes(suite, i, IOVA + 4 * round, users[i].buffer + 4 * round));
            CHECK_EQUAL(suite, suite_word(theirs), was);
        }
    }
}

static void what_one_function_maps_is_not_there_for_another(struct suite *suite)
{
    struct suite_user user;

    if (!suite_start(suite, NULL) || !user_at(suite, 0, &user) || !suite_function(suite, 1, NULL))
        return;
    suite_still(suite, &user);
    suite_write_faults(suite, 1, IOVA, user.buffer, DMS_FAULT_TRANSLATION);
    suite_read_faults(suite, 1, IOVA, DMS_FAULT_TRANSLATION);
    suite_still(suite, &user);
}

static void an_aborted_read_brings_no_secret(struct suite *suite)
{
    const struct suite_machine *machine = suite->machine;
    struct suite_user theirs, mine;

    if (!suite_start(suite, NULL) || !user_at(suite, 0, &theirs) ||
        !suite_user(suite, 1, NULL, PAGE, &mine))
        return;
    mine.iova = suite_map(suite, mine.dev, mine.buffer, PAGE);
    suite_set_word(theirs.buffer, 0x5ec4e7ed);
    suite_read_faults(suite, 1, IOVA, DMS_FAULT_TRANSLATION);
    machine->store(machine->ctx, 1, mine.iova, 4);
    CHECK(suite, suite_word(mine.buffer) != 0x5ec4e7ed);
    suite_poll(suite);
    /* The secret is still there for its owner. */
    CHECK_EQUAL(suite, suite_word(theirs.buffer), 0x5ec4e7ed);
}

static void an_unmap_of_one_leaves_the_other_s_page(struct suite *suite)
{
    struct suite_user users[2];

    if (!suite_start(suite, NULL))
        return;
    for (unsigned i = 0; i < 2; i++) {
        if (!user_at(suite, i, &users[i]))
            return;
        suite_still(suite, &users[i]);
    }
    suite_lose(suite, &users[0]);
    suite_still(suite, &users[1]);
}

static void functions_of_one_group_share_an_address_space(struct suite *suite)
{
    struct suite_user first;
    struct dms_device *second;

    if (!suite_start(suite, NULL) || !suite_user(suite, 0, NULL, PAGE, &first))
        return;
    second = suite_function(
        suite, 1,
        &(struct dms_device_cfg){.coherence = DMS_COHERENCE_SNOOPS, .share_group_with = first.dev});
    if (!second)
        return;
    suite_use(suite, &first);
    CHECK(suite, suite_writes(suite, 1, first.iova, first.buffer));
    suite_unmap(suite, second, first.iova, PAGE);
    suite_gone(suite, &first);
    suite_write_faults(suite, 1, first.iova, first.buffer, DMS_FAULT_TRANSLATION);
}

const struct suite_test suite_isolation[] = {
    SUITE_TEST(two_functions_use_one_iova_for_different_memory),
    SUITE_TEST(what_one_function_maps_is_not_there_for_another),
    SUITE_TEST(an_aborted_read_brings_no_secret),
    SUITE_TEST(an_unmap_of_one_leaves_the_other_s_page),
    SUITE_TEST(functions_of_one_group_share_an_address_space),
    {0},
};
