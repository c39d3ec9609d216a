/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "oracle.h"

#include "../cmocka_all.h"
#include "tree_check.h"

#include <string.h>

/* cell: an index into the model's pages. */
static uint64_t cell_iova(const struct oracle *oracle, uint64_t cell)
{
    return (oracle->base + cell) << oracle->granule_lg2;
}

static bool cell_is_free(const struct oracle *oracle, uint64_t cell)
{
    return !oracle->live_at[cell] && !oracle->covered[cell];
}

static unsigned below(struct oracle *oracle, uint64_t limit)
{
    return (unsigned)rnd_below(&oracle->rng, limit);
}

void oracle_init(struct oracle *oracle, uint64_t seed, unsigned flags, unsigned thread_slots,
                 enum host_threads threads)
{
    static const unsigned granules[] = {12, 12, 14, 16, 4, 13, 40};
    struct dms_iova_config config = {.flags = flags};
    uint64_t top;

    memset(oracle, 0, sizeof(*oracle));
    oracle->rng = seed;
    host_init(&oracle->host, thread_slots, threads);
    oracle->granule_lg2 = granules[below(oracle, sizeof(granules) / sizeof(granules[0]))];
    oracle->pages = below(oracle, 2) ? 1 + below(oracle, 200) : 1 + below(oracle, ORACLE_PAGES);
    top = (UINT64_MAX >> oracle->granule_lg2) + 1 - oracle->pages;
    switch (below(oracle, 4)) {
    case 0:
        oracle->base = 1;
        break;
    case 1:
        oracle->base = top; /* ends at 2^64 */
        break;
    case 2:
        oracle->base = 0x100000 - oracle->pages / 2; /* with 4 KiB granules across 4 GiB */
        break;
    default:
        oracle->base = 1 + rnd_below(&oracle->rng, top);
    }
    oracle->exact = (flags & DMS_IOVA_NO_CACHES) || thread_slots == 0;
    oracle->best_fit = flags & DMS_IOVA_SIZE_INDEX;
    config.port = &oracle->host.port;
    config.granule_lg2 = oracle->granule_lg2;
    config.cache_bytes = rnd_below(&oracle->rng, 2 * oracle->pages) << oracle->granule_lg2;
    config.aperture.first = cell_iova(oracle, 0) - below(oracle, 2);
    config.aperture.last = cell_iova(oracle, oracle->pages) - 1;
    if (config.aperture.last != UINT64_MAX)
        config.aperture.last += below(oracle, 2);
    assert_int_equal(dms_iova_space_create(&config, &oracle->space), 0);
    assert_int_equal(dms_iova_aperture(oracle->space).first, cell_iova(oracle, 0));
    assert_int_equal(dms_iova_aperture(oracle->space).last, cell_iova(oracle, oracle->pages) - 1);
}

/* ---- What the answer must be ------------------------------------------------------------------------------ */

/* Cells [lowest, end) that a request may use. */
struct wish {
    uint64_t pages, align;
    unsigned lowest, end;
};

static bool wish_fits_at(const struct oracle *oracle, const struct wish *wish, uint64_t cell)
{
    if (cell < wish->lowest || cell + wish->pages > wish->end ||
        (oracle->base + cell) % wish->align)
        return false;
    for (uint64_t i = 0; i < wish->pages; i++) {
        if (!cell_is_free(oracle, cell + i))
            return false;
    }
    return true;
}

static int highest_place(const struct oracle *oracle, const struct wish *wish)
{
    for (int cell = (int)oracle->pages - 1; cell >= 0; cell--) {
        if (wish_fits_at(oracle, wish, (uint64_t)cell))
            return cell;
    }
    return -1;
}

static int lowest_place(const struct oracle *oracle, const struct wish *wish)
{
    for (unsigned cell = 0; cell < oracle->pages; cell++) {
        if (wish_fits_at(oracle, wish, cell))
            return (int)cell;
    }
    return -1;
}

static int low32_place(const struct oracle *oracle, const struct wish *wish)
{
    uint64_t limit = oracle->granule_lg2 < 32 ? BIT64(32 - oracle->granule_lg2) : 1;
    struct wish low = *wish;
    int place = -1;

    if (limit > oracle->base) {
        if (low.end > limit - oracle->base)
            low.end = (unsigned)(limit - oracle->base);
        place = highest_place(oracle, &low);
    }
    return place >= 0 ? place : highest_place(oracle, wish);
}

