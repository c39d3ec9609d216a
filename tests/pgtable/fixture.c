/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#define _GNU_SOURCE
#include "../cmocka_all.h"

#include "fixture.h"

#include <linux/membarrier.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Thread_local unsigned thread_number = 0;
static unsigned threads_seen = 0;

static void mutex_lock(struct fixture *f)
{
    pthread_mutex_lock(f->mutex);
}

static void mutex_unlock(struct fixture *f)
{
    pthread_mutex_unlock(f->mutex);
}

static bool may_allocate(struct fixture *f)
{
    if (f->fail_after == 0)
        return false;
    if (f->fail_after > 0)
        f->fail_after--;
    return true;
}

static void *object_alloc(void *ctx, size_t size)
{
    struct fixture *f = ctx;
    void *object;

    mutex_lock(f);
    object = may_allocate(f) ? calloc(1, size) : NULL;
    f->objects += object != NULL;
    mutex_unlock(f);
    return object;
}

static void object_free(void *ctx, void *object, size_t size)
{
    struct fixture *f = ctx;

    assert_non_null(object);
    mutex_lock(f);
    memset(object, 0xa5, size);
    free(object);
    f->objects--;
    mutex_unlock(f);
}

static unsigned char *arena_take(struct fixture *f, size_t size, size_t align)
{
    unsigned class = (unsigned)__builtin_ctzl(size);
    unsigned char *block = f->reuse[class];

    if (block) {
        memcpy(&f->reuse[class], block, sizeof(void *));
        return block;
    }
    f->used = (f->used + align - 1) & ~((uint64_t)align - 1);
    assert_true(f->used + size <= FIXTURE_SIZE);
    block = f->cpu + f->used;
    f->used += size;
    return block;
}

static void *table_alloc(void *ctx, size_t size, size_t align, dms_phys_t *phys)
{
    struct fixture *f = ctx;
    unsigned char *block = NULL;

    assert_true(align >= 64 && (align & (align - 1)) == 0 && (size & (size - 1)) == 0);
    mutex_lock(f);
    if (may_allocate(f)) {
        block = arena_take(f, size, align);
        memset(block, 0, size);
        if (f->device != f->cpu)
            memset(f->device + (block - f->cpu), 0xa5, size);
        phys->addr = FIXTURE_PHYS + (uint64_t)(block - f->cpu);
        f->tables++;
    }
    mutex_unlock(f);
    return block;
}

/* What is read after this looks valid and leads astray. */
static void table_free(void *ctx, void *table, size_t size)
{
    struct fixture *f = ctx;
    unsigned class = (unsigned)__builtin_ctzl(size);

    assert_non_null(table);
    mutex_lock(f);
    memset(table, 0xa5, size);
    memcpy(table, &f->reuse[class], sizeof(void *));
    f->reuse[class] = table;
    f->tables--;
    mutex_unlock(f);
}

static void lock_init(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    lock->pointer = malloc(sizeof(pthread_mutex_t));
    pthread_mutex_init(lock->pointer, NULL);
}

static void lock_fini(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    pthread_mutex_destroy(lock->pointer);
    free(lock->pointer);
}

static void lock_take(void *ctx, dms_lock_t *lock)
{
    struct fixture *f = ctx;

    pthread_mutex_lock(lock->pointer);
    __atomic_add_fetch(&f->locks, 1, __ATOMIC_RELAXED);
}

static void lock_give(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    pthread_mutex_unlock(lock->pointer);
}

static unsigned thread_slot(void *ctx)
{
    (void)ctx;
    if (thread_number == 0)
        thread_number = __atomic_add_fetch(&threads_seen, 1, __ATOMIC_RELAXED);
    return thread_number - 1;
}

static void fence_all(void *ctx)
{
    struct fixture *f = ctx;

    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    __atomic_add_fetch(&f->fences, 1, __ATOMIC_RELAXED);
}

bool fixture_fence_all(struct fixture *f)
{
    if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) != 0)
        return false;
    f->port.fence_all = fence_all;
    return true;
}

void fixture_become(unsigned slot)
{
    thread_number = slot + 1;
}

static void barrier(void *ctx, enum dms_barrier what)
{
    struct fixture *f = ctx;

    assert_int_equal(what, DMS_BARRIER_TABLE);
    __atomic_add_fetch(&f->barriers, 1, __ATOMIC_SEQ_CST);
    if (f->on_event)
        f->on_event(f);
}

