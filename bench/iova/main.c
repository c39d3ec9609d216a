/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bench_iova [--peer FILE.so] [--json FILE]      the table, and the peer beside it
 *     --only TEXT    the rows whose name holds TEXT
 *     --quick        shorter rounds and long runs, no million live ranges, no comparison of policies
 *     --cpu-time     each thread's CPU time instead of the clock: for a busy machine
 *     --bare         ours without caches
 * bench_iova --count ours|linux ROUNDS --only TEXT [--peer FILE.so]      one row, for an instruction counter
 */
#include "report.h"
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND UINT64_C(1000000000)
/* Rows of so many live ranges take too long to build for --quick. */
#define QUICK_LIVE 1000000u

struct options {
    const struct iova_impl *peer;
    const char *only;
    const char *count_impl;
    unsigned count_rounds;
    bool quick;
    bool bare; /* ours without caches */
};

static bool wanted(const struct options *options, const char *name)
{
    return !options->only || strstr(name, options->only);
}

static void do_rows(const struct options *options, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (unsigned threads = 1; threads <= BENCH_THREADS; threads++) {
            const struct row *row = &rows[i];
            struct row bare = *row;
            struct result ours, theirs;

            if (!wanted(options, row->name) || row->goal[threads - 1] < 0)
                continue;
            if (options->quick && row->arg >= QUICK_LIVE)
                continue;
            bare.flags |= IMPL_BARE;
            row = options->bare ? &bare : row;
            measure(row, &ours_impl, options->peer, threads, &ours, &theirs);
            report_time(row, threads, &ours, options->peer ? &theirs : NULL);
        }
    }
}

/*
 * A long run of each side. The peer's is bounded by time, as at 80 % it does not end: its figures are those of the
 * operations that it came to.
 */
static void do_long(const struct options *options, unsigned threads, unsigned percent,
                    const struct long_goals *goals)
{
    struct long_run run = {.threads = threads,
                           .percent = percent,
                           .ops = options->quick ? 300000 : 3000000,
                           .cap_ns = 60 * SECOND,
                           .flags = options->bare ? IMPL_BARE : 0u};
    struct long_run peer_run = run;
    struct long_result ours, theirs;
    char name[64];

    snprintf(name, sizeof(name), "long mixed run, %u %%", percent);
    if (!wanted(options, name))
        return;
    peer_run.cap_ns = options->quick ? 2 * SECOND : 10 * SECOND;
    long_run(&ours_impl, &run, &ours);
    if (options->peer)
        long_run(options->peer, &peer_run, &theirs);
    report_long(name, threads, &ours, options->peer ? &theirs : NULL, goals);
}

static void do_long_runs(const struct options *options)
{
    static const struct long_goals at_60 = {70, 500, 1000, 50000, 0, 60000};
    static const struct long_goals at_80 = {-1, -1, -1, -1, 1, -1};
    static const struct long_goals none = {-1, -1, -1, -1, -1, -1};

    do_long(options, 1, 60, &at_60);
    do_long(options, 2, 60, &none);
    do_long(options, 1, 80, &at_80);
    do_long(options, 2, 80, &none);
}

/*
 * Ask 5 of those who live with such hardware: what each policy does to the space, so that a user can choose. The same
 * long run at rising fill; in a 32-bit space the policy low-32-bit-first places as top-down does.
 */
static void do_policies(const struct options *options)
{
    static const struct {
        const char *name;
        unsigned flags;
    } policies[] = {{"top-down", 0},
                    {"bottom-up", IMPL_BOTTOM_UP},
                    {"best fit", IMPL_BEST_FIT},
                    {"low 32 first", IMPL_LOW32},
                    {"top-down, aligned to size", IMPL_ALIGNED},
                    {"best fit, aligned to size", IMPL_BEST_FIT | IMPL_ALIGNED}};
    static const struct long_goals none = {-1, -1, -1, -1, -1, -1};

    for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        for (unsigned percent = 60; percent <= 90; percent += 15) {
            struct long_run run = {.threads = 1,
                                   .percent = percent,
                                   .ops = 30000000,
                                   .cap_ns = 20 * SECOND,
                                   .flags = policies[i].flags};
            struct long_result result;
            char name[64];

            snprintf(name, sizeof(name), "policy %s, %u %%", policies[i].name, percent);
            if (!wanted(options, name))
                continue;
            long_run(&ours_impl, &run, &result);
            report_long(name, 1, &result, NULL, &none);
        }
    }
}