static int best_place(const struct oracle *oracle, const struct wish *wish)
{
    unsigned best_length = UINT32_MAX;
    int best = -1;

    for (unsigned start = 0, end; start < oracle->pages; start = end) {
        struct wish inside = *wish;
        int place;

        for (end = start; end < oracle->pages && cell_is_free(oracle, end);)
            end++;
        if (end == start) {
            end++;
            continue;
        }
        inside.lowest = start > wish->lowest ? start : wish->lowest;
        inside.end = end < wish->end ? end : wish->end;
        place = highest_place(oracle, &inside);
        if (place >= 0 && end - start <= best_length) {
            best_length = end - start;
            best = place;
        }
    }
    return best;
}

static int expected_place(const struct oracle *oracle, const struct wish *wish,
                          enum dms_iova_policy policy)
{
    switch (policy) {
    case DMS_IOVA_TOP_DOWN:
        return highest_place(oracle, wish);
    case DMS_IOVA_BOTTOM_UP:
        return lowest_place(oracle, wish);
    case DMS_IOVA_LOW32_FIRST:
        return low32_place(oracle, wish);
    case DMS_IOVA_BEST_FIT:
        return best_place(oracle, wish);
    }
    return -1;
}

/* ---- Calls ------------------------------------------------------------------------------------------------ */

static void note_live(struct oracle *oracle, uint64_t start, uint64_t pages, bool fixed)
{
    oracle->live[oracle->live_count++] = (struct oracle_live){start, pages, fixed};
    for (uint64_t i = 0; i < pages; i++)
        oracle->live_at[start + i] = oracle->live_count;
}

static void forget_live(struct oracle *oracle, unsigned index)
{
    struct oracle_live gone = oracle->live[index];
    struct oracle_live moved = oracle->live[--oracle->live_count];

    for (uint64_t i = 0; i < gone.pages; i++)
        oracle->live_at[gone.start + i] = 0;
    if (index == oracle->live_count)
        return;
    oracle->live[index] = moved;
    for (uint64_t i = 0; i < moved.pages; i++)
        oracle->live_at[moved.start + i] = index + 1;
}

static uint64_t some_pages(struct oracle *oracle)
{
    switch (below(oracle, 8)) {
    case 0:
        return 1 + below(oracle, oracle->pages);
    case 1:
    case 2:
        return 1 + below(oracle, 40);
    default:
        return 1 + below(oracle, 4);
    }
}

static uint64_t size_of_pages(struct oracle *oracle, uint64_t pages)
{
    uint64_t granule = BIT64(oracle->granule_lg2);
    uint64_t less = below(oracle, 2) ? rnd_below(&oracle->rng, granule) : 0;

    return pages * granule -
           less; /* not always a multiple; the full 64-bit space is not asked for here */
}

static void make_request(struct oracle *oracle, struct dms_iova_request *request, struct wish *wish)
{
    uint64_t granule = BIT64(oracle->granule_lg2);

    *wish = (struct wish){some_pages(oracle), 1, 0, oracle->pages};
    *request = (struct dms_iova_request){.size = size_of_pages(oracle, wish->pages)};
    if (below(oracle, 2)) {
        wish->align = BIT64(below(oracle, 9));
        request->align = wish->align * granule;
    } else if (below(oracle, 2)) {
        while (wish->align < wish->pages)
            wish->align *= 2;
        request->align = wish->align * granule;
    }
    if (below(oracle, 4) == 0) {
        wish->lowest = below(oracle, oracle->pages);
        request->lowest = cell_iova(oracle, wish->lowest) - rnd_below(&oracle->rng, granule);
    }
    if (below(oracle, 4) == 0) {
        wish->end = 1 + below(oracle, oracle->pages);
        request->highest = cell_iova(oracle, wish->end) - 1;
        if (wish->end < oracle->pages)
            request->highest += rnd_below(&oracle->rng, granule);
    }
    request->policy = (enum dms_iova_policy)below(oracle, 4);
    if (request->policy == DMS_IOVA_BEST_FIT && !oracle->best_fit)
        request->policy = DMS_IOVA_TOP_DOWN;
}

