/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Every rule and error of iommu-map, one by one. */
#include "fdt_builder.h"

#include <string.h>

#define SMMU    1u /* two cells */
#define SMMU3   2u /* one cell */
#define ITEM    3u /* three cells */
#define NOCELLS 4u /* no #iommu-cells */
#define OFF     5u /* two cells, disabled */
#define WIDE    6u /* 17 cells */
#define ZERO    7u /* no cells at all */
#define NOBODY  99u

static void iommus(struct fdt_builder *fb)
{
    fb_iommu(fb, "smmu@1", SMMU, 2);
    fb_iommu(fb, "smmu@2", SMMU3, 1);
    fb_iommu(fb, "iommu@3", ITEM, 3);
    fb_node(fb, "iommu@4");
    fb_cells(fb, "phandle", NOCELLS);
    fb_end(fb);
    fb_node(fb, "smmu@5");
    fb_cells(fb, "phandle", OFF);
    fb_cells(fb, "#iommu-cells", 1);
    fb_str(fb, "status", "disabled");
    fb_end(fb);
    fb_iommu(fb, "iommu@6", WIDE, 17);
    fb_iommu(fb, "iommu@7", ZERO, 0);
}

static struct fdt_builder *begin_video(void)
{
    struct fdt_builder *fb = fb_begin();

    iommus(fb);
    fb_node(fb, "video@8");
    return fb;
}

static dms_of_node_t open_video(struct fdt_builder *fb)
{
    fb_end(fb);
    fb_open(fb);
    return fb_at(fb, "/video@8");
}

/* A tree with one master whose iommu-map is these cells. */
#define video_with_map(fb, node, ...)                                                              \
    do {                                                                                           \
        fb = begin_video();                                                                        \
        fb_cells(fb, "iommu-map", __VA_ARGS__);                                                    \
        node = open_video(fb);                                                                     \
    } while (0)

static int resolve(struct fdt_builder *fb, dms_of_node_t node, uint32_t id,
                   struct dms_of_spec *spec)
{
    return dms_of_map_id(&fb->of, node, id, 0, spec, &fb->diag);
}

static void assert_resolves(struct fdt_builder *fb, dms_of_node_t node, uint32_t id, uint32_t sid)
{
    struct dms_of_spec spec;

    assert_int_equal(resolve(fb, node, id, &spec), 0);
    assert_true(spec.ncells >= 1);
    assert_int_equal(spec.cells[0], sid);
}

static void the_map_of_the_video_unit_gives_each_function_its_stream(void **state)
{
    struct fdt_builder *fb;
    struct dms_of_spec spec;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, SMMU, 0x1940, 0, 1, 1, SMMU, 0x1943, 0, 1, 2, SMMU, 0x1944, 0, 1);
    assert_resolves(fb, node, 0, 0x1940);
    assert_resolves(fb, node, 1, 0x1943);
    assert_resolves(fb, node, 2, 0x1944);
    assert_int_equal(resolve(fb, node, 1, &spec), 0);
    assert_int_equal(spec.iommu, fb_at(fb, "/smmu@1"));
    assert_int_equal(spec.ncells, 2);
    assert_int_equal(spec.cells[1], 0);
    fb_assert_error(fb, resolve(fb, node, 3, &spec), DMS_ENODEV, "/video@8", "iommu-map", -1);
    fb_assert_no_finding(fb);
}

static void a_parent_with_only_a_map_has_no_stream_itself(void **state)
{
    struct fdt_builder *fb;
    struct dms_of_spec spec;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, SMMU3, 0x10, 1);
    fb_assert_error(fb, dms_of_iommus(&fb->of, node, 0, &spec, &fb->diag), DMS_ENOENT, "/video@8",
                    "iommus", -1);
}

static void one_output_cell_counts_up_with_the_id(void **state)
{
    struct fdt_builder *fb;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0x100, SMMU3, 0x4000, 0x10);
    assert_resolves(fb, node, 0x100, 0x4000);
    assert_resolves(fb, node, 0x10f, 0x400f);
    assert_int_equal(resolve(fb, node, 0x110, &(struct dms_of_spec){0}), DMS_ENODEV);
    assert_int_equal(resolve(fb, node, 0xff, &(struct dms_of_spec){0}), DMS_ENODEV);
}

