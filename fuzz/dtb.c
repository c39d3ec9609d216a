/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A device tree, whatever it is: opening it and asking everything of every node ends inside the blob, and
 *
 *  1. a tree with an index and one without answer alike,
 *  2. dms_of_map_id() finds what reading the map entry by entry finds,
 *  3. a range has first <= last, and a text ends inside its buffer.
 */
#include "fuzz.h"

#include <dmaspace/error.h>
#include <dmaspace/of.h>
#include <string.h>

enum {
    MOST_NODES = 4096,
    MOST_ENTRIES = 64,
    PLAIN_QUESTIONS =
        16 /* nodes that the tree without index is asked of: it reads all of itself for each */
};

struct trees {
    struct dms_of plain;
    struct dms_of indexed;
    struct dms_of_index_entry *index;
};

static void check_diag(const struct dms_of_diag *diag, int error)
{
    char line[DMS_OF_PATH_MAX + 2 * DMS_OF_TEXT_MAX];

    must_hold(diag->error == error);
    must_hold(memchr(diag->path, 0, sizeof(diag->path)));
    must_hold(memchr(diag->text, 0, sizeof(diag->text)));
    must_hold(diag->remedy);
    dms_of_diag_line(diag, line, sizeof(line));
    must_hold(memchr(line, 0, sizeof(line)));
}

static void check_same_spec(const struct dms_of_spec *a, const struct dms_of_spec *b)
{
    must_hold(a->iommu == b->iommu && a->ncells == b->ncells);
    must_hold(memcmp(a->cells, b->cells, a->ncells * sizeof(a->cells[0])) == 0);
}

/* Promise 2, for the first id of each entry, as long as the map can be read. */
static void check_map(const struct dms_of *of, dms_of_node_t node)
{
    struct dms_of_map_entry entries[MOST_ENTRIES];
    struct dms_of_diag diag;
    struct dms_of_map map;
    unsigned n = 0;

    if (dms_of_map_begin(of, node, &map, &diag))
        return;
    while (n < MOST_ENTRIES && dms_of_map_next(&map, &entries[n], &diag) == 0)
        n++;
    for (unsigned i = 0; i < n; i++) {
        uint32_t id = entries[i].id_base & map.mask;
        struct dms_of_spec spec;
        unsigned first = 0;
        int error;

        if (!entries[i].length)
            continue;
        while (!entries[first].length || id - entries[first].id_base >= entries[first].length ||
               id < entries[first].id_base)
            first++;
        error = dms_of_map_id(of, node, id, 0, &spec, &diag);
        if (error) {
            check_diag(&diag, error);
            must_hold(!entries[first].iommu_available || entries[first].length > 1);
        } else if (id == entries[first].id_base) {
            check_same_spec(&spec, &entries[first].out);
        }
    }
}

/* Listed entry by entry and asked for one by one, iommus say the same. */
static void check_iommus(const struct dms_of *of, dms_of_node_t node)
{
    struct dms_of_iommus_entry entry;
    struct dms_of_iommus list;
    struct dms_of_diag diag;
    struct dms_of_spec spec;
    int error = dms_of_iommus_begin(of, node, &list, &diag);

    for (uint32_t i = 0; !error && i < MOST_ENTRIES; i++) {
        int one = dms_of_iommus(of, node, i, &spec, NULL);

        error = dms_of_iommus_next(&list, &entry, &diag);
        if (error) {
            must_hold(one != 0);
        } else if (entry.iommu_available) {
            must_hold(one == 0);
            check_same_spec(&spec, &entry.spec);
        } else {
            must_hold(one == DMS_ENODEV);
        }
    }
    if (error)
        check_diag(&diag, error);
}

static void check_ranges(struct dms_of_ranges *ranges)
{
    struct dms_of_diag diag;
    struct dms_range range;
    int error;

    while ((error = dms_of_ranges_next(ranges, &range, &diag)) != DMS_ENOENT) {
        must_hold(error == 0 || error == DMS_ERANGE);
        must_hold(error || range.first <= range.last);
    }
}

static void check_addresses(const struct dms_of *of, dms_of_node_t node)
{
    dms_of_node_t bus = dms_of_dma_parent(of, node);
    struct dms_of_diag diag;
    struct dms_of_ranges ranges;
    struct dms_of_regions regions;
    struct dms_of_region region;
    struct dms_range range;
    int error;

    if (dms_of_iommu_ranges(of, node, &ranges, &diag) == 0)
        check_ranges(&ranges);
    if (bus != DMS_OF_NONE && dms_of_dma_ranges(of, bus, &ranges, &diag) == 0)
        check_ranges(&ranges);
    if (bus != DMS_OF_NONE && dms_of_dma_aperture(of, bus, &range, &diag) == 0)
        must_hold(range.first <= range.last);
    dms_of_regions_begin(of, node, &regions);
    while ((error = dms_of_regions_next(&regions, &region, &diag)) != DMS_ENOENT)
        must_hold(error || region.range.first <= region.range.last);
}

static void check_node(const struct dms_of *of, dms_of_node_t node)
{
    char path[32];
    uint32_t size;

    dms_of_path(of, node, path, sizeof(path));
    must_hold(memchr(path, 0, sizeof(path)));
    dms_of_compatible(of, node, &size);
    dms_of_available(of, node);
    dms_of_dma_coherent(of, node);
    check_iommus(of, node);
    check_map(of, node);
    check_addresses(of, node);
}

/* Promise 1. */
static void check_alike(const struct trees *trees, dms_of_node_t node)
{
    uint32_t phandle = dms_of_phandle(&trees->plain, node);
    char path[2 * DMS_OF_PATH_MAX];
    dms_of_node_t a = DMS_OF_NONE, b = DMS_OF_NONE;

    must_hold(dms_of_parent(&trees->plain, node) == dms_of_parent(&trees->indexed, node));
    must_hold(dms_of_by_phandle(&trees->plain, phandle) ==
              dms_of_by_phandle(&trees->indexed, phandle));
    must_hold(dms_of_dma_parent(&trees->plain, node) == dms_of_dma_parent(&trees->indexed, node));
    if (dms_of_path(&trees->plain, node, path, sizeof(path)) >= sizeof(path))
        return;
    must_hold(dms_of_find(&trees->plain, path, &a, NULL) ==
              dms_of_find(&trees->indexed, path, &b, NULL));
    must_hold(a == b);
}

static void check_tree(const struct trees *trees)
{
    uint32_t stride = trees->plain.node_count / PLAIN_QUESTIONS + 1;
    uint32_t n = 0;

    for (dms_of_node_t node = DMS_OF_ROOT; node != DMS_OF_NONE;
         node = dms_of_next(&trees->indexed, node), n++) {
        check_node(&trees->indexed, node);
        if (n % stride == 0)
            check_alike(trees, node);
    }
    must_hold(n == trees->plain.node_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trees trees = {0};
    struct dms_of_diag diag;
    void *blob = malloc(size ? size : 1); /* aligned, and not a byte more than it says */
    int error;

    must_hold(blob);
    memcpy(blob, data, size);
    error = dms_of_open(&trees.plain, blob, size, &diag);
    if (error) {
        check_diag(&diag, error);
    } else if (trees.plain.node_count <= MOST_NODES) {
        trees.indexed = trees.plain;
        trees.index = calloc(trees.plain.node_count, sizeof(*trees.index));
        must_hold(trees.index);
        must_hold(dms_of_index(&trees.indexed, trees.index, trees.plain.node_count) == 0);
        check_tree(&trees);
        free(trees.index);
    }
    free(blob);
    return 0;
}