static void step_alloc(struct oracle *oracle)
{
    struct dms_iova_request request;
    struct wish wish;
    dms_iova_t iova = 12345;
    int place, error;

    make_request(oracle, &request, &wish);
    place = expected_place(oracle, &wish, request.policy);
    error = dms_iova_alloc(oracle->space, &request, &iova);
    if (place < 0) {
        assert_int_equal(error, DMS_ENOSPC);
        assert_int_equal(iova, 12345);
        oracle->refusals++;
        return;
    }
    assert_int_equal(error, 0);
    if (oracle->exact)
        assert_int_equal(iova, cell_iova(oracle, (uint64_t)place));
    assert_int_equal(iova % BIT64(oracle->granule_lg2), 0);
    place = (int)((iova >> oracle->granule_lg2) - oracle->base);
    assert_true(wish_fits_at(oracle, &wish, (uint64_t)place));
    note_live(oracle, (uint64_t)place, wish.pages, false);
    oracle->allocs++;
}

static void step_free(struct oracle *oracle)
{
    struct oracle_live *live;
    unsigned index;

    if (oracle->live_count == 0)
        return;
    index = below(oracle, oracle->live_count);
    live = &oracle->live[index];
    assert_int_equal(dms_iova_free(oracle->space, cell_iova(oracle, live->start),
                                   size_of_pages(oracle, live->pages)),
                     0);
    forget_live(oracle, index);
}

/* Only where every free is checked: a free of what is not live, or not of that size. */
static void step_bad_free(struct oracle *oracle)
{
    unsigned cell = below(oracle, oracle->pages);
    uint64_t pages = some_pages(oracle);
    unsigned live = oracle->live_at[cell];
    bool begins = live && oracle->live[live - 1].start == cell;
    int expected = begins ? DMS_EINVAL : DMS_ENOENT;

    if (!oracle->exact || (begins && oracle->live[live - 1].pages == pages))
        return;
    assert_int_equal(
        dms_iova_free(oracle->space, cell_iova(oracle, cell), pages << oracle->granule_lg2),
        expected);
}

static void cover(struct oracle *oracle, struct dms_range range, int by, bool is_window)
{
    for (unsigned cell = 0; cell < oracle->pages; cell++) {
        uint64_t first = cell_iova(oracle, cell);
        uint64_t last = first + BIT64(oracle->granule_lg2) - 1;

        if (range.first <= last && first <= range.last) {
            oracle->covered[cell] = (uint16_t)(oracle->covered[cell] + by);
            if (is_window)
                oracle->windowed[cell] = (uint16_t)(oracle->windowed[cell] + by);
        }
    }
}

/* The first cell of the range that is live; -1: none. */
static int first_live(const struct oracle *oracle, struct dms_range range)
{
    for (unsigned cell = 0; cell < oracle->pages; cell++) {
        uint64_t first = cell_iova(oracle, cell);
        uint64_t last = first + BIT64(oracle->granule_lg2) - 1;

        if (range.first <= last && first <= range.last && oracle->live_at[cell])
            return (int)oracle->live[oracle->live_at[cell] - 1].start;
    }
    return -1;
}

static const void *some_owner(struct oracle *oracle)
{
    static const char owners[3];

    return &owners[below(oracle, 3)];
}

/* Around the aperture, with ends in the middle of pages, now and then far outside. */
static struct dms_range some_range(struct oracle *oracle)
{
    uint64_t first = cell_iova(oracle, below(oracle, oracle->pages));
    uint64_t size = some_pages(oracle) << oracle->granule_lg2;
    uint64_t granule = BIT64(oracle->granule_lg2);
    struct dms_range range;

    range.first = first - (below(oracle, 3) ? 0 : rnd_below(&oracle->rng, 3 * granule));
    if (range.first > first)
        range.first = 0;
    range.last = first + size - 1 + (below(oracle, 3) ? 0 : rnd_below(&oracle->rng, granule));
    if (range.last < first)
        range.last = UINT64_MAX;
    return range;
}

