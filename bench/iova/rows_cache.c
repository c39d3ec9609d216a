/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Rows that caches decide: pairs, rings, and ranges that change threads. */
#include "rows.h"

#include <stdatomic.h>
#include <stdlib.h>

#define LIMIT_32BIT (UINT64_C(1) << 20)
#define PAIR_OPS    100000u
#define RING_MAX    1024u
#define HANDOFF_OPS 100000u
#define QUEUE_SLOTS 512u

struct cache_state {
    const struct iova_impl *impl;
    const struct row *row;
    void *domain;
    uint64_t ring[BENCH_THREADS][RING_MAX];
    unsigned at[BENCH_THREADS];
    _Alignas(64) _Atomic uint64_t queue[QUEUE_SLOTS];
    _Alignas(64) unsigned head;
    _Alignas(64) unsigned tail;
};

static void *cache_start(const struct iova_impl *impl, const struct row *row, unsigned threads)
{
    struct cache_state *state = aligned_alloc(64, sizeof(*state));

    (void)threads;
    *state = (struct cache_state){.impl = impl, .row = row};
    state->domain = impl->create(LIMIT_32BIT, row->flags);
    return state;
}

static void cache_finish(void *ptr)
{
    struct cache_state *state = ptr;

    state->impl->destroy(state->domain);
    free(state);
}

static uint64_t cache_visited(void *ptr)
{
    struct cache_state *state = ptr;

    return state->impl->visited ? state->impl->visited(state->domain) : 0;
}

static void pair_work(void *ptr, unsigned thread, struct share *share)
{
    struct cache_state *state = ptr;
    const struct iova_impl *impl = state->impl;
    uint64_t pages = state->row->arg;

    (void)thread;
    for (unsigned i = 0; i < PAIR_OPS; i++) {
        uint64_t page = impl->alloc(state->domain, pages);

        impl->free(state->domain, page, pages);
    }
    share->ops = PAIR_OPS;
}

static void ring_work(void *ptr, unsigned thread, struct share *share)
{
    struct cache_state *state = ptr;
    const struct iova_impl *impl = state->impl;
    uint64_t *ring = state->ring[thread];
    unsigned at = state->at[thread];

    for (unsigned i = 0; i < PAIR_OPS; i++, at = (at + 1) % state->row->arg2) {
        if (ring[at])
            impl->free(state->domain, ring[at], state->row->arg);
        ring[at] = impl->alloc(state->domain, state->row->arg);
    }
    state->at[thread] = at;
    share->ops = PAIR_OPS;
}

/* Thread 0 fills the queue, thread 1 empties it. arg 0: a bare queue. */
static void handoff_work(void *ptr, unsigned thread, struct share *share)
{
    struct cache_state *state = ptr;
    const struct iova_impl *impl = state->impl;
    uint64_t pages = state->row->arg;

    for (unsigned i = 0; i < HANDOFF_OPS && thread == 0; i++) {
        uint64_t page = pages ? impl->alloc(state->domain, pages) : i + 1;
        _Atomic uint64_t *slot = &state->queue[state->head++ % QUEUE_SLOTS];

        while (atomic_load_explicit(slot, memory_order_acquire))
            ;
        atomic_store_explicit(slot, page, memory_order_release);
    }
    for (unsigned i = 0; i < HANDOFF_OPS && thread == 1; i++) {
        _Atomic uint64_t *slot = &state->queue[state->tail++ % QUEUE_SLOTS];
        uint64_t page;

        while (!(page = atomic_load_explicit(slot, memory_order_acquire)))
            ;
        atomic_store_explicit(slot, 0, memory_order_release);
        if (pages)
            impl->free(state->domain, page, pages);
    }
    share->ops = HANDOFF_OPS;
}

#define PAIR(n, one, two)                                                                          \
    {                                                                                              \
        .name = "alloc+free, " #n " pages", .goal = {one, two}, .start = cache_start,              \
        .work = pair_work, .finish = cache_finish, .arg = n                                        \
    }
#define RING(n)                                                                                    \
    {                                                                                              \
        .name = "ring of " #n " live 64-page ranges", .goal = {30, 60}, .start = cache_start,      \
        .work = ring_work, .finish = cache_finish, .arg = 64, .arg2 = n                            \
    }
#define HANDOFF(text, n, limit)                                                                    \
    {                                                                                              \
        .name = text, .goal = {-1, limit}, .start = cache_start, .work = handoff_work,             \
        .finish = cache_finish, .visited = cache_visited, .arg = n                                 \
    }

const struct row cache_rows[] = {
    PAIR(1, 8, 8),
    PAIR(2, 8, 8),
    PAIR(4, 8, 8),
    PAIR(8, 8, 8),
    PAIR(16, 8, 8),
    PAIR(32, 8, 8),
    PAIR(64, 20, 30),
    PAIR(1024, 20, 30),
    RING(64),
    RING(256),
    RING(1024),
    HANDOFF("a bare queue between two threads", 0, 0),
    HANDOFF("alloc here, free there, 1 page", 1, 100),
    HANDOFF("alloc here, free there, 64 pages", 64, 150),
};
const size_t cache_row_count = sizeof(cache_rows) / sizeof(cache_rows[0]);
