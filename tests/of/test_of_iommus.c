/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Every rule and error of the iommus property. */
#include "fdt_builder.h"

#include <string.h>

#define SMMU    1u /* two cells */
#define SMMU3   2u /* one cell */
#define NOCELLS 3u
#define OFF     4u /* one cell, disabled */
#define WIDE    5u /* 17 cells */
#define ZERO    6u /* no cells at all */
#define NOBODY  99u

static struct fdt_builder *begin_video(void)
{
    struct fdt_builder *fb = fb_begin();

    fb_iommu(fb, "smmu@1", SMMU, 2);
    fb_iommu(fb, "smmu@2", SMMU3, 1);
    fb_node(fb, "iommu@3");
    fb_cells(fb, "phandle", NOCELLS);
    fb_end(fb);
    fb_node(fb, "smmu@4");
    fb_cells(fb, "phandle", OFF);
    fb_cells(fb, "#iommu-cells", 1);
    fb_str(fb, "status", "disabled");
    fb_end(fb);
    fb_iommu(fb, "iommu@5", WIDE, 17);
    fb_iommu(fb, "iommu@6", ZERO, 0);
    fb_node(fb, "video@7");
    return fb;
}

static struct fdt_builder *open_video(const uint32_t *cells, size_t count)
{
    struct fdt_builder *fb = begin_video();

    fb_cell_array(fb, "iommus", cells, count);
    fb_end(fb);
    fb_open(fb);
    return fb;
}