static void step_reserve(struct oracle *oracle)
{
    struct dms_iova_region region = {
        .range = some_range(oracle),
        .kind = (enum dms_region_kind)below(oracle, 4),
        .origin = (enum dms_region_origin)below(oracle, 2),
        .owner = some_owner(oracle),
    };
    struct dms_iova_place place;
    int live = first_live(oracle, region.range);
    int error;

    if (oracle->region_count == ORACLE_REGIONS)
        return;
    error = dms_iova_reserve(oracle->space, &region, &place);
    if (live >= 0) {
        assert_int_equal(error, DMS_EBUSY);
        assert_int_equal(place.what, DMS_IOVA_IS_LIVE);
        assert_int_equal(place.range.first, cell_iova(oracle, (uint64_t)live));
        return;
    }
    assert_int_equal(error, 0);
    oracle->regions[oracle->region_count++] = region;
    cover(oracle, region.range, 1, false);
    oracle->reserves++;
}

/* Some fixed allocation would stand in no region any more. */
static bool leaves_fixed_bare(const struct oracle *oracle)
{
    for (unsigned cell = 0; cell < oracle->pages; cell++) {
        if (oracle->live_at[cell] && oracle->live[oracle->live_at[cell] - 1].fixed &&
            !oracle->covered[cell])
            return true;
    }
    return false;
}

static void unreserve_index(struct oracle *oracle, unsigned index)
{
    struct dms_iova_region region = oracle->regions[index];
    struct dms_iova_place place;
    int error = dms_iova_unreserve(oracle->space, &region, &place);

    cover(oracle, region.range, -1, false);
    if (leaves_fixed_bare(oracle)) {
        assert_int_equal(error, DMS_EBUSY);
        assert_int_equal(place.what, DMS_IOVA_IS_LIVE);
        cover(oracle, region.range, 1, false);
        return;
    }
    assert_int_equal(error, 0);
    oracle->regions[index] = oracle->regions[--oracle->region_count];
}

static void step_unreserve(struct oracle *oracle)
{
    struct dms_iova_region region = {.range = some_range(oracle), .owner = oracle};

    if (oracle->region_count > 0)
        unreserve_index(oracle, below(oracle, oracle->region_count));
    assert_int_equal(dms_iova_unreserve(oracle->space, &region, NULL), DMS_ENOENT);
}

static bool window_allows(const struct oracle *oracle, const struct oracle_window *window,
                          uint64_t cell)
{
    uint64_t first = cell_iova(oracle, cell);
    uint64_t last = first + BIT64(oracle->granule_lg2) - 1;

    for (size_t i = 0; i < window->count; i++) {
        if (window->ranges[i].first <= first && last <= window->ranges[i].last)
            return true;
    }
    return false;
}

static void cover_outside(struct oracle *oracle, const struct oracle_window *window, int by)
{
    for (unsigned cell = 0; cell < oracle->pages; cell++) {
        if (window_allows(oracle, window, cell))
            continue;
        oracle->covered[cell] = (uint16_t)(oracle->covered[cell] + by);
        oracle->windowed[cell] = (uint16_t)(oracle->windowed[cell] + by);
    }
}

/* What dms_iova_reserve_outside must return. */
static int window_verdict(const struct oracle *oracle, const struct oracle_window *window)
{
    bool something = false;
    bool live_outside = false;

    for (unsigned cell = 0; cell < oracle->pages; cell++) {
        bool allows = window_allows(oracle, window, cell);

        something |= allows && !oracle->windowed[cell];
        live_outside |= !allows && oracle->live_at[cell];
    }
    return !something ? DMS_EINVAL : live_outside ? DMS_EBUSY : 0;
}

static void step_window(struct oracle *oracle)
{
    struct oracle_window window = {.count = 1 + below(oracle, 3), .owner = some_owner(oracle)};
    struct dms_iova_place place;
    int verdict;

    if (oracle->window_count == ORACLE_WINDOWS)
        return;
    for (size_t i = 0; i < window.count; i++) {
        window.ranges[i] = some_range(oracle);
        /* Ranges that are adjacent only after rounding are two for the model; keep whole pages here. */
        window.ranges[i].first &= ~(BIT64(oracle->granule_lg2) - 1);
        window.ranges[i].last |= BIT64(oracle->granule_lg2) - 1;
        if (below(oracle, 2))
            window.ranges[i].last = UINT64_MAX;
    }
    verdict = window_verdict(oracle, &window);
    assert_int_equal(dms_iova_reserve_outside(oracle->space, window.ranges, window.count,
                                              DMS_ORIGIN_API, window.owner, &place),
                     verdict);
    if (verdict)
        return;
    cover_outside(oracle, &window, 1);
    oracle->windows[oracle->window_count++] = window;
}

