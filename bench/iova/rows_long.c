/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The long mixed run in a 32-bit space: filled to a share of it, then random frees and allocations, each one timed. */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT       (UINT64_C(1) << 20)
#define LIVE_MAX    (UINT64_C(1) << 20)
#define SUB_LG2     5u /* a bucket is 1/32 of an octave wide */
#define BUCKETS     (64u << SUB_LG2)
#define CLOCK_EVERY 64u

struct live {
    uint32_t page;
    uint32_t pages;
};

struct worker {
    struct live *live;
    uint64_t count, used, rng;
    uint64_t ops, allocs, failed;
    uint64_t ticks_sum, ticks_max;
    bool ended;
    uint32_t bucket[BUCKETS];
};

struct long_state {
    const struct iova_impl *impl;
    const struct long_run *run;
    void *domain;
    struct worker worker[BENCH_THREADS];
};

static unsigned bucket_of(uint64_t value)
{
    unsigned octave;

    if (value < 1u << SUB_LG2)
        return (unsigned)value;
    octave = 63 - (unsigned)__builtin_clzll(value) - SUB_LG2;
    return ((octave + 1) << SUB_LG2) + (unsigned)((value >> octave) & ((1u << SUB_LG2) - 1));
}

static double bucket_middle(unsigned bucket)
{
    unsigned octave = bucket >> SUB_LG2;
    double low = bucket & ((1u << SUB_LG2) - 1);

    return octave == 0 ? low
                       : (low + 0.5 + (1u << SUB_LG2)) * (double)(UINT64_C(1) << (octave - 1));
}

static void note(struct worker *worker, uint64_t took)
{
    worker->ops++;
    worker->ticks_sum += took;
    if (took > worker->ticks_max)
        worker->ticks_max = took;
    worker->bucket[bucket_of(took)]++;
}

static void one_alloc(struct long_state *state, struct worker *worker)
{
    uint64_t pages = power_law_pages(&worker->rng);
    uint64_t start = ticks();
    uint64_t page = state->impl->alloc(state->domain, pages);

    note(worker, ticks() - start);
    worker->allocs++;
    if (!page) {
        worker->failed++;
        return;
    }
    worker->live[worker->count++] = (struct live){(uint32_t)page, (uint32_t)pages};
    worker->used += pages;
}

static void one_free(struct long_state *state, struct worker *worker)
{
    uint64_t at = rnd(&worker->rng) % worker->count;
    struct live live = worker->live[at];
    uint64_t start;

    worker->live[at] = worker->live[--worker->count];
    worker->used -= live.pages;
    start = ticks();
    state->impl->free(state->domain, live.page, live.pages);
    note(worker, ticks() - start);
}

static void work(void *ctx, unsigned thread)
{
    struct long_state *state = ctx;
    struct worker *worker = &state->worker[thread];
    uint64_t target = LIMIT * state->run->percent / 100 / state->run->threads;
    uint64_t deadline = bench_clock_ns() + state->run->cap_ns;

    state->impl->enter(thread);
    while (worker->ops < state->run->ops) {
        if (worker->count > 0 && worker->used >= target)
            one_free(state, worker);
        else
            one_alloc(state, worker);
        if (worker->ops % CLOCK_EVERY == 0 && bench_clock_ns() > deadline)
            return;
    }
    worker->ended = true;
}

static double percentile(const uint32_t *bucket, uint64_t ops, double share)
{
    uint64_t rest = (uint64_t)((double)ops * (1 - share));

    for (unsigned i = BUCKETS; i-- > 0;) {
        if (bucket[i] > rest)
            return bucket_middle(i) * tick_ns();
        rest -= bucket[i];
    }
    return 0;
}

static void sum_up(struct long_state *state, struct long_result *result)
{
    struct worker *all = calloc(1, sizeof(*all));

    *result =
        (struct long_result){.ended = true, .wanted_ops = state->run->ops * state->run->threads};
    for (unsigned i = 0; i < state->run->threads; i++) {
        const struct worker *worker = &state->worker[i];

        result->ops += worker->ops;
        result->allocs += worker->allocs;
        result->failed += worker->failed;
        result->ended &= worker->ended;
        all->ticks_sum += worker->ticks_sum;
        if (worker->ticks_max > all->ticks_max)
            all->ticks_max = worker->ticks_max;
        for (unsigned j = 0; j < BUCKETS; j++)
            all->bucket[j] += worker->bucket[j];
    }
    result->mean = (double)all->ticks_sum / (double)result->ops * tick_ns();
    result->max = (double)all->ticks_max * tick_ns();
    result->p99 = percentile(all->bucket, result->ops, 0.99);
    result->p999 = percentile(all->bucket, result->ops, 0.999);
    state->impl->gaps(state->domain, &result->largest_gap, &result->free_pages);
    free(all);
}

void long_run(const struct iova_impl *impl, const struct long_run *run, struct long_result *result)
{
    struct long_state *state = calloc(1, sizeof(*state));

    state->impl = impl;
    state->run = run;
    state->domain = impl->create(LIMIT, run->flags);
    for (unsigned i = 0; i < run->threads; i++) {
        state->worker[i].live = calloc(LIVE_MAX, sizeof(struct live));
        state->worker[i].rng = 0x2545f4914f6cdd1du + i;
    }
    run_threads(run->threads, work, state);
    sum_up(state, result);
    impl->destroy(state->domain);
    for (unsigned i = 0; i < run->threads; i++)
        free(state->worker[i].live);
    free(state);
}
