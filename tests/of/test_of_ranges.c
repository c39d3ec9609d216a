/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* iommu-ranges, dma-ranges, DMA parents and coherence. */
#include "fdt_builder.h"

#include <string.h>

/* A bus of these cells with a device in it; the caller ends both and opens. */
static struct fdt_builder *begin_device(uint32_t address_cells, uint32_t size_cells)
{
    struct fdt_builder *fb = fb_begin();

    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 2);
    fb_node(fb, "soc");
    fb_cells(fb, "#address-cells", address_cells);
    fb_cells(fb, "#size-cells", size_cells);
    fb_node(fb, "video");
    return fb;
}

static dms_of_node_t open_device(struct fdt_builder *fb)
{
    fb_end(fb);
    fb_end(fb);
    fb_open(fb);
    return fb_at(fb, "/soc/video");
}

static void assert_range(struct dms_of_ranges *ranges, uint64_t first, uint64_t last)
{
    struct dms_range range;

    assert_int_equal(dms_of_ranges_next(ranges, &range, NULL), 0);
    assert_int_equal(ranges->cell - ranges->entry, ranges->flag_cells + ranges->address_cells +
                                                       ranges->parent_cells + ranges->size_cells);
    assert_int_equal(range.first, first);
    assert_int_equal(range.last, last);
}

static void assert_no_more(struct dms_of_ranges *ranges)
{
    struct dms_range range;

    assert_int_equal(dms_of_ranges_next(ranges, &range, NULL), DMS_ENOENT);
    assert_int_equal(dms_of_ranges_next(ranges, &range, NULL), DMS_ENOENT);
}

/* ---- iommu-ranges -------------------------------------------------------------------------- */

static void iommu_ranges_are_base_and_size_with_the_parents_cells(void **state)
{
    struct fdt_builder *fb = begin_device(2, 1);
    struct dms_of_ranges ranges;
    dms_of_node_t node;
    (void)state;

    fb_cells(fb, "iommu-ranges", 0, 0x25800000, 0xba800000, 1, 0, 0x1000);
    node = open_device(fb);
    assert_int_equal(dms_of_iommu_ranges(&fb->of, node, &ranges, &fb->diag), 0);
    assert_range(&ranges, 0x25800000, 0xdfffffff);
    assert_range(&ranges, 0x100000000, 0x100000fff);
    assert_no_more(&ranges);
}

static void iommu_ranges_are_not_inherited(void **state)
{
    struct fdt_builder *fb = begin_device(1, 1);
    struct dms_of_ranges ranges;
    dms_of_node_t node;
    (void)state;

    fb_cells(fb, "iommu-ranges", 0, 0x1000);
    fb_node(fb, "child");
    fb_end(fb);
    node = open_device(fb);
    assert_int_equal(dms_of_iommu_ranges(&fb->of, node, &ranges, NULL), 0);
    fb_assert_error(fb,
                    dms_of_iommu_ranges(&fb->of, fb_at(fb, "/soc/video/child"), &ranges, &fb->diag),
                    DMS_ENOENT, "/soc/video/child", "iommu-ranges", -1);
}

static void malformed_iommu_ranges_are_einval(void **state)
{
    struct fdt_builder *fb = begin_device(1, 1);
    struct dms_of_ranges ranges;
    dms_of_node_t node;
    (void)state;

    fb_empty(fb, "iommu-ranges");
    node = open_device(fb);
    fb_assert_error(fb, dms_of_iommu_ranges(&fb->of, node, &ranges, &fb->diag), DMS_EINVAL,
                    "/soc/video", "iommu-ranges", -1);
    fb = begin_device(1, 1);
    fb_cells(fb, "iommu-ranges", 0, 0x1000, 0x2000);
    node = open_device(fb);
    fb_assert_error(fb, dms_of_iommu_ranges(&fb->of, node, &ranges, &fb->diag), DMS_EINVAL,
                    "/soc/video", "iommu-ranges", -1);
    fb = begin_device(1, 1);
    fb_bytes(fb, "iommu-ranges", "\0\0\0\0\0\0\0\0\0", 9);
    node = open_device(fb);
    fb_assert_error(fb, dms_of_iommu_ranges(&fb->of, node, &ranges, &fb->diag), DMS_EINVAL,
                    "/soc/video", "iommu-ranges", -1);
    fb = begin_device(1, 0);
    fb_cells(fb, "iommu-ranges", 0);
    node = open_device(fb);
    fb_assert_error(fb, dms_of_iommu_ranges(&fb->of, node, &ranges, &fb->diag), DMS_EINVAL,
                    "/soc/video", "iommu-ranges", -1);
    assert_non_null(strstr(fb->diag.text, "/soc"));
}