static void the_output_wraps_at_32_bits_with_a_finding(void **state)
{
    struct fdt_builder *fb;
    struct dms_of_map map;
    struct dms_of_map_entry entry;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, SMMU3, 0xffffffff, 2);
    assert_resolves(fb, node, 1, 0);
    assert_int_equal(dms_of_map_begin(&fb->of, node, &map, NULL), 0);
    assert_int_equal(dms_of_map_next(&map, &entry, NULL), 0);
    fb_assert_finding(fb, DMS_OF_FINDING_WRAPPING_ENTRY, "/video@8", 0);
}

static void the_last_id_of_all_can_be_mapped(void **state)
{
    struct fdt_builder *fb;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0xffffffff, SMMU3, 7, 1);
    assert_resolves(fb, node, 0xffffffff, 7);
    video_with_map(fb, node, 0, SMMU3, 0, 0xffffffff);
    assert_resolves(fb, node, 0xfffffffe, 0xfffffffe);
    assert_int_equal(resolve(fb, node, 0xffffffff, &(struct dms_of_spec){0}), DMS_ENODEV);
}

static void the_id_is_masked_first(void **state)
{
    struct fdt_builder *fb = begin_video();
    dms_of_node_t node;
    (void)state;

    fb_cells(fb, "iommu-map", 0x10, SMMU3, 0x80, 2);
    fb_cells(fb, "iommu-map-mask", 0xff);
    node = open_video(fb);
    assert_resolves(fb, node, 0x10, 0x80);
    assert_resolves(fb, node, 0xabcd0011, 0x81);
    assert_int_equal(resolve(fb, node, 0x110000, &(struct dms_of_spec){0}), DMS_ENODEV);
}

static void an_id_base_outside_the_mask_is_efault(void **state)
{
    struct fdt_builder *fb = begin_video();
    dms_of_node_t node;
    (void)state;

    fb_cells(fb, "iommu-map", 0x10, SMMU3, 0x80, 1, 0x100, SMMU3, 0x90, 1);
    fb_cells(fb, "iommu-map-mask", 0xff);
    node = open_video(fb);
    assert_resolves(fb, node, 0x10, 0x80); /* found before the odd entry is read */
    fb_assert_error(fb, resolve(fb, node, 0, &(struct dms_of_spec){0}), DMS_EFAULT, "/video@8",
                    "iommu-map", 4);
    assert_non_null(strstr(fb->diag.text, "0x100"));
}

static void a_mask_shorter_than_a_cell_is_no_mask_with_a_finding(void **state)
{
    struct fdt_builder *fb = begin_video();
    dms_of_node_t node;
    (void)state;

    fb_cells(fb, "iommu-map", 0x100, SMMU3, 0x80, 1);
    fb_bytes(fb, "iommu-map-mask", "\0\0", 2);
    node = open_video(fb);
    assert_resolves(fb, node, 0x100, 0x80);
    fb_assert_finding(fb, DMS_OF_FINDING_BAD_MASK, "/video@8", -1);
}

static void several_output_cells_with_length_one_are_copied(void **state)
{
    struct fdt_builder *fb;
    struct dms_of_spec spec;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 5, ITEM, 0xa, 0xb, 0xc, 1);
    assert_int_equal(resolve(fb, node, 5, &spec), 0);
    assert_int_equal(spec.ncells, 3);
    assert_int_equal(spec.cells[0], 0xa);
    assert_int_equal(spec.cells[1], 0xb);
    assert_int_equal(spec.cells[2], 0xc);
}

static void several_output_cells_with_a_length_are_einval_for_their_ids_only(void **state)
{
    struct fdt_builder *fb;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, SMMU, 0x10, 0, 2, 5, SMMU, 0x20, 0, 1);
    assert_resolves(fb, node, 5, 0x20);
    fb_assert_error(fb, resolve(fb, node, 1, &(struct dms_of_spec){0}), DMS_EINVAL, "/video@8",
                    "iommu-map", 0);
}

