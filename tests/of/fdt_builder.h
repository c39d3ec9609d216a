/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Small trees for tests: nodes and properties are written in order with libfdt, then opened. Every
 * finding that the opened tree reports is kept.
 */
#ifndef TESTS_OF_FDT_BUILDER_H
#define TESTS_OF_FDT_BUILDER_H

#include "../cmocka_all.h"

#include <dmaspace/error.h>
#include <dmaspace/of.h>

#define FB_SIZE     (256 * 1024)
#define FB_FINDINGS 64
#define FB_NODES    8192

struct fdt_builder {
    _Alignas(8) uint8_t blob[FB_SIZE];
    struct dms_of of;
    struct dms_of_index_entry index[FB_NODES];
    struct dms_of_diag diag; /* for the calls under test */
    struct dms_of_diag findings[FB_FINDINGS];
    unsigned finding_count; /* may pass FB_FINDINGS; those are not kept */
};

/* One for a whole test program: it is large. Starts an empty tree with an open root. */
struct fdt_builder *fb_begin(void);

void fb_node(struct fdt_builder *fb, const char *name);
void fb_end(struct fdt_builder *fb);
void fb_bytes(struct fdt_builder *fb, const char *property, const void *data, size_t size);
void fb_str(struct fdt_builder *fb, const char *property, const char *value);
void fb_cell_array(struct fdt_builder *fb, const char *property, const uint32_t *cells,
                   size_t count);

/* fb_cells(fb, "reg", 0x1000, 0x1): cells in the CPU's order. At least one. */
#define fb_cells(fb, property, ...)                                                                \
    fb_cell_array(fb, property, (const uint32_t[]){__VA_ARGS__},                                   \
                  sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))
#define fb_empty(fb, property) fb_bytes(fb, property, "", 0)

/* An IOMMU in one call: phandle and #iommu-cells. */
void fb_iommu(struct fdt_builder *fb, const char *name, uint32_t phandle, uint32_t cells);

/* Ends the root, finishes the blob. */
void fb_finish(struct fdt_builder *fb);

/* Finishes, and opens with an index; fb_open_bare without one. The tree must be well-formed. */
void fb_open(struct fdt_builder *fb);
void fb_open_bare(struct fdt_builder *fb);

/* Opens what is in the blob, whatever it is. */
int fb_reopen(struct fdt_builder *fb);

/* The node at this path, which must exist. */
dms_of_node_t fb_at(struct fdt_builder *fb, const char *path);

/* Exactly one finding of this kind was reported, about this path and cell; all are forgotten. */
void fb_assert_finding(struct fdt_builder *fb, enum dms_of_finding finding, const char *path,
                       int32_t cell);
void fb_assert_no_finding(struct fdt_builder *fb);

/* The last call returned `error` and said so in fb->diag, about this path, property and cell. */
void fb_assert_error(struct fdt_builder *fb, int got, int error, const char *path,
                     const char *property, int32_t cell);

#endif
