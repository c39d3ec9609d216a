/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"
#include "../random.h"

#include <dmaspace/posix.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define THREADS 4
#define ROUNDS  3000

static struct dms_posix *posix;
static const struct dms_port *port;
static uint64_t seed;

static int set_up(void **state)
{
    struct dms_posix_cfg cfg = {.ram_size = 256u << 20, .thread_slots = 2};

    (void)state;
    seed = test_random_start().seed;
    if (dms_posix_create(&cfg, &posix) != 0)
        return -1;
    port = dms_posix_port(posix);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dms_posix_destroy(posix);
    return 0;
}

static void run_threads(unsigned count, void *(*body)(void *))
{
    pthread_t threads[THREADS];

    for (uintptr_t i = 0; i < count; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, body, (void *)i), 0);
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void expect_nothing_live(void)
{
    struct dms_posix_stats stats;

    dms_posix_stats(posix, &stats);
    if (stats.objects || stats.object_bytes || stats.tables || stats.table_bytes || stats.buffers ||
        stats.buffer_bytes)
        fail_msg("something is still live, seed %llu", (unsigned long long)seed);
}

/* ---- memory that changes hands ------------------------------------------------------------- */

/*
 * Each cell holds one allocation; its first byte tells its size and kind, so that any thread can
 * free it.
 */
static _Atomic(unsigned char *) cells[64];

static size_t size_of(unsigned char tag)
{
    return (size_t)64 << tag % 12;
}

static unsigned char *take(unsigned char tag)
{
    dms_phys_t phys;
    unsigned char *ptr = tag & 0x80 ? dms_posix_ram_alloc(posix, size_of(tag), 0, &phys)
                                    : port->table_alloc(port->ctx, size_of(tag), 64, &phys);

    if (ptr)
        memset(ptr, tag, size_of(tag));
    return ptr;
}

static bool give_back(unsigned char *ptr)
{
    unsigned char tag = ptr[0];
    bool intact = ptr[size_of(tag) - 1] == tag;

    if (tag & 0x80)
        dms_posix_ram_free(posix, ptr, size_of(tag));
    else
        port->table_free(port->ctx, ptr, size_of(tag));
    return intact;
}

static _Atomic unsigned broken;

static void *exchange(void *arg)
{
    struct test_random random = {seed, seed + (uintptr_t)arg};

    for (int i = 0; i < ROUNDS; i++) {
        unsigned char *mine = take((unsigned char)test_random_u64(&random));
        unsigned char *theirs = atomic_exchange(&cells[test_random_below(&random, 64)], mine);

        if (theirs && !give_back(theirs))
            atomic_fetch_add(&broken, 1);
    }
    return NULL;
}

static void memory_may_be_freed_by_another_thread(void **state)
{
    (void)state;
    run_threads(THREADS, exchange);
    for (int i = 0; i < 64; i++) {
        unsigned char *ptr = atomic_exchange(&cells[i], NULL);

        if (ptr && !give_back(ptr))
            atomic_fetch_add(&broken, 1);
    }
    if (broken)
        fail_msg("%u allocations had two owners, seed %llu", broken, (unsigned long long)seed);
    expect_nothing_live();
}

/* ---- locks ----------------------------------------------------------------------------------- */

static dms_lock_t lock;
static unsigned long counter;

static void *count_up(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        port->lock(port->ctx, &lock);
        counter++;
        port->unlock(port->ctx, &lock);
    }
    return NULL;
}

static void a_lock_lets_one_thread_in(void **state)
{
    (void)state;
    counter = 0;
    port->lock_init(port->ctx, &lock);
    run_threads(THREADS, count_up);
    port->lock_fini(port->ctx, &lock);
    assert_int_equal(counter, THREADS * ROUNDS);
}

/* ---- slots ----------------------------------------------------------------------------------- */

static pthread_barrier_t all_here;
static unsigned slots[THREADS];

static void *tell_slot(void *arg)
{
    slots[(uintptr_t)arg] = port->thread_slot(port->ctx);
    pthread_barrier_wait(&all_here);
    if (slots[(uintptr_t)arg] != port->thread_slot(port->ctx))
        slots[(uintptr_t)arg] = ~0u;
    return NULL;
}

static void threads_alive_together_have_different_slots(void **state)
{
    (void)state;
    pthread_barrier_init(&all_here, NULL, THREADS);
    run_threads(THREADS, tell_slot);
    pthread_barrier_destroy(&all_here);
    for (unsigned i = 0; i < THREADS; i++) {
        assert_true(slots[i] < 256);
        for (unsigned j = 0; j < i; j++)
            assert_int_not_equal(slots[i], slots[j]);
    }
}

static void *tell_one_slot(void *arg)
{
    (void)arg;
    slots[0] = port->thread_slot(port->ctx);
    return NULL;
}

static void a_slot_comes_back_when_its_thread_ends(void **state)
{
    (void)state;
    for (int i = 0; i < 600; i++) {
        run_threads(1, tell_one_slot);
        assert_true(slots[0] <= 1);
    }
}

/* ---- the failing call is one call, whichever thread makes it --------------------------------- */

static _Atomic unsigned failures;

static void *allocate(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS / 10; i++) {
        void *ptr = port->alloc(port->ctx, 16);

        if (ptr)
            port->free(port->ctx, ptr, 16);
        else
            atomic_fetch_add(&failures, 1);
    }
    return NULL;
}

static void one_call_fails_among_all_threads(void **state)
{
    (void)state;
    failures = 0;
    dms_posix_fail_nth(posix, ROUNDS / 10 * 2);
    run_threads(THREADS, allocate);
    assert_int_equal(failures, 1);
    assert_true(dms_posix_has_failed(posix));
    expect_nothing_live();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(memory_may_be_freed_by_another_thread, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lock_lets_one_thread_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_alive_together_have_different_slots, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_slot_comes_back_when_its_thread_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_call_fails_among_all_threads, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("posix threads", tests, NULL, NULL);
}
