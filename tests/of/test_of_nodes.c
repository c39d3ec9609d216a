/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Finding nodes, moving between them and reading their properties. */
#include "fdt_builder.h"

#include <libfdt.h>
#include <string.h>

static void build(struct fdt_builder *fb)
{
    fb_str(fb, "compatible", "a,board");
    fb_node(fb, "aliases");
    fb_str(fb, "video0", "/soc@0/video@2");
    fb_str(fb, "relative", "soc@0/video@2");
    fb_str(fb, "self", "self");
    fb_bytes(fb, "endless", "/soc@0", 6);
    fb_str(fb, "gone", "/soc@0/none");
    fb_end(fb);
    fb_node(fb, "__symbols__");
    fb_str(fb, "venus", "/soc@0/video@2");
    fb_end(fb);
    fb_node(fb, "soc@0");
    fb_cells(fb, "phandle", 7);
    fb_node(fb, "video@2");
    fb_cells(fb, "linux,phandle", 9);
    fb_bytes(fb, "compatible", "qcom,iris\0qcom,venus", 21);
    fb_bytes(fb, "short", "\1\2\3", 3);
    fb_node(fb, "encoder");
    fb_cells(fb, "phandle", 7); /* a second one: the first node in the tree keeps it */
    fb_end(fb);
    fb_end(fb);
    fb_node(fb, "video@20");
    fb_cells(fb, "phandle", 0xffffffff);
    fb_str(fb, "status", "okay");
    fb_end(fb);
    fb_end(fb);
    fb_node(fb, "odd@1@2");
    fb_end(fb);
    fb_node(fb, "last");
    fb_end(fb);
}

static struct fdt_builder *open_tree(void)
{
    struct fdt_builder *fb = fb_begin();

    build(fb);
    fb_open(fb);
    return fb;
}

static void a_path_leads_to_its_node_and_back(void **state)
{
    static const char *const paths[] = {
        "/",    "/aliases", "/soc@0", "/soc@0/video@2", "/soc@0/video@2/encoder", "/soc@0/video@20",
        "/last"};
    struct fdt_builder *fb = open_tree();
    (void)state;

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        char path[64];

        assert_int_equal(dms_of_path(&fb->of, fb_at(fb, paths[i]), path, sizeof(path)),
                         strlen(paths[i]));
        assert_string_equal(path, paths[i]);
    }
}

static void a_path_may_leave_out_unit_addresses(void **state)
{
    struct fdt_builder *fb = open_tree();
    (void)state;

    assert_int_equal(fb_at(fb, "/soc/video"), fb_at(fb, "/soc@0/video@2"));
    assert_int_equal(fb_at(fb, "/soc//video@20/"), fb_at(fb, "/soc@0/video@20"));
}

static void an_alias_or_label_may_begin_a_path(void **state)
{
    struct fdt_builder *fb = open_tree();
    (void)state;

    assert_int_equal(fb_at(fb, "video0"), fb_at(fb, "/soc@0/video@2"));
    assert_int_equal(fb_at(fb, "video0/encoder"), fb_at(fb, "/soc@0/video@2/encoder"));
    assert_int_equal(fb_at(fb, "venus/encoder"), fb_at(fb, "/soc@0/video@2/encoder"));
}

static void what_is_not_there_is_enoent(void **state)
{
    static const char *const names[] = {"/soc@0/vide", "/soc@0/video@200", "/video@2", "video",
                                        "gone",        "/soc@0/video@",    "/soc@1",   "video0/no",
                                        "/odd@1"};
    struct fdt_builder *fb = open_tree();
    dms_of_node_t node = 12345;
    (void)state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        fb_assert_error(fb, dms_of_find(&fb->of, names[i], &node, &fb->diag), DMS_ENOENT, "", NULL,
                        -1);
    assert_int_equal(node, 12345);
}

static void an_alias_that_is_no_path_is_einval(void **state)
{
    static const char *const names[] = {"", "relative", "self", "endless"};
    struct fdt_builder *fb = open_tree();
    dms_of_node_t node;
    (void)state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        fb_assert_error(fb, dms_of_find(&fb->of, names[i], &node, &fb->diag), DMS_EINVAL, "", NULL,
                        -1);
}

