/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bench_pgtable [--peer FILE.so] [--lazy] [--quick] [--json FILE]   the table, and the peer beside it
 * bench_pgtable --rows                                       those with a goal: number, calls, name
 * bench_pgtable --count ours|peer ROW BATCHES [--peer ...]   for an instruction counter
 */
#include "../common/bench.h"
#include "ours.h"
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned rounds = 5;

/* What our page table does for one call, when all it needs is there. */
struct work {
    double entries;
    double barriers;
    double tables;
};

static void best(struct pgtable_times *sum, struct pgtable_times times)
{
    if (sum->map_median == 0 || times.map_median < sum->map_median)
        sum->map_median = times.map_median, sum->map_min = times.map_min;
    if (sum->unmap_median == 0 || times.unmap_median < sum->unmap_median)
        sum->unmap_median = times.unmap_median, sum->unmap_min = times.unmap_min;
}

static void put(const char *row, const char *what, unsigned threads, double ours, double ours_min,
                double theirs, double goal, struct work work)
{
    char text[64];

    snprintf(text, sizeof(text), "%s %s", what, row);
    bench_put(&(struct bench_line){
        .bench = "pgtable",
        .row = text,
        .unit = "ns",
        .threads = threads,
        .ours = ours,
        .ours_min = ours_min,
        .theirs = theirs > 0 ? theirs : -1,
        .goal = goal > 0 ? goal : -1,
        .entries = work.entries,
        .barriers = work.barriers,
    });
}

static double per_call(const struct pgtable_row *row, uint64_t before, uint64_t after)
{
    return (double)(after - before) / row->calls;
}

static struct work work_of(const struct pgtable_row *row, const struct dms_pgtable_stats *before,
                           const struct dms_pgtable_stats *after)
{
    return (struct work){per_call(row, before->entries, after->entries),
                         per_call(row, before->barriers, after->barriers),
                         per_call(row, before->tables, after->tables)};
}

static void count_work(const struct pgtable_row *row, struct work *map, struct work *unmap)
{
    struct dms_pgtable_stats before, between, after;
    void *table = pgtable_ours.create();

    for (unsigned i = 0; i < 2; i++) {
        dms_pgtable_stats(ours_table(table), &before);
        pgtable_map_batch(&pgtable_ours, table, row, 0);
        dms_pgtable_stats(ours_table(table), &between);
        pgtable_unmap_batch(&pgtable_ours, table, row, 0, false);
        dms_pgtable_stats(ours_table(table), &after);
    }
    *map = work_of(row, &before, &between);
    *unmap = work_of(row, &between, &after);
    pgtable_ours.destroy(table);
}

/* Rounds alternate, so that a busy machine is busy for both; the quietest round of each counts. */
static void compare(const struct pgtable_impl *peer, const struct pgtable_row *row,
                    unsigned threads, bool lazy)
{
    struct pgtable_times ours = {0}, theirs = {0};
    struct work map, unmap;

    count_work(row, &map, &unmap);
    for (unsigned i = 0; i < rounds; i++) {
        best(&ours, pgtable_measure(&pgtable_ours, row, threads, lazy));
        if (peer)
            best(&theirs, pgtable_measure(peer, row, threads, lazy));
    }
    put(row->name, "map", threads, ours.map_median, ours.map_min, theirs.map_median,
        row->goal_map_ns, map);
    put(row->name, "unmap", threads, ours.unmap_median, ours.unmap_min, theirs.unmap_median,
        row->goal_unmap_ns, unmap);
}

static int list_rows(void)
{
    for (size_t i = 0; i < pgtable_row_count; i++) {
        if (pgtable_rows[i].goal_map_ns > 0)
            printf("%zu\t%u\t%s\n", i, pgtable_rows[i].calls, pgtable_rows[i].name);
    }
    return 0;
}

static const struct pgtable_row *find_row(const char *number)
{
    size_t i = strtoul(number, NULL, 10);

    return i < pgtable_row_count ? &pgtable_rows[i] : NULL;
}

static int count(const struct pgtable_impl *peer, const char *who, const char *row_number,
                 const char *batches, bool lazy)
{
    const struct pgtable_impl *impl = strcmp(who, "ours") == 0 ? &pgtable_ours : peer;
    const struct pgtable_row *row = find_row(row_number);

    if (!impl || !row)
        return 2;
    pgtable_repeat(impl, row, lazy, (unsigned)strtoul(batches, NULL, 10));
    return 0;
}

int main(int argc, char **argv)
{
    const struct pgtable_impl *peer = NULL;
    char **counted = NULL;
    bool lazy = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--peer") == 0 && i + 1 < argc)
            peer = bench_peer(argv[++i]);
        else if (strcmp(argv[i], "--lazy") == 0)
            lazy = true;
        else if (strcmp(argv[i], "--quick") == 0)
            rounds = 2;
        else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc)
            bench_lines_open(argv[++i]);
        else if (strcmp(argv[i], "--rows") == 0)
            return list_rows();
        else if (strcmp(argv[i], "--count") == 0 && i + 3 < argc)
            counted = &argv[i + 1], i += 3;
        else
            return fprintf(stderr, "usage: see the top of bench/pgtable/main.c\n"), 2;
    }
    if (counted)
        return count(peer, counted[0], counted[1], counted[2], lazy);
    bench_head();
    for (size_t i = 0; i < pgtable_row_count; i++) {
        for (unsigned threads = 1; threads <= 2; threads++)
            compare(peer, &pgtable_rows[i], threads, lazy);
    }
    return 0;
}
