/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "rows.h"

#include "../common/bench.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define KIB(n)    ((uint64_t)(n) << 10)
#define MIB(n)    ((uint64_t)(n) << 20)
#define GIB(n)    ((uint64_t)(n) << 30)

#define IOVA_BASE GIB(3)
#define PHYS_BASE (GIB(4) + KIB(4)) /* no blocks where pages are asked for */
#define BATCHES   3000u
#define WARM_UP   100u

/* The first row's threads share a table of pages, on cache lines of their own. */
const struct pgtable_row pgtable_rows[] = {
    {"1 x 4 KiB", KIB(4), 1, 256, KIB(4), MIB(1), 8, 8},
    {"512 x 4 KiB in one call", KIB(4), 512, 1, MIB(2), MIB(2), 200, 200},
    {"1 x 2 MiB", MIB(2), 1, 256, MIB(2), MIB(512), 8, 8},
    {"64 x 4 KiB in one call", KIB(4), 64, 4, KIB(256), MIB(1), 0, 0},
    {"1 x 4 KiB, another table each time", KIB(4), 1, 64, MIB(2), MIB(128), 0, 0},
    {"512 x 4 KiB, another table each time", KIB(4), 512, 64, MIB(2), MIB(128), 0, 0},
};
const size_t pgtable_row_count = sizeof(pgtable_rows) / sizeof(pgtable_rows[0]);

struct worker {
    const struct pgtable_impl *impl;
    const struct pgtable_row *row;
    void *table;
    pthread_barrier_t *start;
    uint64_t iova;
    unsigned number;
    bool lazy;
    double map[BATCHES]; /* ns per call */
    double unmap[BATCHES];
};

static uint64_t phys_of(const struct pgtable_row *row, unsigned call)
{
    return (row->page == KIB(4) ? PHYS_BASE : GIB(4)) + call * row->page * row->pages;
}

__attribute__((noinline)) void pgtable_map_batch(const struct pgtable_impl *impl, void *table,
                                                 const struct pgtable_row *row, uint64_t iova)
{
    for (unsigned i = 0; i < row->calls; i++) {
        if (impl->map(table, iova + i * row->stride, phys_of(row, i), row->page, row->pages))
            abort();
    }
}

__attribute__((noinline)) void pgtable_unmap_batch(const struct pgtable_impl *impl, void *table,
                                                   const struct pgtable_row *row, uint64_t iova,
                                                   bool lazy)
{
    int (*unmap)(void *, uint64_t, uint64_t, uint64_t) = lazy ? impl->unmap_lazy : impl->unmap;

    for (unsigned i = 0; i < row->calls; i++) {
        if (unmap(table, iova + i * row->stride, row->page, row->pages))
            abort();
    }
}

static double timer_overhead(void)
{
    double best = 1e9;

    for (unsigned i = 0; i < 1000; i++) {
        uint64_t start = bench_clock_ns();
        double took = (double)(bench_clock_ns() - start);

        if (took < best)
            best = took;
    }
    return best;
}

static void run_batch(struct worker *w, double *map, double *unmap, double overhead)
{
    uint64_t start = bench_clock_ns(), middle, end;

    pgtable_map_batch(w->impl, w->table, w->row, w->iova);
    middle = bench_clock_ns();
    pgtable_unmap_batch(w->impl, w->table, w->row, w->iova, w->lazy);
    end = bench_clock_ns();
    *map = ((double)(middle - start) - overhead) / w->row->calls;
    *unmap = ((double)(end - middle) - overhead) / w->row->calls;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    double overhead = timer_overhead(), ignored;

    bench_pin(w->number);
    for (unsigned i = 0; i < WARM_UP; i++)
        run_batch(w, &ignored, &ignored, overhead);
    pthread_barrier_wait(w->start);
    for (unsigned i = 0; i < BATCHES; i++)
        run_batch(w, &w->map[i], &w->unmap[i], overhead);
    return NULL;
}

static void summarise(struct worker *workers, unsigned threads, size_t offset, double *median,
                      double *min)
{
    double *all = malloc(sizeof(double) * BATCHES * threads);

    if (!all)
        abort();
    for (unsigned i = 0; i < threads; i++)
        memcpy(all + i * BATCHES, (char *)&workers[i] + offset, sizeof(double) * BATCHES);
    qsort(all, BATCHES * threads, sizeof(double), bench_compare_doubles);
    *median = all[BATCHES * threads / 2];
    *min = all[0];
    free(all);
}

struct pgtable_times pgtable_measure(const struct pgtable_impl *impl, const struct pgtable_row *row,
                                     unsigned threads, bool lazy)
{
    struct worker *workers = calloc(threads, sizeof(*workers));
    struct pgtable_times times;
    pthread_barrier_t start;
    pthread_t thread[2];
    void *table = impl->create();

    if (!workers || !table)
        abort();
    pthread_barrier_init(&start, NULL, threads);
    for (unsigned i = 0; i < threads; i++) {
        workers[i].impl = impl, workers[i].row = row, workers[i].table = table;
        workers[i].start = &start, workers[i].number = i, workers[i].lazy = lazy;
        workers[i].iova = IOVA_BASE + i * row->thread_gap;
        pthread_create(&thread[i], NULL, work, &workers[i]);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    summarise(workers, threads, offsetof(struct worker, map), &times.map_median, &times.map_min);
    summarise(workers, threads, offsetof(struct worker, unmap), &times.unmap_median,
              &times.unmap_min);
    impl->destroy(table);
    pthread_barrier_destroy(&start);
    free(workers);
    return times;
}

void pgtable_repeat(const struct pgtable_impl *impl, const struct pgtable_row *row, bool lazy,
                    unsigned batches)
{
    void *table = impl->create();

    for (unsigned i = 0; i < batches; i++) {
        pgtable_map_batch(impl, table, row, IOVA_BASE);
        pgtable_unmap_batch(impl, table, row, IOVA_BASE, lazy);
    }
    impl->destroy(table);
}
