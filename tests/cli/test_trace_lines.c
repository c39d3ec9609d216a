/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One line of a trace as text, as each tool and each kernel writes it. */
#include <trace/source.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static struct trace_event event_of(const char *line)
{
    struct trace_event event;
    uint64_t lost;

    assert_int_equal(line_read(line, &event, &lost), LINE_EVENT);
    return event;
}

static enum line_kind kind_of(const char *line)
{
    struct trace_event event;
    uint64_t lost;

    return line_read(line, &event, &lost);
}

#define MAP_TEXT                                                                                   \
    "IOMMU: iova=0x00000000fff00000 - 0x00000000fff80000 paddr=0x0000000041000000 size=524288"

static void each_tool_writes_the_same_event_its_own_way(void **state)
{
    static const char *const lines[] = {
        "          decode-101     [001] .....    10.000100: map: " MAP_TEXT,
        "          decode-101     (    99) [001] d..1.    10.000100: map: " MAP_TEXT,
        "          decode-101   [001]    10.000100: map:                  " MAP_TEXT,
        "decode   101 [001]    10.000100:                  iommu:map: " MAP_TEXT,
        "          decode-101   [001] 10000100000: map: " MAP_TEXT,
        "          decode-101   [001]    10.000100000: map: " MAP_TEXT,
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct trace_event event = event_of(lines[i]);

        assert_int_equal(event.kind, TRACE_MAP);
        assert_int_equal(event.time, 10000100000);
        assert_int_equal(event.iova, 0xfff00000);
        assert_int_equal(event.size, 524288);
        assert_int_equal(event.phys, 0x41000000);
        assert_true(event.has_phys);
        assert_int_equal(event.pid, 101);
        assert_string_equal(event.task, "decode");
        assert_string_equal(event.call, "map");
        assert_string_equal(event.device, "");
    }
}

static void a_task_may_have_brackets_and_spaces_in_its_name(void **state)
{
    struct trace_event event =
        event_of("  ev il-7 [1] 3.5: map: x-102     [001] d..1.    10.5: map: " MAP_TEXT);

    (void)state;
    assert_int_equal(event.pid, 102);
    assert_int_equal(event.time, 10500000000);
    assert_int_equal(strncmp(event.task, "ev il-7 [1] 3.5: map: x", 23), 0);
}

#define HEAD "  a-1  [000] .....  1.000000: "

static void an_unmap_counts_what_was_really_unmapped(void **state)
{
    struct trace_event event =
        event_of(HEAD "unmap: IOMMU: iova=0x1000 - 0x5000 size=16384 unmapped_size=8192");

    (void)state;
    assert_int_equal(event.kind, TRACE_UNMAP);
    assert_int_equal(event.iova, 0x1000);
    assert_int_equal(event.size, 8192);
}

static void a_map_tells_device_address_size_and_memory(void **state)
{
    static const char *const calls[] = {"dma_map_page", "dma_map_phys", "dma_map_resource"};
    char line[512];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        snprintf(line, sizeof(line),
                 HEAD "%s: aa00000.video codec dir=TO_DEVICE dma_addr=fffff010 size=100 "
                      "phys_addr=8000f010 attrs=SKIP_CPU_SYNC",
                 calls[i]);
        struct trace_event event = event_of(line);

        assert_int_equal(event.kind, TRACE_MAP);
        assert_string_equal(event.device, "aa00000.video codec");
        assert_string_equal(event.call, calls[i]);
        assert_int_equal(event.iova, 0xfffff010);
        assert_int_equal(event.size, 100);
        assert_int_equal(event.phys, 0x8000f010);
    }
}

static void allocations_and_frees_are_maps_and_unmaps(void **state)
{
    struct trace_event event = event_of(
        HEAD
        "dma_alloc: d dir=BIDIRECTIONAL dma_addr=ff000000 size=4096 virt_addr=00000000deadbeef "
        "flags=GFP_KERNEL attrs=");

    (void)state;
    assert_int_equal(event.kind, TRACE_MAP);
    assert_false(event.has_phys);
    event = event_of(HEAD "dma_free: d dir=BIDIRECTIONAL dma_addr=ff000000 size=4096 "
                          "virt_addr=00000000deadbeef attrs=");
    assert_int_equal(event.kind, TRACE_UNMAP);
    assert_int_equal(event.iova, 0xff000000);
    event = event_of(HEAD "dma_alloc_sgt: d dir=TO_DEVICE dma_addr=ff000000 size=8192 "
                          "phys_addrs={0x1000,0x5000} flags=GFP_KERNEL attrs=");
    assert_int_equal(event.kind, TRACE_MAP);
    assert_int_equal(event.size, 8192);
}