static void entries_of_different_width_stand_side_by_side(void **state)
{
    struct fdt_builder *fb;
    struct dms_of_spec spec;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, SMMU3, 0x10, 2, 2, ITEM, 1, 2, 3, 1, 3, ZERO, 1, 4, SMMU, 0x40,
                   0x7f, 1);
    assert_resolves(fb, node, 1, 0x11);
    assert_int_equal(resolve(fb, node, 2, &spec), 0);
    assert_int_equal(spec.ncells, 3);
    assert_int_equal(resolve(fb, node, 3, &spec), 0);
    assert_int_equal(spec.ncells, 0);
    assert_int_equal(spec.iommu, fb_at(fb, "/iommu@7"));
    assert_int_equal(resolve(fb, node, 4, &spec), 0);
    assert_int_equal(spec.cells[1], 0x7f);
}

static void a_target_without_cells_property_has_one_with_a_finding(void **state)
{
    struct fdt_builder *fb;
    dms_of_node_t node;
    struct dms_of_map map;
    struct dms_of_map_entry entry;
    (void)state;

    video_with_map(fb, node, 0, NOCELLS, 0x10, 4);
    assert_resolves(fb, node, 3, 0x13);
    assert_int_equal(dms_of_map_begin(&fb->of, node, &map, NULL), 0);
    assert_int_equal(dms_of_map_next(&map, &entry, NULL), 0);
    fb_assert_finding(fb, DMS_OF_FINDING_NO_CELLS, "/video@8", 0);
}

static void more_than_sixteen_cells_are_einval(void **state)
{
    struct fdt_builder *fb;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, SMMU3, 0x10, 1, 1, WIDE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                   0, 0, 0, 1);
    assert_resolves(fb, node, 0, 0x10);
    fb_assert_error(fb, resolve(fb, node, 1, &(struct dms_of_spec){0}), DMS_EINVAL, "/video@8",
                    "iommu-map", 4);
    assert_string_equal(fb->diag.text, "#iommu-cells of /iommu@6 is 17, more than 16");
}

static void a_truncated_map_is_einval_at_every_length(void **state)
{
    static const uint32_t cells[] = {0, SMMU, 0x1940, 0, 1, 1, SMMU, 0x1943, 0, 1};
    (void)state;

    for (size_t count = 1; count < 10; count++) {
        struct fdt_builder *fb = begin_video();
        dms_of_node_t node;

        fb_cell_array(fb, "iommu-map", cells, count);
        node = open_video(fb);
        if (count == 5)
            continue;
        fb_assert_error(fb, resolve(fb, node, 1, &(struct dms_of_spec){0}), DMS_EINVAL, "/video@8",
                        "iommu-map", count < 5 ? 0 : 5);
    }
}

static void a_map_that_ends_inside_a_cell_is_einval(void **state)
{
    struct fdt_builder *fb = begin_video();
    struct dms_of_map map;
    dms_of_node_t node;
    (void)state;

    fb_bytes(fb, "iommu-map", "\0\0\0\0\0\0\0\2\0\0\0\1\0\0\0\1\0", 17);
    node = open_video(fb);
    fb_assert_error(fb, resolve(fb, node, 0, &(struct dms_of_spec){0}), DMS_EINVAL, "/video@8",
                    "iommu-map", 4);
    fb_assert_error(fb, dms_of_map_begin(&fb->of, node, &map, &fb->diag), DMS_EINVAL, "/video@8",
                    "iommu-map", 4);
}

static void a_phandle_to_nowhere_is_enodev_once_it_is_reached(void **state)
{
    struct fdt_builder *fb;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, SMMU3, 0x10, 1, 1, NOBODY, 0x20, 1, 2, SMMU3, 0x30, 1);
    assert_resolves(fb, node, 0, 0x10);
    fb_assert_error(fb, resolve(fb, node, 2, &(struct dms_of_spec){0}), DMS_ENODEV, "/video@8",
                    "iommu-map", 4);
    video_with_map(fb, node, 0, 0, 0x10, 1);
    fb_assert_error(fb, resolve(fb, node, 0, &(struct dms_of_spec){0}), DMS_ENODEV, "/video@8",
                    "iommu-map", 0);
}