static void a_range_of_length_zero_is_skipped_with_a_finding(void **state)
{
    struct fdt_builder *fb = begin_device(1, 1);
    struct dms_of_ranges ranges;
    dms_of_node_t node;
    (void)state;

    fb_cells(fb, "iommu-ranges", 0x1000, 0, 0x2000, 0x1000, 0x3000, 0);
    node = open_device(fb);
    assert_int_equal(dms_of_iommu_ranges(&fb->of, node, &ranges, NULL), 0);
    assert_range(&ranges, 0x2000, 0x2fff);
    fb_assert_finding(fb, DMS_OF_FINDING_EMPTY_RANGE, "/soc/video", 0);
    assert_no_more(&ranges);
    fb_assert_finding(fb, DMS_OF_FINDING_EMPTY_RANGE, "/soc/video", 4);
}

static void a_range_past_64_bits_is_erange_and_the_next_is_read(void **state)
{
    struct fdt_builder *fb = begin_device(4, 2);
    struct dms_of_ranges ranges;
    struct dms_range range = {1, 2};
    dms_of_node_t node;
    (void)state;

    fb_cells(fb, "iommu-ranges", 0, 0, 0xffffffff, 0xfffff000, 0, 0x1001, 0, 1, 0, 0, 0, 0x1000, 0,
             0, 0, 0x5000, 0, 0x1000);
    node = open_device(fb);
    assert_int_equal(dms_of_iommu_ranges(&fb->of, node, &ranges, NULL), 0);
    fb_assert_error(fb, dms_of_ranges_next(&ranges, &range, &fb->diag), DMS_ERANGE, "/soc/video",
                    "iommu-ranges", 0);
    fb_assert_error(fb, dms_of_ranges_next(&ranges, &range, &fb->diag), DMS_ERANGE, "/soc/video",
                    "iommu-ranges", 6);
    assert_int_equal(range.first, 1);
    assert_range(&ranges, 0x5000, 0x5fff);
}

static void cells_come_from_the_nearest_ancestor_that_has_them(void **state)
{
    struct fdt_builder *fb = fb_begin();
    struct dms_of_ranges ranges;
    (void)state;

    fb_cells(fb, "#address-cells", 2);
    fb_node(fb, "soc");
    fb_node(fb, "video");
    fb_cells(fb, "iommu-ranges", 1, 0, 0x1000);
    fb_end(fb);
    fb_end(fb);
    fb_open(fb); /* #size-cells is nowhere: 1 */
    assert_int_equal(dms_of_iommu_ranges(&fb->of, fb_at(fb, "/soc/video"), &ranges, NULL), 0);
    assert_range(&ranges, 0x100000000, 0x100000fff);
}

/* ---- dma-ranges ---------------------------------------------------------------------------- */

/* soc (2 + 2 cells, parent 2) / bus (1 + 1) / video, with these dma-ranges; NULL: none. */
static struct fdt_builder *open_buses(const uint32_t *bus, size_t bus_count, const uint32_t *soc,
                                      size_t soc_count)
{
    struct fdt_builder *fb = fb_begin();

    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 2);
    fb_node(fb, "soc");
    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 2);
    if (soc)
        fb_cell_array(fb, "dma-ranges", soc, soc_count);
    fb_node(fb, "bus");
    fb_cells(fb, "#address-cells", 1);
    fb_cells(fb, "#size-cells", 1);
    if (bus)
        fb_cell_array(fb, "dma-ranges", bus, bus_count);
    fb_node(fb, "video");
    fb_end(fb);
    fb_end(fb);
    fb_end(fb);
    fb_open(fb);
    return fb;
}

static void assert_aperture(struct fdt_builder *fb, const char *bus, uint64_t first, uint64_t last)
{
    struct dms_range aperture;

    assert_int_equal(dms_of_dma_aperture(&fb->of, fb_at(fb, bus), &aperture, &fb->diag), 0);
    assert_int_equal(aperture.first, first);
    assert_int_equal(aperture.last, last);
}

