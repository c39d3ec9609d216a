/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Spaces up to all 2^64 bytes: last pages, sizes and alignments near the top, and whatever a random caller asks for. */
#include "host.h"
#include "tree_check.h"

#include "../cmocka_all.h"

#include <dmaspace/error.h>
#include <dmaspace/iova.h>

#include <string.h>

#define PAGE UINT64_C(4096)
#define HALF (UINT64_C(1) << 63)
#define TOP  UINT64_MAX

static struct host host;
static struct dms_iova_space *space;

static void start(struct dms_range aperture, unsigned granule_lg2, unsigned flags)
{
    struct dms_iova_config config = {
        .port = &host.port, .aperture = aperture, .granule_lg2 = granule_lg2, .flags = flags};

    host_init(&host, 1, HOST_SHOWS);
    host_set_slot(0);
    assert_int_equal(dms_iova_space_create(&config, &space), 0);
}

static void finish(void)
{
    assert_null(space_check(space));
    dms_iova_space_destroy(space);
    assert_int_equal(host.live_bytes, 0);
}

static struct dms_iova_stats stats(void)
{
    struct dms_iova_stats stats;

    dms_iova_get_stats(space, &stats);
    return stats;
}

static int ask(uint64_t size, uint64_t align, dms_iova_t *iova)
{
    struct dms_iova_request request = {.size = size, .align = align};

    return dms_iova_alloc(space, &request, iova);
}

static void all_of_the_64_bit_space_can_be_taken(void **state)
{
    dms_iova_t high, low;

    (void)state;
    start((struct dms_range){0, TOP}, 12, 0);
    assert_int_equal(dms_iova_aperture(space).first, PAGE);
    assert_int_equal(dms_iova_aperture(space).last, TOP);
    assert_int_equal(stats().free_bytes, TOP - PAGE + 1);
    assert_int_equal(ask(HALF, 0, &high), 0);
    assert_int_equal(high, HALF);
    assert_int_equal(ask(HALF, 0, &low), DMS_ENOSPC);
    assert_int_equal(ask(HALF - PAGE, 0, &low), 0);
    assert_int_equal(low, PAGE);
    assert_int_equal(stats().largest_gap, 0);
    assert_int_equal(stats().live_bytes, TOP - PAGE + 1);
    assert_int_equal(ask(1, 0, &low), DMS_ENOSPC);
    assert_int_equal(dms_iova_free(space, high, HALF), 0);
    assert_int_equal(dms_iova_free(space, low, HALF - PAGE), 0);
    assert_int_equal(stats().largest_gap, TOP - PAGE + 1);
    finish();
}

static void one_range_as_large_as_the_space(void **state)
{
    dms_iova_t iova;

    (void)state;
    start((struct dms_range){0, TOP}, 4, 0);
    assert_int_equal(ask(TOP, 0, &iova), DMS_ENOSPC); /* page 0 is not to be had */
    assert_int_equal(ask(TOP - 15, 0, &iova), 0);
    assert_int_equal(iova, 16);
    assert_int_equal(stats().free_bytes, 0);
    assert_int_equal(dms_iova_free(space, iova, TOP - 15), 0);
    finish();
}

static void sizes_that_round_up_past_the_end_are_refused(void **state)
{
    static const uint64_t sizes[] = {TOP, TOP - 1, TOP - PAGE + 1, TOP - PAGE + 2, HALF + 1};
    dms_iova_t iova = 7;

    (void)state;
    start((struct dms_range){0, HALF + PAGE - 1}, 12, 0);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_int_equal(ask(sizes[i], 0, &iova), DMS_ENOSPC);
        assert_int_equal(ask(sizes[i], HALF, &iova), DMS_ENOSPC);
        assert_int_equal(dms_iova_free(space, PAGE, sizes[i]), DMS_ENOENT);
    }
    assert_int_equal(iova, 7);
    finish();
}

