/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Blobs that are no tree, that are damaged, and that are hostile. */
#include "fdt_builder.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

static struct fdt_builder *small_tree(void)
{
    struct fdt_builder *fb = fb_begin();

    fb_iommu(fb, "smmu@1", 1, 2);
    fb_node(fb, "soc");
    fb_node(fb, "video@2");
    fb_cells(fb, "iommus", 1, 0x1940, 0);
    fb_end(fb);
    fb_end(fb);
    fb_finish(fb);
    return fb;
}

/* The structure block of a finished blob. */
static uint8_t *tokens(struct fdt_builder *fb)
{
    return fb->blob + fdt_off_dt_struct((const void *)fb->blob);
}

/* The first token at or after `from` that has this tag; from is moved to it. */
static uint8_t *find_tag(struct fdt_builder *fb, uint32_t tag, unsigned nth)
{
    int at = 0;

    while (at >= 0) {
        int next;
        uint32_t got = fdt_next_tag(fb->blob, at, &next);

        if (got == tag && nth-- == 0)
            return tokens(fb) + at;
        assert_int_not_equal(got, FDT_END);
        at = next;
    }
    fail();
    return NULL;
}

static void assert_refused(struct fdt_builder *fb, int error, const char *path)
{
    int got = fb_reopen(fb);

    fb_assert_error(fb, got, error, path, NULL, -1);
}

static void a_sound_tree_opens_and_counts_its_nodes(void **state)
{
    struct fdt_builder *fb = small_tree();
    (void)state;

    assert_int_equal(fb_reopen(fb), 0);
    assert_int_equal(fb->of.node_count, 4);
    assert_ptr_equal(fb->of.blob, fb->blob);
}

static void opening_forgets_what_was_in_the_struct(void **state)
{
    struct fdt_builder *fb = small_tree();
    (void)state;

    memset(&fb->of, 0xff, sizeof(fb->of));
    assert_int_equal(dms_of_open(&fb->of, fb->blob, FB_SIZE, NULL), 0);
    assert_null(fb->of.index);
    assert_null((void *)(uintptr_t)fb->of.on_finding);
}

static void no_blob_or_a_misaligned_one_is_einval(void **state)
{
    struct fdt_builder *fb = small_tree();
    (void)state;

    fb_assert_error(fb, dms_of_open(&fb->of, NULL, 100, &fb->diag), DMS_EINVAL, "", NULL, -1);
    fb_assert_error(fb, dms_of_open(&fb->of, fb->blob + 4, FB_SIZE - 4, &fb->diag), DMS_EINVAL, "",
                    NULL, -1);
}

static void a_file_that_is_no_tree_is_einval(void **state)
{
    struct fdt_builder *fb = small_tree();
    (void)state;

    memset(fb->blob, 'x', 100);
    assert_refused(fb, DMS_EINVAL, "");
    assert_non_null(strstr(fb->diag.text, "magic"));
}

static void an_old_or_future_version_is_enotsup(void **state)
{
    struct fdt_builder *fb = small_tree();
    (void)state;

    fdt_set_version(fb->blob, 3);
    fdt_set_last_comp_version(fb->blob, 2);
    assert_refused(fb, DMS_ENOTSUP, "");
    fdt_set_version(fb->blob, 30);
    fdt_set_last_comp_version(fb->blob, 29);
    assert_refused(fb, DMS_ENOTSUP, "");
}

static void version_16_has_no_structure_size_and_opens(void **state)
{
    struct fdt_builder *fb = small_tree();
    (void)state;

    fdt_set_version(fb->blob, 16);
    fdt_set_size_dt_struct(fb->blob, 0xffffffff);
    assert_int_equal(fb_reopen(fb), 0);
    assert_int_equal(fb->of.node_count, 4);
    assert_ptr_equal(fb->of.tokens + fb->of.tokens_size, find_tag(fb, FDT_END, 0));
}

