/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include "base/range.h"

/*
 * The oracle is a set of bits: addresses 0 .. 7 and, at the other end of the space, 2^64 - 8 ..
 * 2^64 - 1. Every pair of ranges with such bounds is tried.
 */
#define POINTS 16

static uint64_t point(unsigned i)
{
    return i < 8 ? i : UINT64_MAX - (POINTS - 1 - i);
}

/*
 * Bit i: point(i) is in the range. A range across the middle is never mistaken: it holds points 7
 * and 8.
 */
static unsigned bits(struct dms_range range)
{
    unsigned set = 0;

    for (unsigned i = 0; i < POINTS; i++)
        set |= (unsigned)(range.first <= point(i) && point(i) <= range.last) << i;
    return set;
}

static void for_every_range(void (*check)(struct dms_range range))
{
    for (unsigned first = 0; first < POINTS; first++) {
        for (unsigned last = first; last < POINTS; last++)
            check((struct dms_range){point(first), point(last)});
    }
}

static void for_every_pair(void (*check)(struct dms_range a, struct dms_range b))
{
    for (unsigned i = 0; i < POINTS * POINTS * POINTS * POINTS; i++) {
        struct dms_range a = {point(i % 16), point(i / 16 % 16)};
        struct dms_range b = {point(i / 256 % 16), point(i / 4096)};

        if (a.first <= a.last && b.first <= b.last)
            check(a, b);
    }
}

static void check_pair(struct dms_range a, struct dms_range b)
{
    struct dms_range out = {1, 0};
    struct dms_range hull = range_hull(a, b);

    assert_int_equal(range_overlaps(a, b), (bits(a) & bits(b)) != 0);
    assert_int_equal(range_contains(a, b), (bits(a) & bits(b)) == bits(b));
    assert_int_equal(range_equal(a, b), bits(a) == bits(b));
    assert_int_equal(range_intersect(a, b, &out), (bits(a) & bits(b)) != 0);
    if (range_overlaps(a, b))
        assert_int_equal(bits(out), bits(a) & bits(b));
    else
        assert_true(out.first == 1 && out.last == 0);
    assert_true(range_contains(hull, a) && range_contains(hull, b));
    assert_true(hull.first == a.first || hull.first == b.first);
    assert_true(hull.last == a.last || hull.last == b.last);
}

static void sets_of_addresses_agree_with_sets_of_bits(void **state)
{
    (void)state;
    for_every_pair(check_pair);
}

static void check_touch(struct dms_range a, struct dms_range b)
{
    struct dms_range wider = {a.first == 0 ? 0 : a.first - 1,
                              a.last == UINT64_MAX ? UINT64_MAX : a.last + 1};

    assert_int_equal(range_touches(a, b), range_overlaps(wider, b));
}

static void neighbours_touch_and_the_two_ends_of_the_space_do_not(void **state)
{
    (void)state;
    for_every_pair(check_touch);
    assert_false(
        range_touches((struct dms_range){0, 0}, (struct dms_range){UINT64_MAX, UINT64_MAX}));
}

static void check_has(struct dms_range range)
{
    for (unsigned i = 0; i < POINTS; i++)
        assert_int_equal(range_has(range, point(i)), bits(range) >> i & 1);
}

static void both_bounds_belong_to_the_range(void **state)
{
    (void)state;
    for_every_range(check_has);
}

/* Granule by granule of four: outwards takes each that is touched, inwards each that is full. */
static void check_round(struct dms_range range)
{
    struct dms_range out = range_round_out(range, 4);
    struct dms_range in = {1, 0};
    unsigned touched = 0, full = 0;
    bool any;

    for (unsigned i = 0; i < POINTS; i += 4) {
        unsigned granule = 0xfu << i;

        touched |= bits(range) & granule ? granule : 0;
        full |= (bits(range) & granule) == granule ? granule : 0;
    }
    assert_int_equal(bits(out), touched);
    assert_true(out.first % 4 == 0 && out.last % 4 == 3);
    any = range_round_in(range, 4, &in);
    if (any)
        assert_true(in.first <= in.last && in.first % 4 == 0 && in.last % 4 == 3);
    else
        assert_true(in.first == 1 && in.last == 0);
    /* A range across the middle has full granules between the points. */
    if (any && in.first <= point(7) + 1 && in.last >= point(8) - 1 && full == 0)
        return;
    assert_int_equal(any ? bits(in) : 0, full);
}

static void reservations_round_outwards_and_windows_inwards(void **state)
{
    (void)state;
    for_every_range(check_round);
}

static void rounding_can_reach_the_full_space(void **state)
{
    struct dms_range full = {0, UINT64_MAX};
    struct dms_range in = {1, 0};
    (void)state;

    assert_true(range_round_in(full, 4096, &in));
    assert_true(range_equal(in, full));
    assert_true(range_equal(range_round_out((struct dms_range){5, UINT64_MAX - 5}, 4096), full));
    assert_true(range_round_in((struct dms_range){1, UINT64_MAX}, 4096, &in));
    assert_true(in.first == 4096 && in.last == UINT64_MAX);
    assert_true(range_round_in((struct dms_range){7, 7}, 1, &in));
    assert_true(in.first == 7 && in.last == 7);
    assert_false(range_round_in((struct dms_range){UINT64_MAX - 4094, UINT64_MAX}, 4096, &in));
    assert_false(range_round_in((struct dms_range){0, 4094}, 4096, &in));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_of_addresses_agree_with_sets_of_bits),
        cmocka_unit_test(neighbours_touch_and_the_two_ends_of_the_space_do_not),
        cmocka_unit_test(both_bounds_belong_to_the_range),
        cmocka_unit_test(reservations_round_outwards_and_windows_inwards),
        cmocka_unit_test(rounding_can_reach_the_full_space),
    };

    return cmocka_run_group_tests_name("range", tests, NULL, NULL);
}