static void unwindow_index(struct oracle *oracle, unsigned index)
{
    struct oracle_window *window = &oracle->windows[index];

    assert_int_equal(dms_iova_unreserve_outside(oracle->space, window->ranges, window->count,
                                                DMS_ORIGIN_API, window->owner),
                     0);
    cover_outside(oracle, window, -1);
    *window = oracle->windows[--oracle->window_count];
}

static void step_unwindow(struct oracle *oracle)
{
    if (oracle->window_count > 0)
        unwindow_index(oracle, below(oracle, oracle->window_count));
}

/* Regions over the cell are all fixed and of this owner, and there is one. */
static bool cell_is_owned(const struct oracle *oracle, uint64_t cell, const void *owner)
{
    struct dms_range page = {cell_iova(oracle, cell), cell_iova(oracle, cell + 1) - 1};
    bool owned = false;

    if (oracle->windowed[cell])
        return false;
    for (unsigned i = 0; i < oracle->region_count; i++) {
        const struct dms_iova_region *region = &oracle->regions[i];

        if (region->range.first > page.last || page.first > region->range.last)
            continue;
        if (region->kind != DMS_REGION_FIXED || region->owner != owner)
            return false;
        owned = true;
    }
    return owned;
}

static void step_alloc_at(struct oracle *oracle)
{
    unsigned cell = below(oracle, oracle->pages);
    uint64_t pages = below(oracle, 3) ? 1 : some_pages(oracle);
    unsigned flags = below(oracle, 2) ? DMS_IOVA_IN_FIXED : 0;
    const void *owner = some_owner(oracle);
    struct dms_iova_place place;
    bool ok = cell + pages <= oracle->pages;
    int error;

    if (oracle->base + cell + pages > (UINT64_MAX >> oracle->granule_lg2) + 1)
        return;
    for (uint64_t i = 0; ok && i < pages; i++)
        ok = flags ? !oracle->live_at[cell + i] && cell_is_owned(oracle, cell + i, owner)
                   : cell_is_free(oracle, cell + i);
    error = dms_iova_alloc_at(oracle->space, cell_iova(oracle, cell), pages << oracle->granule_lg2,
                              flags, owner, &place);
    assert_int_equal(error, ok ? 0 : DMS_EBUSY);
    if (ok)
        note_live(oracle, cell, pages, flags != 0);
    else
        assert_true(place.range.last >= cell_iova(oracle, cell) &&
                    place.range.first <= cell_iova(oracle, cell + pages) - 1);
}

static void step_lookup(struct oracle *oracle)
{
    unsigned cell = below(oracle, oracle->pages);
    uint64_t iova = cell_iova(oracle, cell) + rnd_below(&oracle->rng, BIT64(oracle->granule_lg2));
    struct dms_iova_place place;

    if (!oracle->exact && below(oracle, 16))
        return; /* it would empty the caches too often */
    dms_iova_lookup(oracle->space, iova, &place);
    assert_int_equal(place.what, oracle->live_at[cell]   ? DMS_IOVA_IS_LIVE
                                 : oracle->covered[cell] ? DMS_IOVA_IS_RESERVED
                                                         : DMS_IOVA_IS_FREE);
    assert_int_equal(place.in_region, oracle->covered[cell] > 0);
}

void oracle_step(struct oracle *oracle)
{
    static void (*const steps[])(struct oracle *) = {
        step_alloc,    step_alloc,    step_alloc,     step_alloc,    step_alloc,
        step_alloc,    step_free,     step_free,      step_free,     step_free,
        step_free,     step_alloc_at, step_alloc_at,  step_reserve,  step_window,
        step_unwindow, step_lookup,   step_unreserve, step_bad_free, step_free,
    };

    if (below(oracle, 100) == 0)
        oracle->filling = !oracle->filling;
    host_set_slot(below(oracle, 3));
    if (below(oracle, 3) == 0)
        (oracle->filling ? step_alloc : step_free)(oracle);
    else
        steps[below(oracle, sizeof(steps) / sizeof(steps[0]))](oracle);
}

