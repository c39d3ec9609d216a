/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "model_machine.h"

#include <string.h>

#include <models/dma_engine.h>

#define SIZE 0x8000u

static void copy_moves_every_byte_and_no_more(void **state)
{
    struct bypass *b = bypass_new(0, SIZE, false);
    struct dma_engine e = dma_engine_of(b->smmu, 7);
    uint8_t *host = b->ram.host;
    (void)state;
    for (unsigned i = 0; i < 5000; i++)
        host[i] = (uint8_t)(i * 7 + i / 256);
    assert_true(dma_engine_copy(&e, 0x2003, 0, 5000).ok);
    assert_memory_equal(host + 0x2003, host, 5000);
    assert_int_equal(host[0x2002], 0);
    assert_int_equal(host[0x2003 + 5000], 0);
    bypass_free(b);
}

static void fill_and_sum_agree_with_the_cpu(void **state)
{
    struct bypass *b = bypass_new(0, SIZE, false);
    struct dma_engine e = dma_engine_of(b->smmu, 7);
    uint8_t *host = b->ram.host;
    uint64_t sum = 0;
    (void)state;
    assert_true(dma_engine_fill(&e, 1, 0x5a, 9000).ok);
    assert_int_equal(host[0], 0);
    assert_int_equal(host[9000], 0x5a);
    assert_int_equal(host[9001], 0);
    assert_true(dma_engine_sum(&e, 0, 9100, &sum).ok);
    assert_true(sum == dma_engine_sum_of(host, 9100));
    host[9099] = 1;
    assert_false(sum == dma_engine_sum_of(host, 9100));
    bypass_free(b);
}

static void a_fill_past_memory_says_where_it_stopped(void **state)
{
    struct bypass *b = bypass_new(0, SIZE, false);
    struct dma_engine e = dma_engine_of(b->smmu, 7);
    (void)state;
    struct dma_result r = dma_engine_fill(&e, 0x1000, 1, SIZE);
    assert_false(r.ok);
    assert_true(r.write && r.bus_error);
    assert_true(r.iova == SIZE);
    assert_int_equal(r.done, SIZE - 0x1000);
    bypass_free(b);
}

static void an_abort_is_printed_with_its_stream(void **state)
{
    struct bypass *b = bypass_new(0, SIZE, true);
    struct dma_engine e = dma_engine_of(b->smmu, 0x1940);
    uint8_t byte;
    char text[100];
    (void)state;
    struct dma_result r = dma_engine_read(&e, 0x1000, &byte, 1);
    assert_false(r.ok);
    assert_string_equal(dma_result_print(&e, &r, text, sizeof(text)),
                        "read of 0x1000 by stream 0x1940: aborted");
    bypass_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copy_moves_every_byte_and_no_more),
        cmocka_unit_test(fill_and_sum_agree_with_the_cpu),
        cmocka_unit_test(a_fill_past_memory_says_where_it_stopped),
        cmocka_unit_test(an_abort_is_printed_with_its_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