static void a_call_that_gave_nothing_has_failed(void **state)
{
    static const char *const lines[] = {
        HEAD
        "dma_alloc: d dir=BIDIRECTIONAL dma_addr=0 size=4096 virt_addr=0000000000000000 flags=0 "
        "attrs=",
        HEAD
        "dma_alloc: d dir=BIDIRECTIONAL dma_addr=9999 size=4096 virt_addr=(null) flags=0 attrs=",
        HEAD
        "dma_map_page: d dir=TO_DEVICE dma_addr=ffffffffffffffff size=4096 phys_addr=1000 attrs=",
        HEAD "dma_alloc_sgt_err: d dir=TO_DEVICE dma_addr=0 size=4096 virt_addr=0 flags=0 attrs=",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct trace_event event = event_of(lines[i]);

        assert_int_equal(event.kind, TRACE_FAILED);
        assert_int_equal(event.size, 4096);
    }
    assert_int_equal(
        event_of(HEAD "dma_map_sg_err: d dir=TO_DEVICE dma_addrs={0x1000} err=-12 attrs=").kind,
        TRACE_FAILED);
}

static void a_scatter_list_is_one_range(void **state)
{
    struct trace_event event = event_of(
        HEAD "dma_map_sg: d dir=FROM_DEVICE nents=3/3 ents=2/2 dma_addrs={0x10000000,0x10003000} "
             "sizes={0x2000,0x800} phys_addrs={0x80000000,0x80400000,0x80800000} attrs=");

    (void)state;
    assert_int_equal(event.iova, 0x10000000);
    assert_int_equal(event.size, 0x3800);
    assert_int_equal(event.phys, 0x80000000);
    /* 6.12 as first released has no counts in front. */
    event = event_of(HEAD "dma_map_sg: d dir=FROM_DEVICE dma_addrs={0x1000} sizes={0x10} "
                          "phys_addrs={0x80000000} attrs=");
    assert_int_equal(event.size, 0x10);
    event =
        event_of(HEAD "dma_unmap_sg: d dir=FROM_DEVICE phys_addrs={0x80000000,0x80400000} attrs=");
    assert_int_equal(event.kind, TRACE_UNMAP_SG);
    assert_int_equal(event.phys, 0x80000000);
}

static void a_format_that_trace_cmd_did_not_understand_is_read_all_the_same(void **state)
{
    struct trace_event event = event_of(
        HEAD
        "dma_map_sg:           [FAILED TO PARSE] device=0000:00:01.0 full_nents=2 full_ents=2 "
        "truncated=0 phys_addrs=ARRAY[00, 00, 80, 45, 00, 00, 00, 00] dma_addrs=ARRAY[00, 00, "
        "00, ff, 00, 00, 00, 00, 00, 00, 40, ff, 00, 00, 00, 00] lengths=ARRAY[00, 00, 40, 00, "
        "00, 00, 18, 00] dir=2 attrs=0x20");

    (void)state;
    assert_string_equal(event.device, "0000:00:01.0");
    assert_int_equal(event.iova, 0xff000000);
    assert_int_equal(event.size, 0x580000);
    assert_int_equal(event.phys, 0x45800000);
    event = event_of(HEAD
                     "dma_unmap_sg: [FAILED TO PARSE] device=d addrs=ARRAY[00, 00, 80, 45, 00, 00, "
                     "00, 00] dir=2 attrs=0x20");
    assert_int_equal(event.kind, TRACE_UNMAP_SG);
    assert_int_equal(event.phys, 0x45800000);
    event = event_of(HEAD "dma_alloc_sgt: [FAILED TO PARSE] device=d phys_addrs=ARRAY[00] "
                          "dma_addr=4278190080 size=8192 dir=2 flags=0x1 attrs=0x20");
    assert_int_equal(event.iova, 0xff000000);
    assert_int_equal(
        kind_of(HEAD "dma_unmap_sg: [FAILED TO PARSE] device=d addrs=ARRAY[00, 00] dir=2"),
        LINE_GARBAGE);
}

