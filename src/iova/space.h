/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A space: the tree of segments, the set of regions, the size index, and the caches in front of them. Lock order: see
 * cache.h. "Locked" below: the tree lock is held.
 */
#ifndef IOVA_SPACE_H
#define IOVA_SPACE_H

#include "base/lock.h"
#include "cache.h"
#include "gaps.h"
#include "regions.h"
#include "tree.h"

#include <dmaspace/error.h>
#include <dmaspace/iova.h>

struct dms_iova_space {
    /* Constant, except the hull of all fixed regions so far (first byte, last byte - first): no free in it is cached. */
    const struct dms_port *port;
    struct dms_range aperture;
    unsigned granule_lg2;
    unsigned flags;
    size_t size; /* bytes of this struct, slots included */
    _Atomic uint64_t fixed_first, fixed_span;

    struct caches caches;

    dms_lock_t lock; /* the tree lock: protects everything up to slots */
    uint64_t tree_ops;
    struct tree tree;
    struct regions regions;
    /* Seldom written: it keeps what is read below away from what is written above. */
    struct gaps gaps;

    /* By slot number + 1; NULL: that thread has none yet. [0] is for threads without a number, and stays NULL. */
    _Atomic(struct slot *) slots[];
};

static inline void space_lock(struct dms_iova_space *space)
{
    port_lock(space->port, &space->lock);
}

static inline void space_unlock(struct dms_iova_space *space)
{
    port_unlock(space->port, &space->lock);
}

/* Bytes to pages, rounded up, without overflow. */
static inline uint64_t space_pages(const struct dms_iova_space *space, uint64_t bytes)
{
    return bytes == 0 ? 0 : ((bytes - 1) >> space->granule_lg2) + 1;
}

/* Pages [start, end), start < end, as bytes. The end of a 64-bit space wraps to the right last byte. */
static inline struct dms_range space_range(const struct dms_iova_space *space, uint64_t start,
                                           uint64_t end)
{
    return (struct dms_range){start << space->granule_lg2, (end << space->granule_lg2) - 1};
}

/* change.c: the tree's operations with the size index kept beside them. Locked. */
int space_take(struct dms_iova_space *space, struct path *path, uint64_t start, uint64_t pages,
               unsigned count, enum seg_type type);
/*
 * Free the live range of `pages` at `start`, and as many alike ones right behind it, up to *count in all, as come
 * cheap; *count becomes how many. 0, DMS_ENOENT or DMS_EINVAL as dms_iova_free(). start lies in the aperture.
 */
int space_give(struct dms_iova_space *space, uint64_t start, uint64_t pages, unsigned *count);

/* caches.c */
/* How many slots a space with these flags may have. */
unsigned caches_wanted(const struct dms_port *port, unsigned flags);
void caches_init(struct dms_iova_space *space, uint64_t cache_bytes);
void caches_fini(struct dms_iova_space *space);
/* The way into this thread's slot that all ports have. NULL: it has none, or the caches are frozen. */
struct slot *slot_enter(struct dms_iova_space *space);
/* The same, and this thread gets a slot first if it may have one and the space is busy enough. Not locked. */
struct slot *slot_enter_first(struct dms_iova_space *space);

/*
 * The quick way: a thread whose number is known without a call, and a slot that is not closed. slots: quick_allocs or
 * quick_frees. NULL: not that way, and nothing was entered.
 */
static inline struct slot *slot_enter_quickly(struct dms_iova_space *space, unsigned slots)
{
    const char *thread = __builtin_thread_pointer();
    unsigned number;
    struct slot *slot;

    if (slots == 0)
        return NULL;
    number = *(const unsigned *)(const void *)(thread + space->caches.number_offset);
    if (number > slots)
        return NULL;
    slot = atomic_load_explicit(&space->slots[number], memory_order_acquire);
    if (!slot)
        return NULL;
    atomic_store_explicit(&slot->busy, 1, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst); /* fence_all orders the two for the CPU */
    if (__builtin_expect(!atomic_load_explicit(&slot->closed, memory_order_acquire), 1))
        return slot;
    slot_leave(slot);
    return NULL;
}