static void a_path_that_does_not_fit_keeps_its_end(void **state)
{
    struct fdt_builder *fb = open_tree();
    dms_of_node_t node = fb_at(fb, "/soc@0/video@2/encoder");
    char path[23];
    (void)state;

    assert_int_equal(dms_of_path(&fb->of, node, path, 23), 22);
    assert_string_equal(path, "/soc@0/video@2/encoder");
    assert_int_equal(dms_of_path(&fb->of, node, path, 22), 22);
    assert_string_equal(path, "...@0/video@2/encoder");
    assert_int_equal(dms_of_path(&fb->of, node, path, 3), 22);
    assert_string_equal(path, "..");
    assert_int_equal(dms_of_path(&fb->of, node, path, 1), 22);
    assert_string_equal(path, "");
    assert_int_equal(dms_of_path(&fb->of, node, NULL, 0), 22);
    assert_int_equal(dms_of_path(&fb->of, DMS_OF_ROOT, path, 2), 1);
    assert_string_equal(path, "/");
    assert_int_equal(dms_of_path(&fb->of, DMS_OF_NONE, path, sizeof(path)), 0);
    assert_string_equal(path, "");
}

static void walking_visits_every_node_once_in_tree_order(void **state)
{
    static const char *const names[] = {"",        "aliases",  "__symbols__", "soc@0", "video@2",
                                        "encoder", "video@20", "odd@1@2",     "last"};
    struct fdt_builder *fb = open_tree();
    dms_of_node_t node = DMS_OF_ROOT;
    (void)state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_string_equal(dms_of_name(&fb->of, node), names[i]);
        node = dms_of_next(&fb->of, node);
    }
    assert_int_equal(node, DMS_OF_NONE);
    assert_int_equal(dms_of_next(&fb->of, DMS_OF_NONE), DMS_OF_NONE);
}

static void parents_and_phandles_are_the_same_with_and_without_index(void **state)
{
    (void)state;
    for (unsigned indexed = 0; indexed < 2; indexed++) {
        struct fdt_builder *fb = fb_begin();

        build(fb);
        if (indexed)
            fb_open(fb);
        else
            fb_open_bare(fb);
        assert_int_equal(dms_of_parent(&fb->of, DMS_OF_ROOT), DMS_OF_NONE);
        assert_int_equal(dms_of_parent(&fb->of, DMS_OF_NONE), DMS_OF_NONE);
        assert_int_equal(dms_of_parent(&fb->of, 2), DMS_OF_NONE);
        assert_int_equal(dms_of_parent(&fb->of, 1 << 20), DMS_OF_NONE);
        assert_int_equal(dms_of_path(&fb->of, 2, NULL, 0), 0);
        assert_int_equal(dms_of_parent(&fb->of, fb_at(fb, "/last")), DMS_OF_ROOT);
        assert_int_equal(dms_of_parent(&fb->of, fb_at(fb, "/soc@0/video@2/encoder")),
                         fb_at(fb, "/soc@0/video@2"));
        assert_int_equal(dms_of_parent(&fb->of, fb_at(fb, "/soc@0/video@20")), fb_at(fb, "/soc@0"));
        assert_int_equal(dms_of_by_phandle(&fb->of, 7), fb_at(fb, "/soc@0"));
        assert_int_equal(dms_of_by_phandle(&fb->of, 9), fb_at(fb, "/soc@0/video@2"));
        assert_int_equal(dms_of_by_phandle(&fb->of, 8), DMS_OF_NONE);
        assert_int_equal(dms_of_by_phandle(&fb->of, 10), DMS_OF_NONE);
        assert_int_equal(dms_of_by_phandle(&fb->of, 0), DMS_OF_NONE);
        assert_int_equal(dms_of_by_phandle(&fb->of, 0xffffffff), DMS_OF_NONE);
    }
}

static void a_nodes_own_phandle_may_be_of_the_old_name(void **state)
{
    struct fdt_builder *fb = open_tree();
    (void)state;

    assert_int_equal(dms_of_phandle(&fb->of, fb_at(fb, "/soc@0")), 7);
    assert_int_equal(dms_of_phandle(&fb->of, fb_at(fb, "/soc@0/video@2")), 9);
    assert_int_equal(dms_of_phandle(&fb->of, fb_at(fb, "/last")), 0);
    assert_int_equal(dms_of_phandle(&fb->of, fb_at(fb, "/soc@0/video@20")), 0);
    assert_int_equal(dms_of_phandle(&fb->of, DMS_OF_NONE), 0);
}

