/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What Linux's iova.c and rbtree.c need of a kernel, in user space: spin locks that are real, memory from free lists
 * per thread as a slab gives it, and as many CPUs as the benchmark has threads. Written from the calls in these files.
 */
#ifndef BENCH_IOVA_SHIM_H
#define BENCH_IOVA_SHIM_H

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../impl.h"

typedef uint64_t dma_addr_t;
typedef unsigned int gfp_t;

#define GFP_KERNEL   0u
#define GFP_ATOMIC   0u
#define __GFP_NOWARN 0u
#define PAGE_SIZE    4096ul

#define __percpu
#define __always_inline inline __attribute__((always_inline))
#define __rcu
#define EXPORT_SYMBOL(name)
#define EXPORT_SYMBOL_GPL(name)
#define MODULE_AUTHOR(text)  struct shim_eats_semicolon
#define MODULE_LICENSE(text) struct shim_eats_semicolon
#define IS_REACHABLE(option) 1
#define likely(x)            __builtin_expect(!!(x), 1)
#define unlikely(x)          __builtin_expect(!!(x), 0)
#define READ_ONCE(x)         (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile __typeof__(x) *)&(x) = (value))
#define rcu_assign_pointer(p, value)                                                               \
    atomic_store_explicit((_Atomic(__typeof__(p)) *)&(p), value, memory_order_release)
#define BUG_ON(x)                                                                                  \
    do {                                                                                           \
        if (x)                                                                                     \
            abort();                                                                               \
    } while (0)
#define WARN_ON(x)                                                                                 \
    ({                                                                                             \
        bool shim_bad = (x);                                                                       \
        if (shim_bad)                                                                              \
            abort();                                                                               \
        shim_bad;                                                                                  \
    })
#define pr_err(...)                     fprintf(stderr, __VA_ARGS__)
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))
#define swap(a, b)                                                                                 \
    do {                                                                                           \
        __typeof__(a) shim_t = (a);                                                                \
        (a) = (b);                                                                                 \
        (b) = shim_t;                                                                              \
    } while (0)
#define min(a, b)   ((a) < (b) ? (a) : (b))
#define ALIGN(x, a) (((x) + (a)-1) & ~((__typeof__(x))(a)-1))

/* ---- bits ---- */
static inline unsigned long __ffs(unsigned long x)
{
    return (unsigned long)__builtin_ctzl(x);
}

static inline unsigned fls_long(unsigned long x)
{
    return x ? 64 - (unsigned)__builtin_clzl(x) : 0;
}

static inline bool is_power_of_2(unsigned long x)
{
    return x && !(x & (x - 1));
}

static inline unsigned order_base_2(unsigned long x)
{
    return x > 1 ? fls_long(x - 1) : 0;
}

static inline unsigned long roundup_pow_of_two(unsigned long x)
{
    return 1ul << order_base_2(x);
}

/* ---- locks: one compare-and-swap, one store, as the kernel's uncontended ones ---- */
typedef struct {
    _Atomic unsigned value;
} spinlock_t;

static inline void spin_lock_init(spinlock_t *lock)
{
    atomic_store(&lock->value, 0);
}

static inline void spin_lock(spinlock_t *lock)
{
    for (;;) {
        unsigned expected = 0;

        if (atomic_compare_exchange_strong_explicit(&lock->value, &expected, 1,
                                                    memory_order_acquire, memory_order_relaxed))
            return;
        while (atomic_load_explicit(&lock->value, memory_order_relaxed))
            __builtin_ia32_pause();
    }
}

static inline void spin_unlock(spinlock_t *lock)
{
    atomic_store_explicit(&lock->value, 0, memory_order_release);
}

#define spin_lock_irqsave(lock, flags)      ((void)(flags = 0), spin_lock(lock))
#define spin_unlock_irqrestore(lock, flags) ((void)(flags), spin_unlock(lock))
#define assert_spin_locked(lock)            ((void)(lock))

struct mutex {
    int unused;
};
#define DEFINE_MUTEX(name) struct mutex name
static inline void mutex_lock(struct mutex *mutex)
{
    (void)mutex;
}
static inline void mutex_unlock(struct mutex *mutex)
{
    (void)mutex;
}

/* ---- CPUs ---- */
extern _Thread_local unsigned shim_cpu;

#define SHIM_PERCPU_STRIDE          128u
#define for_each_online_cpu(cpu)    for (cpu = 0; cpu < BENCH_THREADS; cpu++)
#define for_each_possible_cpu(cpu)  for (cpu = 0; cpu < BENCH_THREADS; cpu++)
#define cache_line_size()           64u
#define per_cpu_ptr(ptr, cpu)       ((__typeof__(ptr))((char *)(ptr) + (cpu)*SHIM_PERCPU_STRIDE))
#define raw_cpu_ptr(ptr)            per_cpu_ptr(ptr, shim_cpu)
#define __alloc_percpu(size, align) shim_alloc(BENCH_THREADS *SHIM_PERCPU_STRIDE)
#define free_percpu(ptr)            shim_free(ptr, BENCH_THREADS *SHIM_PERCPU_STRIDE)

struct hlist_node {
    struct hlist_node *next;
};
#define hlist_entry_safe(ptr, type, member)              ((ptr) ? container_of(ptr, type, member) : NULL)
#define CPUHP_IOMMU_IOVA_DEAD                            0
#define cpuhp_setup_state_multi(state, name, up, down)   ((void)(down), 0)
#define cpuhp_remove_multi_state(state)                  ((void)0)
#define cpuhp_state_add_instance_nocalls(state, node)    0
#define cpuhp_state_remove_instance_nocalls(state, node) ((void)0)

/* ---- memory; shim_bytes is what a domain holds, exact when one thread works ---- */
extern _Atomic uint64_t shim_bytes;
void *shim_alloc(size_t size);
void shim_free(void *ptr, size_t size);

struct shim_sized {
    size_t size;
    size_t pad[7];
};
void *kzalloc(size_t size, gfp_t flags);
void *kcalloc(size_t count, size_t size, gfp_t flags);
void kfree(const void *ptr);

#define SLAB_HWCACHE_ALIGN 1u
struct kmem_cache;
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align, unsigned flags,
                                     void (*ctor)(void *));
void kmem_cache_destroy(struct kmem_cache *cache);
void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t flags);
void kmem_cache_free(struct kmem_cache *cache, void *object);

#endif
