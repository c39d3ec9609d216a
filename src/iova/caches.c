/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The caches' memory and budget, and the slow way into a slot. */
#include "space.h"

#include "base/memory.h"

unsigned caches_wanted(const struct dms_port *port, unsigned flags)
{
    return flags & DMS_IOVA_NO_CACHES || !port->thread_slot ? 0 : port->thread_slots;
}

void caches_init(struct dms_iova_space *space, uint64_t cache_bytes)
{
    const struct dms_port *port = space->port;
    struct caches *caches = &space->caches;
    uint64_t pages = (space->tree.end - space->tree.start) / 32;

    caches->slot_count = caches_wanted(port, space->flags);
    caches->number_offset = port->thread_slot_offset;
    caches->quick_allocs = port->thread_slot_offset ? caches->slot_count : 0;
    atomic_store_explicit(&caches->quick_frees, caches->quick_allocs, memory_order_relaxed);
    caches->fenced = port->fence_all != NULL;
    caches->hash_factor = HASH_NUMBER << (HASH_SHIFT - space->granule_lg2);
    caches->budget = cache_bytes ? cache_bytes >> space->granule_lg2 : pages;
    /* A quarter of the budget is the depot's. */
    caches->depot_bytes = caches->budget / 4 / (DEPOT_CELLS * BATCH) << space->granule_lg2;
    caches->budget -= caches->budget / 4;
    caches->batched_pages = (space->tree.end - space->tree.start) >> BATCHED_SHARE_LG2;
    if (caches->batched_pages < BATCHED_PAGES_MIN)
        caches->batched_pages = BATCHED_PAGES_MIN;
}

void caches_fini(struct dms_iova_space *space)
{
    struct caches *caches = &space->caches;

    for (unsigned i = 0; i < caches->slot_count; i++)
        port_free(space->port, slot_at(space, i), sizeof(struct slot));
    port_free(space->port, caches->depot_memory, DEPOT_MEMORY);
}

/* Without memory for it, batches go through the tree. */
static void add_depot(struct dms_iova_space *space)
{
    struct caches *caches = &space->caches;
    uintptr_t start;

    caches->depot_memory = port_alloc(space->port, DEPOT_MEMORY);
    if (!caches->depot_memory)
        return;
    caches->memory += DEPOT_MEMORY;
    start = align_down((uintptr_t)caches->depot_memory + CACHE_LINE - 1, CACHE_LINE);
    atomic_store_explicit(&caches->depot, (struct depot *)start, memory_order_release);
}

/* Locked. Out of memory: the thread goes without. */
static void add_slot(struct dms_iova_space *space, unsigned number)
{
    struct caches *caches = &space->caches;
    struct slot *slot = port_alloc(space->port, sizeof(*slot));

    if (!slot)
        return;
    slot->no_bytes = UINT64_MAX;
    atomic_store_explicit(&slot->closed, !caches->fenced, memory_order_relaxed);
    caches->memory += sizeof(*slot);
    if (++caches->slots_used == 2)
        add_depot(space);
    atomic_store_explicit(&space->slots[number + 1], slot, memory_order_release);
}

struct slot *slot_enter(struct dms_iova_space *space)
{
    struct caches *caches = &space->caches;
    struct slot *slot;
    unsigned number;

    if (caches->slot_count == 0)
        return NULL;
    number = port_thread_slot(space->port);
    if (number >= caches->slot_count)
        return NULL;
    slot = slot_at(space, number);
    if (!slot)
        return NULL;
    if (!caches->fenced)
        return atomic_exchange_explicit(&slot->busy, 1, memory_order_acquire) ? NULL : slot;
    atomic_store_explicit(&slot->busy, 1, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
    if (!atomic_load_explicit(&slot->closed, memory_order_acquire))
        return slot;
    slot_leave(slot);
    return NULL;
}

struct slot *slot_enter_first(struct dms_iova_space *space)
{
    struct caches *caches = &space->caches;
    struct slot *slot = slot_enter(space);
    unsigned number;

    if (slot || caches->slot_count == 0)
        return slot;
    number = port_thread_slot(space->port);
    if (number >= caches->slot_count || slot_at(space, number))
        return NULL;
    space_lock(space);
    if (space->tree_ops >= SLOTS_WAIT)
        add_slot(space, number);
    space_unlock(space);
    return slot_enter(space);
}
