/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Every rule and error of memory-region with iommu-addresses. */
#include "fdt_builder.h"

#include <string.h>

#define VIDEO  1u  /* on a bus of two address and two size cells */
#define NARROW 2u  /* on a bus of one and one */
#define FIRST  10u /* the reserved-memory nodes count from here */
#define NOBODY 99u

/*
 * Two buses with a device each, and reserved-memory with its own cells (2, 1), which must not
 * matter. The caller adds reserved nodes and calls open_regions.
 */
static struct fdt_builder *begin_memory(const uint32_t *regions, size_t count)
{
    struct fdt_builder *fb = fb_begin();

    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 2);
    fb_node(fb, "soc");
    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 2);
    fb_node(fb, "video");
    fb_cells(fb, "phandle", VIDEO);
    fb_cell_array(fb, "memory-region", regions, count);
    fb_end(fb);
    fb_end(fb);
    fb_node(fb, "bus");
    fb_cells(fb, "#address-cells", 1);
    fb_cells(fb, "#size-cells", 1);
    fb_node(fb, "narrow");
    fb_cells(fb, "phandle", NARROW);
    fb_cells(fb, "memory-region", FIRST, FIRST + 1);
    fb_end(fb);
    fb_end(fb);
    fb_node(fb, "reserved-memory");
    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 1);
    fb_empty(fb, "ranges");
    return fb;
}

#define begin_with(...)                                                                            \
    begin_memory((const uint32_t[]){__VA_ARGS__},                                                  \
                 sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void begin_region(struct fdt_builder *fb, const char *name, uint32_t phandle)
{
    fb_node(fb, name);
    fb_cells(fb, "phandle", phandle);
}

static void open_regions(struct fdt_builder *fb, const char *device, struct dms_of_regions *it)
{
    fb_end(fb); /* reserved-memory */
    fb_open(fb);
    dms_of_regions_begin(&fb->of, fb_at(fb, device), it);
}

static void assert_region(struct fdt_builder *fb, struct dms_of_regions *it, uint64_t first,
                          uint64_t last, enum dms_region_kind kind, const char *memory)
{
    struct dms_of_region region;
    const unsigned char *entry;
    uint32_t size;

    assert_int_equal(dms_of_regions_next(it, &region, &fb->diag), 0);
    entry = dms_of_prop(&fb->of, region.memory, "iommu-addresses", &size);
    assert_int_equal(entry[4 * region.cell + 3], dms_of_phandle(&fb->of, it->node));
    assert_int_equal(region.range.first, first);
    assert_int_equal(region.range.last, last);
    assert_int_equal(region.kind, kind);
    assert_int_equal(region.memory, fb_at(fb, memory));
}

static void assert_no_more(struct fdt_builder *fb, struct dms_of_regions *it)
{
    struct dms_of_region region;

    assert_int_equal(dms_of_regions_next(it, &region, &fb->diag), DMS_ENOENT);
    assert_int_equal(dms_of_regions_next(it, &region, NULL), DMS_ENOENT);
}

static void without_reg_a_region_is_reserved(void **state)
{
    struct fdt_builder *fb = begin_with(FIRST);
    struct dms_of_regions it;
    (void)state;

    begin_region(fb, "low", FIRST);
    fb_cells(fb, "iommu-addresses", VIDEO, 0, 0, 0, 0x25800000);
    fb_end(fb);
    open_regions(fb, "/soc/video", &it);
    assert_region(fb, &it, 0, 0x257fffff, DMS_REGION_RESERVED, "/reserved-memory/low");
    assert_no_more(fb, &it);
    fb_assert_no_finding(fb);
}

static void with_the_same_reg_a_region_is_direct(void **state)
{
    struct fdt_builder *fb = begin_with(FIRST);
    struct dms_of_regions it;
    (void)state;

    begin_region(fb, "framebuffer", FIRST);
    fb_cells(fb, "reg", 0x8, 0x80000000, 0x1000000);
    fb_cells(fb, "iommu-addresses", VIDEO, 0x8, 0x80000000, 0, 0x1000000);
    fb_end(fb);
    open_regions(fb, "/soc/video", &it);
    assert_region(fb, &it, 0x880000000, 0x880ffffff, DMS_REGION_DIRECT,
                  "/reserved-memory/framebuffer");
    fb_assert_no_finding(fb);
}

static void with_another_reg_a_region_is_reserved_with_a_finding(void **state)
{
    static const uint32_t regs[][3] = {
        {0, 0x90000000, 0x1000}, /* another place */
        {0, 0x80000000, 0x2000}, /* another size */
        {0, 0x80000000, 0},      /* none */
    };
    (void)state;

    for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
        struct fdt_builder *fb = begin_with(FIRST);
        struct dms_of_regions it;

        begin_region(fb, "framebuffer", FIRST);
        fb_cell_array(fb, "reg", regs[i], 3);
        fb_cells(fb, "iommu-addresses", VIDEO, 0, 0x80000000, 0, 0x1000);
        fb_end(fb);
        open_regions(fb, "/soc/video", &it);
        assert_region(fb, &it, 0x80000000, 0x80000fff, DMS_REGION_RESERVED,
                      "/reserved-memory/framebuffer");
        fb_assert_finding(fb, DMS_OF_FINDING_REG_DIFFERS, "/reserved-memory/framebuffer", 0);
    }
}

