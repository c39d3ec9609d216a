/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "demo.h"

#include "../svg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ITEMS = 4096,
    MAX_REGIONS = 32
};

static void add_regions(struct dms_device *dev, struct svg_item *items, size_t *n)
{
    struct dms_region_info regions[MAX_REGIONS];
    size_t count = dms_regions(dev, regions, MAX_REGIONS);

    for (size_t i = 0; i < count && i < MAX_REGIONS && *n < MAX_ITEMS; i++)
        items[(*n)++] = (struct svg_item){regions[i].range, SVG_RESERVED,
                                          dms_region_kind_name(regions[i].kind)};
}

/* Neighbours become one rectangle: at this scale nobody could tell them apart. */
static void add_mappings(struct dms_device *dev, struct svg_item *items, size_t *n)
{
    struct dms_iommu_mapping m;
    dms_iova_t from = 0;

    while (*n < MAX_ITEMS && dms_next_mapping(dev, from, &m) == 0) {
        struct svg_item *last = *n ? &items[*n - 1] : NULL;

        if (last && last->kind == SVG_MAPPED && last->range.last + 1 == m.iova.first)
            last->range.last = m.iova.last;
        else
            items[(*n)++] = (struct svg_item){m.iova, SVG_MAPPED, "mapped"};
        from = m.iova.last + 1;
        if (!from)
            break;
    }
}

static void add_fault(const struct demo_outcome *outcome, enum iris_kind kind,
                      struct svg_item *items, size_t *n)
{
    if (outcome->hit.status != IRIS_OK && outcome->hit.kind == kind && *n < MAX_ITEMS)
        items[(*n)++] =
            (struct svg_item){{outcome->hit.iova, outcome->hit.iova}, SVG_FAULT, "fault"};
}

static size_t fill_bar(const struct demo_unit *unit, const struct demo_outcome *outcome,
                       enum demo_function f, struct svg_item *items)
{
    static const enum iris_kind kinds[DEMO_FUNCTIONS] = {IRIS_BITSTREAM, IRIS_NON_PIXEL, IRIS_PIXEL,
                                                         IRIS_FIRMWARE};
    size_t n = 0;

    add_regions(unit->functions[f], items, &n);
    add_mappings(unit->functions[f], items, &n);
    add_fault(outcome, kinds[f], items, &n);
    if (f == DEMO_NON_PIXEL)
        add_fault(outcome, IRIS_QUEUE, items, &n);
    return n;
}

static void note_streams(const struct dms_device *dev, char *note, size_t size)
{
    size_t used = 0;

    note[0] = '\0';
    for (unsigned i = 0; i < dms_device_stream_count(dev) && used < size; i++)
        used += (size_t)snprintf(note + used, size - used, "%s0x%x", i ? ", " : "stream ",
                                 dms_device_stream(dev, i).sid);
}

static int write_picture(const struct svg_picture *picture, const char *file)
{
    FILE *out = fopen(file, "w");
    int failed = !out || svg_write(out, picture);

    if (out && fclose(out))
        failed = 1;
    if (failed)
        fprintf(stderr, "demo: %s: %s\n", file, strerror(errno));
    return failed ? -1 : 0;
}

int demo_picture(const struct demo_unit *unit, const struct demo_outcome *outcome, const char *file)
{
    struct svg_item *items = calloc((size_t)DEMO_FUNCTIONS * MAX_ITEMS, sizeof(*items));
    struct svg_bar bars[DEMO_FUNCTIONS];
    char notes[DEMO_FUNCTIONS][64];
    char title[96];
    char subtitle[160];
    struct svg_picture picture = {title, subtitle, {0, UINT32_MAX}, bars, DEMO_FUNCTIONS};
    int result;

    if (!items) {
        fprintf(stderr, "demo: %s: out of memory\n", file);
        return -1;
    }
    for (int f = 0; f < DEMO_FUNCTIONS; f++) {
        struct svg_item *mine = items + (size_t)f * MAX_ITEMS;

        note_streams(unit->functions[f], notes[f], sizeof(notes[f]));
        bars[f] = (struct svg_bar){demo_function_name((enum demo_function)f), notes[f], mine,
                                   fill_bar(unit, outcome, (enum demo_function)f, mine)};
    }
    snprintf(title, sizeof(title), "Iris video unit, %s", demo_plan_title(unit->plan));
    snprintf(subtitle, sizeof(subtitle), "%u sessions at a time, %llu frames decoded and checked%s",
             outcome->sessions, (unsigned long long)outcome->frames,
             unit->plan == DEMO_PER_FUNCTION ? ""
                                             : "; bitstream, non-pixel and pixel share one space");
    result = write_picture(&picture, file);
    free(items);
    return result;
}
