/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Encodings, written out here a second time as plain numbers. */
#include "../cmocka_all.h"

#include "smmuv3/command.h"
#include "smmuv3/smmuv3_internal.h"

static void assert_command(struct smmu_cmd cmd, uint64_t word0, uint64_t word1)
{
    assert_int_equal(cmd.word[0], word0);
    assert_int_equal(cmd.word[1], word1);
}

static void commands_are_encoded_as_chapter_4_says(void **state)
{
    (void)state;
    assert_command(smmu_cmd_sync(), 0x46, 0);
    assert_command(smmu_cmd_cfgi_ste(0x1940, true), UINT64_C(0x0000194000000003), 1);
    assert_command(smmu_cmd_cfgi_ste(0xffffffff, false), UINT64_C(0xffffffff00000003), 0);
    assert_command(smmu_cmd_cfgi_all(), 0x04, 31);
    assert_command(smmu_cmd_tlbi_all(), 0x30, 0);
    assert_command(smmu_cmd_tlbi_el2_all(), 0x20, 0);
    assert_command(smmu_cmd_tlbi_asid(0xabcd), UINT64_C(0xabcd000000000011), 0);
}

static void queue_positions_carry_one_wrap_bit(void **state)
{
    const struct smmu_queue queue = {.mask = 15};
    (void)state;

    assert_int_equal(smmu_queue_reg(&queue, 7), 7);
    assert_int_equal(smmu_queue_reg(&queue, 8), 8);
    assert_int_equal(smmu_queue_reg(&queue, 15), 15);
    assert_int_equal(smmu_queue_reg(&queue, 16), 0);
    assert_int_equal(smmu_queue_distance(&queue, 15, 0), 1);
    assert_int_equal(smmu_queue_distance(&queue, 16, 8), 8);
    assert_int_equal(smmu_queue_distance(&queue, 16, 15), 15);
    assert_int_equal(smmu_queue_distance(&queue, UINT64_MAX, 7), 8);
    assert_int_equal(smmu_queue_distance(&queue, 3, 0x7f000005), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_encoded_as_chapter_4_says),
        cmocka_unit_test(queue_positions_carry_one_wrap_bit),
    };

    return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