static void a_reg_that_cannot_be_read_differs(void **state)
{
    struct fdt_builder *fb = begin_with(FIRST);
    struct dms_of_regions it;
    (void)state;

    begin_region(fb, "short", FIRST);
    fb_cells(fb, "reg", 0, 0x80000000);
    fb_cells(fb, "iommu-addresses", VIDEO, 0, 0x80000000, 0, 0x1000);
    fb_end(fb);
    open_regions(fb, "/soc/video", &it);
    assert_region(fb, &it, 0x80000000, 0x80000fff, DMS_REGION_RESERVED, "/reserved-memory/short");
    fb_assert_finding(fb, DMS_OF_FINDING_REG_DIFFERS, "/reserved-memory/short", 0);
}

static void the_cells_are_those_of_the_devices_parent(void **state)
{
    struct fdt_builder *fb = begin_with(FIRST);
    struct dms_of_regions it;
    (void)state;

    begin_region(fb, "shared", FIRST);
    fb_cells(fb, "iommu-addresses", NARROW, 0x1000, 0x2000, VIDEO, 1, 0x3000, 2, 0x4000, NARROW,
             0x5000, 0x6000);
    fb_end(fb);
    begin_region(fb, "other", FIRST + 1);
    fb_end(fb);
    open_regions(fb, "/soc/video", &it);
    assert_region(fb, &it, 0x100003000, 0x300006fff, DMS_REGION_RESERVED,
                  "/reserved-memory/shared");
    assert_no_more(fb, &it);
    dms_of_regions_begin(&fb->of, fb_at(fb, "/bus/narrow"), &it);
    assert_region(fb, &it, 0x1000, 0x2fff, DMS_REGION_RESERVED, "/reserved-memory/shared");
    assert_region(fb, &it, 0x5000, 0xafff, DMS_REGION_RESERVED, "/reserved-memory/shared");
    assert_no_more(fb, &it);
}

static void an_entry_for_another_device_is_skipped_whole(void **state)
{
    struct fdt_builder *fb = begin_with(FIRST);
    struct dms_of_regions it;
    (void)state;

    /* The other's base and size hold this device's phandle. */
    begin_region(fb, "other", FIRST);
    fb_cells(fb, "iommu-addresses", NARROW, VIDEO, VIDEO, VIDEO, 0, 0x7000, 0, 0x1000);
    fb_end(fb);
    open_regions(fb, "/soc/video", &it);
    assert_region(fb, &it, 0x7000, 0x7fff, DMS_REGION_RESERVED, "/reserved-memory/other");
    assert_no_more(fb, &it);
}

static void all_memory_regions_are_read_in_order(void **state)
{
    struct fdt_builder *fb = begin_with(FIRST + 1, FIRST + 2, FIRST);
    struct dms_of_regions it;
    (void)state;

    begin_region(fb, "a", FIRST);
    fb_cells(fb, "iommu-addresses", VIDEO, 0, 0x1000, 0, 0x1000);
    fb_end(fb);
    begin_region(fb, "b", FIRST + 1);
    fb_cells(fb, "iommu-addresses", VIDEO, 0, 0x9000, 0, 0x1000, VIDEO, 0, 0x5000, 0, 0x1000);
    fb_end(fb);
    begin_region(fb, "no-addresses", FIRST + 2);
    fb_end(fb);
    open_regions(fb, "/soc/video", &it);
    assert_region(fb, &it, 0x9000, 0x9fff, DMS_REGION_RESERVED, "/reserved-memory/b");
    assert_region(fb, &it, 0x5000, 0x5fff, DMS_REGION_RESERVED, "/reserved-memory/b");
    assert_region(fb, &it, 0x1000, 0x1fff, DMS_REGION_RESERVED, "/reserved-memory/a");
    assert_no_more(fb, &it);
    fb_assert_no_finding(fb);
}