static const uint32_t narrow_ranges[] = {0x80000000, 0, 0, 0x40000000};
static const uint32_t soc_ranges[] = {0, 0x1000, 0, 0x1000, 0x10, 0};
static const uint32_t none[1];

static void the_parents_dma_ranges_bound_the_aperture(void **state)
{
    struct fdt_builder *fb = open_buses(narrow_ranges, 4, soc_ranges, 6);
    struct dms_of_ranges ranges;
    (void)state;

    assert_aperture(fb, "/soc/bus", 0x80000000, 0xbfffffff);
    assert_int_equal(dms_of_dma_ranges(&fb->of, fb_at(fb, "/soc/bus"), &ranges, NULL), 0);
    assert_int_equal(ranges.node, fb_at(fb, "/soc/bus"));
    assert_range(&ranges, 0x80000000, 0xbfffffff);
    assert_no_more(&ranges);
    assert_aperture(fb, "/soc", 0x1000, 0x1000000fff);
}

static void empty_dma_ranges_lead_up(void **state)
{
    (void)state;
    assert_aperture(open_buses(none, 0, soc_ranges, 6), "/soc/bus", 0x1000, 0x1000000fff);
    assert_aperture(open_buses(none, 0, none, 0), "/soc/bus", 0, UINT64_MAX);
}

static void only_the_nearest_bus_may_lack_dma_ranges(void **state)
{
    struct fdt_builder *fb = open_buses(NULL, 0, soc_ranges, 6);
    struct dms_of_ranges ranges;
    (void)state;

    assert_aperture(fb, "/soc/bus", 0x1000, 0x1000000fff);
    assert_aperture(fb, "/soc/bus/video", 0, UINT64_MAX); /* two steps without */
    fb_assert_error(fb, dms_of_dma_ranges(&fb->of, fb_at(fb, "/soc/bus/video"), &ranges, &fb->diag),
                    DMS_ENOENT, "/soc/bus/video", "dma-ranges", -1);
}

static void no_dma_ranges_are_no_restriction(void **state)
{
    struct fdt_builder *fb = open_buses(NULL, 0, NULL, 0);
    struct dms_range aperture;
    (void)state;

    assert_aperture(fb, "/soc/bus", 0, UINT64_MAX);
    assert_int_equal(dms_of_dma_aperture(&fb->of, DMS_OF_NONE, &aperture, NULL), 0);
    assert_int_equal(aperture.last, UINT64_MAX);
}

static void the_aperture_is_the_hull_of_several_ranges(void **state)
{
    static const uint32_t cells[] = {0x8000, 0,      0x0,    0x1000, 0x2000, 0,
                                     0x0,    0x1000, 0x5000, 0,      0,      0};
    struct fdt_builder *fb = open_buses(cells, 12, NULL, 0);
    (void)state;

    assert_aperture(fb, "/soc/bus", 0x2000, 0x8fff);
    fb_assert_finding(fb, DMS_OF_FINDING_EMPTY_RANGE, "/soc/bus", 8);
}

static void dma_ranges_without_any_length_are_einval(void **state)
{
    static const uint32_t cells[] = {0x8000, 0, 0x0, 0};
    struct fdt_builder *fb = open_buses(cells, 4, NULL, 0);
    struct dms_range aperture;
    (void)state;

    fb_assert_error(fb, dms_of_dma_aperture(&fb->of, fb_at(fb, "/soc/bus"), &aperture, &fb->diag),
                    DMS_EINVAL, "/soc/bus", "dma-ranges", -1);
}

static void truncated_dma_ranges_are_einval(void **state)
{
    struct dms_range aperture;
    (void)state;

    for (size_t count = 1; count < 4; count++) {
        struct fdt_builder *fb = open_buses(narrow_ranges, count, NULL, 0);

        fb_assert_error(fb,
                        dms_of_dma_aperture(&fb->of, fb_at(fb, "/soc/bus"), &aperture, &fb->diag),
                        DMS_EINVAL, "/soc/bus", "dma-ranges", -1);
    }
}