static void a_blob_cut_anywhere_is_einval(void **state)
{
    struct fdt_builder *fb = small_tree();
    size_t size = fdt_totalsize((const void *)fb->blob);
    (void)state;

    for (size_t cut = 0; cut < size; cut++) {
        /* A heap block of exactly this size, so that a sanitizer sees each byte read beyond it. */
        void *copy = malloc(cut ? cut : 1);

        memcpy(copy, fb->blob, cut);
        assert_int_equal(dms_of_open(&fb->of, copy, cut, &fb->diag), DMS_EINVAL);
        free(copy);
    }
}

static void a_structure_block_cut_anywhere_is_einval(void **state)
{
    struct fdt_builder *fb = small_tree();
    uint32_t size = fdt_size_dt_struct((const void *)fb->blob);
    (void)state;

    for (uint32_t cut = 0; cut < size; cut++) {
        fdt_set_size_dt_struct(fb->blob, cut);
        assert_int_equal(fb_reopen(fb), DMS_EINVAL);
    }
}

static void a_structure_block_at_the_end_of_the_file_is_not_read_beyond(void **state)
{
    struct fdt_builder *fb = small_tree();
    uint32_t size = fdt_size_dt_struct((const void *)fb->blob);
    uint32_t strings = fdt_size_dt_strings((const void *)fb->blob);
    uint32_t strings_at = (uint32_t)sizeof(struct fdt_header) + 16;
    uint32_t at = strings_at + ((strings + 7) & ~7u);
    (void)state;

    for (uint32_t cut = 0; cut <= size; cut++) {
        /* As above, but with the strings first, and for a sanitizer to watch. */
        uint8_t *copy = calloc(1, at + cut);

        memcpy(copy, fb->blob, sizeof(struct fdt_header));
        memcpy(copy + strings_at, fb->blob + fdt_off_dt_strings((const void *)fb->blob), strings);
        memcpy(copy + at, tokens(fb), cut);
        fdt_set_off_mem_rsvmap(copy, sizeof(struct fdt_header));
        fdt_set_off_dt_strings(copy, strings_at);
        fdt_set_off_dt_struct(copy, at);
        fdt_set_size_dt_struct(copy, cut);
        fdt_set_totalsize(copy, at + cut);
        assert_int_equal(dms_of_open(&fb->of, copy, at + cut, &fb->diag),
                         cut < size ? DMS_EINVAL : 0);
        free(copy);
    }
}

static void a_token_of_no_known_kind_is_einval_with_the_node_path(void **state)
{
    struct fdt_builder *fb = small_tree();
    (void)state;

    fdt32_st(find_tag(fb, FDT_PROP, 2), 7);
    assert_refused(fb, DMS_EINVAL, "/soc/video@2");
}

static void a_property_longer_than_the_block_is_einval(void **state)
{
    static const uint32_t sizes[] = {0x7fffffff, 0xffffffff, 0xfffffffd, 4096};
    (void)state;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct fdt_builder *fb = small_tree();

        fdt32_st(find_tag(fb, FDT_PROP, 0) + 4, sizes[i]);
        assert_refused(fb, DMS_EINVAL, "/smmu@1");
    }
}

static void a_size_that_rounds_up_past_32_bits_is_einval(void **state)
{
    struct fdt_builder *fb = fb_begin();
    (void)state;

    fb_empty(fb, "dma-coherent");
    fb_finish(fb);
    fdt32_st(find_tag(fb, FDT_PROP, 0) + 4, 0xffffffff);
    assert_refused(fb, DMS_EINVAL, "/");
}

static void a_property_name_outside_the_strings_is_einval(void **state)
{
    struct fdt_builder *fb = small_tree();
    (void)state;

    fdt32_st(find_tag(fb, FDT_PROP, 0) + 8, fdt_size_dt_strings((const void *)fb->blob));
    assert_refused(fb, DMS_EINVAL, "/smmu@1");
}

static void a_property_name_without_end_is_einval(void **state)
{
    struct fdt_builder *fb = small_tree();
    uint32_t size = fdt_size_dt_strings((const void *)fb->blob);
    (void)state;

    /* The strings are written from the end: the last one is "phandle", the first property's. */
    fb->blob[fdt_off_dt_strings((const void *)fb->blob) + size - 1] = 'x';
    assert_refused(fb, DMS_EINVAL, "/smmu@1");
}