static void entries_that_jump_about_are_no_range(void **state)
{
    struct trace_event event =
        event_of(HEAD "dma_map_sg: d dir=FROM_DEVICE dma_addrs={0x900000000,0x1000,0x800000000000} "
                      "sizes={0x1000,0x1000,0x1000} phys_addrs={0x1000} attrs=");

    (void)state;
    assert_int_equal(event.iova, 0x900000000);
    assert_int_equal(event.size, 0x1000);
}

static void lost_events_are_counted_where_the_kernel_counts(void **state)
{
    struct trace_event event;
    uint64_t lost = 9;

    (void)state;
    assert_int_equal(line_read("CPU:1 [LOST 23 EVENTS]", &event, &lost), LINE_LOST);
    assert_int_equal(lost, 23);
    assert_int_equal(line_read("CPU:0 [LOST EVENTS]", &event, &lost), LINE_LOST);
    assert_int_equal(lost, 0);
    assert_int_equal(line_read("CPU:1 [17 EVENTS DROPPED]", &event, &lost), LINE_LOST);
    assert_int_equal(lost, 17);
}

static void other_lines_are_no_garbage(void **state)
{
    (void)state;
    assert_int_equal(kind_of(""), LINE_OTHER);
    assert_int_equal(kind_of("# tracer: nop"), LINE_OTHER);
    assert_int_equal(kind_of("cpus=2"), LINE_OTHER);
    assert_int_equal(kind_of(HEAD "sched_switch: prev_comm=a"), LINE_OTHER);
    assert_int_equal(kind_of(HEAD "map: something else altogether"), LINE_OTHER);
    assert_int_equal(kind_of(HEAD "dma_sync_single_for_cpu: d dir=TO_DEVICE dma_addr=1 size=1"),
                     LINE_OTHER);
}

static void senseless_lines_are_garbage(void **state)
{
    static const char *const lines[] = {
        "hello",
        "[",
        "-1 [000] 1.0: map:",
        "a-1 [000]",
        "a-1 [000] 99999999999999999999.000000: map: " MAP_TEXT,
        HEAD "dma_alloc: d dir=BIDIRECTIONAL dma_addr=1000 size=0 virt_addr=1 attrs=",
        HEAD
        "dma_alloc: d dir=BIDIRECTIONAL dma_addr=fffffffffffff000 size=8192 virt_addr=1 attrs=",
        HEAD "dma_alloc: d dir=BIDIRECTIONAL size=8192 virt_addr=1 attrs=",
        HEAD "dma_alloc: d dir=BIDIRECTIONAL dma_addr= size= virt_addr= attrs=",
        HEAD "dma_alloc: dma_addr=1000 size=4096",
        HEAD "dma_map_sg: d dir=TO_DEVICE dma_addrs={} sizes={} phys_addrs={} attrs=",
        HEAD "dma_map_sg: d dir=TO_DEVICE dma_addrs={0x1000 sizes={0x1000 phys_addrs={0x1000",
        HEAD "dma_map_sg: d dir=TO_DEVICE dma_addrs={zz} sizes={0x1000} phys_addrs={0x1000}",
        HEAD "dma_unmap_sg: d dir=TO_DEVICE phys_addrs={} attrs=",
        HEAD "unmap: IOMMU: iova=0x1000 - 0x1000 size=4096 unmapped_size=0",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        if (kind_of(lines[i]) != LINE_GARBAGE)
            fail_msg("not garbage: %s", lines[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_tool_writes_the_same_event_its_own_way),
        cmocka_unit_test(a_task_may_have_brackets_and_spaces_in_its_name),
        cmocka_unit_test(an_unmap_counts_what_was_really_unmapped),
        cmocka_unit_test(a_map_tells_device_address_size_and_memory),
        cmocka_unit_test(allocations_and_frees_are_maps_and_unmaps),
        cmocka_unit_test(a_call_that_gave_nothing_has_failed),
        cmocka_unit_test(a_scatter_list_is_one_range),
        cmocka_unit_test(a_format_that_trace_cmd_did_not_understand_is_read_all_the_same),
        cmocka_unit_test(entries_that_jump_about_are_no_range),
        cmocka_unit_test(lost_events_are_counted_where_the_kernel_counts),
        cmocka_unit_test(other_lines_are_no_garbage),
        cmocka_unit_test(senseless_lines_are_garbage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
