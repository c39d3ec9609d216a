/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "crowd.h"

#include "host.h"
#include "tree_check.h"

#include <dmaspace/error.h>

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#define PIN_PAGE   2048u
#define PIN        0xffu
#define FIXED_SPAN 8u /* pages of each member's fixed region; they lie side by side below the pin */
#define LIVE_PAGES 300u

static void expect(struct crowd *crowd, bool ok, const char *complaint)
{
    const char *none = NULL;

    if (!ok)
        atomic_compare_exchange_strong(&crowd->complaint, &none, complaint);
}

static unsigned below(struct crowd_member *member, unsigned limit)
{
    return (unsigned)rnd_below(&member->rng, limit);
}

static uint64_t to_bytes(const struct crowd *crowd, uint64_t pages)
{
    return pages << crowd->granule_lg2;
}

/* ---- The map ---------------------------------------------------------------------------------------------- */

static void own(struct crowd_member *member, struct crowd_range range)
{
    struct crowd *crowd = member->crowd;

    for (uint64_t page = range.page; page < range.page + range.pages; page++) {
        expect(crowd, page > 0 && page < CROWD_PAGES, "a range outside the aperture");
        expect(crowd,
               atomic_exchange(&crowd->owner[page], (unsigned char)(member->number + 1)) == 0,
               "a range that somebody has");
    }
}

static void disown(struct crowd_member *member, struct crowd_range range)
{
    struct crowd *crowd = member->crowd;

    for (uint64_t page = range.page; page < range.page + range.pages; page++)
        expect(crowd, atomic_exchange(&crowd->owner[page], 0) != 0, "a live range that nobody has");
}

static void expect_unreserved(struct crowd_member *member, struct crowd_range range)
{
    for (uint64_t page = range.page; page < range.page + range.pages; page++)
        expect(member->crowd, atomic_load(&member->crowd->reserved[page]) == 0,
               "a range in a reserved region");
}

/* ---- Steps ------------------------------------------------------------------------------------------------ */

static void hold(struct crowd_member *member, struct crowd_range range)
{
    member->live[member->live_count++] = range;
    member->live_pages += range.pages;
}

static struct crowd_range let_go(struct crowd_member *member)
{
    unsigned at = below(member, member->live_count);
    struct crowd_range range = member->live[at];

    member->live[at] = member->live[--member->live_count];
    member->live_pages -= range.pages;
    return range;
}

static void give_back(struct crowd_member *member, struct crowd_range range)
{
    struct crowd *crowd = member->crowd;

    disown(member, range);
    expect(crowd,
           dms_iova_free(crowd->space, to_bytes(crowd, range.page), to_bytes(crowd, range.pages)) ==
               0,
           "a free of what is live fails");
}

static uint64_t some_pages(struct crowd_member *member)
{
    switch (below(member, 16)) {
    case 0:
        return 1 + below(member, 100);
    case 1:
    case 2:
        return 16;
    default:
        return 1u << below(member, 3);
    }
}

static void random_request(struct crowd_member *member, struct dms_iova_request *request)
{
    struct crowd *crowd = member->crowd;

    if (below(member, 4))
        return;
    request->align = to_bytes(crowd, UINT64_C(1) << below(member, 5));
    request->policy = below(member, 2) ? DMS_IOVA_BOTTOM_UP : DMS_IOVA_TOP_DOWN;
    if (below(member, 2))
        request->lowest = to_bytes(crowd, 1 + below(member, 3000));
}

static void step_alloc(struct crowd_member *member)
{
    struct crowd *crowd = member->crowd;
    struct crowd_range range = {.pages = some_pages(member)};
    struct dms_iova_request request = {.size = to_bytes(crowd, range.pages)};
    dms_iova_t iova;
    int error;

    if (member->live_count == CROWD_LIVE || member->live_pages > LIVE_PAGES)
        return;
    random_request(member, &request);
    error = dms_iova_alloc(crowd->space, &request, &iova);
    expect(crowd, error == 0 || error == DMS_ENOSPC, "an allocation fails in an odd way");
    expect(crowd, error == 0 || range.pages > 1 || request.align || request.lowest,
           "one page is refused though most of the space is free");
    if (error)
        return;
    expect(crowd, request.align == 0 || iova % request.align == 0, "a range is not aligned");
    expect(crowd, iova >= request.lowest, "a range below the request's bound");
    range.page = iova >> crowd->granule_lg2;
    own(member, range);
    expect_unreserved(member, range);
    hold(member, range);
    member->allocs++;
}

static void step_free(struct crowd_member *member)
{
    if (member->live_count > 0)
        give_back(member, let_go(member));
}

