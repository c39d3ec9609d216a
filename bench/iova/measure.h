/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Time, threads, and rounds that alternate between the two sides. */
#ifndef BENCH_IOVA_MEASURE_H
#define BENCH_IOVA_MEASURE_H

#include "impl.h"

#include "../common/bench.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Rows of one thread are timed by the thread's own CPU clock: other work on the machine then counts little. With two
 * threads waiting is part of the matter, so the wall clock counts; unless this is set, for a busy machine.
 */
extern bool cpu_time_only;

/* Short rounds: figures for a first look. */
extern bool measure_quick;

/* A tick counter for single operations, what one tick is in ns, and what reading it costs in ns. */
uint64_t ticks(void);
double tick_ns(void);
double tick_overhead_ns(void);

uint64_t rnd(uint64_t *state);

/*
 * Run fn(ctx, thread) on that many pinned threads at once, and wait for all. The threads live as long as the program,
 * so what they cache stays.
 */
void run_threads(unsigned threads, void (*fn)(void *ctx, unsigned thread), void *ctx);

/* One thread's part of a round. */
struct share {
    uint64_t deadline; /* in: stop soon after this */
    uint64_t ops;      /* out */
    uint64_t ns;       /* out, or 0: all the time it took */
};

/* One row of the table. */
struct row {
    const char *name;
    double goal[BENCH_THREADS]; /* by threads - 1; 0: no goal, < 0: not measured with so many */
    /* Build the state, on the calling thread. */
    void *(*start)(const struct iova_impl *impl, const struct row *row, unsigned threads);
    void (*work)(void *state, unsigned thread, struct share *share);
    void (*finish)(void *state);
    uint64_t (*visited)(void *state); /* tree nodes read so far, ours only; NULL: not of interest */
    uint64_t arg;                     /* pages, live ranges or reservations: the row's own */
    uint64_t arg2;
    unsigned flags;   /* enum impl_flag, for create */
    const char *plot; /* arg is a number of live ranges: a point of this curve; NULL: of none */
};

struct result {
    double median, min; /* ns per operation */
    double visited;     /* tree nodes read per operation, ours only */
};

#define ROUNDS 7u

/* Rounds of ours and theirs take turns. theirs NULL: there is none. */
void measure(const struct row *row, const struct iova_impl *ours, const struct iova_impl *theirs,
             unsigned threads, struct result *our_result, struct result *their_result);

#endif
