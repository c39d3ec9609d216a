/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static FILE *json;

void report_open(const char *path)
{
    json = fopen(path, "a");
    if (!json) {
        perror(path);
        exit(2);
    }
}

struct line {
    const char *name, *unit, *note, *plot;
    unsigned threads;
    double ours, ours_min, theirs; /* theirs < 0: there is no peer */
    double goal, visited, live;    /* 0: none */
    bool has_goal;                 /* a goal of 0 counts */
    bool more_is_better;
    bool at_least; /* theirs did not end: it is worse than that */
};

static void print_number(double value)
{
    if (value >= 100)
        printf("%12.0f", value);
    else
        printf("%12.2f", value);
}

static void print_line(const struct line *line)
{
    printf("%-46s %u ", line->name, line->threads);
    print_number(line->ours);
    if (line->theirs >= 0)
        print_number(line->theirs);
    else
        printf("%12s", "-");
    if (line->theirs > 0 && line->ours > 0)
        printf("%9.2f", line->theirs / line->ours);
    else
        printf("%9s", "");
    printf(" %-8s", line->unit);
    if (line->has_goal || line->goal > 0)
        printf(" goal %-6g %s", line->goal,
               (line->more_is_better ? line->ours >= line->goal : line->ours <= line->goal)
                   ? "met"
                   : "missed");
    if (line->visited > 0)
        printf(" (%.1f nodes)", line->visited);
    printf("%s\n", line->note ? line->note : "");
    fflush(stdout);
}

static void json_number(const char *key, double value)
{
    if (value > 0)
        fprintf(json, ", \"%s\": %.6g", key, value);
}

static void write_json(const struct line *line)
{
    if (!json)
        return;
    fprintf(
        json,
        "{\"bench\": \"iova\", \"row\": \"%s\", \"threads\": %u, \"unit\": \"%s\", \"ours\": %.6g",
        line->name, line->threads, line->unit, line->ours);
    json_number("ours_min", line->ours_min);
    if (line->theirs >= 0)
        fprintf(json, ", \"linux\": %.6g", line->theirs);
    if (line->has_goal || line->goal > 0)
        fprintf(json, ", \"goal\": %.6g", line->goal);
    json_number("nodes_visited", line->visited);
    json_number("live", line->live);
    if (line->plot)
        fprintf(json, ", \"plot\": \"%s\"", line->plot);
    if (line->note)
        fprintf(json, ", \"note\": \"%s\"", line->note);
    fprintf(json, ", \"more_is_better\": %s, \"linux_did_not_end\": %s}\n",
            line->more_is_better ? "true" : "false", line->at_least ? "true" : "false");
    fflush(json);
}

static void put(const struct line *line)
{
    print_line(line);
    write_json(line);
}

void report_time(const struct row *row, unsigned threads, const struct result *ours,
                 const struct result *theirs)
{
    put(&(struct line){
        .name = row->name,
        .unit = "ns",
        .threads = threads,
        .ours = ours->median,
        .ours_min = ours->min,
        .theirs = theirs ? theirs->median : -1,
        .goal = row->goal[threads - 1],
        .visited = ours->visited,
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
        put(&(struct line){
            .name = text,
            .unit = figures[i].unit,
            .threads = threads,
            .ours = figures[i].ours,
            .theirs = theirs ? figures[i].theirs : -1,
            .goal = figures[i].goal >= 0 ? figures[i].goal : 0,
            .has_goal = figures[i].goal >= 0,
            .more_is_better = figures[i].more_is_better,
            .at_least = theirs && !theirs->ended,
            .note = note_cut(theirs, note, sizeof(note)),
        });
    }
}

void report_value(const char *name, const char *unit, double ours, double theirs, double goal,
                  bool more_is_better)
{
    put(&(struct line){.name = name,
                       .unit = unit,
                       .threads = 1,
                       .ours = ours,
                       .theirs = theirs,
                       .goal = goal,
                       .more_is_better = more_is_better});
}

void report_head(bool has_peer)
{
    printf("%-46s T %12s%12s%9s\n", "row (T threads, pinned)", "ours", "linux", "linux/ours");
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