static void step_too_big(struct crowd_member *member)
{
    struct crowd *crowd = member->crowd;
    struct dms_iova_request request = {.size = to_bytes(crowd, CROWD_TOO_BIG)};
    dms_iova_t iova = 1;

    expect(crowd, dms_iova_alloc(crowd->space, &request, &iova) == DMS_ENOSPC && iova == 1,
           "a request that no gap can serve is not refused");
    member->refused++;
}

static void send(struct crowd_member *member, struct crowd_range range)
{
    struct crowd *crowd = member->crowd;
    unsigned to = (member->number + 1 + below(member, CROWD_THREADS - 1)) % CROWD_THREADS;
    uint64_t none = 0;

    if (!atomic_compare_exchange_strong(&crowd->letter[to], &none, range.page << 16 | range.pages))
        give_back(member, range);
}

static void step_send(struct crowd_member *member)
{
    if (member->live_count > 0)
        send(member, let_go(member));
}

static void step_receive(struct crowd_member *member)
{
    uint64_t letter = atomic_exchange(&member->crowd->letter[member->number], 0);

    if (!letter)
        return;
    give_back(member, (struct crowd_range){letter >> 16, letter & 0xffff});
    member->passed++;
}

static void cover(struct crowd_member *member, int by)
{
    struct crowd *crowd = member->crowd;
    uint64_t last = member->region.range.last >> crowd->granule_lg2;

    for (uint64_t page = member->region.range.first >> crowd->granule_lg2; page <= last; page++) {
        expect(crowd, atomic_load(&crowd->owner[page]) == 0, "a reserved page is somebody's");
        atomic_fetch_add(&crowd->reserved[page], by);
    }
}

static void step_unreserve(struct crowd_member *member)
{
    struct crowd *crowd = member->crowd;

    if (member->region.range.last == 0)
        return;
    cover(member, -1);
    expect(crowd, dms_iova_unreserve(crowd->space, &member->region, NULL) == 0,
           "a region cannot be removed");
    member->region.range.last = 0;
}

static void step_reserve(struct crowd_member *member)
{
    struct crowd *crowd = member->crowd;
    uint64_t page = 1 + below(member, CROWD_PAGES - 40);
    struct dms_iova_place place;
    int error;

    step_unreserve(member);
    member->region.range.first = to_bytes(crowd, page);
    member->region.range.last = to_bytes(crowd, page + 1 + below(member, 30)) - 1;
    error = dms_iova_reserve(crowd->space, &member->region, &place);
    expect(crowd, error == 0 || (error == DMS_EBUSY && place.what == DMS_IOVA_IS_LIVE),
           "a region is refused in an odd way");
    if (error) {
        member->region.range.last = 0;
        return;
    }
    cover(member, 1);
    member->reserves++;
}

static uint64_t fixed_page(unsigned number)
{
    return PIN_PAGE - FIXED_SPAN * (number + 1);
}

/* Inside the own fixed region; who frees it may be another thread, and must not keep it in a cache. */
static void step_fixed(struct crowd_member *member)
{
    struct crowd *crowd = member->crowd;
    struct crowd_range range = {fixed_page(member->number) + below(member, FIXED_SPAN), 1};
    struct dms_iova_place place;
    int error;

    if (!crowd->with_fixed)
        return;
    error = dms_iova_alloc_at(crowd->space, to_bytes(crowd, range.page), to_bytes(crowd, 1),
                              DMS_IOVA_IN_FIXED, member, &place);
    /* Reserved: another member's region covers it for now. */
    expect(crowd, error == 0 || (error == DMS_EBUSY && place.what != DMS_IOVA_IS_FREE),
           "a fixed range is refused in an odd way");
    if (error)
        return;
    own(member, range);
    send(member, range);
}

static void step_look(struct crowd_member *member)
{
    struct crowd *crowd = member->crowd;
    struct dms_iova_place place;
    struct crowd_range range;

    if (member->live_count == 0)
        return;
    range = member->live[below(member, member->live_count)];
    dms_iova_lookup(crowd->space, to_bytes(crowd, range.page + range.pages - 1), &place);
    expect(crowd,
           place.what == DMS_IOVA_IS_LIVE && place.range.first == to_bytes(crowd, range.page) &&
               place.range.last == to_bytes(crowd, range.page + range.pages) - 1,
           "a live range looks like something else");
}

/* Half of the threads empty the caches without a pause, the others are in them nearly all of the time. */
static void storm_step(struct crowd_member *member)
{
    if (member->number % 2)
        below(member, 2) ? dms_iova_flush(member->crowd->space) : step_too_big(member);
    for (unsigned i = 0; i < 8; i++)
        below(member, 2) ? step_alloc(member) : step_free(member);
}

