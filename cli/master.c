/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "master.h"

#include "stream.h"

#include <dmaspace/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool same_place(const struct dms_of_diag *a, const struct dms_of_diag *b)
{
    return a->error == b->error && a->finding == b->finding && a->node == b->node &&
           a->cell == b->cell && strcmp(a->text, b->text) == 0;
}

static void keep(struct master *master, const struct dms_of_diag *diag)
{
    for (size_t i = 0; i < master->diags.count; i++) {
        if (same_place(&master->diags.items[i], diag))
            return;
    }
    array_push(&master->diags, *diag);
    master->errors += diag->error != 0;
}

static void on_finding(void *ctx, const struct dms_of_diag *finding)
{
    keep(ctx, finding);
}

/* Keeps the report of a failed call, unless it only said that there is no more. True: go on. */
static bool went_well(struct master *master, int error, const struct dms_of_diag *diag)
{
    if (error != 0 && error != DMS_ENOENT)
        keep(master, diag);
    return error == 0;
}

/* Cells that the IOMMU's type cannot take; specifiers that are no stream IDs are no error. */
static void check_spec(const struct tree *tree, struct master *master, const char *property,
                       const struct dms_of_spec *spec)
{
    struct dms_stream stream;
    struct dms_of_diag diag = {.node = master->node, .property = property, .cell = -1};
    int error = decode_spec(tree, spec, &stream);

    if (error == 0 || error == DMS_ENOTSUP)
        return;
    diag.error = error;
    dms_of_path(&tree->of, master->node, diag.path, sizeof(diag.path));
    snprintf(diag.text, sizeof(diag.text), "%u cells that begin 0x%x are no specifier of %.32s",
             spec->ncells, spec->ncells ? spec->cells[0] : 0, iommu_type(tree, spec->iommu)->name);
    diag.remedy = "give the cells of the IOMMU's binding, stream IDs within its width";
    keep(master, &diag);
}

static void read_streams(const struct tree *tree, struct master *master)
{
    const struct dms_of *of = &tree->of;
    struct master_stream stream;
    struct dms_of_diag diag;

    for (uint32_t i = 0;
         went_well(master,
                   dms_of_iommus_entry(of, master->node, i, &stream.spec, &stream.available, &diag),
                   &diag);
         i++) {
        array_push(&master->streams, stream);
        check_spec(tree, master, "iommus", &stream.spec);
    }
}

/* The library tells of one entry at a time; asking only about those that need it saves its scan. */
static void find_duplicates(const struct dms_of *of, const struct master *master)
{
    struct dms_of_map_entry earlier;

    for (size_t i = 0; i < master->map.count; i++) {
        const struct dms_of_map_entry *entry = &master->map.items[i];

        for (size_t k = 0; k < i; k++) {
            const struct dms_of_map_entry *other = &master->map.items[k];
            uint64_t gap = other->id_base <= entry->id_base
                               ? (uint64_t)entry->id_base - other->id_base
                               : (uint64_t)other->id_base - entry->id_base;

            if (gap < (other->id_base <= entry->id_base ? other->length : entry->length)) {
                dms_of_map_duplicate(of, master->node, entry, &earlier);
                break;
            }
        }
    }
}

static void read_map(const struct tree *tree, struct master *master)
{
    const struct dms_of *of = &tree->of;
    struct dms_of_map map;
    struct dms_of_map_entry entry;
    struct dms_of_diag diag;

    if (!went_well(master, dms_of_map_begin(of, master->node, &map, &diag), &diag))
        return;
    while (went_well(master, dms_of_map_next(&map, &entry, &diag), &diag)) {
        array_push(&master->map, entry);
        check_spec(tree, master, "iommu-map", &entry.out);
    }
    master->has_map = true;
    master->legacy_map = map.legacy;
    master->map_mask = map.mask;
    find_duplicates(of, master);
}

static void read_aperture(const struct dms_of *of, struct master *master)
{
    struct dms_of_diag diag;
    dms_of_node_t bus = dms_of_dma_parent(of, master->node);

    master->aperture = (struct dms_range){0, UINT64_MAX};
    master->function_aperture = master->aperture;
    went_well(master, dms_of_dma_aperture(of, bus, &master->aperture, &diag), &diag);
    if (master->has_map)
        went_well(master, dms_of_dma_aperture(of, master->node, &master->function_aperture, &diag),
                  &diag);
}

static void read_windows(const struct dms_of *of, struct master *master)
{
    struct dms_of_ranges ranges;
    struct dms_range range;
    struct dms_of_diag diag;
    int error;

    if (!went_well(master, dms_of_iommu_ranges(of, master->node, &ranges, &diag), &diag))
        return;
    master->has_windows = true;
    while ((error = dms_of_ranges_next(&ranges, &range, &diag)) != DMS_ENOENT) {
        if (went_well(master, error, &diag))
            array_push(&master->windows, range);
    }
}

static void read_regions(const struct dms_of *of, struct master *master)
{
    struct dms_of_regions regions;
    struct dms_of_region region;
    struct dms_of_diag diag;
    int error;

    dms_of_regions_begin(of, master->node, &regions);
    while ((error = dms_of_regions_next(&regions, &region, &diag)) != DMS_ENOENT) {
        if (went_well(master, error, &diag))
            array_push(&master->regions, region);
    }
}

static void forget(struct master *master)
{
    master->streams.count = 0;
    master->map.count = 0;
    master->windows.count = 0;
    master->regions.count = 0;
    master->diags.count = 0;
    master->errors = 0;
    master->has_map = false;
    master->legacy_map = false;
    master->has_windows = false;
}

void master_read(struct tree *tree, dms_of_node_t node, struct master *master)
{
    const struct dms_of *of = &tree->of;

    forget(master);
    tree->of.on_finding = on_finding;
    tree->of.finding_ctx = master;
    master->node = node;
    master->available = dms_of_available(of, node);
    master->coherent = dms_of_dma_coherent(of, node);
    read_streams(tree, master);
    read_map(tree, master);
    read_aperture(of, master);
    read_windows(of, master);
    read_regions(of, master);
    tree->of.on_finding = NULL;
}

void master_drop(struct master *master)
{
    array_drop(&master->streams);
    array_drop(&master->map);
    array_drop(&master->windows);
    array_drop(&master->regions);
    array_drop(&master->diags);
}
