/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What aperture, DMA mask, windows and regions leave of a device's address space. */
#include "regions.h"
#include "reports.h"
#include "subjects.h"

#include <dmaspace/error.h>
#include <inttypes.h>
#include <stdlib.h>

#define RANGES "iommu-ranges"
#define PAGE   UINT64_C(0x1000)
#define GIB4   UINT64_C(0x100000000)

static bool meet(struct dms_range a, struct dms_range b)
{
    return a.first <= b.last && b.first <= a.last;
}

static bool has_mask(const struct checker *c)
{
    return c->dma_bits > 0 && c->dma_bits < 64;
}

static uint64_t mask_of(const struct checker *c)
{
    return has_mask(c) ? (UINT64_C(1) << c->dma_bits) - 1 : UINT64_MAX;
}

void check_region_outside_aperture(struct checker *c)
{
    for (size_t i = 0; i < c->master.regions.count; i++) {
        struct dms_range range = c->master.regions.items[i].range;

        if (range.first < c->master.aperture.first || range.first > c->master.aperture.last)
            found(c, region_place(c, i),
                  "0x%" PRIx64 "-0x%" PRIx64 " does not begin in 0x%" PRIx64 "-0x%" PRIx64
                  ", all that dma-ranges leave to %s",
                  range.first, range.last, c->master.aperture.first, c->master.aperture.last,
                  path_of(&c->tree, c->master.node).text);
    }
}

void check_region_beyond_mask(struct checker *c)
{
    for (size_t i = 0; i < c->master.regions.count; i++) {
        struct dms_range range = c->master.regions.items[i].range;

        if (range.first > mask_of(c))
            found(c, region_place(c, i),
                  "0x%" PRIx64 "-0x%" PRIx64 " lies beyond a DMA mask of %u bits", range.first,
                  range.last, c->dma_bits);
    }
}

void check_window_size(struct checker *c)
{
    found_errors(c, DMS_EINVAL, RANGES, NULL);
}

void check_window_wraps(struct checker *c)
{
    found_errors(c, DMS_ERANGE, RANGES, NULL);
}

void check_window_empty(struct checker *c)
{
    found_reports(c, DMS_OF_FINDING_EMPTY_RANGE, RANGES);
}

static struct place window_place(const struct checker *c, size_t index)
{
    return (struct place){.node = c->master.node,
                          .property = RANGES,
                          .cell = (int32_t)c->master.window_cells.items[index]};
}

static int by_window(const void *a, const void *b)
{
    const struct dms_range *x = *(const struct dms_range *const *)a;
    const struct dms_range *y = *(const struct dms_range *const *)b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x > y) - (x < y);
}

void check_window_overlap(struct checker *c)
{
    ARRAY(const struct dms_range *) sorted = {0};
    const struct dms_range *furthest;

    for (size_t i = 0; i < c->master.windows.count; i++)
        array_push(&sorted, &c->master.windows.items[i]);
    if (sorted.count > 1)
        qsort(sorted.items, sorted.count, sizeof(*sorted.items), by_window);
    furthest = sorted.count ? sorted.items[0] : NULL;
    for (size_t i = 1; i < sorted.count; i++) {
        const struct dms_range *window = sorted.items[i];

        if (window->first <= furthest->last)
            found(c, window_place(c, (size_t)(window - c->master.windows.items)),
                  "0x%" PRIx64 "-0x%" PRIx64 " overlaps 0x%" PRIx64 "-0x%" PRIx64, window->first,
                  window->last, furthest->first, furthest->last);
        if (window->last > furthest->last)
            furthest = window;
    }
    array_drop(&sorted);
}

void check_window_unaligned(struct checker *c)
{
    for (size_t i = 0; i < c->master.windows.count; i++) {
        struct dms_range window = c->master.windows.items[i];

        if (window.first % PAGE != 0 || window.last % PAGE != PAGE - 1)
            found(c, window_place(c, i), "0x%" PRIx64 "-0x%" PRIx64 " is not whole pages of 4 KiB",
                  window.first, window.last);
    }
}

