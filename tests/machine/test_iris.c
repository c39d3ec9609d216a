/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The video unit's wiring and buffer sizes. That its bytes are right is for the demo's test, which compares frames. */
#include "../cmocka_all.h"

#include <models/iris.h>

static void below_600_mb_non_pixel_leaves_as_a_secure_stream(void **state)
{
    struct iris_route r;

    (void)state;
    r = iris_route(&iris_kaanapali, IRIS_NON_PIXEL, 0x257fffff);
    assert_int_equal(r.hit, IRIS_HIT_STREAM);
    assert_int_equal(r.sid, 0x1941);
    assert_true(r.secure);
    r = iris_route(&iris_kaanapali, IRIS_NON_PIXEL, 0x25800000);
    assert_int_equal(r.sid, 0x1940);
    assert_false(r.secure);
    r = iris_route(&iris_kaanapali, IRIS_QUEUE, 0x25800000);
    assert_int_equal(r.sid, 0x1a20);
}

static void pixels_have_one_stream_down_to_zero(void **state)
{
    (void)state;
    assert_int_equal(iris_route(&iris_kaanapali, IRIS_PIXEL, 0).sid, 0x1943);
    assert_int_equal(iris_route(&iris_kaanapali, IRIS_PIXEL, 0xdabfffff).sid, 0x1943);
    assert_int_equal(iris_route(&iris_sm8550, IRIS_PIXEL, 0xdfffffff).sid, 0x1947);
}

static void above_the_io_base_registers_are_hit(void **state)
{
    (void)state;
    assert_int_equal(iris_route(&iris_kaanapali, IRIS_PIXEL, 0xdac00000).hit, IRIS_HIT_IO);
    assert_int_equal(iris_route(&iris_sm8550, IRIS_BITSTREAM, 0xe0000000).hit, IRIS_HIT_IO);
    assert_int_equal(iris_route(&iris_sm8550, IRIS_PIXEL, UINT64_C(0x100000000)).hit,
                     IRIS_HIT_BEYOND);
    assert_int_equal(iris_route(&iris_sm8550, IRIS_FIRMWARE, 0x1000).hit, IRIS_HIT_NONE);
}

static void socs_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(iris_soc_by_name("hamoa"), &iris_sm8550);
    assert_ptr_equal(iris_soc_by_name("kaanapali"), &iris_kaanapali);
    assert_null(iris_soc_by_name("toaster"));
}

static void formats_outside_of_the_unit_are_refused(void **state)
{
    struct iris_sizes sizes;

    (void)state;
    assert_true(iris_sizes_of(&(struct iris_format){16, 16, 1, 1}, &sizes));
    assert_false(iris_sizes_of(&(struct iris_format){15, 16, 1, 1}, &sizes));
    assert_false(iris_sizes_of(&(struct iris_format){16, 16385, 1, 1}, &sizes));
    assert_false(iris_sizes_of(&(struct iris_format){16, 16, IRIS_MAX_FRAMES + 1, 1}, &sizes));
    assert_false(iris_sizes_of(&(struct iris_format){16, 16, 1, 0}, &sizes));
}

static void tiles_reach_both_ends_of_a_buffer_and_do_not_overlap(void **state)
{
    const struct iris_format format = {640, 480, 2, 5};

    (void)state;
    assert_int_equal(iris_tile_offset(&format, 65536, 0), 0);
    assert_int_equal(iris_tile_offset(&format, 65536, 4), 65536 - IRIS_TILE);
    for (unsigned i = 1; i < 5; i++)
        assert_true(iris_tile_offset(&format, 65536, i) >=
                    iris_tile_offset(&format, 65536, i - 1) + IRIS_TILE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(below_600_mb_non_pixel_leaves_as_a_secure_stream),
        cmocka_unit_test(pixels_have_one_stream_down_to_zero),
        cmocka_unit_test(above_the_io_base_registers_are_hit),
        cmocka_unit_test(socs_are_found_by_name),
        cmocka_unit_test(formats_outside_of_the_unit_are_refused),
        cmocka_unit_test(tiles_reach_both_ends_of_a_buffer_and_do_not_overlap),
    };

    return cmocka_run_group_tests_name("iris", tests, NULL, NULL);
}
