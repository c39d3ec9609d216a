/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "port.h"

#include "cache.h"
#include "console.h"
#include "cpu.h"
#include "fence.h"
#include "layout.h"
#include "lock.h"
#include "memory.h"
#include "timer.h"

#include <assert.h>

static_assert(sizeof(spinlock_t) <= sizeof(dms_lock_t), "a lock lives inside dms_lock_t");

static void *object_alloc(void *ctx, size_t size)
{
    (void)ctx;
    return memory_alloc(size);
}

static void object_free(void *ctx, void *ptr, size_t size)
{
    (void)ctx;
    memory_free(ptr, size);
}

static void *table_alloc(void *ctx, size_t size, size_t align, dms_phys_t *phys)
{
    void *ptr = memory_alloc_pages(size, align);

    (void)ctx;
    if (ptr)
        phys->addr = (uintptr_t)ptr;
    return ptr;
}

static void table_free(void *ctx, void *ptr, size_t size)
{
    (void)ctx;
    memory_free_pages(ptr, size);
}

static void lock_init(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    atomic_init((spinlock_t *)lock, 0);
}

static void lock_fini(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    (void)lock;
}

static void lock_take(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    spin_lock((spinlock_t *)lock);
}

static void lock_release(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    spin_unlock((spinlock_t *)lock);
}

static unsigned thread_slot(void *ctx)
{
    (void)ctx;
    return cpu_index();
}

static void fence_all(void *ctx)
{
    (void)ctx;
    fence_all_cpus();
}

static uint64_t now_ns(void *ctx)
{
    (void)ctx;
    return timer_now_ns();
}

static void relax(void *ctx)
{
    (void)ctx;
    cpu_yield();
}

/*
 * The outer shareable domain holds every master. A write to a register that tells a device to look is ordered after the
 * stores before it by the same barrier as any other store (DDI 0487 B2.3.7), so DMB is enough for both of the first.
 */
static void barrier(void *ctx, enum dms_barrier what)
{
    (void)ctx;
    if (what == DMS_BARRIER_READ)
        CPU_DMB(oshld);
    else
        CPU_DMB(oshst);
}

static void cache_clean(void *ctx, const void *ptr, size_t size)
{
    (void)ctx;
    cache_clean_range((uintptr_t)ptr, size);
}

static void cache_invalidate(void *ctx, void *ptr, size_t size)
{
    (void)ctx;
    cache_invalidate_range((uintptr_t)ptr, size);
}

static void put_log(void *ctx, enum dms_log_level level, const char *text)
{
    static const char *const names[] = {"# error: ", "# warning: ", "# "};
    struct line line = {.length = 0};

    (void)ctx;
    line_text(&line, names[level]);
    line_text(&line, text);
    console_put(line.text);
}

#define COMMON                                                                                     \
    .alloc = object_alloc, .free = object_free, .table_alloc = table_alloc,                        \
    .table_free = table_free, .virt_to_phys = memory_phys, .lock_init = lock_init,                 \
    .lock_fini = lock_fini, .lock = lock_take, .unlock = lock_release, .thread_slot = thread_slot, \
    .thread_slots = CPU_MAX, .thread_slot_offset = offsetof(struct cpu_local, slot),               \
    .fence_all = fence_all, .now_ns = now_ns, .relax = relax, .barrier = barrier, .log = put_log

const struct dms_port baremetal_port = {COMMON};

const struct dms_port baremetal_port_noncoherent = {
    COMMON,
    .cache_clean = cache_clean,
    .cache_invalidate = cache_invalidate,
};

static uint32_t device_read32(void *ctx, uint32_t offset)
{
    return mmio_read32((uintptr_t)ctx + offset);
}

static void device_write32(void *ctx, uint32_t offset, uint32_t value)
{
    mmio_write32((uintptr_t)ctx + offset, value);
}

static uint64_t device_read64(void *ctx, uint32_t offset)
{
    return *(const volatile uint64_t *)((uintptr_t)ctx + offset);
}

static void device_write64(void *ctx, uint32_t offset, uint64_t value)
{
    mmio_write64((uintptr_t)ctx + offset, value);
}

struct dms_mmio baremetal_mmio(uintptr_t base)
{
    return (struct dms_mmio){
        .ctx = (void *)base,
        .read32 = device_read32,
        .write32 = device_write32,
        .read64 = device_read64,
        .write64 = device_write64,
    };
}
