/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

static FILE *json;

void bench_lines_open(const char *path)
{
    json = fopen(path, "a");
    if (!json) {
        perror(path);
        exit(2);
    }
}

void bench_head(void)
{
    printf("%-48s T %12s%12s%12s%9s\n", "row (T threads, pinned)", "ours", "(best)", "linux",
           "ratio");
}

static void print_number(double value, bool known)
{
    if (!known)
        printf("%12s", "-");
    else
        printf(value >= 100 ? "%12.0f" : "%12.4g", value);
}

static void print_line(const struct bench_line *line)
{
    printf("%-48s %u ", line->row, line->threads);
    print_number(line->ours, true);
    print_number(line->ours_min, line->ours_min > 0);
    print_number(line->theirs, line->theirs >= 0);
    if (line->theirs > 0 && line->ours > 0)
        printf("%9.2f", line->theirs / line->ours);
    else
        printf("%9s", "");
    printf(" %-8s", line->unit);
    if (line->goal >= 0)
        printf(" goal %-6g %s", line->goal,
               (line->more_is_better ? line->ours >= line->goal : line->ours <= line->goal)
                   ? "met"
                   : "missed");
    printf("%s\n", line->note ? line->note : "");
    fflush(stdout);
}

static void write_text(const char *key, const char *text)
{
    if (text)
        fprintf(json, ", \"%s\": \"%s\"", key, text);
}

static void write_number(const char *key, double value, bool known)
{
    if (known)
        fprintf(json, ", \"%s\": %.6g", key, value);
}

static void write_flag(const char *key, bool flag)
{
    fprintf(json, ", \"%s\": %s", key, flag ? "true" : "false");
}

static void write_json(const struct bench_line *line)
{
    fprintf(json, "{\"bench\": \"%s\"", line->bench);
    write_text("row", line->row);
    write_number("threads", line->threads, true);
    write_text("unit", line->unit);
    write_number("ours", line->ours, true);
    write_number("ours_min", line->ours_min, line->ours_min > 0);
    write_number("linux", line->theirs, line->theirs >= 0);
    write_number("goal", line->goal, line->goal >= 0);
    write_number("nodes_visited", line->nodes_visited, line->nodes_visited > 0);
    write_number("entries", line->entries, line->entries > 0);
    write_number("barriers", line->barriers, line->barriers > 0);
    write_number("invalidations", line->invalidations, line->invalidations > 0);
    write_number("syncs", line->syncs, line->syncs > 0);
    write_number("live", line->live, line->live > 0);
    write_text("plot", line->plot);
    write_text("note", line->note);
    write_flag("more_is_better", line->more_is_better);
    write_flag("linux_did_not_end", line->linux_did_not_end);
    fprintf(json, "}\n");
    fflush(json);
}

void bench_put(const struct bench_line *line)
{
    print_line(line);
    if (json)
        write_json(line);
}