static void a_node_without_map_is_enodev(void **state)
{
    struct fdt_builder *fb = begin_video();
    dms_of_node_t node = open_video(fb);
    struct dms_of_map map;
    (void)state;

    fb_assert_error(fb, resolve(fb, node, 0, &(struct dms_of_spec){0}), DMS_ENODEV, "/video@8",
                    "iommu-map", -1);
    fb_assert_error(fb, dms_of_map_begin(&fb->of, node, &map, &fb->diag), DMS_ENOENT, "/video@8",
                    "iommu-map", -1);
}

static void an_empty_map_maps_nothing(void **state)
{
    struct fdt_builder *fb = begin_video();
    dms_of_node_t node;
    (void)state;

    fb_empty(fb, "iommu-map");
    node = open_video(fb);
    fb_assert_error(fb, resolve(fb, node, 0, &(struct dms_of_spec){0}), DMS_ENODEV, "/video@8",
                    "iommu-map", -1);
}

static void a_disabled_target_is_enodev_for_its_ids_only(void **state)
{
    struct fdt_builder *fb;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, OFF, 0x10, 1, 1, SMMU3, 0x20, 1);
    assert_resolves(fb, node, 1, 0x20);
    fb_assert_error(fb, resolve(fb, node, 0, &(struct dms_of_spec){0}), DMS_ENODEV, "/video@8",
                    "iommu-map", 0);
    assert_non_null(strstr(fb->diag.text, "/smmu@5"));
}

static void a_legacy_map_is_read_with_one_output_cell(void **state)
{
    struct fdt_builder *fb;
    struct dms_of_spec spec;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, SMMU, 0x1c10, 1, 0x100, SMMU, 0x1c11, 1);
    assert_int_equal(resolve(fb, node, 0x100, &spec), 0);
    assert_int_equal(spec.ncells, 1);
    assert_int_equal(spec.cells[0], 0x1c11);
    fb_assert_finding(fb, DMS_OF_FINDING_LEGACY_MAP, "/video@8", -1);
}

static void listing_a_legacy_map_tells_it_once(void **state)
{
    struct fdt_builder *fb;
    struct dms_of_map map;
    struct dms_of_map_entry entry;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, SMMU, 0x1c10, 1, 0x100, SMMU, 0x1c11, 1);
    assert_int_equal(dms_of_map_begin(&fb->of, node, &map, NULL), 0);
    assert_int_equal(dms_of_map_next(&map, &entry, NULL), 0);
    assert_true(map.legacy);
    assert_int_equal(dms_of_map_next(&map, &entry, NULL), 0);
    assert_int_equal(entry.out.cells[0], 0x1c11);
    fb_assert_finding(fb, DMS_OF_FINDING_LEGACY_MAP, "/video@8", -1);
}

static void a_legacy_map_may_have_one_entry_or_five(void **state)
{
    struct fdt_builder *fb;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, SMMU, 0x1c10, 1);
    assert_resolves(fb, node, 0, 0x1c10);
    /* 20 cells are four entries of five cells, too; the legacy reading is tried first. */
    video_with_map(fb, node, 0, SMMU, 0x20, 1, 1, SMMU, 0x21, 1, 2, SMMU, 0x22, 1, 3, SMMU, 0x23, 1,
                   4, SMMU, 0x24, 1);
    assert_resolves(fb, node, 4, 0x24);
}