#define video_with(...)                                                                            \
    open_video((const uint32_t[]){__VA_ARGS__},                                                    \
               sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static int get(struct fdt_builder *fb, uint32_t index, struct dms_of_spec *spec)
{
    return dms_of_iommus(&fb->of, fb_at(fb, "/video@7"), index, spec, &fb->diag);
}

static void assert_get_fails(struct fdt_builder *fb, uint32_t index, int error, int32_t cell)
{
    struct dms_of_spec spec = {.ncells = 77};

    fb_assert_error(fb, get(fb, index, &spec), error, "/video@7", "iommus", cell);
    assert_int_equal(spec.ncells, 77);
}

static void each_entry_is_as_wide_as_its_target_says(void **state)
{
    struct fdt_builder *fb = video_with(SMMU3, 0x10, SMMU, 0x1940, 0x3f, ZERO, SMMU3, 0x11);
    struct dms_of_spec spec;
    (void)state;

    assert_int_equal(get(fb, 0, &spec), 0);
    assert_int_equal(spec.iommu, fb_at(fb, "/smmu@2"));
    assert_int_equal(spec.ncells, 1);
    assert_int_equal(spec.cells[0], 0x10);
    assert_int_equal(get(fb, 1, &spec), 0);
    assert_int_equal(spec.iommu, fb_at(fb, "/smmu@1"));
    assert_int_equal(spec.ncells, 2);
    assert_int_equal(spec.cells[0], 0x1940);
    assert_int_equal(spec.cells[1], 0x3f);
    assert_int_equal(get(fb, 2, &spec), 0);
    assert_int_equal(spec.iommu, fb_at(fb, "/iommu@6"));
    assert_int_equal(spec.ncells, 0);
    assert_int_equal(get(fb, 3, &spec), 0);
    assert_int_equal(spec.cells[0], 0x11);
    assert_get_fails(fb, 4, DMS_ENOENT, -1);
    assert_get_fails(fb, 0xffffffff, DMS_ENOENT, -1);
}

static void no_property_or_an_empty_one_is_enoent(void **state)
{
    struct fdt_builder *fb = begin_video();
    (void)state;

    fb_end(fb);
    fb_open(fb);
    assert_get_fails(fb, 0, DMS_ENOENT, -1);
    fb = begin_video();
    fb_empty(fb, "iommus");
    fb_end(fb);
    fb_open(fb);
    assert_get_fails(fb, 0, DMS_ENOENT, -1);
}

/* The entries before a malformed one are those of the device; inspecting still names the defect. */
static void assert_ends_at(struct fdt_builder *fb, uint32_t index, int listed_error, int32_t cell)
{
    struct dms_of_iommus_entry entry;
    struct dms_of_iommus list;
    struct dms_of_spec spec;

    assert_int_equal(get(fb, index - 1, &spec), 0);
    fb_assert_no_finding(fb);
    assert_get_fails(fb, index, DMS_ENOENT, -1);
    fb_assert_finding(fb, DMS_OF_FINDING_BROKEN_ENTRY, "/video@7", cell);
    assert_get_fails(fb, index + 1, DMS_ENOENT, -1);
    fb_assert_finding(fb, DMS_OF_FINDING_BROKEN_ENTRY, "/video@7", cell);
    assert_int_equal(dms_of_iommus_begin(&fb->of, fb_at(fb, "/video@7"), &list, NULL), 0);
    for (uint32_t i = 0; i < index; i++)
        assert_int_equal(dms_of_iommus_next(&list, &entry, NULL), 0);
    for (int again = 0; again < 2; again++)
        fb_assert_error(fb, dms_of_iommus_next(&list, &entry, &fb->diag), listed_error, "/video@7",
                        "iommus", cell);
    fb_assert_no_finding(fb);
}

static void a_phandle_to_nowhere_is_enodev_when_first_and_else_ends_the_list(void **state)
{
    (void)state;
    assert_get_fails(video_with(NOBODY, 0x20, SMMU3, 0x30), 0, DMS_ENODEV, 0);
    assert_get_fails(video_with(NOBODY, 0x20, SMMU3, 0x30), 1, DMS_ENODEV, 0);
    assert_get_fails(video_with(0, 0x20), 0, DMS_ENODEV, 0);
    assert_ends_at(video_with(SMMU3, 0x10, NOBODY, 0x20, SMMU3, 0x30), 1, DMS_ENODEV, 2);
    assert_ends_at(video_with(SMMU3, 0x10, 0, SMMU3, 0x30), 1, DMS_ENODEV, 2);
}

static void a_disabled_target_is_enodev_and_the_next_can_be_read(void **state)
{
    struct fdt_builder *fb = video_with(OFF, 0x10, SMMU3, 0x20);
    struct dms_of_spec spec;
    (void)state;

    assert_get_fails(fb, 0, DMS_ENODEV, 0);
    assert_non_null(strstr(fb->diag.text, "/smmu@4"));
    assert_int_equal(get(fb, 1, &spec), 0);
    assert_int_equal(spec.cells[0], 0x20);
}

static void listing_gives_a_disabled_targets_entry_with_a_finding(void **state)
{
    struct fdt_builder *fb = video_with(OFF, 0x10, SMMU3, 0x20);
    struct dms_of_iommus_entry entry;
    struct dms_of_iommus list;
    (void)state;

    assert_int_equal(dms_of_iommus_begin(&fb->of, fb_at(fb, "/video@7"), &list, NULL), 0);
    assert_int_equal(dms_of_iommus_next(&list, &entry, NULL), 0);
    assert_false(entry.iommu_available);
    assert_int_equal(entry.spec.cells[0], 0x10);
    assert_int_equal(entry.cell, 0);
    fb_assert_finding(fb, DMS_OF_FINDING_DISABLED_IOMMU, "/video@7", 0);
    assert_int_equal(dms_of_iommus_next(&list, &entry, NULL), 0);
    assert_true(entry.iommu_available);
    assert_int_equal(entry.cell, 2);
    fb_assert_no_finding(fb);
    fb_assert_error(fb, dms_of_iommus_next(&list, &entry, &fb->diag), DMS_ENOENT, "/video@7",
                    "iommus", -1);
}

static void
a_target_without_cells_property_is_einval_when_first_and_else_ends_the_list(void **state)
{
    (void)state;
    assert_get_fails(video_with(NOCELLS, 0x10), 0, DMS_EINVAL, 0);
    assert_ends_at(video_with(SMMU3, 0x10, NOCELLS, 0x10), 1, DMS_EINVAL, 2);
}

static void more_than_sixteen_cells_are_einval_when_first_and_else_end_the_list(void **state)
{
    (void)state;
    assert_get_fails(video_with(WIDE, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), 0,
                     DMS_EINVAL, 0);
    assert_ends_at(
        video_with(SMMU3, 1, WIDE, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), 1,
        DMS_EINVAL, 2);
}

static void a_truncated_entry_is_einval_when_first_and_else_ends_the_list(void **state)
{
    struct fdt_builder *fb;
    (void)state;

    assert_get_fails(video_with(SMMU), 0, DMS_EINVAL, 0);
    assert_ends_at(video_with(SMMU3, 0x10, SMMU, 0x20), 1, DMS_EINVAL, 2);
    fb = begin_video();
    fb_bytes(fb, "iommus", "\0\0\0\2\0\0\0\x10\0\0", 10);
    fb_end(fb);
    fb_open(fb);
    assert_ends_at(fb, 1, DMS_EINVAL, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_entry_is_as_wide_as_its_target_says),
        cmocka_unit_test(no_property_or_an_empty_one_is_enoent),
        cmocka_unit_test(a_phandle_to_nowhere_is_enodev_when_first_and_else_ends_the_list),
        cmocka_unit_test(a_disabled_target_is_enodev_and_the_next_can_be_read),
        cmocka_unit_test(listing_gives_a_disabled_targets_entry_with_a_finding),
        cmocka_unit_test(
            a_target_without_cells_property_is_einval_when_first_and_else_ends_the_list),
        cmocka_unit_test(more_than_sixteen_cells_are_einval_when_first_and_else_end_the_list),
        cmocka_unit_test(a_truncated_entry_is_einval_when_first_and_else_ends_the_list),
    };

    return cmocka_run_group_tests_name("of_iommus", tests, NULL, NULL);
}