static void step(struct crowd_member *member)
{
    unsigned dice = below(member, 256);

    if (dice < 110)
        step_alloc(member);
    else if (dice < 180)
        step_free(member);
    else if (dice < 210)
        step_send(member);
    else if (dice < 240)
        step_receive(member);
    else if (dice < 248)
        step_fixed(member);
    else if (dice < 251)
        step_reserve(member);
    else if (dice < 252)
        step_unreserve(member);
    else if (dice < 254)
        step_too_big(member);
    else if (dice < 255)
        step_look(member);
    else if (below(member, 2))
        dms_iova_flush(member->crowd->space);
    if (dice % 64 == 0)
        sched_yield(); /* on few processors, so that threads meet at all */
}

/* ---- Threads ---------------------------------------------------------------------------------------------- */

static void *generation(void *arg)
{
    struct crowd_member *member = arg;
    struct crowd *crowd = member->crowd;

    if (crowd->enter)
        crowd->enter(member->number);
    for (unsigned i = 0; i < crowd->steps && !atomic_load(&crowd->complaint); i++)
        (crowd->storm ? storm_step : step)(member);
    return NULL;
}

/* One thread after the other, so that each takes over what the one before left in the caches. */
static void *line_of_descent(void *arg)
{
    struct crowd_member *member = arg;

    for (unsigned i = 0; i < member->crowd->generations; i++) {
        pthread_t thread;

        if (pthread_create(&thread, NULL, generation, member))
            abort();
        pthread_join(thread, NULL);
    }
    return NULL;
}

static void reserve_fixed(struct crowd_member *member)
{
    struct crowd *crowd = member->crowd;
    uint64_t page = fixed_page(member->number);
    struct dms_iova_region fixed = {
        .range = {to_bytes(crowd, page), to_bytes(crowd, page + FIXED_SPAN) - 1},
        .kind = DMS_REGION_FIXED,
        .owner = member,
    };

    if (dms_iova_reserve(crowd->space, &fixed, NULL))
        abort();
    for (unsigned i = 0; i < FIXED_SPAN; i++)
        crowd->reserved[page + i] = 1;
}

static void start(struct crowd *crowd, unsigned flags, uint64_t cache_bytes)
{
    struct dms_iova_config config = {
        .port = crowd->port,
        .aperture = {0, to_bytes(crowd, CROWD_PAGES) - 1},
        .granule_lg2 = crowd->granule_lg2,
        .flags = flags,
        .cache_bytes = cache_bytes,
    };

    if (dms_iova_space_create(&config, &crowd->space) ||
        dms_iova_alloc_at(crowd->space, to_bytes(crowd, PIN_PAGE), to_bytes(crowd, 1), 0, NULL,
                          NULL))
        abort();
    crowd->owner[PIN_PAGE] = PIN;
    for (unsigned i = 0; i < CROWD_THREADS; i++) {
        struct crowd_member *member = &crowd->member[i];

        member->crowd = crowd;
        member->number = i;
        member->rng = (crowd->seed + i) * UINT64_C(0x9e3779b97f4a7c15) | 1;
        member->region.owner = &member->region;
        if (crowd->with_fixed)
            reserve_fixed(member);
    }
}

static void run_threads(struct crowd *crowd)
{
    pthread_t thread[CROWD_THREADS];

    for (unsigned i = 0; i < CROWD_THREADS; i++) {
        if (pthread_create(&thread[i], NULL, line_of_descent, &crowd->member[i]))
            abort();
    }
    for (unsigned i = 0; i < CROWD_THREADS; i++)
        pthread_join(thread[i], NULL);
}

static void give_all_back(struct crowd *crowd)
{
    for (unsigned i = 0; i < CROWD_THREADS; i++) {
        struct crowd_member *member = &crowd->member[i];

        step_unreserve(member);
        step_receive(member);
        while (member->live_count > 0)
            step_free(member);
    }
}

static void finish(struct crowd *crowd)
{
    struct dms_iova_stats stats;
    const char *wrong;

    give_all_back(crowd);
    dms_iova_get_stats(crowd->space, &stats);
    expect(crowd, stats.live_count == 1 && stats.live_bytes == to_bytes(crowd, 1),
           "more is live than the pin");
    dms_iova_flush(crowd->space);
    dms_iova_get_stats(crowd->space, &stats);
    wrong = space_check(crowd->space);
    expect(crowd, !wrong, wrong);
    expect(crowd, stats.bad_frees == 0 && stats.cached_count == 0, "the caches are not as new");
    expect(crowd, crowd->with_fixed || stats.largest_gap == to_bytes(crowd, PIN_PAGE - 1),
           "the free space is not as new");
    dms_iova_space_destroy(crowd->space);
}

const char *crowd_run(struct crowd *crowd, unsigned flags, uint64_t cache_bytes)
{
    start(crowd, flags, cache_bytes);
    run_threads(crowd);
    finish(crowd);
    return crowd->complaint;
}
