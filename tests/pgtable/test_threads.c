/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Four threads map and unmap in the same tables, each its own pages (page i belongs to thread i mod
 * 4, and larger runs in a part of its own), while a fifth walks. Invalidating means waiting until
 * the walker has ended the walk it is in. At the end nothing is left but the root.
 */
#include "../cmocka_all.h"

#include "hardware.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>

#define THREADS 4u
#define ROUNDS  1500u
#define PAGE    UINT64_C(4096)
#define TABLE   (512 * PAGE)
#define SPAN    (4 * TABLE)

struct shared {
    struct fixture f;
    uint64_t base;
    pthread_mutex_t walking;
    unsigned running;
    unsigned wrong;
    uint64_t seed;
};

struct worker {
    struct shared *shared;
    unsigned number;
    uint64_t seed;
    bool mapped[SPAN / PAGE / THREADS];
    struct dms_iommu_gather gather;
};

/* Any page leads to its own address, moved: so the walker knows what is right. */
static uint64_t phys_of(uint64_t iova)
{
    return iova ^ (UINT64_C(1) << 40);
}

static void expect(struct shared *shared, bool right)
{
    if (!right)
        __atomic_add_fetch(&shared->wrong, 1, __ATOMIC_RELAXED);
}

static void invalidate(struct shared *shared)
{
    pthread_mutex_lock(&shared->walking);
    pthread_mutex_unlock(&shared->walking);
}

static void flush(struct worker *w)
{
    do {
        invalidate(w->shared);
    } while (dms_pgtable_release(&w->shared->f.pt, &w->gather));
}

static int map(struct worker *w, uint64_t iova, uint64_t size)
{
    return dms_pgtable_map(&w->shared->f.pt, iova, (dms_phys_t){phys_of(iova)}, size,
                           DMS_READ | DMS_PROT_BEGIN | DMS_PROT_END);
}

static void toggle_page(struct worker *w)
{
    unsigned i = (unsigned)(fixture_random(&w->seed) >> 33) % (unsigned)(SPAN / PAGE / THREADS);
    uint64_t iova = w->shared->base + (i * THREADS + w->number) * PAGE;
    dms_phys_t phys;

    if (w->mapped[i])
        expect(w->shared, dms_pgtable_unmap(&w->shared->f.pt, iova, PAGE, true, &w->gather) == 0);
    else
        expect(w->shared, map(w, iova, PAGE) == 0);
    w->mapped[i] = !w->mapped[i];
    expect(w->shared,
           (dms_pgtable_iova_to_phys(&w->shared->f.pt, iova, &phys) == 0) == w->mapped[i]);
}

/* A run that ends in the middle of a table whose other half is the next thread's. */
static void toggle_run(struct worker *w)
{
    uint64_t iova = w->shared->base + SPAN + w->number * (TABLE + TABLE / 2);

    expect(w->shared, map(w, iova, TABLE + TABLE / 2) == 0);
    expect(w->shared,
           dms_pgtable_unmap(&w->shared->f.pt, iova, TABLE + TABLE / 2, true, &w->gather) == 0);
}

static void *work(void *arg)
{
    struct worker *w = arg;

    fixture_become(w->number);
    for (unsigned round = 0; round < ROUNDS; round++) {
        /* Few pages at first, so that tables empty all the time. */
        for (unsigned i = 0; i < 2; i++)
            toggle_page(w);
        if (round % 16 == 0)
            toggle_run(w);
        if (round % 4 == 0)
            flush(w);
        for (unsigned i = 0; round % 8 == 0 && i < SPAN / PAGE / THREADS; i++) {
            uint64_t iova = w->shared->base + (i * THREADS + w->number) * PAGE;

            if (w->mapped[i])
                expect(w->shared,
                       dms_pgtable_unmap(&w->shared->f.pt, iova, PAGE, true, &w->gather) == 0);
            w->mapped[i] = false;
        }
    }
    for (unsigned i = 0; i < SPAN / PAGE / THREADS; i++) {
        if (w->mapped[i])
            dms_pgtable_unmap(&w->shared->f.pt, w->shared->base + (i * THREADS + w->number) * PAGE,
                              PAGE, true, &w->gather);
    }
    flush(w);
    __atomic_sub_fetch(&w->shared->running, 1, __ATOMIC_RELEASE);
    return NULL;
}