static void properties_are_found_by_their_whole_name(void **state)
{
    struct fdt_builder *fb = open_tree();
    dms_of_node_t node = fb_at(fb, "/soc@0/video@2");
    uint32_t size = 99;
    (void)state;

    assert_null(dms_of_prop(&fb->of, node, "compat", &size));
    assert_null(dms_of_prop(&fb->of, node, "compatibles", &size));
    assert_null(dms_of_prop(&fb->of, node, "status", &size)); /* a sibling's */
    assert_null(dms_of_prop(&fb->of, DMS_OF_NONE, "compatible", &size));
    assert_int_equal(size, 99);
    assert_non_null(dms_of_prop(&fb->of, node, "compatible", &size));
    assert_int_equal(size, 21);
    assert_string_equal(dms_of_compatible(&fb->of, node, &size) + 10, "qcom,venus");
    assert_null(dms_of_compatible(&fb->of, fb_at(fb, "/last"), &size));
    assert_int_equal(size, 0);
}

static void deleted_properties_and_nodes_are_passed_over(void **state)
{
    struct fdt_builder *fb = fb_begin();
    uint32_t size;
    (void)state;

    fb_node(fb, "aliases");
    fb_str(fb, "gone", "/gone");
    fb_str(fb, "video0", "/video");
    fb_end(fb);
    fb_node(fb, "gone");
    fb_end(fb);
    fb_node(fb, "video");
    fb_str(fb, "status", "disabled");
    fb_empty(fb, "iommus");
    fb_end(fb);
    fb_finish(fb);
    /* They stay in the blob as NOP tokens. */
    fdt_nop_property(fb->blob, fdt_path_offset(fb->blob, "/aliases"), "gone");
    fdt_nop_property(fb->blob, fdt_path_offset(fb->blob, "/video"), "status");
    fdt_nop_node(fb->blob, fdt_path_offset(fb->blob, "/gone"));
    assert_int_equal(fb_reopen(fb), 0);
    assert_int_equal(fb->of.node_count, 3);
    assert_true(dms_of_available(&fb->of, fb_at(fb, "video0")));
    assert_non_null(dms_of_prop(&fb->of, fb_at(fb, "/video"), "iommus", &size));
    assert_int_equal(dms_of_next_master(&fb->of, DMS_OF_NONE), fb_at(fb, "/video"));
}

static void a_cell_needs_four_bytes(void **state)
{
    struct fdt_builder *fb = open_tree();
    uint32_t value = 5;
    (void)state;

    assert_int_equal(dms_of_u32(&fb->of, fb_at(fb, "/soc@0"), "none", &value), DMS_ENOENT);
    assert_int_equal(dms_of_u32(&fb->of, fb_at(fb, "/soc@0/video@2"), "short", &value), DMS_EINVAL);
    assert_int_equal(value, 5);
    assert_int_equal(dms_of_u32(&fb->of, fb_at(fb, "/soc@0"), "phandle", &value), 0);
    assert_int_equal(value, 7);
}

static void only_no_status_okay_and_ok_are_available(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        bool available;
    } cases[] = {{"okay", 5, true},      {"ok", 3, true},        {"disabled", 9, false},
                 {"reserved", 9, false}, {"fail-sss", 9, false}, {"okay", 4, false},
                 {"", 0, false},         {"okay\0x", 6, false},  {"oka", 4, false}};
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fdt_builder *fb = fb_begin();

        fb_bytes(fb, "status", cases[i].bytes, cases[i].size);
        fb_open(fb);
        assert_int_equal(dms_of_available(&fb->of, DMS_OF_ROOT), cases[i].available);
    }
    assert_true(dms_of_available(&open_tree()->of, DMS_OF_ROOT));
}

