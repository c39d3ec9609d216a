/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Rows that the tree decides: churn among many live ranges, requests that must fail, reservations. */
#include "rows.h"

#include <math.h>
#include <stdlib.h>

#define LIMIT_48BIT     (UINT64_C(1) << 36)
#define BELOW_4G        (UINT64_C(1) << 20)
#define CHURN_OPS       20000u
#define FAIL_OPS        5000u
#define CLOCK_EVERY     8u
#define RESERVE_BATCHES 500u
#define RESERVE_BATCH   8u
/* Behind different reservations all over the domain; with fewer of them than a batch, in the free space behind. */
#define RESERVE_PAGE(state, first, i)                                                              \
    (1010 + 20 * ((state)->row->arg < 2 * RESERVE_BATCH                                            \
                      ? (state)->row->arg + (i)                                                    \
                      : ((first) + (i) * (state)->row->arg / RESERVE_BATCH) % (state)->row->arg))

uint64_t power_law_pages(uint64_t *rng)
{
    double u = ((double)rnd(rng) + 1) / 9007199254740993.0;
    double pages = 1 / (u * u);

    return pages < 1024 ? (uint64_t)pages : 1024;
}

uint64_t mixed_pages(uint64_t *rng)
{
    return (uint64_t)exp2((double)rnd(rng) / 9007199254740992.0 * 10);
}

struct live {
    uint64_t page;
    uint64_t pages;
};

struct tree_state {
    const struct iova_impl *impl;
    const struct row *row;
    unsigned threads;
    void *domain;
    struct live *live;
    uint64_t count;
    uint64_t rng[BENCH_THREADS];
};

static struct tree_state *state_create(const struct iova_impl *impl, const struct row *row,
                                       unsigned threads, uint64_t count, uint64_t limit)
{
    struct tree_state *state = calloc(1, sizeof(*state));

    state->impl = impl;
    state->row = row;
    state->threads = threads;
    state->count = count;
    state->live = calloc(count, sizeof(*state->live));
    state->domain = impl->create(limit, row->flags);
    for (unsigned i = 0; i < BENCH_THREADS; i++)
        state->rng[i] = 0x9e3779b97f4a7c15u + i;
    return state;
}

static void tree_finish(void *ptr)
{
    struct tree_state *state = ptr;

    state->impl->destroy(state->domain);
    free(state->live);
    free(state);
}

/* ---- Churn: arg live ranges; arg2 pages each, 0: mixed sizes ---- */
static uint64_t churn_pages(struct tree_state *state, uint64_t *rng)
{
    return state->row->arg2 ? state->row->arg2 : mixed_pages(rng);
}

static void *churn_start(const struct iova_impl *impl, const struct row *row, unsigned threads)
{
    struct tree_state *state = state_create(impl, row, threads, row->arg, LIMIT_48BIT);

    for (uint64_t i = 0; i < state->count; i++) {
        state->live[i].pages = churn_pages(state, &state->rng[0]);
        state->live[i].page = impl->alloc(state->domain, state->live[i].pages);
    }
    return state;
}

static void churn_work(void *ptr, unsigned thread, struct share *share)
{
    struct tree_state *state = ptr;
    const struct iova_impl *impl = state->impl;
    uint64_t own = state->count / state->threads;
    uint64_t rng = state->rng[thread];
    uint64_t ops = 0;

    while (ops < CHURN_OPS) {
        struct live *live = &state->live[thread * own + rnd(&rng) % own];

        impl->free(state->domain, live->page, live->pages);
        live->pages = churn_pages(state, &rng);
        live->page = impl->alloc(state->domain, live->pages);
        if (++ops % CLOCK_EVERY == 0 && bench_clock_ns() > share->deadline)
            break;
    }
    state->rng[thread] = rng;
    share->ops = ops;
}

/* ---- Failing: arg live single pages with single free pages between; nothing longer is free ---- */
static void *fail_start(const struct iova_impl *impl, const struct row *row, unsigned threads)
{
    struct tree_state *state =
        state_create(impl, row, threads, 2 * row->arg, BELOW_4G + 2 * row->arg);

    /* Above 4 GiB: below, the peer remembers the last size that failed. */
    impl->reserve(state->domain, 1, BELOW_4G - 1);
    for (uint64_t i = 0; i < state->count; i++)
        state->live[i].page = impl->pack(state->domain, 1);
    for (uint64_t i = 0; i < state->count; i += 2)
        impl->free(state->domain, state->live[i].page, 1);
    return state;
}

static void fail_work(void *ptr, unsigned thread, struct share *share)
{
    struct tree_state *state = ptr;
    uint64_t ops = 0;

    (void)thread;
    while (ops < FAIL_OPS) {
        if (state->impl->alloc(state->domain, 64))
            abort();
        if (++ops % CLOCK_EVERY == 0 && bench_clock_ns() > share->deadline)
            break;
    }
    share->ops = ops;
}