static void *walk(void *arg)
{
    struct shared *shared = arg;
    uint64_t seed = shared->seed ^ 99;
    uint64_t extent = SPAN + THREADS * (TABLE + TABLE / 2);

    fixture_become(THREADS);
    while (__atomic_load_n(&shared->running, __ATOMIC_ACQUIRE)) {
        uint64_t iova = shared->base + fixture_random(&seed) % extent;
        struct dms_iommu_mapping mapping;
        struct hardware_result r;

        pthread_mutex_lock(&shared->walking);
        r = hardware_walk(&shared->f, iova);
        pthread_mutex_unlock(&shared->walking);
        expect(shared, !r.mapped || r.phys == phys_of(iova));
        if (!dms_pgtable_next(&shared->f.pt, iova, iova & 1, &mapping))
            expect(shared, mapping.phys.addr == phys_of(mapping.iova.first));
        sched_yield();
    }
    return NULL;
}

static void run(struct shared *shared)
{
    static struct worker workers[THREADS];
    pthread_t thread[THREADS + 1];

    pthread_mutex_init(&shared->walking, NULL);
    shared->running = THREADS;
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.shared = shared, .number = i, .seed = shared->seed * (i + 1)};
        assert_int_equal(pthread_create(&thread[i], NULL, work, &workers[i]), 0);
    }
    assert_int_equal(pthread_create(&thread[THREADS], NULL, walk, shared), 0);
    for (unsigned i = 0; i <= THREADS; i++)
        pthread_join(thread[i], NULL);
    pthread_mutex_destroy(&shared->walking);
}

static void run_with(unsigned keep, bool guard, bool coherent, unsigned slots, bool fence_all)
{
    struct dms_pgtable_cfg cfg = fixture_cfg();
    struct dms_iommu_gather gather = {0};
    struct shared shared = {.base = (UINT64_C(1) << 39) - TABLE, .seed = fixture_seed(4711)};

    print_message("# keep %u guard %d coherent %d DMS_SEED=0x%llx\n", keep, guard, coherent,
                  (unsigned long long)shared.seed);
    cfg.keep_empty = (uint16_t)keep;
    cfg.coherent = coherent;
    fixture_start(&shared.f, cfg, guard);
    if (guard)
        shared.f.guard.count = slots;
    if (fence_all && !fixture_fence_all(&shared.f))
        print_message("# no membarrier(2): without fence_all\n");
    run(&shared);
    assert_int_equal(shared.wrong, 0);
    dms_pgtable_trim(&shared.f.pt, &gather);
    while (dms_pgtable_release(&shared.f.pt, &gather))
        ;
    assert_int_equal(shared.f.tables, 1);
    assert_int_equal(hardware_tables(&shared.f), 1);
    shared.f.guard.count = shared.f.port.thread_slots;
    fixture_stop(&shared.f);
}

static void threads_in_the_same_tables_do_not_disturb_each_other(void **state)
{
    (void)state;
    run_with(0, true, true, 8, false);
    run_with(2, true, true, 8, false);
}

static void the_same_for_a_walker_that_does_not_snoop(void **state)
{
    (void)state;
    run_with(0, true, false, 8, false);
}

static void the_same_when_only_the_remover_fences(void **state)
{
    (void)state;
    run_with(0, true, true, 8, true);
    run_with(2, true, false, 8, true);
    run_with(8, true, true, 8, true);
}

static void the_same_under_the_lock(void **state)
{
    (void)state;
    run_with(0, false, true, 8, false);
}

static void the_same_when_some_threads_have_no_slot(void **state)
{
    (void)state;
    run_with(1, true, true, 2, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_in_the_same_tables_do_not_disturb_each_other),
        cmocka_unit_test(the_same_for_a_walker_that_does_not_snoop),
        cmocka_unit_test(the_same_when_only_the_remover_fences),
        cmocka_unit_test(the_same_under_the_lock),
        cmocka_unit_test(the_same_when_some_threads_have_no_slot),
    };

    return cmocka_run_group_tests_name("pgtable threads", tests, NULL, NULL);
}
