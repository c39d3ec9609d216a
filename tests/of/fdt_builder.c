/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "fdt_builder.h"

#include <libfdt.h>
#include <string.h>

static struct fdt_builder the_builder;

struct fdt_builder *fb_begin(void)
{
    memset(&the_builder, 0, sizeof(the_builder));
    assert_int_equal(fdt_create(the_builder.blob, FB_SIZE), 0);
    assert_int_equal(fdt_finish_reservemap(the_builder.blob), 0);
    fb_node(&the_builder, "");
    return &the_builder;
}

void fb_node(struct fdt_builder *fb, const char *name)
{
    assert_int_equal(fdt_begin_node(fb->blob, name), 0);
}

void fb_end(struct fdt_builder *fb)
{
    assert_int_equal(fdt_end_node(fb->blob), 0);
}

void fb_bytes(struct fdt_builder *fb, const char *property, const void *data, size_t size)
{
    assert_int_equal(fdt_property(fb->blob, property, data, (int)size), 0);
}

void fb_str(struct fdt_builder *fb, const char *property, const char *value)
{
    fb_bytes(fb, property, value, strlen(value) + 1);
}

void fb_cell_array(struct fdt_builder *fb, const char *property, const uint32_t *cells,
                   size_t count)
{
    void *value;

    assert_int_equal(fdt_property_placeholder(fb->blob, property, (int)(4 * count), &value), 0);
    for (size_t i = 0; i < count; i++)
        fdt32_st((uint8_t *)value + 4 * i, cells[i]);
}

void fb_iommu(struct fdt_builder *fb, const char *name, uint32_t phandle, uint32_t cells)
{
    fb_node(fb, name);
    fb_cells(fb, "phandle", phandle);
    fb_cells(fb, "#iommu-cells", cells);
    fb_end(fb);
}

void fb_finish(struct fdt_builder *fb)
{
    fb_end(fb);
    assert_int_equal(fdt_finish(fb->blob), 0);
}

static void keep_finding(void *ctx, const struct dms_of_diag *finding)
{
    struct fdt_builder *fb = ctx;

    if (fb->finding_count < FB_FINDINGS)
        fb->findings[fb->finding_count] = *finding;
    fb->finding_count++;
}

int fb_reopen(struct fdt_builder *fb)
{
    int error = dms_of_open(&fb->of, fb->blob, sizeof(fb->blob), &fb->diag);

    fb->of.on_finding = keep_finding;
    fb->of.finding_ctx = fb;
    return error;
}

void fb_open_bare(struct fdt_builder *fb)
{
    fb_finish(fb);
    assert_int_equal(fb_reopen(fb), 0);
}

void fb_open(struct fdt_builder *fb)
{
    fb_open_bare(fb);
    assert_int_equal(dms_of_index(&fb->of, fb->index, FB_NODES), 0);
}

dms_of_node_t fb_at(struct fdt_builder *fb, const char *path)
{
    dms_of_node_t node = DMS_OF_NONE;

    assert_int_equal(dms_of_find(&fb->of, path, &node, NULL), 0);
    return node;
}

void fb_assert_finding(struct fdt_builder *fb, enum dms_of_finding finding, const char *path,
                       int32_t cell)
{
    assert_int_equal(fb->finding_count, 1);
    assert_string_equal(dms_of_finding_name(fb->findings[0].finding), dms_of_finding_name(finding));
    assert_int_equal(fb->findings[0].error, 0);
    assert_string_equal(fb->findings[0].path, path);
    assert_non_null(fb->findings[0].property);
    assert_int_equal(fb->findings[0].cell, cell);
    fb->finding_count = 0;
}

void fb_assert_no_finding(struct fdt_builder *fb)
{
    assert_int_equal(fb->finding_count, 0);
}

void fb_assert_error(struct fdt_builder *fb, int got, int error, const char *path,
                     const char *property, int32_t cell)
{
    assert_string_equal(dms_errname(got), dms_errname(error));
    assert_int_equal(fb->diag.error, error);
    assert_string_equal(fb->diag.path, path);
    assert_int_equal(fb->diag.node, path[0] ? fb_at(fb, path) : DMS_OF_NONE);
    if (property)
        assert_string_equal(fb->diag.property, property);
    else
        assert_null(fb->diag.property);
    assert_int_equal(fb->diag.cell, cell);
    assert_non_null(fb->diag.remedy);
    assert_true(fb->diag.text[0] != '\0');
}