/* ---- Misaligned: gaps of 88 pages that hold no 64 pages aligned to 64. Period 128: 40 live, 88 free from 36 on ---- */
static void *misaligned_start(const struct iova_impl *impl, const struct row *row, unsigned threads)
{
    struct tree_state *state =
        state_create(impl, row, threads, 2 * row->arg, BELOW_4G + 128 * row->arg + 36);

    impl->reserve(state->domain, 1, BELOW_4G - 1);
    impl->pack(state->domain, 40);
    for (uint64_t i = 0; i + 1 < state->count; i++)
        state->live[i].page = impl->pack(state->domain, i % 2 ? 40 : 88);
    while (impl->pack(state->domain, 1))
        ;
    for (uint64_t i = 0; i < state->count; i += 2)
        if (state->live[i].page)
            impl->free(state->domain, state->live[i].page, 88);
    return state;
}

/*
 * ---- Reserve: a few more among arg reservations, which go again untimed. One domain, so that its memory is as warm as
 * that of other rows; each batch timed by itself, and the median batch counts ----
 */
static void *reserve_start(const struct iova_impl *impl, const struct row *row, unsigned threads)
{
    struct tree_state *state = state_create(impl, row, threads, 1, LIMIT_48BIT);

    for (uint64_t i = 0; i < row->arg; i++)
        impl->reserve(state->domain, 1000 + 20 * i, 8);
    return state;
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void reserve_work(void *ptr, unsigned thread, struct share *share)
{
    struct tree_state *state = ptr;
    uint64_t took[RESERVE_BATCHES];
    unsigned batches = 0;

    while (batches < RESERVE_BATCHES && (batches == 0 || bench_clock_ns() < share->deadline)) {
        uint64_t first = rnd(&state->rng[thread]) % state->row->arg;
        uint64_t start = ticks();

        for (uint64_t i = 0; i < RESERVE_BATCH; i++)
            state->impl->reserve(state->domain, RESERVE_PAGE(state, first, i), 8);
        took[batches++] = ticks() - start;
        for (uint64_t i = 0; i < RESERVE_BATCH; i++)
            state->impl->unreserve(state->domain, RESERVE_PAGE(state, first, i), 8);
    }
    qsort(took, batches, sizeof(took[0]), compare_u64);
    share->ns = (uint64_t)((double)took[batches / 2] * tick_ns() * batches);
    share->ops = (uint64_t)batches * RESERVE_BATCH;
}

static uint64_t tree_visited(void *ptr)
{
    struct tree_state *state = ptr;

    return state->impl->visited ? state->impl->visited(state->domain) : 0;
}

#define CHURN(text, live, pages, one, two, curve)                                                  \
    {                                                                                              \
        .name = text, .goal = {one, two}, .start = churn_start, .work = churn_work,                \
        .finish = tree_finish, .visited = tree_visited, .arg = live, .arg2 = pages, .plot = curve  \
    }
#define FAIL(text, live)                                                                           \
    {                                                                                              \
        .name = text, .goal = {1000, -1}, .start = fail_start, .work = fail_work,                  \
        .finish = tree_finish, .visited = tree_visited, .arg = live,                               \
        .plot = "an allocation that must fail"                                                     \
    }
#define RESERVE(text, n)                                                                           \
    {                                                                                              \
        .name = text, .goal = {150, -1}, .start = reserve_start, .work = reserve_work,             \
        .finish = tree_finish, .visited = tree_visited, .arg = n, .plot = "reserve"                \
    }

const struct row tree_rows[] = {
    CHURN("churn of 64 pages, 1e4 live", 10000, 64, 120, 250, "churn of 64-page ranges"),
    CHURN("churn of 64 pages, 1e5 live", 100000, 64, 120, 250, "churn of 64-page ranges"),
    CHURN("churn of 64 pages, 1e6 live", 1000000, 64, 120, 250, "churn of 64-page ranges"),
    CHURN("churn of mixed sizes, 1e2 live", 100, 0, 0, 0, "churn of mixed sizes"),
    CHURN("churn of mixed sizes, 1e3 live", 1000, 0, 0, 0, "churn of mixed sizes"),
    CHURN("churn of mixed sizes, 1e4 live", 10000, 0, 200, 0, "churn of mixed sizes"),
    CHURN("churn of mixed sizes, 1e5 live", 100000, 0, 400, 0, "churn of mixed sizes"),
    CHURN("churn of mixed sizes, 1e6 live", 1000000, 0, 1000, 0, "churn of mixed sizes"),
    FAIL("allocation that must fail, 1.5e5 live", 150000),
    FAIL("allocation that must fail, 1e6 live", 1000000),
    {.name = "aligned, 1e5 gaps long enough, none fits",
     .goal = {2000, -1},
     .start = misaligned_start,
     .work = fail_work,
     .finish = tree_finish,
     .visited = tree_visited,
     .arg = 100000,
     .flags = IMPL_ALIGNED},
    RESERVE("reserve, 1 reservation there", 1),
    RESERVE("reserve, 100 reservations there", 100),
    RESERVE("reserve, 10000 reservations there", 10000),
};
const size_t tree_row_count = sizeof(tree_rows) / sizeof(tree_rows[0]);