static void a_dma_range_past_64_bits_is_erange(void **state)
{
    static const uint32_t cells[] = {0xffffffff, 0xffffffff, 0, 0, 0, 2};
    struct fdt_builder *fb = open_buses(none, 0, cells, 6);
    struct dms_range aperture;
    (void)state;

    fb_assert_error(fb, dms_of_dma_aperture(&fb->of, fb_at(fb, "/soc/bus"), &aperture, &fb->diag),
                    DMS_ERANGE, "/soc", "dma-ranges", 0);
}

static void a_pci_buss_first_address_cell_is_no_address(void **state)
{
    struct fdt_builder *fb = fb_begin();
    (void)state;

    fb_cells(fb, "#address-cells", 1);
    fb_cells(fb, "#size-cells", 1);
    fb_node(fb, "pcie");
    fb_str(fb, "device_type", "pci");
    fb_cells(fb, "#address-cells", 3);
    fb_cells(fb, "#size-cells", 2);
    fb_cells(fb, "dma-ranges", 0x42000000, 0, 0x80000000, 0, 0, 0x40000000);
    fb_end(fb);
    fb_open(fb);
    assert_aperture(fb, "/pcie", 0x80000000, 0xbfffffff);
}

static void the_roots_own_dma_ranges_use_its_own_cells(void **state)
{
    struct fdt_builder *fb = fb_begin();
    (void)state;

    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 1);
    fb_cells(fb, "dma-ranges", 0, 0, 0, 0, 0x80000000);
    fb_open(fb);
    assert_aperture(fb, "/", 0, 0x7fffffff);
}

/* ---- DMA parents and coherence --------------------------------------------------------------- */

/* Tegra's way: the device names its memory controller, which has the dma-ranges. */
static struct fdt_builder *open_interconnect(const char *names, size_t names_size,
                                             const uint32_t *cells, size_t count)
{
    struct fdt_builder *fb = fb_begin();

    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 2);
    fb_node(fb, "mc");
    fb_cells(fb, "phandle", 1);
    fb_cells(fb, "#interconnect-cells", 1);
    fb_cells(fb, "dma-ranges", 0, 0, 0, 0, 0x80, 0);
    fb_empty(fb, "dma-coherent");
    fb_end(fb);
    fb_node(fb, "noc");
    fb_cells(fb, "phandle", 2);
    fb_cells(fb, "#interconnect-cells", 0);
    fb_end(fb);
    fb_node(fb, "soc");
    fb_node(fb, "video");
    fb_cells(fb, "phandle", 3);
    fb_bytes(fb, "interconnect-names", names, names_size);
    fb_cell_array(fb, "interconnects", cells, count);
    fb_end(fb);
    fb_end(fb);
    fb_open(fb);
    return fb;
}

static void assert_dma_parent(struct fdt_builder *fb, const char *path)
{
    assert_int_equal(dms_of_dma_parent(&fb->of, fb_at(fb, "/soc/video")), fb_at(fb, path));
}

static void a_dma_mem_interconnect_is_the_dma_parent(void **state)
{
    static const uint32_t cells[] = {2, 1, 0x77, 2};
    struct fdt_builder *fb = open_interconnect("write\0dma-mem\0x", 16, cells, 4);
    (void)state;

    assert_dma_parent(fb, "/mc");
    assert_aperture(fb, "/mc", 0, 0x7fffffffff);
    assert_true(dms_of_dma_coherent(&fb->of, fb_at(fb, "/soc/video")));
}

static void a_hole_among_the_interconnects_counts(void **state)
{
    static const uint32_t cells[] = {0, 1, 0x77};
    (void)state;

    assert_dma_parent(open_interconnect("write\0dma-mem", 14, cells, 3), "/mc");
    assert_dma_parent(open_interconnect("dma-mem\0write", 14, cells, 3), "/soc");
}

static void anything_odd_about_dma_mem_leaves_the_parent(void **state)
{
    static const uint32_t truncated[] = {2, 1};
    static const uint32_t nowhere[] = {99, 0, 1, 0x77};
    static const uint32_t cells[] = {2, 1, 0x77};
    (void)state;

    assert_dma_parent(open_interconnect("write\0dma-mem", 14, truncated, 2), "/soc");
    assert_dma_parent(open_interconnect("write\0dma-mem", 14, nowhere, 4), "/soc");
    assert_dma_parent(open_interconnect("write\0dma-mem", 14, cells, 1), "/soc");
    assert_dma_parent(open_interconnect("write\0dma-me", 13, cells, 3), "/soc");
    assert_dma_parent(open_interconnect("dma-memory", 11, cells, 3), "/soc");
    assert_dma_parent(open_interconnect("dma-mem", 7, cells, 3), "/soc"); /* no NUL */
}

