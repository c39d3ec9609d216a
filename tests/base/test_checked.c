/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include "base/checked.h"

#define TOP UINT64_MAX

/* Results that fit arrive; results that do not leave the output alone. */
#define FITS(call, expected)                                                                       \
    do {                                                                                           \
        out = 12345;                                                                               \
        assert_true(call);                                                                         \
        assert_true(out == (expected));                                                            \
    } while (0)

#define REFUSED(call)                                                                              \
    do {                                                                                           \
        out = 12345;                                                                               \
        assert_false(call);                                                                        \
        assert_true(out == 12345);                                                                 \
    } while (0)

static void a_sum_beyond_64_bits_is_refused(void **state)
{
    uint64_t out;
    (void)state;

    FITS(checked_add(TOP, 0, &out), TOP);
    FITS(checked_add(1, TOP - 1, &out), TOP);
    REFUSED(checked_add(TOP, 1, &out));
    REFUSED(checked_add(TOP, TOP, &out));
}

static void a_difference_below_zero_is_refused(void **state)
{
    uint64_t out;
    (void)state;

    FITS(checked_sub(5, 5, &out), 0);
    FITS(checked_sub(TOP, 1, &out), TOP - 1);
    REFUSED(checked_sub(4, 5, &out));
}

static void a_product_beyond_64_bits_is_refused(void **state)
{
    uint64_t out;
    (void)state;

    FITS(checked_mul(TOP, 1, &out), TOP);
    FITS(checked_mul(0, TOP, &out), 0);
    FITS(checked_mul(UINT64_C(1) << 32, UINT32_MAX, &out), TOP - UINT32_MAX);
    REFUSED(checked_mul(UINT64_C(1) << 32, UINT64_C(1) << 32, &out));
}

static void sizes_overflow_at_the_width_of_size_t(void **state)
{
    size_t out;
    (void)state;

    FITS(checked_add_size(SIZE_MAX - 1, 1, &out), SIZE_MAX);
    REFUSED(checked_add_size(SIZE_MAX, 1, &out));
    FITS(checked_mul_size(SIZE_MAX / 2, 2, &out), SIZE_MAX - 1);
    REFUSED(checked_mul_size(SIZE_MAX / 2 + 1, 2, &out));
}

static void a_shift_that_loses_a_bit_is_refused(void **state)
{
    uint64_t out;
    (void)state;

    FITS(checked_shl(1, 63, &out), UINT64_C(1) << 63);
    FITS(checked_shl(3, 62, &out), UINT64_C(3) << 62);
    FITS(checked_shl(0, 64, &out), 0);
    FITS(checked_shl(0, 1000, &out), 0);
    REFUSED(checked_shl(2, 63, &out));
    REFUSED(checked_shl(3, 63, &out));
    REFUSED(checked_shl(1, 64, &out));
}

static void rounding_up_past_the_top_is_refused(void **state)
{
    uint64_t out;
    (void)state;

    FITS(checked_align_up(0, 4096, &out), 0);
    FITS(checked_align_up(1, 4096, &out), 4096);
    FITS(checked_align_up(4096, 4096, &out), 4096);
    FITS(checked_align_up(TOP, 1, &out), TOP);
    FITS(checked_align_up(TOP - 4095, 4096, &out), TOP - 4095);
    REFUSED(checked_align_up(TOP - 4094, 4096, &out));
}

static void a_range_of_size_0_is_malformed(void **state)
{
    struct dms_range range = {7, 8};
    (void)state;

    assert_int_equal(range_from_size(0, 0, &range), DMS_EINVAL);
    assert_int_equal(range_from_size(TOP, 0, &range), DMS_EINVAL);
    assert_true(range.first == 7 && range.last == 8);
}

static void a_range_may_end_at_the_top_and_not_beyond(void **state)
{
    struct dms_range range = {7, 8};
    (void)state;

    assert_int_equal(range_from_size(TOP, 2, &range), DMS_ERANGE);
    assert_int_equal(range_from_size(1, TOP, &range), 0);
    assert_true(range.first == 1 && range.last == TOP);
    assert_int_equal(range_from_size(2, TOP, &range), DMS_ERANGE);
    assert_true(range.first == 1 && range.last == TOP);
    assert_int_equal(range_from_size(TOP, 1, &range), 0);
    assert_true(range.first == TOP && range.last == TOP);
}

static void the_size_of_the_full_space_does_not_fit(void **state)
{
    uint64_t out;
    (void)state;

    FITS(checked_range_size((struct dms_range){5, 5}, &out), 1);
    FITS(checked_range_size((struct dms_range){1, TOP}, &out), TOP);
    REFUSED(checked_range_size((struct dms_range){0, TOP}, &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sum_beyond_64_bits_is_refused),
        cmocka_unit_test(a_difference_below_zero_is_refused),
        cmocka_unit_test(a_product_beyond_64_bits_is_refused),
        cmocka_unit_test(sizes_overflow_at_the_width_of_size_t),
        cmocka_unit_test(a_shift_that_loses_a_bit_is_refused),
        cmocka_unit_test(rounding_up_past_the_top_is_refused),
        cmocka_unit_test(a_range_of_size_0_is_malformed),
        cmocka_unit_test(a_range_may_end_at_the_top_and_not_beyond),
        cmocka_unit_test(the_size_of_the_full_space_does_not_fit),
    };

    return cmocka_run_group_tests_name("checked", tests, NULL, NULL);
}
