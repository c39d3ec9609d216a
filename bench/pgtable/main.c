/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bench_pgtable [--peer FILE.so] [--lazy] [--quick] [--json FILE]   the table, and the peer beside it
 * bench_pgtable --rows                                       those with a goal: number, calls, name
 * bench_pgtable --count ours|peer ROW BATCHES [--peer ...]   for an instruction counter
 */
#include "ours.h"
#include "rows.h"

#include <dlfcn.h>
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

static const struct pgtable_impl *load_peer(const char *path)
{
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const struct pgtable_impl *peer = object ? dlsym(object, "peer_impl") : NULL;

    if (!peer)
        fprintf(stderr, "bench_pgtable: %s: no peer there: %s\n", path, dlerror());
    return peer;
}

static void best(struct pgtable_times *sum, struct pgtable_times times)
{
    if (sum->map_median == 0 || times.map_median < sum->map_median)
        sum->map_median = times.map_median, sum->map_min = times.map_min;
    if (sum->unmap_median == 0 || times.unmap_median < sum->unmap_median)
        sum->unmap_median = times.unmap_median, sum->unmap_min = times.unmap_min;
}

static FILE *json;

static void write_json(const char *row, unsigned threads, double ours, double ours_min,
                       double theirs, double goal, struct work work)
{
    fprintf(json,
            "{\"bench\": \"pgtable\", \"row\": \"%s\", \"threads\": %u, \"unit\": \"ns\", "
            "\"ours\": %.6g, \"ours_min\": %.6g",
            row, threads, ours, ours_min);
    if (theirs > 0)
        fprintf(json, ", \"linux\": %.6g", theirs);
    if (goal > 0)
        fprintf(json, ", \"goal\": %.6g", goal);
    fprintf(json, ", \"entries\": %.6g, \"barriers\": %.6g", work.entries, work.barriers);
    fprintf(json, ", \"more_is_better\": false, \"linux_did_not_end\": false}\n");
    fflush(json);
}

static void print_line(const char *row, const char *what, unsigned threads, double ours,
                       double ours_min, double theirs, double goal, struct work work)
{
    char text[64];

    snprintf(text, sizeof(text), "%s %s", what, row);
    if (json)
        write_json(text, threads, ours, ours_min, theirs, goal, work);
    printf("%-48s %u %8.1f %8.1f", text, threads, ours, ours_min);
    if (theirs > 0)
        printf(" %8.1f %6.2f", theirs, theirs / ours);
    if (goal > 0)
        printf("  goal %.0f: %s", goal, ours <= goal ? "met" : "missed");
    printf("\n");
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
    print_line(row->name, "map", threads, ours.map_median, ours.map_min, theirs.map_median,
               row->goal_map_ns, map);
    print_line(row->name, "unmap", threads, ours.unmap_median, ours.unmap_min, theirs.unmap_median,
               row->goal_unmap_ns, unmap);
    fflush(stdout);
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
            peer = load_peer(argv[++i]);
        else if (strcmp(argv[i], "--lazy") == 0)
            lazy = true;
        else if (strcmp(argv[i], "--quick") == 0)
            rounds = 2;
        else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc)
            json = fopen(argv[++i], "a");
        else if (strcmp(argv[i], "--rows") == 0)
            return list_rows();
        else if (strcmp(argv[i], "--count") == 0 && i + 3 < argc)
            counted = &argv[i + 1], i += 3;
        else
            return fprintf(stderr, "usage: see the top of bench/pgtable/main.c\n"), 2;
    }
    if (counted)
        return count(peer, counted[0], counted[1], counted[2], lazy);
    printf("%-48s %s %8s %8s %8s %6s\n", "ns per call (median of the quietest round)", "T", "ours",
           "(min)", "linux", "ratio");
    for (size_t i = 0; i < pgtable_row_count; i++) {
        for (unsigned threads = 1; threads <= 2; threads++)
            compare(peer, &pgtable_rows[i], threads, lazy);
    }
    return 0;
}
