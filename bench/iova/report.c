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
    double ours, ours_min, theirs, goal, visited, live;
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
    if (line->theirs > 0)
        print_number(line->theirs);
    else
        printf("%12s", "-");
    printf(" %-8s", line->unit);
    if (line->goal > 0)
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
    json_number("linux", line->theirs);
    json_number("goal", line->goal);
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
        .theirs = theirs ? theirs->median : 0,
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

void report_long(const char *name, unsigned threads, const struct long_result *ours,
                 const struct long_result *theirs, bool has_goal)
{
    const struct long_result none = {.ops = 0};
    const struct long_result *other = theirs ? theirs : &none;
    const struct {
        const char *what, *unit;
        double ours, theirs, goal;
        bool more_is_better;
    } figures[] = {
        {"mean", "ns", ours->mean, other->mean, 70, false},
        {"99 %", "ns", ours->p99, other->p99, 500, false},
        {"99.9 %", "ns", ours->p999, other->p999, 1000, false},
        {"max", "ns", ours->max, other->max, 50000, false},
        {"failed", "%", share_failed(ours), share_failed(other), 0, false},
        {"largest gap at the end", "pages", (double)ours->largest_gap, (double)other->largest_gap,
         60000, true},
    };
    bool cut = theirs && !theirs->ended;

    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
        char text[96];

        snprintf(text, sizeof(text), "%s: %s", name, figures[i].what);
        put(&(struct line){
            .name = text,
            .unit = figures[i].unit,
            .threads = threads,
            .ours = figures[i].ours,
            .theirs = figures[i].theirs,
            .goal = has_goal ? figures[i].goal : 0,
            .more_is_better = figures[i].more_is_better,
            .at_least = cut,
            .note = cut ? " (linux: cut short)" : NULL,
        });
    }
}

void report_policy(const char *name, const struct long_result *result)
{
    char text[128];

    snprintf(text, sizeof(text), " (%.2f %% failed, largest gap %llu of %llu free pages)",
             share_failed(result), (unsigned long long)result->largest_gap,
             (unsigned long long)result->free_pages);
    put(&(struct line){
        .name = name, .unit = "ns", .threads = 1, .ours = result->mean, .note = text});
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
