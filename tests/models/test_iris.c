/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "model_machine.h"

#include <string.h>

#include <models/dma_engine.h>
#include <models/iris.h>

#define BASE 0x26000000u
#define SIZE 0x100000u

struct bench {
    struct bypass *machine;
    struct iris_unit unit;
    struct iris_session session;
};

static uint8_t *at(struct bench *b, uint64_t iova)
{
    return model_ram_at(&b->machine->ram, iova, IRIS_TILE);
}

static struct bench bench_new(void)
{
    struct bench b = {.machine = bypass_new(BASE, SIZE, false)};
    b.unit = (struct iris_unit){.soc = &iris_kaanapali, .smmu = b.machine->smmu};
    b.session.format = (struct iris_format){.width = 64, .height = 64, .frames = 2, .tiles = 5};
    assert_true(iris_sizes_of(&b.session.format, &b.session.sizes));
    const struct iris_sizes *s = &b.session.sizes;
    struct iris_buffers *to = &b.session.at;
    to->bitstream = BASE;
    to->scratch = to->bitstream + s->bitstream;
    to->line = to->scratch + s->scratch;
    to->motion = to->line + s->line;
    to->persist = to->motion + s->motion;
    to->queue = to->persist + s->persist;
    to->frame[0] = to->queue + s->queue;
    to->frame[1] = to->frame[0] + s->frame;
    iris_make_packet(&b.session, at(&b, BASE), 1, 0);
    return b;
}

static int64_t decode_both(struct bench *b, uint64_t corrupt)
{
    struct iris_reference *r = iris_reference_new(&b->session);
    assert_non_null(r);
    uint8_t *bits = at(b, b->session.at.bitstream);
    assert_int_equal(iris_start(&b->unit, &b->session).status, IRIS_OK);
    assert_int_equal(iris_decode(&b->unit, &b->session, 0, -1).status, IRIS_OK);
    iris_reference_frame(r, bits, 0, -1);
    assert_true(iris_reference_compare(r, at(b, b->session.at.frame[0]), 0) == -1);
    iris_reference_frame(r, bits, 1, 0);
    if (corrupt)
        *at(b, corrupt) ^= 1;
    assert_int_equal(iris_decode(&b->unit, &b->session, 1, 0).status, IRIS_OK);
    int64_t where = iris_reference_compare(r, at(b, b->session.at.frame[1]), 1);
    iris_reference_free(r);
    return where;
}

static void the_unit_decodes_what_the_reference_does(void **state)
{
    struct bench b = bench_new();
    (void)state;
    assert_true(decode_both(&b, 0) == -1);
    bypass_free(b.machine);
}

static void one_wrong_byte_of_any_input_shows(void **state)
{
    struct bench b = bench_new();
    const struct iris_buffers *a = &b.session.at;
    const uint64_t inputs[] = {a->bitstream, a->scratch, a->line,    a->motion,
                               a->persist,   a->queue,   a->frame[0]};
    (void)state;
    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++)
        assert_true(decode_both(&b, inputs[i]) >= 0);
    bypass_free(b.machine);
}

static void expect_stream(const struct iris_soc *soc, enum iris_kind kind, uint64_t iova,
                          uint32_t sid, bool secure)
{
    struct iris_route r = iris_route(soc, kind, iova);
    assert_int_equal(r.hit, IRIS_HIT_STREAM);
    assert_int_equal(r.sid, sid);
    assert_int_equal(r.secure, secure);
}

static void the_stream_depends_on_kind_and_address(void **state)
{
    (void)state;
    expect_stream(&iris_kaanapali, IRIS_NON_PIXEL, 0x257fffff, 0x1941, true);
    expect_stream(&iris_kaanapali, IRIS_NON_PIXEL, 0x25800000, 0x1940, false);
    expect_stream(&iris_kaanapali, IRIS_QUEUE, 0x257fffff, 0x1a21, true);
    expect_stream(&iris_kaanapali, IRIS_QUEUE, 0x25800000, 0x1a20, false);
    expect_stream(&iris_kaanapali, IRIS_BITSTREAM, 0, 0x1944, false);
    expect_stream(&iris_kaanapali, IRIS_PIXEL, 0xdabfffff, 0x1943, false);
    expect_stream(&iris_kaanapali, IRIS_FIRMWARE, 0x1000, 0x1a22, false);
    expect_stream(&iris_sm8550, IRIS_NON_PIXEL, 0x25800000, 0x1940, false);
    expect_stream(&iris_sm8550, IRIS_PIXEL, 0xdfffffff, 0x1947, false);
    assert_int_equal(iris_route(&iris_kaanapali, IRIS_PIXEL, 0xdac00000).hit, IRIS_HIT_IO);
    assert_int_equal(iris_route(&iris_sm8550, IRIS_PIXEL, 0xe0000000).hit, IRIS_HIT_IO);
    assert_int_equal(iris_route(&iris_sm8550, IRIS_PIXEL, 1ull << 32).hit, IRIS_HIT_BEYOND);
    assert_ptr_equal(iris_soc_by_name("hamoa"), &iris_sm8550);
    assert_null(iris_soc_by_name("none"));
}

static void scratch_below_600_mb_leaves_by_the_secure_stream(void **state)
{
    struct bench b = bench_new();
    char text[120];
    (void)state;
    b.session.at.scratch = 0x1000;
    struct iris_result r = iris_start(&b.unit, &b.session);
    assert_int_equal(r.status, IRIS_BUS_ERROR);
    assert_string_equal(iris_result_print(&r, text, sizeof(text)),
                        "non-pixel write of 0x1000 by secure stream 0x1941: bus error");
    bypass_free(b.machine);
}

static void a_frame_in_the_io_window_hits_registers(void **state)
{
    struct bench b = bench_new();
    (void)state;
    assert_int_equal(iris_start(&b.unit, &b.session).status, IRIS_OK);
    b.session.at.frame[0] = 0xdac00000;
    struct iris_result r = iris_decode(&b.unit, &b.session, 0, -1);
    assert_int_equal(r.status, IRIS_IO_REGISTERS);
    assert_true(r.write && r.iova == 0xdac00000 && r.kind == IRIS_PIXEL);
    b.session.at.frame[0] = 1ull << 32;
    assert_int_equal(iris_decode(&b.unit, &b.session, 0, -1).status, IRIS_BEYOND);
    assert_int_equal(iris_decode(&b.unit, &b.session, 2, -1).status, IRIS_BAD_ARGUMENT);
    assert_int_equal(iris_decode(&b.unit, &b.session, 0, 2).status, IRIS_BAD_ARGUMENT);
    bypass_free(b.machine);
}

static void firmware_sums_as_the_cpu_sees_it(void **state)
{
    struct bench b = bench_new();
    uint64_t sum = 0;
    (void)state;
    assert_int_equal(iris_load_firmware(&b.unit, BASE + 5, 9000, &sum).status, IRIS_OK);
    assert_true(sum == dma_engine_sum_of(at(&b, BASE) + 5, 9000));
    bypass_free(b.machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_unit_decodes_what_the_reference_does),
        cmocka_unit_test(one_wrong_byte_of_any_input_shows),
        cmocka_unit_test(the_stream_depends_on_kind_and_address),
        cmocka_unit_test(scratch_below_600_mb_leaves_by_the_secure_stream),
        cmocka_unit_test(a_frame_in_the_io_window_hits_registers),
        cmocka_unit_test(firmware_sums_as_the_cpu_sees_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