static void cache_clean(void *ctx, const void *ptr, size_t size)
{
    struct fixture *f = ctx;
    const uint64_t *from = ptr;
    uint64_t *to = (uint64_t *)(void *)(f->device + ((const unsigned char *)ptr - f->cpu));

    if (f->late_clean)
        f->late_clean(f);
    for (size_t i = 0; i < size / 8; i++)
        __atomic_store_n(&to[i], __atomic_load_n(&from[i], __ATOMIC_ACQUIRE), __ATOMIC_RELEASE);
    __atomic_add_fetch(&f->cleans, 1, __ATOMIC_RELAXED);
    if (f->on_event)
        f->on_event(f);
}

static unsigned char *arena_map(void)
{
    void *arena = mmap(NULL, FIXTURE_SIZE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    assert_ptr_not_equal(arena, MAP_FAILED);
    return arena;
}

static void set_port(struct fixture *f)
{
    f->port = (struct dms_port){
        .ctx = f,
        .alloc = object_alloc,
        .free = object_free,
        .table_alloc = table_alloc,
        .table_free = table_free,
        .table_offset = (uint64_t)(uintptr_t)f->cpu - FIXTURE_PHYS,
        .lock_init = lock_init,
        .lock_fini = lock_fini,
        .lock = lock_take,
        .unlock = lock_give,
        .thread_slot = thread_slot,
        .thread_slots = 8,
        .barrier = barrier,
        .cache_clean = f->cpu == f->device ? NULL : cache_clean,
    };
}

struct dms_pgtable_cfg fixture_cfg(void)
{
    return (struct dms_pgtable_cfg){
        .granule_lg2 = 12, .input_bits = 48, .output_bits = 48, .coherent = true};
}

void fixture_start(struct fixture *f, struct dms_pgtable_cfg cfg, bool with_guard)
{
    memset(f, 0, sizeof(*f));
    f->mutex = malloc(sizeof(pthread_mutex_t));
    pthread_mutex_init(f->mutex, NULL);
    f->fail_after = -1;
    f->cpu = arena_map();
    f->device = cfg.coherent ? f->cpu : arena_map();
    set_port(f);
    assert_int_equal(dms_pgtable_guard_init(&f->guard, &f->port), 0);
    cfg.port = &f->port;
    cfg.guard = with_guard ? &f->guard : NULL;
    assert_int_equal(dms_pgtable_init(&f->pt, &cfg), 0);
}

void fixture_stop(struct fixture *f)
{
    dms_pgtable_fini(&f->pt);
    dms_pgtable_guard_fini(&f->guard);
    assert_int_equal(f->tables, 0);
    assert_int_equal(f->objects, 0);
    munmap(f->cpu, FIXTURE_SIZE);
    if (f->device != f->cpu)
        munmap(f->device, FIXTURE_SIZE);
    pthread_mutex_destroy(f->mutex);
    free(f->mutex);
}

void fixture_map(struct fixture *f, uint64_t iova, uint64_t phys, uint64_t size)
{
    uint32_t prot = DMS_READ | DMS_WRITE | DMS_PROT_COHERENT | DMS_PROT_BEGIN | DMS_PROT_END;

    assert_int_equal(dms_pgtable_map(&f->pt, iova, (dms_phys_t){phys}, size, prot), 0);
}

void fixture_unmap(struct fixture *f, uint64_t iova, uint64_t size, struct dms_iommu_gather *gather)
{
    assert_int_equal(dms_pgtable_unmap(&f->pt, iova, size, true, gather), 0);
}

uint64_t fixture_read(const struct fixture *f, uint64_t phys)
{
    const unsigned char *at = f->device + (phys - FIXTURE_PHYS);

    assert_true(phys >= FIXTURE_PHYS && phys - FIXTURE_PHYS <= FIXTURE_SIZE - 8 && phys % 8 == 0);
    return __atomic_load_n((const uint64_t *)(const void *)at, __ATOMIC_ACQUIRE);
}

uint64_t fixture_seed(uint64_t fallback)
{
    const char *text = getenv("DMS_SEED");

    return text ? strtoull(text, NULL, 0) : fallback;
}

/* xorshift64* */
uint64_t fixture_random(uint64_t *state)
{
    uint64_t x = *state ? *state : 1;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * UINT64_C(0x2545f4914f6cdd1d);
}
