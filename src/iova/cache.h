/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Per-thread caches: ranges that are free for callers and still live in the tree. A thread's slot has bins, each a
 * stack of ranges of one exact size; nothing is rounded up. The depot passes batches from threads that free to threads
 * that allocate.
 *
 * Who may touch a slot: its thread between enter and leave, or whoever froze the caches. With the port's fence_all the
 * thread enters with plain stores: it sets busy, then looks at closed; who freezes sets closed, makes all threads pass
 * a fence, and waits until busy is 0. Without fence_all both take busy by an exchange, and closed is always set, which
 * bars the quick way in.
 *
 * Lock order: freeze lock, slots, tree lock. Bins are claimed and given up under the tree lock, so that who holds it
 * while no slot has a claim knows that nothing is cached.
 */
#ifndef IOVA_CACHE_H
#define IOVA_CACHE_H

#include "base/bits.h"

#include <dmaspace/port.h>
#include <stdatomic.h>

#define CACHED_PAGES_MAX 1024u /* longer ranges go to the tree */
#define BIN_ENTRIES      14u
#define SLOT_BINS        15u
#define BATCH            7u /* ranges that move at once between bin and depot, or to the tree */
#define SPILL_ALONE      3u /* to the tree, from a thread that is alone in the space */
/*
 * Ranges longer than the aperture / 2^15, but not than so many pages at least, come from the tree one at a time. A
 * batch of long ones side by side would pass over every gap that is good for one, and cut up the low end of the space.
 */
#define BATCHED_SHARE_LG2 15u
#define BATCHED_PAGES_MIN 16u
#define DEPOT_CELLS       16u
#define SLOTS_WAIT                                                                                 \
    32u /* operations of a space before it gets caches: most spaces are small and many */
#define CACHE_LINE 64u

struct bin {
    uint64_t bytes; /* size of each range; 0: unclaimed, and empty */
    uint8_t count;
    uint8_t cap;                 /* what the budget allows, 1..BIN_ENTRIES */
    uint8_t batch;               /* what the next refill takes: doubles each time */
    uint8_t strangers;           /* operations of other sizes since the claim */
    uint64_t entry[BIN_ENTRIES]; /* IOVAs; the last one leaves first */
};

/* The head is as large as a bin and takes its place for sizes that hash to it, which are never cached. */
struct slot {
    uint64_t no_bytes; /* where a bin has its size: no size at all */
    uint8_t pad[56];   /* what follows shares no line with the neighbours in memory */
    _Atomic uint32_t busy;
    _Atomic uint32_t closed;
    _Atomic uint32_t claimed;     /* bins; changes under the tree lock */
    bool frozen;                  /* under the freeze lock */
    uint8_t depot_put, depot_get; /* the cells to try first */
    uint8_t pad2[49];
    struct bin bin[SLOT_BINS];
};
_Static_assert(sizeof(struct bin) == 128, "the hash below counts on it");
_Static_assert(sizeof(struct slot) == 2048,
               "two kilobytes per thread, and the head as large as a bin");

/* One cache line that carries a batch from one thread to another. */
struct depot_cell {
    _Alignas(CACHE_LINE) _Atomic uint64_t
        bytes; /* of each range; CELL_EMPTY; or CELL_BUSY: somebody copies */
    uint64_t entry[BATCH];
};
#define CELL_EMPTY 0u
#define CELL_BUSY  UINT64_MAX

struct depot {
    struct depot_cell cell[DEPOT_CELLS];
};
#define DEPOT_MEMORY (sizeof(struct depot) + CACHE_LINE)

struct caches {
    /* Read by every operation of every thread, and constant but for what says otherwise. */
    uint64_t hash_factor;    /* see slot_bin */
    ptrdiff_t number_offset; /* thread_slot_offset of the port */
    /*
     * How many slots the quick way finds: slot_count, or 0 where there is no such way. For frees that changes to 0 with
     * the first fixed region.
     */
    unsigned quick_allocs;
    _Atomic unsigned quick_frees;
    unsigned slot_count;           /* 0: no caches */
    bool fenced;                   /* the port has fence_all */
    _Atomic(struct depot *) depot; /* NULL: one thread alone, or no memory */
    uint64_t depot_bytes;          /* the longest range that the depot takes */
    uint64_t batched_pages;        /* the longest range of which a refill takes several */

    /* One freezes at a time. Here, as nearly nobody does: it keeps what is written away from what is read. */
    dms_lock_t freeze_lock;

    /* Under the tree lock. */
    uint64_t budget; /* pages that bins may still claim */
    uint64_t claims; /* bins claimed in all slots */
    uint64_t memory; /* bytes of slots and depot */
    unsigned slots_used;
    void *depot_memory; /* what port->alloc gave */
    uint64_t refills, spills, flushes, bad_frees;
};

/*
 * A multiplicative hash: bits 20..23 of pages times this number. It sends 1..8 pages and all powers of two up to 1024
 * to different bins, and to none of them 0, where the head is. For sizes in bytes it is shifted by the granule.
 */
#define HASH_NUMBER UINT64_C(0x379401)
#define HASH_SHIFT  40u

static inline struct bin *slot_bin(const struct caches *caches, struct slot *slot, uint64_t bytes)
{
    uint64_t offset = (bytes * caches->hash_factor) >> (64 - 4 - 7) & (15 * sizeof(struct bin));

    return (struct bin *)(void *)((unsigned char *)slot + offset);
}

/* At the tree: sizes of bins are whole pages. */
static inline bool pages_are_cacheable(uint64_t pages)
{
    return pages - 1 < CACHED_PAGES_MAX;
}

static inline void slot_leave(struct slot *slot)
{
    atomic_store_explicit(&slot->busy, 0, memory_order_release);
}

#endif
