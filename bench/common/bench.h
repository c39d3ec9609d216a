/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the benchmarks share: the peer's shared object, the clock, processors, and how a row is told. */
#ifndef BENCH_COMMON_BENCH_H
#define BENCH_COMMON_BENCH_H

#include <stdbool.h>
#include <stdint.h>

/* The table of functions in the peer's shared object. NULL: there is none, which stderr says. */
const void *bench_peer(const char *path);

uint64_t bench_clock_ns(void);

/* A thread that is to run on this processor alone from now on. */
void bench_pin(unsigned cpu);

/* For qsort. */
int bench_compare_doubles(const void *a, const void *b);

/* A row of the table, with the keys of docs/bench.md. Figures that are 0 where 0 means nothing are left out. */
struct bench_line {
    const char *bench, *row, *unit;
    const char *note, *plot; /* NULL: none */
    unsigned threads;
    double ours, ours_min;
    double theirs; /* < 0: there is no peer */
    double goal;   /* < 0: none */
    bool more_is_better;
    bool linux_did_not_end;
    double live; /* with `plot` */
    /* What ours did for one operation. */
    double nodes_visited, entries, barriers, invalidations, syncs;
};

/* Append lines of JSON to this file from now on; ends the program where that cannot be. */
void bench_lines_open(const char *path);

/* The line for people, and the line of JSON if a file is open. */
void bench_put(const struct bench_line *line);

/* What the columns of bench_put() are. */
void bench_head(void);

#endif