static void dma_parents_in_a_loop_end_with_a_finding(void **state)
{
    struct fdt_builder *fb = fb_begin();
    dms_of_node_t node;
    (void)state;

    fb_node(fb, "a");
    fb_cells(fb, "phandle", 1);
    fb_cells(fb, "#interconnect-cells", 0);
    fb_empty(fb, "dma-ranges");
    fb_str(fb, "interconnect-names", "dma-mem");
    fb_cells(fb, "interconnects", 1);
    fb_end(fb);
    fb_open(fb);
    node = fb_at(fb, "/a");
    assert_false(dms_of_dma_coherent(&fb->of, node));
    fb_assert_finding(fb, DMS_OF_FINDING_DMA_LOOP, "/a", -1);
    assert_aperture(fb, "/a", 0, UINT64_MAX);
    fb_assert_finding(fb, DMS_OF_FINDING_DMA_LOOP, "/a", -1);
}

static void the_nearest_node_that_says_something_decides_coherence(void **state)
{
    struct fdt_builder *fb = fb_begin();
    (void)state;

    fb_node(fb, "soc");
    fb_empty(fb, "dma-coherent");
    fb_node(fb, "inherits");
    fb_end(fb);
    fb_node(fb, "not");
    fb_empty(fb, "dma-noncoherent");
    fb_node(fb, "child");
    fb_end(fb);
    fb_end(fb);
    fb_end(fb);
    fb_node(fb, "other");
    fb_end(fb);
    fb_open(fb);
    assert_true(dms_of_dma_coherent(&fb->of, fb_at(fb, "/soc")));
    assert_true(dms_of_dma_coherent(&fb->of, fb_at(fb, "/soc/inherits")));
    assert_false(dms_of_dma_coherent(&fb->of, fb_at(fb, "/soc/not")));
    assert_false(dms_of_dma_coherent(&fb->of, fb_at(fb, "/soc/not/child")));
    assert_false(dms_of_dma_coherent(&fb->of, fb_at(fb, "/other")));
    assert_false(dms_of_dma_coherent(&fb->of, DMS_OF_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iommu_ranges_are_base_and_size_with_the_parents_cells),
        cmocka_unit_test(iommu_ranges_are_not_inherited),
        cmocka_unit_test(malformed_iommu_ranges_are_einval),
        cmocka_unit_test(a_range_of_length_zero_is_skipped_with_a_finding),
        cmocka_unit_test(a_range_past_64_bits_is_erange_and_the_next_is_read),
        cmocka_unit_test(cells_come_from_the_nearest_ancestor_that_has_them),
        cmocka_unit_test(the_parents_dma_ranges_bound_the_aperture),
        cmocka_unit_test(empty_dma_ranges_lead_up),
        cmocka_unit_test(only_the_nearest_bus_may_lack_dma_ranges),
        cmocka_unit_test(no_dma_ranges_are_no_restriction),
        cmocka_unit_test(the_aperture_is_the_hull_of_several_ranges),
        cmocka_unit_test(dma_ranges_without_any_length_are_einval),
        cmocka_unit_test(truncated_dma_ranges_are_einval),
        cmocka_unit_test(a_dma_range_past_64_bits_is_erange),
        cmocka_unit_test(a_pci_buss_first_address_cell_is_no_address),
        cmocka_unit_test(the_roots_own_dma_ranges_use_its_own_cells),
        cmocka_unit_test(a_dma_mem_interconnect_is_the_dma_parent),
        cmocka_unit_test(a_hole_among_the_interconnects_counts),
        cmocka_unit_test(anything_odd_about_dma_mem_leaves_the_parent),
        cmocka_unit_test(dma_parents_in_a_loop_end_with_a_finding),
        cmocka_unit_test(the_nearest_node_that_says_something_decides_coherence),
    };

    return cmocka_run_group_tests_name("of_ranges", tests, NULL, NULL);
}