static void alignments_up_to_the_highest_bit(void **state)
{
    dms_iova_t iova;

    (void)state;
    start((struct dms_range){0, TOP}, 12, 0);
    for (unsigned bit = 63; bit >= 50; bit--) {
        assert_int_equal(ask(PAGE, UINT64_C(1) << bit, &iova), 0);
        assert_int_equal(iova & ((UINT64_C(1) << bit) - 1), 0);
        assert_int_not_equal(iova, 0);
    }
    assert_int_equal(ask(PAGE, HALF, &iova), DMS_ENOSPC); /* its one place is taken */
    assert_int_equal(ask(PAGE, HALF | PAGE, &iova), DMS_EINVAL);
    finish();
}

static void the_last_page_is_like_any_other(void **state)
{
    dms_iova_t last = TOP - PAGE + 1;
    struct dms_iova_request request = {.size = PAGE, .lowest = last};
    struct dms_iova_place place;
    dms_iova_t iova;

    (void)state;
    start((struct dms_range){0, TOP}, 12, DMS_IOVA_NO_CACHES);
    assert_int_equal(dms_iova_alloc_at(space, last, 2 * PAGE, 0, NULL, &place), DMS_ERANGE);
    assert_int_equal(dms_iova_alloc_at(space, last, PAGE, 0, NULL, &place), 0);
    assert_int_equal(dms_iova_alloc(space, &request, &iova), DMS_ENOSPC);
    dms_iova_lookup(space, TOP, &place);
    assert_int_equal(place.what, DMS_IOVA_IS_LIVE);
    assert_int_equal(place.range.first, last);
    assert_int_equal(place.range.last, TOP);
    assert_int_equal(dms_iova_alloc_at(space, last - PAGE, 2 * PAGE, 0, NULL, &place), DMS_EBUSY);
    assert_int_equal(place.range.last, TOP);
    assert_int_equal(dms_iova_free(space, last, PAGE), 0);
    assert_int_equal(dms_iova_alloc(space, &request, &iova), 0);
    assert_int_equal(iova, last);
    finish();
}

static void bounds_that_leave_no_page_are_no_space(void **state)
{
    static const struct dms_range bounds[] = {
        {TOP, 0}, {TOP - 1, TOP}, {0, PAGE - 1}, {PAGE + 1, 3 * PAGE - 2}, {5, 4}};

    (void)state;
    start((struct dms_range){0, TOP}, 12, 0);
    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
        struct dms_iova_request request = {
            .size = 1, .lowest = bounds[i].first, .highest = bounds[i].last};
        dms_iova_t iova;

        assert_int_equal(dms_iova_alloc(space, &request, &iova), DMS_ENOSPC);
    }
    finish();
}

static void regions_and_windows_at_both_ends(void **state)
{
    struct dms_iova_region all = {.range = {0, TOP}}, bytes[] = {{.range = {TOP, TOP}},
                                                                 {.range = {0, 0}},
                                                                 {.range = {PAGE, PAGE}}};
    struct dms_range last = {TOP - PAGE + 1, TOP}, none = {TOP - PAGE + 2, TOP};
    dms_iova_t iova;

    (void)state;
    start((struct dms_range){0, TOP}, 12, 0);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(dms_iova_reserve(space, &bytes[i], NULL), 0);
    assert_int_equal(stats().reserved_bytes, 2 * PAGE);
    assert_int_equal(dms_iova_reserve(space, &all, NULL), 0);
    assert_int_equal(ask(1, 0, &iova), DMS_ENOSPC);
    assert_int_equal(stats().reserved_bytes, TOP - PAGE + 1);
    assert_int_equal(dms_iova_unreserve(space, &all, NULL), 0);
    assert_int_equal(stats().free_bytes, TOP - 3 * PAGE + 1);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(dms_iova_unreserve(space, &bytes[i], NULL), 0);
    assert_int_equal(dms_iova_reserve_outside(space, &none, 1, DMS_ORIGIN_API, NULL, NULL),
                     DMS_EINVAL);
    assert_int_equal(dms_iova_reserve_outside(space, &last, 1, DMS_ORIGIN_API, NULL, NULL), 0);
    assert_int_equal(ask(1, 0, &iova), 0);
    assert_int_equal(iova, last.first);
    assert_int_equal(dms_iova_unreserve_outside(space, &last, 1, DMS_ORIGIN_API, NULL), 0);
    finish();
}

