/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"
#include "../random.h"

#include "base/bits.h"

#include <string.h>

#define TOP_BIT (UINT64_C(1) << 63)

static void zero_is_no_power_of_two(void **state)
{
    (void)state;
    assert_false(is_pow2(0));
    assert_false(is_pow2(3));
    assert_false(is_pow2(TOP_BIT | 1));
    for (unsigned n = 0; n < 64; n++)
        assert_true(is_pow2(UINT64_C(1) << n));
}

static void logarithms_round_down_and_up(void **state)
{
    (void)state;
    assert_int_equal(ilog2(1), 0);
    assert_int_equal(ilog2_ceil(1), 0);
    assert_int_equal(ilog2_ceil(2), 1);
    assert_int_equal(ilog2_ceil(3), 2);
    assert_int_equal(ilog2_ceil(UINT64_MAX), 64);
    for (unsigned n = 2; n < 64; n++) {
        uint64_t power = UINT64_C(1) << n;

        assert_int_equal(ilog2(power - 1), n - 1);
        assert_int_equal(ilog2(power), n);
        assert_int_equal(ilog2_ceil(power), n);
        assert_int_equal(ilog2_ceil(power + 1), n + 1);
        assert_int_equal(ctz64(power | TOP_BIT), n);
        assert_int_equal(clz64(power | 1), 63 - n);
    }
}

static void set_bits_are_counted(void **state)
{
    struct test_random random = test_random_start();
    (void)state;

    assert_int_equal(popcount64(0), 0);
    assert_int_equal(popcount64(UINT64_MAX), 64);
    for (int i = 0; i < 1000; i++) {
        uint64_t x = test_random_u64(&random) & test_random_u64(&random);

        if (popcount64(x) != (unsigned)__builtin_popcountll(x))
            fail_msg("popcount64(0x%llx), seed %llu", (unsigned long long)x,
                     (unsigned long long)random.seed);
    }
}

static void rounding_down_keeps_multiples(void **state)
{
    (void)state;
    assert_true(align_down(0x1fff, 0x1000) == 0x1000);
    assert_true(align_down(0x1000, 0x1000) == 0x1000);
    assert_true(align_down(UINT64_MAX, TOP_BIT) == TOP_BIT);
    assert_true(align_down(77, 1) == 77);
    assert_true(is_aligned(0x3000, 0x1000));
    assert_false(is_aligned(0x3800, 0x1000));
}

static void masks_reach_both_ends_of_the_word(void **state)
{
    (void)state;
    assert_true(MASK64(63, 0) == UINT64_MAX);
    assert_true(MASK64(0, 0) == 1);
    assert_true(MASK64(63, 63) == TOP_BIT);
    assert_true(MASK64(51, 12) == UINT64_C(0x000ffffffffff000));
    assert_true(BIT64(63) == TOP_BIT);
}

static void a_field_comes_out_as_it_went_in(void **state)
{
    const uint64_t mask = MASK64(51, 48);
    (void)state;

    assert_true(field_make(mask, 0xa) == UINT64_C(0xa) << 48);
    assert_true(field_get(mask, UINT64_C(0x123a) << 48) == 0xa);
    assert_true(field_set(UINT64_MAX, mask, 0x5) == (UINT64_MAX ^ (UINT64_C(0xa) << 48)));
    assert_true(field_get(UINT64_MAX, TOP_BIT | 1) == (TOP_BIT | 1));
}

static void a_value_too_wide_stays_inside_its_field(void **state)
{
    const uint64_t mask = MASK64(7, 4);
    (void)state;

    assert_true(field_fits(mask, 0xf));
    assert_false(field_fits(mask, 0x10));
    assert_true(field_make(mask, 0x1f) == 0xf0);
    assert_true(field_set(0, mask, UINT64_MAX) == 0xf0);
    assert_true(field_fits(MASK64(63, 60), 0xf));
    assert_false(field_fits(MASK64(63, 60), 0x10));
}

static void device_words_have_their_low_byte_first(void **state)
{
    dms_le64_t word = cpu_to_le64(UINT64_C(0x0807060504030201));
    const unsigned char expected[] = {1, 2, 3, 4, 5, 6, 7, 8};
    (void)state;

    assert_memory_equal(&word, expected, 8);
    assert_true(le64_to_cpu(word) == UINT64_C(0x0807060504030201));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_is_no_power_of_two),
        cmocka_unit_test(logarithms_round_down_and_up),
        cmocka_unit_test(set_bits_are_counted),
        cmocka_unit_test(rounding_down_keeps_multiples),
        cmocka_unit_test(masks_reach_both_ends_of_the_word),
        cmocka_unit_test(a_field_comes_out_as_it_went_in),
        cmocka_unit_test(a_value_too_wide_stays_inside_its_field),
        cmocka_unit_test(device_words_have_their_low_byte_first),
    };

    return cmocka_run_group_tests_name("bits", tests, NULL, NULL);
}
