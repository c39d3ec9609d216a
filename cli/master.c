/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "master.h"

#include "firstcover.h"
#include "stream.h"

#include <dmaspace/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void keep(struct master *master, const struct dms_of_diag *diag)
{
    array_push(&master->diags, *diag);
    master->errors += diag->error != 0;
}

static int compare_diags(const struct dms_of_diag *a, const struct dms_of_diag *b)
{
    if (a->error != b->error)
        return a->error < b->error ? -1 : 1;
    if (a->finding != b->finding)
        return a->finding < b->finding ? -1 : 1;
    if (a->node != b->node)
        return a->node < b->node ? -1 : 1;
    if (a->cell != b->cell)
        return a->cell < b->cell ? -1 : 1;
    return strcmp(a->text, b->text);
}

static int by_place(const void *a, const void *b)
{
    const struct dms_of_diag *x = *(const struct dms_of_diag *const *)a;
    const struct dms_of_diag *y = *(const struct dms_of_diag *const *)b;
    int order = compare_diags(x, y);

    return order ? order : (x > y) - (x < y);
}

/* Two calls may tell of one place, as those for both apertures do: the first report is kept. */
static void drop_repeats(struct master *master)
{
    ARRAY(struct dms_of_diag *) sorted = {0};
    struct dms_of_diag *diags = master->diags.items;
    size_t kept = 0;

    for (size_t i = 0; i < master->diags.count; i++)
        array_push(&sorted, &diags[i]);
    if (sorted.count > 1)
        qsort(sorted.items, sorted.count, sizeof(*sorted.items), by_place);
    for (size_t i = sorted.count; i-- > 1;) {
        if (compare_diags(sorted.items[i - 1], sorted.items[i]) == 0)
            sorted.items[i]->remedy = NULL; /* never NULL in a report: marks it */
    }
    for (size_t i = 0; i < master->diags.count; i++) {
        if (diags[i].remedy)
            diags[kept++] = diags[i];
        else
            master->errors -= diags[i].error != 0;
    }
    master->diags.count = kept;
    array_drop(&sorted);
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
    struct dms_of_iommus_entry entry;
    struct dms_of_iommus iommus;
    struct dms_of_diag diag;

    if (!went_well(master, dms_of_iommus_begin(&tree->of, master->node, &iommus, &diag), &diag))
        return;
    while (went_well(master, dms_of_iommus_next(&iommus, &entry, &diag), &diag)) {
        array_push(&master->streams, entry);
        check_spec(tree, master, "iommus", &entry.spec);
    }
}

static struct dms_range ids_of(const struct dms_of_map_entry *entry)
{
    return (struct dms_range){entry->id_base, (uint64_t)entry->id_base + entry->length - 1};
}

/* What dms_of_map_duplicate() tells; that reads the map anew for each entry. */
static void note_duplicate(const struct dms_of *of, struct master *master,
                           const struct dms_of_map_entry *entry,
                           const struct dms_of_map_entry *earlier)
{
    struct dms_of_diag diag = {.node = master->node,
                               .finding = DMS_OF_FINDING_DUPLICATE_ID,
                               .property = "iommu-map",
                               .cell = (int32_t)entry->cell,
                               .remedy = "give each id one entry, unless it has several streams"};

    dms_of_path(of, master->node, diag.path, sizeof(diag.path));
    snprintf(diag.text, sizeof(diag.text),
             "an entry before, at cell %u, has one of these ids and wins", earlier->cell);
    keep(master, &diag);
}

static void find_duplicates(const struct dms_of *of, struct master *master)
{
    ARRAY(struct dms_range) ids = {0};
    struct firstcover cover = {0};

    for (size_t i = 0; i < master->map.count; i++) {
        if (master->map.items[i].length > 0)
            array_push(&ids, ids_of(&master->map.items[i]));
    }
    firstcover_begin(&cover, ids.items, ids.count);
    for (size_t i = 0; i < master->map.count; i++) {
        const struct dms_of_map_entry *entry = &master->map.items[i];
        size_t earlier = entry->length > 0 ? firstcover_lay(&cover, ids_of(entry), i) : NO_COVER;

        if (earlier != NO_COVER)
            note_duplicate(of, master, entry, &master->map.items[earlier]);
    }
    firstcover_drop(&cover);
    array_drop(&ids);
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
        if (!went_well(master, error, &diag))
            continue;
        array_push(&master->windows, range);
        array_push(&master->window_cells, ranges.entry);
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
    master->window_cells.count = 0;
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
    drop_repeats(master);
    tree->of.on_finding = NULL;
}

void master_drop(struct master *master)
{
    array_drop(&master->streams);
    array_drop(&master->map);
    array_drop(&master->windows);
    array_drop(&master->window_cells);
    array_drop(&master->regions);
    array_drop(&master->diags);
}