static void the_largest_granule_in_the_largest_space(void **state)
{
    dms_iova_t iova;

    (void)state;
    start((struct dms_range){0, TOP}, DMS_IOVA_GRANULE_LG2_MAX, 0);
    assert_int_equal(ask(1, 0, &iova), 0);
    assert_int_equal(iova, TOP << DMS_IOVA_GRANULE_LG2_MAX);
    assert_int_equal(dms_iova_free(space, iova, 1), 0);
    assert_int_equal(ask(TOP, 0, &iova), DMS_ENOSPC);
    finish();
    assert_int_equal(dms_iova_space_create(&(struct dms_iova_config){.port = &host.port,
                                                                     .aperture = {1, TOP - 1},
                                                                     .granule_lg2 = 63},
                                           &space),
                     DMS_EINVAL);
}

/* ---- A random caller, beside a list of what is live ---- */
#define LIVE_MAX 48u
#define STEPS    40000u

struct model {
    uint64_t rng, granule;
    struct dms_range live[LIVE_MAX]; /* in address order */
    unsigned count, granted, refused;
};

/* Near a power of two, or anything. */
static uint64_t odd_number(struct model *model)
{
    uint64_t power = UINT64_C(1) << rnd_below(&model->rng, 64);

    switch (rnd_below(&model->rng, 4)) {
    case 0:
        return power + rnd_below(&model->rng, 3) - 1;
    case 1:
        return TOP - rnd_below(&model->rng, power);
    case 2:
        return power + rnd_below(&model->rng, power);
    default:
        return rnd(&model->rng) >> rnd_below(&model->rng, 64);
    }
}

/* What lies free before the index-th live range. False: nothing. */
static bool gap_before(const struct model *model, unsigned index, struct dms_range *gap)
{
    gap->first = index > 0 ? model->live[index - 1].last + 1 : model->granule;
    gap->last = index < model->count ? model->live[index].first - 1 : TOP;
    return !(index > 0 && model->live[index - 1].last == TOP) && gap->first <= gap->last;
}

static bool fits(const struct model *model, struct dms_range gap,
                 const struct dms_iova_request *request)
{
    uint64_t align = request->align > model->granule ? request->align : model->granule;
    uint64_t over = (request->size - 1) | (model->granule - 1); /* bytes - 1 */
    uint64_t highest = request->highest ? request->highest : TOP;
    uint64_t first = gap.first > request->lowest ? gap.first : request->lowest;
    uint64_t last = gap.last < highest ? gap.last : highest;

    if ((first & (align - 1)) && (first | (align - 1)) == TOP)
        return false;
    first = first & (align - 1) ? (first | (align - 1)) + 1 : first;
    return first <= last && last - first >= over;
}

static bool some_gap_fits(const struct model *model, const struct dms_iova_request *request)
{
    struct dms_range gap;

    for (unsigned i = 0; i <= model->count; i++) {
        if (gap_before(model, i, &gap) && fits(model, gap, request))
            return true;
    }
    return false;
}