static void length_zero_is_skipped_with_a_finding(void **state)
{
    struct fdt_builder *fb = begin_with(FIRST);
    struct dms_of_regions it;
    (void)state;

    begin_region(fb, "a", FIRST);
    fb_cells(fb, "iommu-addresses", VIDEO, 0, 0x1000, 0, 0, VIDEO, 0, 0x5000, 0, 1);
    fb_end(fb);
    open_regions(fb, "/soc/video", &it);
    assert_region(fb, &it, 0x5000, 0x5000, DMS_REGION_RESERVED, "/reserved-memory/a");
    fb_assert_finding(fb, DMS_OF_FINDING_EMPTY_RANGE, "/reserved-memory/a", 0);
}

static void phandles_to_nowhere_are_skipped_with_a_finding(void **state)
{
    struct fdt_builder *fb = begin_with(NOBODY, FIRST);
    struct dms_of_regions it;
    (void)state;

    begin_region(fb, "a", FIRST);
    fb_cells(fb, "iommu-addresses", VIDEO, 0, 0x1000, 0, 0x1000, NOBODY, 0, 1, 0, 1, VIDEO, 0,
             0x5000, 0, 0x1000);
    fb_end(fb);
    open_regions(fb, "/soc/video", &it);
    assert_region(fb, &it, 0x1000, 0x1fff, DMS_REGION_RESERVED, "/reserved-memory/a");
    fb_assert_finding(fb, DMS_OF_FINDING_NO_REGION, "/soc/video", 0);
    assert_region(fb, &it, 0x5000, 0x5fff, DMS_REGION_RESERVED, "/reserved-memory/a");
    fb_assert_finding(fb, DMS_OF_FINDING_NO_DEVICE, "/reserved-memory/a", 5);
    assert_no_more(fb, &it);
}

static void a_device_without_regions_has_none(void **state)
{
    struct fdt_builder *fb = begin_with(FIRST);
    struct dms_of_regions it;
    (void)state;

    begin_region(fb, "a", FIRST);
    fb_cells(fb, "iommu-addresses", VIDEO, 0, 0x1000, 0, 0x1000);
    fb_end(fb);
    open_regions(fb, "/soc", &it);
    assert_no_more(fb, &it);
    dms_of_regions_begin(&fb->of, DMS_OF_NONE, &it);
    assert_no_more(fb, &it);
}

static void a_device_without_phandle_owns_no_entry(void **state)
{
    struct fdt_builder *fb = fb_begin();
    struct dms_of_regions it;
    (void)state;

    fb_node(fb, "video");
    fb_cells(fb, "memory-region", FIRST);
    fb_end(fb);
    fb_node(fb, "reserved-memory");
    begin_region(fb, "a", FIRST);
    fb_cells(fb, "iommu-addresses", 0, 0x1000, 0x1000);
    fb_end(fb);
    open_regions(fb, "/video", &it);
    assert_no_more(fb, &it);
    fb_assert_finding(fb, DMS_OF_FINDING_NO_DEVICE, "/reserved-memory/a", 0);
}

static void of_two_devices_with_one_phandle_the_first_owns_the_entry(void **state)
{
    struct fdt_builder *fb = fb_begin();
    struct dms_of_regions it;
    (void)state;

    for (unsigned i = 0; i < 2; i++) {
        fb_node(fb, i == 0 ? "first" : "second");
        fb_cells(fb, "phandle", VIDEO);
        fb_cells(fb, "memory-region", FIRST);
        fb_end(fb);
    }
    fb_node(fb, "reserved-memory");
    begin_region(fb, "a", FIRST);
    fb_cells(fb, "iommu-addresses", VIDEO, 0x1000, 0x1000);
    fb_end(fb);
    open_regions(fb, "/second", &it);
    assert_no_more(fb, &it);
    dms_of_regions_begin(&fb->of, fb_at(fb, "/first"), &it);
    assert_region(fb, &it, 0x1000, 0x1fff, DMS_REGION_RESERVED, "/reserved-memory/a");
}

