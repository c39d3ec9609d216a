/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void put(struct bench_line line)
{
    line.bench = "iova";
    bench_put(&line);
}

void report_time(const struct row *row, unsigned threads, const struct result *ours,
                 const struct result *theirs)
{
    put((struct bench_line){
        .row = row->name,
        .unit = "ns",
        .threads = threads,
        .ours = ours->median,
        .ours_min = ours->min,
        .theirs = theirs ? theirs->median : -1,
        .goal = row->goal[threads - 1] > 0 ? row->goal[threads - 1] : -1,
        .nodes_visited = ours->visited,
        .plot = row->plot,
        .live = row->plot ? (double)row->arg : 0,
    });
}

static double share_failed(const struct long_result *result)
{
    return result->allocs ? 100.0 * (double)result->failed / (double)result->allocs : 0;
}

/* NULL, or what to know about the peer's figures. */
static const char *note_cut(const struct long_result *theirs, char *text, size_t size)
{
    if (!theirs || theirs->ended)
        return NULL;
    snprintf(text, size, " (linux: stopped by the time limit after %llu of %llu operations)",
             (unsigned long long)theirs->ops, (unsigned long long)theirs->wanted_ops);
    return text;
}

void report_long(const char *name, unsigned threads, const struct long_result *ours,
                 const struct long_result *theirs, const struct long_goals *goals)
{
    const struct long_result none = {.ops = 0};
    const struct long_result *other = theirs ? theirs : &none;
    const struct {
        const char *what, *unit;
        double ours, theirs, goal;
        bool more_is_better;
    } figures[] = {
        {"mean", "ns", ours->mean, other->mean, goals->mean, false},
        {"99 %", "ns", ours->p99, other->p99, goals->p99, false},
        {"99.9 %", "ns", ours->p999, other->p999, goals->p999, false},
        {"max", "ns", ours->max, other->max, goals->max, false},
        {"failed", "%", share_failed(ours), share_failed(other), goals->failed, false},
        {"largest gap at the end", "pages", (double)ours->largest_gap, (double)other->largest_gap,
         goals->gap, true},
        {"free at the end", "pages", (double)ours->free_pages, (double)other->free_pages, -1, true},
    };
    char note[96];

    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
        char text[96];

        snprintf(text, sizeof(text), "%s: %s", name, figures[i].what);
        put((struct bench_line){
            .row = text,
            .unit = figures[i].unit,
            .threads = threads,
            .ours = figures[i].ours,
            .theirs = theirs ? figures[i].theirs : -1,
            .goal = figures[i].goal,
            .more_is_better = figures[i].more_is_better,
            .linux_did_not_end = theirs && !theirs->ended,
            .note = note_cut(theirs, note, sizeof(note)),
        });
    }
}

void report_value(const char *name, const char *unit, double ours, double theirs, double goal,
                  bool more_is_better)
{
    put((struct bench_line){.row = name,
                            .unit = unit,
                            .threads = 1,
                            .ours = ours,
                            .theirs = theirs,
                            .goal = goal,
                            .more_is_better = more_is_better});
}

void report_head(bool has_peer)
{
    bench_head();
    if (!has_peer)
        printf("no peer: its columns stay empty\n");
    printf("long runs time every operation; reading the clock adds %.0f ns to each\n",
           tick_overhead_ns());
}

__attribute__((noinline)) void bench_count(const struct row *row, void *state, unsigned times)
{
    struct share share = {.deadline = UINT64_MAX};

    while (times-- > 0)
        row->work(state, 0, &share);
}

__attribute__((noinline)) void bench_counted(const struct row *row, void *state)
{
    struct share share = {.deadline = UINT64_MAX};

    row->work(state, 0, &share);
}