static void note(struct model *model, const struct dms_iova_request *request, dms_iova_t iova)
{
    struct dms_range range = {iova, iova + ((request->size - 1) | (model->granule - 1))};
    struct dms_range gap;
    unsigned at = 0;

    while (at < model->count && model->live[at].first < iova)
        at++;
    assert_true(gap_before(model, at, &gap) && gap.first <= range.first && range.last <= gap.last);
    assert_true(range.first <= range.last && range.first >= request->lowest);
    assert_true(request->highest == 0 || range.last <= request->highest);
    assert_true(request->align == 0 || (iova & (request->align - 1)) == 0);
    memmove(&model->live[at + 1], &model->live[at], (model->count - at) * sizeof(range));
    model->live[at] = range;
    model->count++;
    model->granted++;
}

static void random_alloc(struct model *model)
{
    struct dms_iova_request request = {.size = odd_number(model)};
    dms_iova_t iova = 7;
    int error;

    if (rnd_below(&model->rng, 2))
        request.align = UINT64_C(1) << rnd_below(&model->rng, 64);
    if (rnd_below(&model->rng, 3) == 0)
        request.lowest = odd_number(model);
    if (rnd_below(&model->rng, 3) == 0)
        request.highest = odd_number(model);
    request.policy = (enum dms_iova_policy)rnd_below(&model->rng, 4);
    error = dms_iova_alloc(space, &request, &iova);
    if (request.size == 0) {
        assert_int_equal(error, DMS_EINVAL);
    } else if (!some_gap_fits(model, &request)) {
        assert_int_equal(error, DMS_ENOSPC);
        assert_int_equal(iova, 7);
        model->refused++;
    } else {
        assert_int_equal(error, 0);
        note(model, &request, iova);
    }
}

static void random_free(struct model *model)
{
    unsigned at = (unsigned)rnd_below(&model->rng, model->count);
    struct dms_range range = model->live[at];

    assert_int_equal(dms_iova_free(space, range.first, range.last - range.first + 1), 0);
    model->count--;
    memmove(&model->live[at], &model->live[at + 1], (model->count - at) * sizeof(range));
}

static void run_random(unsigned granule_lg2, unsigned flags)
{
    uint64_t seed = seed_from_env(0x5eed);
    struct model model = {.rng = seed, .granule = UINT64_C(1) << granule_lg2};

    print_message("# granule 2^%u: DMS_SEED=%#llx\n", granule_lg2, (unsigned long long)seed);
    start((struct dms_range){0, TOP}, granule_lg2, flags | DMS_IOVA_SIZE_INDEX);
    for (unsigned step = 0; step < STEPS; step++) {
        if (model.count == LIVE_MAX || (model.count > 0 && rnd_below(&model.rng, 3) == 0))
            random_free(&model);
        else
            random_alloc(&model);
        if (step % 256 == 0)
            assert_null(space_check(space));
    }
    assert_true(model.granted > STEPS / 10 && model.refused > STEPS / 10);
    while (model.count > 0)
        random_free(&model);
    dms_iova_flush(space);
    assert_int_equal(stats().largest_gap, TOP - model.granule + 1);
    finish();
}

static void whatever_is_asked_for_in_64_bits_is_answered_rightly(void **state)
{
    (void)state;
    run_random(12, DMS_IOVA_NO_CACHES);
    run_random(12, 0);
    run_random(DMS_IOVA_GRANULE_LG2_MIN, 0);
    run_random(DMS_IOVA_GRANULE_LG2_MAX, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_the_64_bit_space_can_be_taken),
        cmocka_unit_test(one_range_as_large_as_the_space),
        cmocka_unit_test(sizes_that_round_up_past_the_end_are_refused),
        cmocka_unit_test(alignments_up_to_the_highest_bit),
        cmocka_unit_test(the_last_page_is_like_any_other),
        cmocka_unit_test(bounds_that_leave_no_page_are_no_space),
        cmocka_unit_test(regions_and_windows_at_both_ends),
        cmocka_unit_test(the_largest_granule_in_the_largest_space),
        cmocka_unit_test(whatever_is_asked_for_in_64_bits_is_answered_rightly),
    };

    return cmocka_run_group_tests_name("iova extremes", tests, NULL, NULL);
}
