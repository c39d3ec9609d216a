/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The callbacks of struct dms_port. */
#include "posix_internal.h"
#include "thread_index.h"

#include <assert.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static_assert(sizeof(pthread_mutex_t) <= sizeof(dms_lock_t), "a mutex lives inside dms_lock_t");
static_assert(_Alignof(pthread_mutex_t) <= _Alignof(dms_lock_t), "a mutex lives inside dms_lock_t");

static bool must_fail(struct dms_posix *posix)
{
    uint64_t left = atomic_load_explicit(&posix->fail_in, memory_order_relaxed);

    while (left != 0) {
        if (atomic_compare_exchange_weak(&posix->fail_in, &left, left - 1)) {
            if (left == 1)
                atomic_store(&posix->failed, true);
            return left == 1;
        }
    }
    return false;
}

static void *port_alloc(void *ctx, size_t size)
{
    struct dms_posix *posix = ctx;
    void *ptr = must_fail(posix) ? NULL : calloc(1, size);

    if (ptr)
        slot_count(posix, COUNT_OBJECTS, 1, (int64_t)size);
    return ptr;
}

static void port_free(void *ctx, void *ptr, size_t size)
{
    free(ptr);
    slot_count(ctx, COUNT_OBJECTS, -1, -(int64_t)size);
}

static void *port_table_alloc(void *ctx, size_t size, size_t align, dms_phys_t *phys)
{
    struct dms_posix *posix = ctx;
    void *ptr = must_fail(posix) ? NULL : arena_alloc(posix, size, align);

    if (!ptr)
        return NULL;
    memset(ptr, 0, size);
    slot_count(posix, COUNT_TABLES, 1, (int64_t)size);
    dms_posix_ptr_phys(posix, ptr, phys);
    return ptr;
}

static void port_table_free(void *ctx, void *ptr, size_t size)
{
    arena_free(ctx, ptr, size);
    slot_count(ctx, COUNT_TABLES, -1, -(int64_t)size);
}

static int port_virt_to_phys(void *ctx, const void *ptr, size_t size, dms_phys_t *phys, size_t *run)
{
    const struct dms_posix *posix = ctx;
    uint64_t left;

    if (dms_posix_ptr_phys(posix, ptr, phys) != 0)
        return DMS_EFAULT;
    left = posix->ram_size - (phys->addr - posix->ram_base);
    *run = size < left ? size : (size_t)left;
    return 0;
}

static void port_lock_init(void *ctx, dms_lock_t *lock)
{
    pthread_mutexattr_t attr;

    (void)ctx;
    pthread_mutexattr_init(&attr);
    /* Sections are short: spin a little before sleeping. */
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init((pthread_mutex_t *)lock, &attr);
    pthread_mutexattr_destroy(&attr);
}

static void port_lock_fini(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    pthread_mutex_destroy((pthread_mutex_t *)lock);
}

static void port_lock(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    pthread_mutex_lock((pthread_mutex_t *)lock);
}

static void port_unlock(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    pthread_mutex_unlock((pthread_mutex_t *)lock);
}

static unsigned port_thread_slot(void *ctx)
{
    (void)ctx;
    return thread_index();
}

/*
 * The devices are threads of this process: what orders memory for them is what orders it for any
 * thread.
 */
static void port_barrier(void *ctx, enum dms_barrier what)
{
    (void)ctx;
    switch (what) {
    case DMS_BARRIER_TABLE:
        atomic_thread_fence(memory_order_release);
        break;
    case DMS_BARRIER_MMIO:
        atomic_thread_fence(memory_order_seq_cst);
        break;
    case DMS_BARRIER_READ:
        atomic_thread_fence(memory_order_acquire);
        break;
    }
}

static uint64_t port_now_ns(void *ctx)
{
    struct timespec now;

    (void)ctx;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void port_relax(void *ctx)
{
    (void)ctx;
    sched_yield();
}

static void port_log(void *ctx, enum dms_log_level level, const char *line)
{
    static const char *const names[] = {"error", "warning", "info"};
    const struct dms_posix *posix = ctx;

    if (posix->log)
        posix->log(posix->log_ctx, level, line);
    else
        fprintf(stderr, "dmaspace: %s: %s\n", names[level], line);
}

void port_fill(struct dms_posix *posix)
{
    unsigned thread_slots = posix->port.thread_slots;

    posix->port = (struct dms_port){
        .ctx = posix,
        .alloc = port_alloc,
        .free = port_free,
        .table_alloc = port_table_alloc,
        .table_free = port_table_free,
        .table_offset = (uintptr_t)posix->ram - posix->ram_base,
        .virt_to_phys = port_virt_to_phys,
        .lock_init = port_lock_init,
        .lock_fini = port_lock_fini,
        .lock = port_lock,
        .unlock = port_unlock,
        .thread_slot = port_thread_slot,
        .thread_slots = thread_slots,
        .thread_slot_offset = thread_index_offset(),
        .fence_all = fence_available() ? port_fence_all : NULL,
        .now_ns = port_now_ns,
        .relax = port_relax,
        .barrier = port_barrier,
        .log = port_log,
    };
}