/* By its number; NULL: not yet. */
static inline struct slot *slot_at(struct dms_iova_space *space, unsigned number)
{
    return atomic_load_explicit(&space->slots[number + 1], memory_order_acquire);
}

/* Bytes of a space for that many slots. */
static inline size_t space_size(unsigned slots)
{
    return sizeof(struct dms_iova_space) + (slots + 1) * sizeof(struct slot *);
}

/* freeze.c. Freeze: nobody is in a slot, none can enter, and the tree lock is held. */
void space_freeze(struct dms_iova_space *space);
void space_thaw(struct dms_iova_space *space);
/* Frozen. All cached ranges go back to the tree, all bins are unclaimed. */
void space_flush(struct dms_iova_space *space);

/* Locked. Nothing is in any cache, nor can be before the lock is given up. */
bool caches_are_empty(struct dms_iova_space *space);

/* bin.c: locked, and in the bin's slot or frozen. */
void bin_give_up(struct dms_iova_space *space, struct slot *slot, struct bin *bin);
/* Make the bin this size's, unless another one is using it. False: the range goes to the tree. */
bool bin_claim(struct dms_iova_space *space, struct slot *slot, struct bin *bin, uint64_t bytes);
/* Frees ranges of one size in any order, which is lost; what is not live is counted. */
void space_give_all(struct dms_iova_space *space, uint64_t *iovas, unsigned count, uint64_t bytes);

/*
 * depot.c: no lock, but in the slot, with a claim. Exactly BATCH ranges of *bytes each. False: to the tree with what is
 * there on return: the same ranges, or those of another size that gave way.
 */
bool depot_put(const struct caches *caches, struct slot *slot, uint64_t *bytes, uint64_t *iovas);
/* False: there are none of that size. */
bool depot_get(const struct caches *caches, struct slot *slot, uint64_t bytes, uint64_t *iovas);
/* Frozen: the DEPOT_CELLS cells, or NULL. */
struct depot_cell *depot_cells(const struct caches *caches);

/*
 * alloc.c: locked. *count ranges side by side, which share the query's pages evenly; where the tree has no room for so
 * many at once, less, and *count says how many. 0, DMS_ENOMEM, DMS_ENOSPC; or DMS_EAGAIN: nothing serves, but
 * caches hold ranges.
 */
int space_alloc(struct dms_iova_space *space, const struct query *query,
                enum dms_iova_policy policy, unsigned *count, uint64_t *page);

/* refill.c, spill.c: in the slot, not locked. Sizes are whole pages. */
int cache_alloc(struct dms_iova_space *space, struct slot *slot, const struct query *query,
                enum dms_iova_policy policy, uint64_t *page);
int cache_free(struct dms_iova_space *space, struct slot *slot, dms_iova_t iova, uint64_t bytes);

/* place.c: locked. */
void space_describe(struct dms_iova_space *space, uint64_t page, struct dms_iova_place *place);
/* The first segment that touches [start, end) and whose type passes the mask, described. False: none. */
bool space_find(struct dms_iova_space *space, uint64_t start, uint64_t end, unsigned types,
                struct dms_iova_place *place);
void place_set_region(struct dms_iova_place *place, const struct region_node *node);

/*
 * reserve.c. A chain of regions in address order comes or goes as one. 0; DMS_EBUSY with *conflict (unless NULL)
 * filled; DMS_EINVAL: windows would leave nothing; or DMS_ENOMEM. After 0 the nodes are the set's (reserve) or the caller's (unreserve); after an error
 * nothing has changed. reserve: not locked; what is cached is not in the way. unreserve: locked.
 */
int space_reserve_flushed(struct dms_iova_space *space, struct region_node *chain,
                          struct dms_iova_place *conflict);
int space_unreserve(struct dms_iova_space *space, struct region_node *chain,
                    struct dms_iova_place *conflict);

#endif
