/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* iommu:map and dma:* events of one call become one event. */
#include <trace/source.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

enum {
    MOST = 5000,
};

static struct trace_event seen[MOST];
static size_t nseen;

static void on_event(void *ctx, const struct trace_event *event)
{
    (void)ctx;
    assert_true(nseen < MOST);
    seen[nseen++] = *event;
}

static struct join *begin(void)
{
    nseen = 0;
    return join_begin(on_event, NULL);
}

static void tell(struct join *join, enum trace_kind kind, uint64_t pid, const char *device,
                 uint64_t time, uint64_t iova, uint64_t size)
{
    struct trace_event event = {.kind = kind, .pid = pid, .time = time, .iova = iova, .size = size};

    snprintf(event.device, sizeof(event.device), "%s", device);
    join_event(join, &event);
}

static void the_maps_of_one_call_are_one_event_of_its_device(void **state)
{
    struct join *join = begin();

    (void)state;
    tell(join, TRACE_MAP, 1, "", 10, 0x100000, 0x1000);
    tell(join, TRACE_MAP, 1, "", 11, 0x101000, 0x3000);
    tell(join, TRACE_MAP, 1, "codec", 12, 0x100000, 0x4000);
    assert_int_equal(nseen, 1);
    assert_int_equal(join_end(join), 1);
    assert_int_equal(nseen, 1);
    assert_string_equal(seen[0].device, "codec");
    assert_int_equal(seen[0].size, 0x4000);
    assert_true(seen[0].claimed);
}

static void a_call_is_as_long_as_what_was_mapped_for_it(void **state)
{
    struct join *join = begin();

    (void)state;
    tell(join, TRACE_MAP, 1, "", 10, 0x100000, 0x80000);
    tell(join, TRACE_MAP, 1, "codec", 12, 0x100000, 0x1000);
    join_end(join);
    assert_int_equal(seen[0].iova, 0x100000);
    assert_int_equal(seen[0].size, 0x80000);
}

static void another_task_claims_nothing(void **state)
{
    struct join *join = begin();

    (void)state;
    tell(join, TRACE_MAP, 1, "", 10, 0x100000, 0x1000);
    tell(join, TRACE_MAP, 2, "codec", 12, 0x100000, 0x1000);
    assert_int_equal(join_end(join), 0);
    assert_int_equal(nseen, 2);
    assert_string_equal(seen[0].device, "");
    assert_false(seen[1].claimed);
}

static void an_interrupt_may_map_in_between(void **state)
{
    struct join *join = begin();

    (void)state;
    tell(join, TRACE_MAP, 1, "", 10, 0x100000, 0x1000);
    tell(join, TRACE_MAP, 1, "", 11, 0x900000, 0x1000);
    tell(join, TRACE_MAP, 1, "net", 12, 0x900000, 0x1000);
    tell(join, TRACE_MAP, 1, "codec", 13, 0x100000, 0x1000);
    assert_int_equal(join_end(join), 2);
    assert_int_equal(nseen, 2);
    assert_string_equal(seen[0].device, "net");
    assert_string_equal(seen[1].device, "codec");
}

static void an_unmapped_list_learns_its_range(void **state)
{
    struct join *join = begin();

    (void)state;
    tell(join, TRACE_UNMAP_SG, 1, "codec", 10, 0, 0);
    tell(join, TRACE_UNMAP, 2, "", 11, 0x900000, 0x1000);
    tell(join, TRACE_UNMAP, 1, "", 12, 0x100000, 0x4000);
    tell(join, TRACE_UNMAP_SG, 1, "codec", 13, 0, 0);
    join_end(join);
    assert_int_equal(nseen, 3);
    assert_string_equal(seen[0].device, "codec");
    assert_int_equal(seen[0].kind, TRACE_UNMAP);
    assert_int_equal(seen[0].iova, 0x100000);
    assert_int_equal(seen[0].size, 0x4000);
    assert_int_equal(seen[1].iova, 0x900000);
    assert_int_equal(seen[2].kind, TRACE_UNMAP_SG);
}

static void order_stays_while_an_event_waits(void **state)
{
    struct join *join = begin();

    (void)state;
    tell(join, TRACE_MAP, 1, "", 10, 0x100000, 0x1000);
    tell(join, TRACE_UNMAP, 2, "net", 11, 0x500000, 0x1000);
    assert_int_equal(nseen, 0);
    tell(join, TRACE_UNMAP, 3, "", 12, 0x100000, 0x1000); /* what is unmapped was mapped */
    assert_int_equal(nseen, 3);
    join_end(join);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(seen[i].time, 10 + i);
}

static void nothing_waits_for_ever(void **state)
{
    struct join *join = begin();

    (void)state;
    tell(join, TRACE_MAP, 1, "", 10, 0x100000, 0x1000);
    tell(join, TRACE_UNMAP, 2, "net", 10 + UINT64_C(2000000000), 0x500000, 0x1000);
    assert_int_equal(nseen, 2);
    for (uint64_t i = 0; i < 3000; i++)
        tell(join, TRACE_MAP, i, "", UINT64_C(3000000000), 0x1000000 * i + 0x1000, 0x1000);
    assert_true(nseen >= 2 + 3000 - 1024);
    join_end(join);
    assert_int_equal(nseen, 2 + 3000);
}

static void the_end_of_the_address_space_is_no_special_place(void **state)
{
    struct join *join = begin();

    (void)state;
    tell(join, TRACE_MAP, 1, "", 10, UINT64_MAX - 0xfff, 0x1000);
    tell(join, TRACE_MAP, 1, "", 11, 0, 0x1000);
    tell(join, TRACE_MAP, 1, "codec", 12, 0, UINT64_MAX);
    join_end(join);
    assert_int_equal(seen[nseen - 1].size, UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_maps_of_one_call_are_one_event_of_its_device),
        cmocka_unit_test(a_call_is_as_long_as_what_was_mapped_for_it),
        cmocka_unit_test(another_task_claims_nothing),
        cmocka_unit_test(an_interrupt_may_map_in_between),
        cmocka_unit_test(an_unmapped_list_learns_its_range),
        cmocka_unit_test(order_stays_while_an_event_waits),
        cmocka_unit_test(nothing_waits_for_ever),
        cmocka_unit_test(the_end_of_the_address_space_is_no_special_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