static void what_only_looks_like_a_legacy_map_is_read_by_the_rules(void **state)
{
    struct fdt_builder *fb;
    struct dms_of_spec spec = {0};
    dms_of_node_t node;
    (void)state;

    /* A length other than 1. */
    video_with_map(fb, node, 0, SMMU, 0x10, 1, 1, SMMU, 0x11, 2);
    fb_assert_error(fb, resolve(fb, node, 1, &spec), DMS_ENODEV, "/video@8", "iommu-map", 5);
    /* Two targets. */
    video_with_map(fb, node, 0, SMMU, 0x10, 1, 1, SMMU3, 0x11, 1);
    fb_assert_error(fb, resolve(fb, node, 1, &spec), DMS_ENODEV, "/video@8", "iommu-map", 5);
    /* A target of three cells. */
    video_with_map(fb, node, 0, ITEM, 0x10, 1);
    fb_assert_error(fb, resolve(fb, node, 0, &spec), DMS_EINVAL, "/video@8", "iommu-map", 0);
    fb_assert_no_finding(fb);
}

static void the_first_of_several_entries_for_an_id_wins(void **state)
{
    struct fdt_builder *fb;
    struct dms_of_spec spec;
    dms_of_node_t node;
    (void)state;

    /* The video unit that owns two streams with its non-pixel function. */
    video_with_map(fb, node, 0x100, SMMU, 0x1944, 0, 1, 0x101, SMMU, 0x1940, 0, 1, 0x101, SMMU,
                   0x1a20, 0, 1, 0x102, SMMU, 0x1943, 0, 1);
    assert_resolves(fb, node, 0x101, 0x1940);
    assert_int_equal(dms_of_map_id(&fb->of, node, 0x101, 1, &spec, &fb->diag), 0);
    assert_int_equal(spec.cells[0], 0x1a20);
    fb_assert_error(fb, dms_of_map_id(&fb->of, node, 0x101, 2, &spec, &fb->diag), DMS_ENOENT,
                    "/video@8", "iommu-map", -1);
    assert_int_equal(spec.cells[0], 0x1a20);
}

static void ids_in_several_entries_are_a_finding(void **state)
{
    struct fdt_builder *fb;
    struct dms_of_map map;
    struct dms_of_map_entry entry[3];
    struct dms_of_map_entry earlier;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, SMMU3, 0x10, 4, 8, SMMU3, 0x20, 1, 3, SMMU3, 0x30, 5);
    assert_int_equal(dms_of_map_begin(&fb->of, node, &map, NULL), 0);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(dms_of_map_next(&map, &entry[i], NULL), 0);
    assert_false(dms_of_map_duplicate(&fb->of, node, &entry[0], &earlier));
    assert_false(dms_of_map_duplicate(&fb->of, node, &entry[1], &earlier));
    fb_assert_no_finding(fb);
    assert_true(dms_of_map_duplicate(&fb->of, node, &entry[2], &earlier));
    assert_int_equal(earlier.cell, 0);
    fb_assert_finding(fb, DMS_OF_FINDING_DUPLICATE_ID, "/video@8", 8);
}

static void an_entry_of_length_zero_never_matches_and_is_a_finding(void **state)
{
    struct fdt_builder *fb;
    struct dms_of_map map;
    struct dms_of_map_entry entry;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, SMMU3, 0x10, 0, 0, SMMU3, 0x20, 1);
    assert_resolves(fb, node, 0, 0x20);
    assert_int_equal(dms_of_map_begin(&fb->of, node, &map, NULL), 0);
    assert_int_equal(dms_of_map_next(&map, &entry, NULL), 0);
    assert_int_equal(entry.length, 0);
    fb_assert_finding(fb, DMS_OF_FINDING_EMPTY_ENTRY, "/video@8", 0);
    assert_int_equal(dms_of_map_next(&map, &entry, NULL), 0);
    assert_false(dms_of_map_duplicate(&fb->of, node, &entry, &entry));
}

