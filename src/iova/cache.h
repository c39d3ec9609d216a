/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Per-thread caches: ranges that are free for callers and still live in the tree. A thread's slot has bins, each a
 * stack of ranges of one exact size; nothing is rounded up. The depot passes batches from threads that free to threads
 * that allocate.
 *
 * Who may touch a slot: its thread between slot_enter and slot_leave, or whoever froze the caches. The thread enters
 * with plain stores where the port has fence_all: it sets busy and then looks at closed; who freezes sets closed, makes
 * all threads pass a fence, and waits until busy is 0. Without fence_all both take busy with an exchange.
 *
 * Lock order: freeze lock, slots, tree lock. Bins are claimed and given up under the tree lock, so that who holds it
 * with no slot claimed knows that nothing is cached.
 */
#ifndef IOVA_CACHE_H
#define IOVA_CACHE_H

#include "base/bits.h"

#include <dmaspace/port.h>
#include <stdatomic.h>

#define CACHED_PAGES_MAX 1024u /* longer ranges go to the tree */
#define BIN_ENTRIES      15u
#define SLOT_BINS        15u
#define BATCH            8u /* ranges that move at once between bin, depot and tree */
#define DEPOT_CELLS      16u
#define SLOTS_WAIT                                                                                 \
    32u /* operations of a space before it gets caches: most spaces are small and many */
#define CACHE_LINE 64u

struct bin {
    uint32_t pages; /* of each range; 0: unclaimed, and empty */
    uint8_t count;
    uint8_t cap;                 /* what the budget allows, 1..BIN_ENTRIES */
    uint8_t batch;               /* what the next refill takes: doubles each time */
    uint8_t strangers;           /* operations of other sizes since the claim */
    uint64_t entry[BIN_ENTRIES]; /* IOVAs; the last one leaves first */
};

struct slot {
    _Atomic uint32_t busy;
    _Atomic uint32_t closed;
    _Atomic uint32_t claimed; /* bins; changes under the tree lock */
    void *memory;             /* what port->alloc gave */
    _Alignas(CACHE_LINE) struct bin bin[SLOT_BINS];
};

#define SLOT_MEMORY (sizeof(struct slot) + CACHE_LINE)
_Static_assert(SLOT_MEMORY <= 2048 + CACHE_LINE, "two kilobytes per thread");

/* A cell is empty, busy (somebody copies), or full of BATCH ranges of its size. */
#define CELL_EMPTY 0u
#define CELL_BUSY  UINT32_MAX

struct depot {
    _Alignas(CACHE_LINE) _Atomic uint32_t cell[DEPOT_CELLS]; /* pages, CELL_EMPTY or CELL_BUSY */
    uint64_t entry[DEPOT_CELLS][BATCH];
};

#define DEPOT_MEMORY (sizeof(struct depot) + CACHE_LINE)

struct caches {
    /* Read by every operation of every thread, and constant but for the depot, which comes once. */
    unsigned (*thread_slot)(void *ctx);
    void *ctx;
    unsigned slot_count; /* 0: no caches */
    bool fenced;         /* the port has fence_all */
    _Atomic(struct slot *) *slots;
    _Atomic(struct depot *) depot; /* NULL: one thread alone, or no memory */
    uint64_t depot_pages;          /* the longest range that the depot takes */

    /* One freezes at a time. Here, because nearly nobody does: it keeps what is written away from what is read. */
    dms_lock_t freeze_lock;

    /* Under the tree lock. */
    uint64_t budget; /* pages that bins may still claim */
    uint64_t claims; /* bins claimed in all slots */
    uint64_t memory; /* bytes of slots and depot */
    unsigned slots_used;
    void *depot_memory; /* what port->alloc gave */
    uint64_t refills, spills, flushes, bad_frees;
};

static inline bool pages_are_cacheable(uint64_t pages)
{
    return pages - 1 < CACHED_PAGES_MAX;
}

/* Up to 8 pages a bin for each size; above, sizes up to 2^n share one, which the first comer claims. */
static inline struct bin *slot_bin(struct slot *slot, uint64_t pages)
{
    return &slot->bin[pages <= 8 ? pages - 1 : ilog2(pages - 1) + 5];
}

/* NULL: this thread has no slot, or the caches are frozen: go to the tree. */
static inline struct slot *slot_enter(struct caches *caches)
{
    unsigned number = caches->thread_slot(caches->ctx);
    struct slot *slot;

    if (number >= caches->slot_count)
        return NULL;
    slot = atomic_load_explicit(&caches->slots[number], memory_order_acquire);
    if (!slot)
        return NULL;
    if (!caches->fenced)
        return atomic_exchange_explicit(&slot->busy, 1, memory_order_acquire) ? NULL : slot;
    atomic_store_explicit(&slot->busy, 1, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst); /* fence_all orders the two for the CPU */
    if (__builtin_expect(atomic_load_explicit(&slot->closed, memory_order_acquire), 0)) {
        atomic_store_explicit(&slot->busy, 0, memory_order_release);
        return NULL;
    }
    return slot;
}

static inline void slot_leave(struct slot *slot)
{
    atomic_store_explicit(&slot->busy, 0, memory_order_release);
}

#endif