static void nodes_that_do_not_nest_are_einval(void **state)
{
    struct fdt_builder *fb = small_tree();
    (void)state;

    fdt32_st(find_tag(fb, FDT_END_NODE, 3), FDT_NOP);
    assert_refused(fb, DMS_EINVAL, "/"); /* the root does not end */
    fb = small_tree();
    fdt32_st(find_tag(fb, FDT_END, 0), FDT_END_NODE);
    assert_refused(fb, DMS_EINVAL, "");
}

static void a_blob_without_root_or_with_two_is_einval(void **state)
{
    struct fdt_builder *fb = small_tree();
    uint8_t *property;
    (void)state;

    fdt32_st(tokens(fb), FDT_END);
    assert_refused(fb, DMS_EINVAL, "");

    fb = fb_begin();
    fb_empty(fb, "dma-coherent");
    fb_node(fb, "second");
    fb_end(fb);
    fb_finish(fb);
    /* The root ends where its property was, and no longer where it did. */
    property = find_tag(fb, FDT_PROP, 0);
    fdt32_st(find_tag(fb, FDT_END_NODE, 1), FDT_NOP);
    fdt32_st(property, FDT_END_NODE);
    fdt32_st(property + 4, FDT_NOP);
    fdt32_st(property + 8, FDT_NOP);
    assert_refused(fb, DMS_EINVAL, "");
}

static void a_property_after_a_child_is_einval(void **state)
{
    struct fdt_builder *fb = fb_begin();
    (void)state;

    fb_node(fb, "soc");
    fb_node(fb, "video@2");
    fb_end(fb);
    fb_empty(fb, "dma-coherent");
    fb_end(fb);
    fb_finish(fb);
    assert_refused(fb, DMS_EINVAL, "/soc");
}

static void a_name_that_no_path_can_hold_is_einval(void **state)
{
    static const char *const names[] = {"", "a/b", "a b", "tab\t", "esc\033[31m", "\xc3\xbc"};
    (void)state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct fdt_builder *fb = fb_begin();

        fb_node(fb, names[i]);
        fb_end(fb);
        fb_finish(fb);
        assert_refused(fb, DMS_EINVAL, "/");
    }
}

static struct fdt_builder *tree_of_depth(unsigned depth)
{
    struct fdt_builder *fb = fb_begin();

    for (unsigned i = 1; i < depth; i++)
        fb_node(fb, "n");
    for (unsigned i = 1; i < depth; i++)
        fb_end(fb);
    fb_finish(fb);
    return fb;
}

static void nesting_is_read_to_depth_64_and_refused_beyond(void **state)
{
    struct fdt_builder *fb = tree_of_depth(64);
    char path[DMS_OF_PATH_MAX];
    dms_of_node_t node = DMS_OF_ROOT;
    (void)state;

    assert_int_equal(fb_reopen(fb), 0);
    for (unsigned i = 1; i < 64; i++)
        node = dms_of_next(&fb->of, node);
    assert_int_equal(dms_of_path(&fb->of, node, path, sizeof(path)), 126);
    assert_int_equal(dms_of_index(&fb->of, fb->index, FB_NODES), 0);
    assert_int_equal(dms_of_path(&fb->of, node, path, sizeof(path)), 126);
    fb = tree_of_depth(65);
    assert_int_equal(fb_reopen(fb), DMS_ERANGE);
    assert_int_equal(fb->diag.error, DMS_ERANGE);
}

static void an_index_that_is_too_small_is_enomem_and_changes_nothing(void **state)
{
    struct fdt_builder *fb = small_tree();
    (void)state;

    assert_int_equal(fb_reopen(fb), 0);
    assert_int_equal(dms_of_index(&fb->of, fb->index, 3), DMS_ENOMEM);
    assert_null(fb->of.index);
    assert_int_equal(dms_of_index(&fb->of, fb->index, 4), 0);
    assert_ptr_equal(fb->of.index, fb->index);
}

