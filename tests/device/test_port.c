/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "test_port.h"

#include "../cmocka_all.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCATTER_BIT (UINT64_C(1) << 47)
#define PAGE        UINT64_C(4096)

_Static_assert(sizeof(pthread_mutex_t) <= sizeof(dms_lock_t), "a mutex fits in a lock");

static bool must_fail(struct test_port *tp)
{
    if (atomic_fetch_add(&tp->calls, 1) + 1 != atomic_load(&tp->fail_at))
        return false;
    atomic_store(&tp->failed, true);
    return true;
}

static void *account(struct test_port *tp, void *ptr, size_t size)
{
    if (ptr) {
        atomic_fetch_add(&tp->live, 1);
        atomic_fetch_add(&tp->live_bytes, (long)size);
    }
    return ptr;
}

static void *port_alloc(void *ctx, size_t size)
{
    return must_fail(ctx) ? NULL : account(ctx, calloc(1, size), size);
}

static void port_free(void *ctx, void *ptr, size_t size)
{
    struct test_port *tp = ctx;

    atomic_fetch_sub(&tp->live, 1);
    atomic_fetch_sub(&tp->live_bytes, (long)size);
    memset(ptr, 0xdb, size); /* what is used after this shows */
    free(ptr);
}

static void *table_alloc(void *ctx, size_t size, size_t align, dms_phys_t *phys)
{
    size_t whole = (size + align - 1) & ~(align - 1);
    void *ptr = must_fail(ctx) ? NULL : aligned_alloc(align, whole);

    if (!ptr)
        return NULL;
    memset(ptr, 0, whole);
    phys->addr = (uintptr_t)ptr;
    return account(ctx, ptr, size);
}

static int virt_to_phys(void *ctx, const void *ptr, size_t size, dms_phys_t *phys, size_t *run)
{
    struct test_port *tp = ctx;
    uint64_t at = (uintptr_t)ptr;
    size_t rest = (size_t)(PAGE - (at & (PAGE - 1)));

    if (must_fail(tp))
        return DMS_EFAULT;
    phys->addr = at;
    *run = size;
    if (tp->scatter) {
        phys->addr |= (at / PAGE & 1) * SCATTER_BIT;
        *run = rest < size ? rest : size;
    }
    return 0;
}

void *test_port_at(dms_phys_t phys)
{
    return (void *)(uintptr_t)(phys.addr & ~SCATTER_BIT);
}

static void lock_init(void *ctx, dms_lock_t *lock)
{
    struct test_port *tp = ctx;

    pthread_mutex_init((pthread_mutex_t *)lock, NULL);
    atomic_fetch_add(&tp->locks, 1);
}

static void lock_fini(void *ctx, dms_lock_t *lock)
{
    struct test_port *tp = ctx;

    pthread_mutex_destroy((pthread_mutex_t *)lock);
    atomic_fetch_sub(&tp->locks, 1);
}

static void lock_take(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    pthread_mutex_lock((pthread_mutex_t *)lock);
}

static void lock_leave(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    pthread_mutex_unlock((pthread_mutex_t *)lock);
}

static unsigned thread_slot(void *ctx)
{
    static _Thread_local struct test_port *of;
    static _Thread_local unsigned slot;
    struct test_port *tp = ctx;

    if (must_fail(tp))
        return UINT_MAX;
    if (of != tp) {
        of = tp;
        slot = atomic_fetch_add(&tp->slots, 1);
    }
    return slot;
}

static uint64_t now_ns(void *ctx)
{
    struct test_port *tp = ctx;

    return atomic_load(&tp->now);
}

static void cache_op(struct test_port *tp, bool invalidate, const void *ptr, size_t size)
{
    if (tp->cache_op_count < TEST_CACHE_OPS)
        tp->cache_ops[tp->cache_op_count++] = (struct test_cache_op){invalidate, ptr, size};
}

static void cache_clean(void *ctx, const void *ptr, size_t size)
{
    cache_op(ctx, false, ptr, size);
}

static void cache_invalidate(void *ctx, void *ptr, size_t size)
{
    cache_op(ctx, true, ptr, size);
}

static void log_line(void *ctx, enum dms_log_level level, const char *line)
{
    struct test_port *tp = ctx;

    (void)level;
    snprintf(tp->last_log, sizeof(tp->last_log), "%s", line);
}

void test_port_init(struct test_port *tp, unsigned thread_slots)
{
    memset(tp, 0, sizeof(*tp));
    tp->port = (struct dms_port){
        .ctx = tp,
        .alloc = port_alloc,
        .free = port_free,
        .table_alloc = table_alloc,
        .table_free = port_free,
        .virt_to_phys = virt_to_phys,
        .lock_init = lock_init,
        .lock_fini = lock_fini,
        .lock = lock_take,
        .unlock = lock_leave,
        .thread_slot = thread_slot,
        .thread_slots = thread_slots,
        .now_ns = now_ns,
        .log = log_line,
    };
}

void test_port_make_noncoherent(struct test_port *tp)
{
    tp->port.cache_clean = cache_clean;
    tp->port.cache_invalidate = cache_invalidate;
}

void test_port_fail_nth(struct test_port *tp, long n)
{
    atomic_store(&tp->failed, false);
    atomic_store(&tp->fail_at, n ? atomic_load(&tp->calls) + n : 0);
}

void test_port_assert_clean(struct test_port *tp)
{
    assert_int_equal(atomic_load(&tp->live), 0);
    assert_int_equal(atomic_load(&tp->live_bytes), 0);
    assert_int_equal(atomic_load(&tp->locks), 0);
}