static void masters_are_the_nodes_with_a_property_of_dma(void **state)
{
    static const char *const masters[] = {"/by-iommus", "/by-map", "/by-ranges", "/by-region",
                                          "/by-odd-region"};
    struct fdt_builder *fb = fb_begin();
    dms_of_node_t node = DMS_OF_NONE;
    (void)state;

    fb_node(fb, "by-iommus");
    fb_empty(fb, "iommus");
    fb_end(fb);
    fb_node(fb, "by-map");
    fb_cells(fb, "iommu-map", 0);
    fb_end(fb);
    fb_node(fb, "by-ranges");
    fb_empty(fb, "iommu-ranges");
    fb_end(fb);
    fb_node(fb, "by-region");
    fb_cells(fb, "phandle", 1);
    fb_cells(fb, "memory-region", 2);
    fb_end(fb);
    fb_node(fb, "by-odd-region");
    fb_cells(fb, "phandle", 5);
    fb_cells(fb, "memory-region", 4);
    fb_end(fb);
    fb_node(fb, "only-memory");
    fb_cells(fb, "memory-region", 3, 2, 99);
    fb_end(fb);
    fb_node(fb, "only-iommu-map-mask");
    fb_cells(fb, "iommu-map-mask", 1);
    fb_end(fb);
    fb_node(fb, "memory-2");
    fb_cells(fb, "phandle", 2);
    fb_cells(fb, "iommu-addresses", 1, 0x1000, 0x1000);
    fb_end(fb);
    fb_node(fb, "memory-3");
    fb_cells(fb, "phandle", 3);
    fb_end(fb);
    fb_node(fb, "memory-4");
    fb_cells(fb, "phandle", 4);
    fb_cells(fb, "iommu-addresses", 5, 0x1000);
    fb_end(fb);
    fb_open(fb);

    for (size_t i = 0; i < sizeof(masters) / sizeof(masters[0]); i++) {
        node = dms_of_next_master(&fb->of, node);
        assert_int_equal(node, fb_at(fb, masters[i]));
    }
    assert_int_equal(dms_of_next_master(&fb->of, node), DMS_OF_NONE);
    fb_assert_no_finding(fb);
}

static void assert_cells(struct fdt_builder *fb, const char *path, uint32_t address, uint32_t size,
                         bool readable)
{
    struct dms_of_bus_cells cells;

    assert_int_equal(dms_of_bus_cells(&fb->of, fb_at(fb, path), &cells), readable);
    assert_int_equal(cells.address, address);
    assert_int_equal(cells.size, size);
    assert_int_equal(cells.flags, address == 3);
}

static void a_bus_has_its_own_cells_or_those_of_the_bus_above(void **state)
{
    struct fdt_builder *fb = fb_begin();
    (void)state;

    fb_node(fb, "soc");
    fb_cells(fb, "#address-cells", 2);
    fb_node(fb, "pcie");
    fb_cells(fb, "#address-cells", 3);
    fb_cells(fb, "#size-cells", 4);
    fb_end(fb);
    fb_node(fb, "wide");
    fb_cells(fb, "#size-cells", 5);
    fb_end(fb);
    fb_node(fb, "none");
    fb_cells(fb, "#address-cells", 0);
    fb_end(fb);
    fb_end(fb);
    fb_open(fb);
    assert_cells(fb, "/", 1, 1, true);
    assert_cells(fb, "/soc", 2, 1, true);
    assert_cells(fb, "/soc/pcie", 3, 4, true);
    assert_cells(fb, "/soc/wide", 2, 5, false);
    assert_cells(fb, "/soc/none", 0, 1, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_leads_to_its_node_and_back),
        cmocka_unit_test(a_path_may_leave_out_unit_addresses),
        cmocka_unit_test(an_alias_or_label_may_begin_a_path),
        cmocka_unit_test(what_is_not_there_is_enoent),
        cmocka_unit_test(an_alias_that_is_no_path_is_einval),
        cmocka_unit_test(a_path_that_does_not_fit_keeps_its_end),
        cmocka_unit_test(walking_visits_every_node_once_in_tree_order),
        cmocka_unit_test(parents_and_phandles_are_the_same_with_and_without_index),
        cmocka_unit_test(a_nodes_own_phandle_may_be_of_the_old_name),
        cmocka_unit_test(properties_are_found_by_their_whole_name),
        cmocka_unit_test(deleted_properties_and_nodes_are_passed_over),
        cmocka_unit_test(a_cell_needs_four_bytes),
        cmocka_unit_test(only_no_status_okay_and_ok_are_available),
        cmocka_unit_test(masters_are_the_nodes_with_a_property_of_dma),
        cmocka_unit_test(a_bus_has_its_own_cells_or_those_of_the_bus_above),
    };

    return cmocka_run_group_tests_name("of_nodes", tests, NULL, NULL);
}