static void listing_gives_every_entry_as_it_stands(void **state)
{
    struct fdt_builder *fb;
    struct dms_of_map map;
    struct dms_of_map_entry entry;
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, OFF, 0x10, 8, 0x20, SMMU, 0x40, 0x3, 9);
    assert_int_equal(dms_of_map_begin(&fb->of, node, &map, NULL), 0);
    assert_int_equal(map.mask, UINT32_MAX);
    assert_int_equal(dms_of_map_next(&map, &entry, NULL), 0);
    assert_int_equal(entry.id_base, 0);
    assert_int_equal(entry.length, 8);
    assert_false(entry.iommu_available);
    fb_assert_finding(fb, DMS_OF_FINDING_DISABLED_IOMMU, "/video@8", 0);
    assert_int_equal(dms_of_map_next(&map, &entry, NULL), 0);
    assert_int_equal(entry.out.iommu, fb_at(fb, "/smmu@1"));
    assert_int_equal(entry.out.cells[1], 3);
    assert_true(entry.iommu_available);
    fb_assert_finding(fb, DMS_OF_FINDING_LONG_ENTRY, "/video@8", 4);
    fb_assert_error(fb, dms_of_map_next(&map, &entry, &fb->diag), DMS_ENOENT, "/video@8",
                    "iommu-map", 9);
}

static void listing_stops_for_good_at_an_entry_of_unknown_width(void **state)
{
    struct fdt_builder *fb;
    struct dms_of_map map;
    struct dms_of_map_entry entry = {.id_base = 77};
    dms_of_node_t node;
    (void)state;

    video_with_map(fb, node, 0, NOBODY, 0x10, 8, 0x20, SMMU3, 0x40, 1);
    assert_int_equal(dms_of_map_begin(&fb->of, node, &map, NULL), 0);
    for (unsigned i = 0; i < 3; i++)
        fb_assert_error(fb, dms_of_map_next(&map, &entry, &fb->diag), DMS_ENODEV, "/video@8",
                        "iommu-map", 0);
    assert_int_equal(entry.id_base, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_map_of_the_video_unit_gives_each_function_its_stream),
        cmocka_unit_test(a_parent_with_only_a_map_has_no_stream_itself),
        cmocka_unit_test(one_output_cell_counts_up_with_the_id),
        cmocka_unit_test(the_output_wraps_at_32_bits_with_a_finding),
        cmocka_unit_test(the_last_id_of_all_can_be_mapped),
        cmocka_unit_test(the_id_is_masked_first),
        cmocka_unit_test(an_id_base_outside_the_mask_is_efault),
        cmocka_unit_test(a_mask_shorter_than_a_cell_is_no_mask_with_a_finding),
        cmocka_unit_test(several_output_cells_with_length_one_are_copied),
        cmocka_unit_test(several_output_cells_with_a_length_are_einval_for_their_ids_only),
        cmocka_unit_test(entries_of_different_width_stand_side_by_side),
        cmocka_unit_test(a_target_without_cells_property_has_one_with_a_finding),
        cmocka_unit_test(more_than_sixteen_cells_are_einval),
        cmocka_unit_test(a_truncated_map_is_einval_at_every_length),
        cmocka_unit_test(a_map_that_ends_inside_a_cell_is_einval),
        cmocka_unit_test(a_phandle_to_nowhere_is_enodev_once_it_is_reached),
        cmocka_unit_test(a_node_without_map_is_enodev),
        cmocka_unit_test(an_empty_map_maps_nothing),
        cmocka_unit_test(a_disabled_target_is_enodev_for_its_ids_only),
        cmocka_unit_test(a_legacy_map_is_read_with_one_output_cell),
        cmocka_unit_test(listing_a_legacy_map_tells_it_once),
        cmocka_unit_test(a_legacy_map_may_have_one_entry_or_five),
        cmocka_unit_test(what_only_looks_like_a_legacy_map_is_read_by_the_rules),
        cmocka_unit_test(the_first_of_several_entries_for_an_id_wins),
        cmocka_unit_test(ids_in_several_entries_are_a_finding),
        cmocka_unit_test(an_entry_of_length_zero_never_matches_and_is_a_finding),
        cmocka_unit_test(listing_gives_every_entry_as_it_stands),
        cmocka_unit_test(listing_stops_for_good_at_an_entry_of_unknown_width),
    };

    return cmocka_run_group_tests_name("of_iommu_map", tests, NULL, NULL);
}
