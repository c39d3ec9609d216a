/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bench_combined [--iova-peer FILE.so --pgtable-peer FILE.so] [--quick] [--json FILE]
 *
 * What a DMA mapping costs without the IOMMU's part: take an IOVA, map, unmap, give it back. Ours is
 * allocator and page table of this library, theirs Linux's two files.
 */
#include "../common/bench.h"
#include "../iova/impl.h"
#include "../pgtable/ours.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE    UINT64_C(4096)
#define LIMIT   (UINT64_C(1) << 20) /* pages: 4 GiB */
#define PHYS    (UINT64_C(1) << 33 | PAGE)
#define CALLS   256u
#define BATCHES 2000u
#define WARM_UP 200u

static unsigned rounds = 5;

struct pair {
    const struct iova_impl *iova;
    const struct pgtable_impl *pgtable;
};

struct row {
    const char *name;
    uint64_t pages;
    double goal_ns;
};

static const struct row rows[] = {
    {"IOVA + map + unmap + free, 4 KiB", 1, 20},
    {"IOVA + map + unmap + free, 64 x 4 KiB", 64, 80},
};

struct run {
    struct pair pair;
    const struct row *row;
    void *domain;
    void *table;
    pthread_barrier_t start;
};

struct worker {
    struct run *run;
    unsigned number;
    double ns[BATCHES];
};

/* Nanoseconds for one round trip, over a batch. */
static double batch(const struct run *run)
{
    const struct iova_impl *iova = run->pair.iova;
    const struct pgtable_impl *pgtable = run->pair.pgtable;
    uint64_t pages = run->row->pages;
    uint64_t start = bench_clock_ns();

    for (unsigned i = 0; i < CALLS; i++) {
        uint64_t page = iova->alloc(run->domain, pages);

        if (page == 0 || pgtable->map(run->table, page * PAGE, PHYS, PAGE, pages) ||
            pgtable->unmap_lazy(run->table, page * PAGE, PAGE, pages))
            abort();
        iova->free(run->domain, page, pages);
    }
    return (double)(bench_clock_ns() - start) / CALLS;
}

static void *work(void *arg)
{
    struct worker *w = arg;

    bench_pin(w->number);
    w->run->pair.iova->enter(w->number);
    for (unsigned i = 0; i < WARM_UP; i++)
        batch(w->run);
    pthread_barrier_wait(&w->run->start);
    for (unsigned i = 0; i < BATCHES; i++)
        w->ns[i] = batch(w->run);
    return NULL;
}

/* The median batch of the slower thread. */
static double median(struct worker *workers, unsigned threads)
{
    double slowest = 0;

    for (unsigned i = 0; i < threads; i++) {
        qsort(workers[i].ns, BATCHES, sizeof(double), bench_compare_doubles);
        if (workers[i].ns[BATCHES / 2] > slowest)
            slowest = workers[i].ns[BATCHES / 2];
    }
    return slowest;
}

static double measure(struct pair pair, const struct row *row, unsigned threads)
{
    struct run run = {.pair = pair, .row = row};
    struct worker *workers = calloc(threads, sizeof(*workers));
    pthread_t thread[2];
    double result;

    if (!workers)
        abort();
    run.domain = pair.iova->create(LIMIT, 0);
    run.table = pair.pgtable->create();
    pthread_barrier_init(&run.start, NULL, threads);
    for (unsigned i = 0; i < threads; i++) {
        workers[i].run = &run;
        workers[i].number = i;
        pthread_create(&thread[i], NULL, work, &workers[i]);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    result = median(workers, threads);
    pthread_barrier_destroy(&run.start);
    pair.pgtable->destroy(run.table);
    pair.iova->destroy(run.domain);
    free(workers);
    return result;
}

/* Rounds alternate; the quietest of each counts. */
static void compare(const struct row *row, unsigned threads, struct pair peer)
{
    struct pair ours = {&ours_impl, &pgtable_ours};
    double best = 0, best_peer = 0;

    for (unsigned i = 0; i < rounds; i++) {
        double ns = measure(ours, row, threads);

        best = i == 0 || ns < best ? ns : best;
        if (!peer.iova)
            continue;
        ns = measure(peer, row, threads);
        best_peer = i == 0 || ns < best_peer ? ns : best_peer;
    }
    bench_put(&(struct bench_line){
        .bench = "combined",
        .row = row->name,
        .unit = "ns",
        .threads = threads,
        .ours = best,
        .theirs = peer.iova ? best_peer : -1,
        .goal = row->goal_ns,
    });
}

int main(int argc, char **argv)
{
    struct pair peer = {NULL, NULL};

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--iova-peer") == 0 && i + 1 < argc)
            peer.iova = bench_peer(argv[++i]);
        else if (strcmp(argv[i], "--pgtable-peer") == 0 && i + 1 < argc)
            peer.pgtable = bench_peer(argv[++i]);
        else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc)
            bench_lines_open(argv[++i]);
        else if (strcmp(argv[i], "--quick") == 0)
            rounds = 2;
        else
            return fprintf(stderr, "usage: see the top of bench/combined/main.c\n"), 2;
    }
    if (!peer.pgtable)
        peer.iova = NULL;
    bench_head();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned threads = 1; threads <= 2; threads++)
            compare(&rows[i], threads, peer);
    }
    return 0;
}
