/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The port: everything that the library needs from its host, in one const struct. There is no other
 * way to the host and no global state, so two machines with two ports can live in one process.
 *
 * Ownership: the caller owns the struct and keeps it alive and unchanged as long as anything made
 * with it.
 * Thread-safety: every callback may be called from several threads at once, and must allow it.
 */
#ifndef DMASPACE_PORT_H
#define DMASPACE_PORT_H

#include <dmaspace/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Storage of one lock, embedded in the library's objects. Its content belongs to the port. */
typedef union dms_lock {
    void *pointer;
    uint64_t words[8];
} dms_lock_t;

/* What a barrier has to order. */
enum dms_barrier {
    DMS_BARRIER_TABLE, /* the device sees earlier stores to tables and queues before later ones */
    DMS_BARRIER_MMIO,  /* the device sees earlier stores to memory before a later register write */
    DMS_BARRIER_READ, /* a register or index read ends before later loads of what the device wrote */
};

enum dms_log_level {
    DMS_LOG_ERROR,   /* the operation failed, or hardware misbehaved */
    DMS_LOG_WARNING, /* it went on, but a person should look */
    DMS_LOG_INFO,    /* what was found and decided at bring-up */
};

struct dms_port {
    void *ctx; /* first argument of every callback; may be NULL */

    /*
     * Small objects. alloc returns `size` bytes set to zero, aligned for any C object, or NULL when
     * there is no memory. free gets the same size back, and never NULL. Both required.
     */
    void *(*alloc)(void *ctx, size_t size);
    void (*free)(void *ctx, void *ptr, size_t size);

    /*
     * Memory that the IOMMU reads and writes (page tables, stream tables, queues): zeroed,
     * physically contiguous, aligned to `align` (a power of two, at least 64). NULL when there is
     * none. Both required.
     */
    void *(*table_alloc)(void *ctx, size_t size, size_t align, dms_phys_t *phys);
    void (*table_free)(void *ctx, void *ptr, size_t size);

    /*
     * The CPU's pointer to table memory at `phys`. NULL: table memory is mapped linearly, and the
     * pointer is phys.addr + table_offset. Only ever called for addresses that table_alloc gave.
     */
    void *(*table_at)(void *ctx, dms_phys_t phys);
    uint64_t table_offset; /* added modulo 2^64; used only when table_at is NULL */

    /*
     * The physical address of caller's memory. Sets *phys and *run, the number of bytes from ptr
     * on, at most `size`, that are physically contiguous (1 <= *run). 0, or DMS_EFAULT when the
     * device cannot reach it. Required for dms_map(); NULL otherwise.
     */
    int (*virt_to_phys)(void *ctx, const void *ptr, size_t size, dms_phys_t *phys, size_t *run);

    /*
     * Locks. Not recursive. Required, except on a machine that has one thread: then all four may be
     * NULL.
     */
    void (*lock_init)(void *ctx, dms_lock_t *lock);
    void (*lock_fini)(void *ctx, dms_lock_t *lock);
    void (*lock)(void *ctx, dms_lock_t *lock);
    void (*unlock)(void *ctx, dms_lock_t *lock);

    /*
     * A number below thread_slots that no other thread which may run inside the library at the same
     * time has, and that does not change during a call: a thread's index, or the CPU's where a call
     * is not migrated. A number >= thread_slots: this thread has none and goes without caches.
     * NULL: nobody has.
     */
    unsigned (*thread_slot)(void *ctx);
    unsigned thread_slots; /* 0: no per-thread caches */

    /*
     * A fact that saves the call: each thread has an `unsigned` at this many bytes from its thread
     * pointer (__builtin_thread_pointer()), which holds its slot + 1, or 0 while it has none yet and
     * must ask thread_slot. 0: there is no such place.
     */
    ptrdiff_t thread_slot_offset;

    /*
     * Make every other thread that may be inside the library pass a full memory barrier before this
     * returns: membarrier(2), or an interrupt on every CPU. With it, per-thread caches work with
     * plain loads and stores, and only who empties another thread's cache pays. NULL: they need one
     * atomic exchange per operation.
     */
    void (*fence_all)(void *ctx);

    /* Monotonic time in nanoseconds; required. relax: called in poll loops, NULL spins. */
    uint64_t (*now_ns)(void *ctx);
    void (*relax)(void *ctx);

    /* NULL: the compiler's and CPU's sequentially consistent fence is enough. */
    void (*barrier)(void *ctx, enum dms_barrier what);

    /*
     * Cache maintenance for masters and table walkers that do not snoop. clean: the CPU's stores
     * reach memory; invalidate: later loads come from memory. Both NULL: everything on this machine
     * is coherent.
     */
    void (*cache_clean)(void *ctx, const void *ptr, size_t size);
    void (*cache_invalidate)(void *ctx, void *ptr, size_t size);

    /* One line, without newline. NULL: no log. */
    void (*log)(void *ctx, enum dms_log_level level, const char *line);
};

/*
 * Register accessors of one device. Offsets in bytes from its base. A 64-bit register may be
 * written with one access or, where write64 is NULL, two 32-bit ones, low word first. Registers are
 * device memory: accesses are neither merged nor reordered among themselves.
 */
struct dms_mmio {
    void *ctx;
    uint32_t (*read32)(void *ctx, uint32_t offset);
    void (*write32)(void *ctx, uint32_t offset, uint32_t value);
    uint64_t (*read64)(void *ctx, uint32_t offset);              /* NULL: two read32 */
    void (*write64)(void *ctx, uint32_t offset, uint64_t value); /* NULL: two write32 */
};

#ifdef __cplusplus
}
#endif

#endif