/* ---- Comparing -------------------------------------------------------------------------------------------- */

static void compare_live(struct oracle *oracle)
{
    struct dms_iova_cursor cursor = {0};
    struct dms_range range;
    unsigned cell = 0;
    unsigned seen = 0;

    while (dms_iova_next_live(oracle->space, &cursor, &range)) {
        const struct oracle_live *live;

        while (cell < oracle->pages && !oracle->live_at[cell])
            cell++;
        assert_true(cell < oracle->pages);
        live = &oracle->live[oracle->live_at[cell] - 1];
        assert_int_equal(range.first, cell_iova(oracle, cell));
        assert_int_equal(range.last, cell_iova(oracle, cell + live->pages) - 1);
        cell += (unsigned)live->pages;
        seen++;
    }
    assert_int_equal(seen, oracle->live_count);
}

static void compare_gaps(struct oracle *oracle)
{
    struct dms_iova_cursor cursor = {0};
    struct dms_range range;
    unsigned cell = 0;

    while (dms_iova_next_gap(oracle->space, &cursor, &range)) {
        for (; cell < oracle->pages && !cell_is_free(oracle, cell);)
            cell++;
        assert_int_equal(range.first, cell_iova(oracle, cell));
        while (cell < oracle->pages && cell_is_free(oracle, cell))
            cell++;
        assert_int_equal(range.last, cell_iova(oracle, cell) - 1);
    }
    while (cell < oracle->pages)
        assert_false(cell_is_free(oracle, cell++));
}

static void compare_regions(struct oracle *oracle)
{
    struct dms_iova_cursor cursor = {0};
    struct dms_iova_region region;
    uint64_t last_first = 0;
    unsigned seen = 0;

    while (dms_iova_next_region(oracle->space, &cursor, &region)) {
        assert_true(region.range.first >= last_first);
        last_first = region.range.first;
        seen += region.kind != DMS_REGION_WINDOW;
    }
    assert_int_equal(seen, oracle->region_count);
}

static void compare_stats(struct oracle *oracle)
{
    uint64_t free_cells = 0, live_cells = 0;
    struct dms_iova_stats stats;

    for (unsigned cell = 0; cell < oracle->pages; cell++) {
        free_cells += cell_is_free(oracle, cell);
        live_cells += oracle->live_at[cell] != 0;
    }
    dms_iova_get_stats(oracle->space, &stats);
    assert_int_equal(stats.free_bytes + stats.cached_bytes, free_cells << oracle->granule_lg2);
    assert_int_equal(stats.live_bytes, live_cells << oracle->granule_lg2);
    assert_int_equal(stats.live_count, oracle->live_count);
    assert_int_equal(stats.reserved_bytes, (oracle->pages - free_cells - live_cells)
                                               << oracle->granule_lg2);
    assert_int_equal(stats.memory, oracle->host.live_bytes);
    assert_int_equal(stats.bad_frees, 0);
}

void oracle_compare(struct oracle *oracle)
{
    const char *complaint = space_check(oracle->space);

    if (complaint)
        fail_msg("%s", complaint);
    compare_stats(oracle);
    compare_live(oracle);
    compare_gaps(oracle);
    compare_regions(oracle);
    compare_stats(oracle);
}

void oracle_fini(struct oracle *oracle)
{
    struct dms_iova_stats stats;

    while (oracle->live_count > 0)
        step_free(oracle);
    while (oracle->region_count > 0)
        unreserve_index(oracle, below(oracle, oracle->region_count));
    while (oracle->window_count > 0)
        step_unwindow(oracle);
    dms_iova_flush(oracle->space);
    oracle_compare(oracle);
    dms_iova_get_stats(oracle->space, &stats);
    oracle->refills = stats.refills;
    oracle->spills = stats.spills;
    oracle->flushes = stats.flushes;
    assert_int_equal(stats.free_bytes, (uint64_t)oracle->pages << oracle->granule_lg2);
    assert_int_equal(stats.largest_gap, stats.free_bytes);
    assert_int_equal(stats.region_count, 0);
    dms_iova_space_destroy(oracle->space);
    assert_int_equal(oracle->host.live_bytes, 0);
}