static void a_report_is_optional_everywhere(void **state)
{
    struct fdt_builder *fb = small_tree();
    struct dms_of_spec spec;
    dms_of_node_t node;
    (void)state;

    assert_int_equal(dms_of_open(&fb->of, fb->blob, 3, NULL), DMS_EINVAL);
    assert_int_equal(dms_of_open(&fb->of, fb->blob, FB_SIZE, NULL), 0);
    assert_int_equal(dms_of_find(&fb->of, "/none", &node, NULL), DMS_ENOENT);
    assert_int_equal(dms_of_map_id(&fb->of, DMS_OF_ROOT, 0, 0, &spec, NULL), DMS_ENODEV);
}

static void a_line_names_path_property_cell_text_and_remedy(void **state)
{
    struct dms_of_diag diag = {.node = 4,
                               .path = "/soc/video@2",
                               .property = "iommu-map",
                               .cell = 5,
                               .text = "length 0",
                               .remedy = "delete it"};
    char line[100];
    (void)state;

    assert_int_equal(dms_of_diag_line(&diag, line, sizeof(line)), 47);
    assert_string_equal(line, "/soc/video@2: iommu-map[5]: length 0; delete it");
    assert_int_equal(dms_of_diag_line(&diag, NULL, 0), 47);
    assert_int_equal(dms_of_diag_line(&diag, line, 5), 47);
    assert_string_equal(line, "/soc");
    diag.cell = -1;
    dms_of_diag_line(&diag, line, sizeof(line));
    assert_string_equal(line, "/soc/video@2: iommu-map: length 0; delete it");
    diag.property = NULL;
    diag.node = DMS_OF_NONE;
    dms_of_diag_line(&diag, line, sizeof(line));
    assert_string_equal(line, "length 0; delete it");
}

static void every_finding_has_its_own_name(void **state)
{
    (void)state;
    for (unsigned i = 0; i < DMS_OF_FINDING_COUNT; i++) {
        assert_non_null(dms_of_finding_name((enum dms_of_finding)i));
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(dms_of_finding_name((enum dms_of_finding)i),
                                    dms_of_finding_name((enum dms_of_finding)j));
    }
    assert_string_equal(dms_of_finding_name(DMS_OF_FINDING_COUNT), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_tree_opens_and_counts_its_nodes),
        cmocka_unit_test(opening_forgets_what_was_in_the_struct),
        cmocka_unit_test(no_blob_or_a_misaligned_one_is_einval),
        cmocka_unit_test(a_file_that_is_no_tree_is_einval),
        cmocka_unit_test(an_old_or_future_version_is_enotsup),
        cmocka_unit_test(version_16_has_no_structure_size_and_opens),
        cmocka_unit_test(a_blob_cut_anywhere_is_einval),
        cmocka_unit_test(a_structure_block_cut_anywhere_is_einval),
        cmocka_unit_test(a_structure_block_at_the_end_of_the_file_is_not_read_beyond),
        cmocka_unit_test(a_token_of_no_known_kind_is_einval_with_the_node_path),
        cmocka_unit_test(a_property_longer_than_the_block_is_einval),
        cmocka_unit_test(a_size_that_rounds_up_past_32_bits_is_einval),
        cmocka_unit_test(a_property_name_outside_the_strings_is_einval),
        cmocka_unit_test(a_property_name_without_end_is_einval),
        cmocka_unit_test(nodes_that_do_not_nest_are_einval),
        cmocka_unit_test(a_blob_without_root_or_with_two_is_einval),
        cmocka_unit_test(a_property_after_a_child_is_einval),
        cmocka_unit_test(a_name_that_no_path_can_hold_is_einval),
        cmocka_unit_test(nesting_is_read_to_depth_64_and_refused_beyond),
        cmocka_unit_test(an_index_that_is_too_small_is_enomem_and_changes_nothing),
        cmocka_unit_test(a_report_is_optional_everywhere),
        cmocka_unit_test(a_line_names_path_property_cell_text_and_remedy),
        cmocka_unit_test(every_finding_has_its_own_name),
    };

    return cmocka_run_group_tests_name("of_open", tests, NULL, NULL);
}
