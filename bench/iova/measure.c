/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "measure.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

/* Of the calling thread. */
static uint64_t cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t ticks(void)
{
#if defined(__x86_64__)
    return __rdtsc();
#else
    return bench_clock_ns();
#endif
}

double tick_ns(void)
{
    static double cached;
    uint64_t start_ns = bench_clock_ns(), start = ticks();

    if (cached == 0) {
        while (bench_clock_ns() - start_ns < 20000000)
            ;
        cached = (double)(bench_clock_ns() - start_ns) / (double)(ticks() - start);
    }
    return cached;
}

double tick_overhead_ns(void)
{
    uint64_t best = UINT64_MAX;

    for (int i = 0; i < 1000; i++) {
        uint64_t start = ticks();
        uint64_t took = ticks() - start;

        best = took < best ? took : best;
    }
    return (double)best * tick_ns();
}

uint64_t rnd(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * UINT64_C(0x2545f4914f6cdd1d) >> 11;
}

/* ---- Threads ---------------------------------------------------------------------------------------------- */

static struct pool {
    pthread_t thread[BENCH_THREADS];
    bool running;
    void (*fn)(void *ctx, unsigned thread);
    void *ctx;
    unsigned wanted;
    _Atomic unsigned arrived, done;
    pthread_barrier_t start;
} pool;

static void *worker(void *arg)
{
    unsigned number = (unsigned)(uintptr_t)arg;

    bench_pin(number);
    for (;;) {
        pthread_barrier_wait(&pool.start);
        if (number < pool.wanted) {
            /* Begin together: the barrier wakes them one after the other. */
            atomic_fetch_add(&pool.arrived, 1);
            while (atomic_load(&pool.arrived) < pool.wanted)
                ;
            pool.fn(pool.ctx, number);
        }
        atomic_fetch_add(&pool.done, 1);
    }
    return NULL;
}

static void pool_start(void)
{
    pool.running = true;
    pthread_barrier_init(&pool.start, NULL, BENCH_THREADS + 1);
    for (unsigned i = 0; i < BENCH_THREADS; i++) {
        if (pthread_create(&pool.thread[i], NULL, worker, (void *)(uintptr_t)i))
            abort();
    }
}

void run_threads(unsigned threads, void (*fn)(void *ctx, unsigned thread), void *ctx)
{
    const struct timespec nap = {0, 200000};

    if (!pool.running)
        pool_start();
    pool.fn = fn;
    pool.ctx = ctx;
    pool.wanted = threads;
    atomic_store(&pool.arrived, 0);
    atomic_store(&pool.done, 0);
    pthread_barrier_wait(&pool.start);
    while (atomic_load(&pool.done) < BENCH_THREADS)
        nanosleep(&nap, NULL);
}

bool cpu_time_only;
bool measure_quick;

/* ---- Rounds ----------------------------------------------------------------------------------------------- */

struct side {
    const struct iova_impl *impl;
    const struct row *row;
    unsigned threads;
    void *state;
    double ns[ROUNDS];
    struct share share[BENCH_THREADS];
    uint64_t all_ops;
};

static void start_on_thread(void *ctx, unsigned thread)
{
    struct side *side = ctx;

    side->impl->enter(thread);
    if (thread == 0)
        side->state = side->row->start(side->impl, side->row, side->threads);
}

static void work_on_thread(void *ctx, unsigned thread)
{
    struct side *side = ctx;
    uint64_t start = side->threads == 1 || cpu_time_only ? cpu_ns() : bench_clock_ns();
    struct share share = {.deadline = bench_clock_ns() +
                                      (measure_quick ? UINT64_C(20000000) : UINT64_C(400000000))};

    side->row->work(side->state, thread, &share);
    if (share.ns == 0)
        share.ns = (side->threads == 1 || cpu_time_only ? cpu_ns() : bench_clock_ns()) - start;
    side->share[thread] = share;
}

static void finish_on_thread(void *ctx, unsigned thread)
{
    struct side *side = ctx;

    if (thread == 0)
        side->row->finish(side->state);
}

static void do_round(struct side *side, unsigned round)
{
    run_threads(side->threads, work_on_thread, side);
    side->ns[round] = 0;
    for (unsigned i = 0; i < side->threads; i++) {
        side->ns[round] += (double)side->share[i].ns / (double)side->share[i].ops / side->threads;
        side->all_ops += side->share[i].ops;
    }
}

static void summarise(struct side *side, uint64_t visited, struct result *result)
{
    qsort(side->ns, ROUNDS, sizeof(side->ns[0]), bench_compare_doubles);
    result->median = side->ns[ROUNDS / 2];
    result->min = side->ns[0];
    result->visited = (double)visited / (double)side->all_ops;
}

static void begin(struct side *side)
{
    run_threads(BENCH_THREADS, start_on_thread, side);
    do_round(side, 0); /* warm up */
    side->all_ops = 0;
}

static uint64_t visited(const struct side *side)
{
    return side->row->visited ? side->row->visited(side->state) : 0;
}

void measure(const struct row *row, const struct iova_impl *ours, const struct iova_impl *theirs,
             unsigned threads, struct result *our_result, struct result *their_result)
{
    struct side our_side = {.impl = ours, .row = row, .threads = threads};
    struct side their_side = {.impl = theirs, .row = row, .threads = threads};
    uint64_t visited_before;

    begin(&our_side);
    if (theirs)
        begin(&their_side);
    visited_before = visited(&our_side);
    for (unsigned round = 0; round < ROUNDS; round++) {
        do_round(&our_side, round);
        if (theirs)
            do_round(&their_side, round);
    }
    summarise(&our_side, visited(&our_side) - visited_before, our_result);
    run_threads(1, finish_on_thread, &our_side);
    if (!theirs)
        return;
    summarise(&their_side, 0, their_result);
    run_threads(1, finish_on_thread, &their_side);
}