static void a_truncated_list_is_einval_and_the_next_memory_region_is_read(void **state)
{
    static const uint32_t cells[] = {VIDEO, 0, 0x1000, 0, 0x1000, VIDEO, 0, 0x5000, 0};
    (void)state;

    for (size_t count = 6; count < 10; count++) {
        struct fdt_builder *fb = begin_with(FIRST, FIRST + 1);
        struct dms_of_region region = {.memory = 77};
        struct dms_of_regions it;

        begin_region(fb, "a", FIRST);
        fb_cell_array(fb, "iommu-addresses", cells, count);
        fb_end(fb);
        begin_region(fb, "b", FIRST + 1);
        fb_cells(fb, "iommu-addresses", VIDEO, 0, 0x9000, 0, 0x1000);
        fb_end(fb);
        open_regions(fb, "/soc/video", &it);
        assert_region(fb, &it, 0x1000, 0x1fff, DMS_REGION_RESERVED, "/reserved-memory/a");
        fb_assert_error(fb, dms_of_regions_next(&it, &region, &fb->diag), DMS_EINVAL,
                        "/reserved-memory/a", "iommu-addresses", 5);
        assert_int_equal(region.memory, 77);
        assert_region(fb, &it, 0x9000, 0x9fff, DMS_REGION_RESERVED, "/reserved-memory/b");
        assert_no_more(fb, &it);
    }
}

static void a_list_that_ends_inside_a_cell_is_einval(void **state)
{
    struct fdt_builder *fb = begin_with(FIRST);
    struct dms_of_region region;
    struct dms_of_regions it;
    (void)state;

    begin_region(fb, "a", FIRST);
    fb_bytes(fb, "iommu-addresses", "\0\0", 2);
    fb_end(fb);
    open_regions(fb, "/soc/video", &it);
    fb_assert_error(fb, dms_of_regions_next(&it, &region, &fb->diag), DMS_EINVAL,
                    "/reserved-memory/a", "iommu-addresses", 0);
    assert_no_more(fb, &it);
}

static void a_region_past_64_bits_is_erange_and_the_next_entry_is_read(void **state)
{
    struct fdt_builder *fb = begin_with(FIRST);
    struct dms_of_region region;
    struct dms_of_regions it;
    (void)state;

    begin_region(fb, "a", FIRST);
    fb_cells(fb, "iommu-addresses", VIDEO, 0xffffffff, 0xfffff000, 0, 0x1001, VIDEO, 0xffffffff,
             0xfffff000, 0, 0x1000);
    fb_end(fb);
    open_regions(fb, "/soc/video", &it);
    fb_assert_error(fb, dms_of_regions_next(&it, &region, &fb->diag), DMS_ERANGE,
                    "/reserved-memory/a", "iommu-addresses", 0);
    assert_region(fb, &it, 0xfffffffffffff000, UINT64_MAX, DMS_REGION_RESERVED,
                  "/reserved-memory/a");
}

static void a_bus_without_readable_cells_is_einval(void **state)
{
    static const uint32_t counts[][2] = {{0, 1}, {1, 0}, {5, 1}, {1, 5}, {0xffffffff, 2}};
    (void)state;

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        struct fdt_builder *fb = fb_begin();
        struct dms_of_region region;
        struct dms_of_regions it;

        fb_cells(fb, "#address-cells", counts[i][0]);
        fb_cells(fb, "#size-cells", counts[i][1]);
        fb_node(fb, "video");
        fb_cells(fb, "phandle", VIDEO);
        fb_cells(fb, "memory-region", FIRST);
        fb_end(fb);
        fb_node(fb, "reserved-memory");
        begin_region(fb, "a", FIRST);
        fb_cells(fb, "iommu-addresses", VIDEO, 0, 0x1000, 0, 0x1000);
        fb_end(fb);
        open_regions(fb, "/video", &it);
        fb_assert_error(fb, dms_of_regions_next(&it, &region, &fb->diag), DMS_EINVAL,
                        "/reserved-memory/a", "iommu-addresses", 0);
    }
}

static void the_two_holes_around_an_audio_dsps_window_are_read(void **state)
{
    /* Tegra: 0x40000000..0x5fffffff is allowed, written as what is below and above it. */
    struct fdt_builder *fb = begin_with(FIRST);
    struct dms_of_regions it;
    (void)state;

    begin_region(fb, "adsp", FIRST);
    fb_cells(fb, "iommu-addresses", VIDEO, 0, 0, 0, 0x40000000, VIDEO, 0, 0x60000000, 0xffffffff,
             0xa0000000);
    fb_end(fb);
    open_regions(fb, "/soc/video", &it);
    assert_region(fb, &it, 0, 0x3fffffff, DMS_REGION_RESERVED, "/reserved-memory/adsp");
    assert_region(fb, &it, 0x60000000, UINT64_MAX, DMS_REGION_RESERVED, "/reserved-memory/adsp");
}

