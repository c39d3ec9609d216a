/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Figures as a line for people, and as a line of JSON where --json asks for one. */
#ifndef BENCH_IOVA_REPORT_H
#define BENCH_IOVA_REPORT_H

#include "rows.h"

void report_time(const struct row *row, unsigned threads, const struct result *ours,
                 const struct result *theirs);
/* What the two columns are, and what timing adds to the figures. */
void report_head(bool has_peer);

struct long_goals {
    double mean, p99, p999, max, failed, gap; /* < 0: none */
};

void report_long(const char *name, unsigned threads, const struct long_result *ours,
                 const struct long_result *theirs, const struct long_goals *goals);
/* theirs < 0: none; goal 0: none */
void report_value(const char *name, const char *unit, double ours, double theirs, double goal,
                  bool more_is_better);

/* For an instruction counter: the row's work, once. It looks for the second name alone. */
void bench_count(const struct row *row, void *state, unsigned times);
void bench_counted(const struct row *row, void *state);

#endif