void check_window_outside_aperture(struct checker *c)
{
    for (size_t i = 0; i < c->master.windows.count; i++) {
        struct dms_range window = c->master.windows.items[i];

        if (window.first < c->master.aperture.first || window.last > c->master.aperture.last)
            found(c, window_place(c, i),
                  "0x%" PRIx64 "-0x%" PRIx64 " leaves 0x%" PRIx64 "-0x%" PRIx64
                  ", all that dma-ranges allow",
                  window.first, window.last, c->master.aperture.first, c->master.aperture.last);
    }
}

void check_window_beyond_mask(struct checker *c)
{
    for (size_t i = 0; i < c->master.windows.count; i++) {
        struct dms_range window = c->master.windows.items[i];

        if (window.last > mask_of(c))
            found(c, window_place(c, i),
                  "0x%" PRIx64 "-0x%" PRIx64 " goes beyond a DMA mask of %u bits", window.first,
                  window.last, c->dma_bits);
    }
}

static int by_first(const void *a, const void *b)
{
    const struct dms_range *x = a;
    const struct dms_range *y = b;

    return (x->first > y->first) - (x->first < y->first);
}

/* The regions, sorted, in c->ranges. */
static void sort_regions(struct checker *c)
{
    c->ranges.count = 0;
    for (size_t i = 0; i < c->master.regions.count; i++)
        array_push(&c->ranges, c->master.regions.items[i].range);
    if (c->ranges.count > 1)
        qsort(c->ranges.items, c->ranges.count, sizeof(*c->ranges.items), by_first);
}

/* Whether a page of `window` is in no region of c->ranges. */
static bool has_page_left(const struct checker *c, struct dms_range window)
{
    uint64_t next = window.first;

    for (size_t i = 0; i < c->ranges.count && c->ranges.items[i].first <= window.last; i++) {
        const struct dms_range *region = &c->ranges.items[i];

        if (region->last < next)
            continue;
        if (region->first > next && region->first - next >= PAGE)
            return true;
        if (region->last >= window.last)
            return false;
        next = region->last + 1;
    }
    return window.last - next >= PAGE - 1;
}

/* What the aperture and the mask leave of a range; false: nothing. IOVA 0 is never handed out. */
static bool clip(const struct checker *c, struct dms_range *range)
{
    struct dms_range limit = c->master.aperture;

    if (limit.last > mask_of(c))
        limit.last = mask_of(c);
    if (limit.first < PAGE)
        limit.first = PAGE;
    if (limit.first > limit.last || !meet(*range, limit))
        return false;
    if (range->first < limit.first)
        range->first = limit.first;
    if (range->last > limit.last)
        range->last = limit.last;
    return true;
}

static bool has_page(const struct checker *c, struct dms_range range)
{
    return clip(c, &range) && has_page_left(c, range);
}

static bool nothing_left(const struct checker *c)
{
    if (!c->master.has_windows)
        return !has_page(c, (struct dms_range){0, UINT64_MAX});
    for (size_t i = 0; i < c->master.windows.count; i++) {
        if (has_page(c, c->master.windows.items[i]))
            return false;
    }
    return true;
}

void check_usable_empty(struct checker *c)
{
    sort_regions(c);
    if (nothing_left(c))
        found(c,
              (struct place){.node = c->master.node,
                             .property = c->master.has_windows ? RANGES : NULL,
                             .cell = -1},
              "dma-ranges, DMA mask, iommu-ranges and iommu-addresses together leave no page");
}

void check_hole_above_4g(struct checker *c)
{
    size_t top = c->master.regions.count;

    if (c->master.has_windows || c->master.aperture.last < GIB4 || mask_of(c) < GIB4)
        return;
    for (size_t i = 0; i < c->master.regions.count; i++) {
        struct dms_range range = c->master.regions.items[i].range;

        if (range.last >= GIB4)
            return;
        if (range.last == GIB4 - 1)
            top = i;
    }
    if (top < c->master.regions.count)
        found(c, region_place(c, top),
              "the regions of %s end at 0xffffffff, its aperture at 0x%" PRIx64,
              path_of(&c->tree, c->master.node).text, c->master.aperture.last);
}