static void do_memory(const struct options *options)
{
    struct memory_result ours, theirs = {-1, -1};

    if (!wanted(options, "memory"))
        return;
    memory_use(&ours_impl, 100000, &ours);
    if (options->peer)
        memory_use(options->peer, 10000,
                   &theirs); /* its walks take a minute among ten times more */
    report_value("memory per live range", "B", ours.per_live, theirs.per_live, 32, false);
    report_value("memory, fixed per domain and CPU", "B", ours.per_cpu_fixed, theirs.per_cpu_fixed,
                 2048, false);
}

static void do_stranding(const struct options *options)
{
    static const struct {
        unsigned mib, goal;
    } fits[] = {{16, 255}, {64, 63}, {128, 31}, {192, 21}};

    for (size_t i = 0; i < sizeof(fits) / sizeof(fits[0]); i++) {
        double theirs = -1;
        char name[64];

        snprintf(name, sizeof(name), "%u MiB buffers that fit after churn", fits[i].mib);
        if (!wanted(options, name))
            continue;
        if (options->peer)
            theirs = fits_after_churn(options->peer, fits[i].mib);
        report_value(name, "buffers", fits_after_churn(&ours_impl, fits[i].mib), theirs,
                     fits[i].goal, true);
    }
}

static const struct row *find_row(const struct options *options)
{
    for (size_t i = 0; i < cache_row_count; i++) {
        if (wanted(options, cache_rows[i].name))
            return &cache_rows[i];
    }
    for (size_t i = 0; i < tree_row_count; i++) {
        if (wanted(options, tree_rows[i].name))
            return &tree_rows[i];
    }
    return NULL;
}

static int count(const struct options *options)
{
    bool ours = strcmp(options->count_impl, "ours") == 0;
    const struct iova_impl *impl = ours ? &ours_impl : options->peer;
    const struct row *row = find_row(options);
    struct row bare;
    void *state;

    if (!impl || !row)
        return 2;
    impl->enter(0);
    bare = *row;
    bare.flags |= options->bare ? IMPL_BARE : 0u;
    row = &bare;
    state = row->start(impl, row, 1);
    bench_count(row, state, 1); /* warm up: a function of another name is not counted */
    for (unsigned i = 0; i < options->count_rounds; i++)
        bench_counted(row, state);
    row->finish(state);
    return 0;
}

int main(int argc, char **argv)
{
    struct options options = {.only = NULL};

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--peer") == 0 && i + 1 < argc)
            options.peer = bench_peer(argv[++i]);
        else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc)
            bench_lines_open(argv[++i]);
        else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
            options.only = argv[++i];
        else if (strcmp(argv[i], "--cpu-time") == 0)
            cpu_time_only = true;
        else if (strcmp(argv[i], "--bare") == 0)
            options.bare = true;
        else if (strcmp(argv[i], "--quick") == 0)
            options.quick = measure_quick = true;
        else if (strcmp(argv[i], "--count") == 0 && i + 2 < argc)
            options.count_impl = argv[i + 1], options.count_rounds = (unsigned)atoi(argv[i + 2]),
            i += 2;
        else
            return fprintf(stderr, "usage: see the top of bench/iova/main.c\n"), 2;
    }
    if (options.count_impl)
        return count(&options);
    report_head(options.peer != NULL);
    do_rows(&options, cache_rows, cache_row_count);
    do_rows(&options, tree_rows, tree_row_count);
    do_long_runs(&options);
    if (!options.quick)
        do_policies(&options);
    do_memory(&options);
    do_stranding(&options);
    return 0;
}