static void reg_is_translated_through_the_buses_above(void **state)
{
    struct fdt_builder *fb = fb_begin();
    struct dms_of_regions it;
    (void)state;

    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 2);
    fb_node(fb, "video");
    fb_cells(fb, "phandle", VIDEO);
    fb_cells(fb, "memory-region", FIRST, FIRST + 1, FIRST + 2);
    fb_end(fb);
    fb_node(fb, "reserved-memory");
    fb_cells(fb, "#address-cells", 1);
    fb_cells(fb, "#size-cells", 1);
    fb_cells(fb, "ranges", 0x100, 9, 0x100, 0x100, 0x1000, 8, 0x80000000, 0x10000);
    begin_region(fb, "a", FIRST);
    fb_cells(fb, "reg", 0x3000, 0x1000);
    fb_cells(fb, "iommu-addresses", VIDEO, 8, 0x80002000, 0, 0x1000);
    fb_end(fb);
    begin_region(fb, "b", FIRST + 1);
    fb_cells(fb, "reg", 0x11000, 0x1000); /* outside of ranges */
    fb_cells(fb, "iommu-addresses", VIDEO, 0, 0x11000, 0, 0x1000);
    fb_end(fb);
    open_regions(fb, "/video", &it);
    assert_region(fb, &it, 0x880002000, 0x880002fff, DMS_REGION_DIRECT, "/reserved-memory/a");
    fb_assert_no_finding(fb);
    assert_region(fb, &it, 0x11000, 0x11fff, DMS_REGION_RESERVED, "/reserved-memory/b");
}

static void a_bus_without_ranges_hides_reg_from_the_cpu(void **state)
{
    struct fdt_builder *fb = fb_begin();
    struct dms_of_regions it;
    (void)state;

    fb_node(fb, "video");
    fb_cells(fb, "phandle", VIDEO);
    fb_cells(fb, "memory-region", FIRST);
    fb_end(fb);
    fb_node(fb, "reserved-memory");
    begin_region(fb, "a", FIRST);
    fb_cells(fb, "reg", 0x3000, 0x1000);
    fb_cells(fb, "iommu-addresses", VIDEO, 0x3000, 0x1000);
    fb_end(fb);
    open_regions(fb, "/video", &it);
    assert_region(fb, &it, 0x3000, 0x3fff, DMS_REGION_RESERVED, "/reserved-memory/a");
    fb_assert_finding(fb, DMS_OF_FINDING_REG_DIFFERS, "/reserved-memory/a", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_reg_a_region_is_reserved),
        cmocka_unit_test(with_the_same_reg_a_region_is_direct),
        cmocka_unit_test(with_another_reg_a_region_is_reserved_with_a_finding),
        cmocka_unit_test(a_reg_that_cannot_be_read_differs),
        cmocka_unit_test(the_cells_are_those_of_the_devices_parent),
        cmocka_unit_test(an_entry_for_another_device_is_skipped_whole),
        cmocka_unit_test(all_memory_regions_are_read_in_order),
        cmocka_unit_test(length_zero_is_skipped_with_a_finding),
        cmocka_unit_test(phandles_to_nowhere_are_skipped_with_a_finding),
        cmocka_unit_test(a_device_without_regions_has_none),
        cmocka_unit_test(a_device_without_phandle_owns_no_entry),
        cmocka_unit_test(of_two_devices_with_one_phandle_the_first_owns_the_entry),
        cmocka_unit_test(a_truncated_list_is_einval_and_the_next_memory_region_is_read),
        cmocka_unit_test(a_list_that_ends_inside_a_cell_is_einval),
        cmocka_unit_test(a_region_past_64_bits_is_erange_and_the_next_entry_is_read),
        cmocka_unit_test(a_bus_without_readable_cells_is_einval),
        cmocka_unit_test(the_two_holes_around_an_audio_dsps_window_are_read),
        cmocka_unit_test(reg_is_translated_through_the_buses_above),
        cmocka_unit_test(a_bus_without_ranges_hides_reg_from_the_cpu),
    };

    return cmocka_run_group_tests_name("of_regions", tests, NULL, NULL);
}
