/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The caches' memory and budget. */
#include "space.h"

#include "base/memory.h"

#include <limits.h>

static unsigned no_slot(void *ctx)
{
    (void)ctx;
    return UINT_MAX;
}

int caches_init(struct dms_iova_space *space, uint64_t cache_bytes)
{
    const struct dms_port *port = space->port;
    struct caches *caches = &space->caches;
    uint64_t pages = (space->tree.end - space->tree.start) / 32;

    caches->thread_slot = no_slot;
    if (space->flags & DMS_IOVA_NO_CACHES || !port->thread_slot || port->thread_slots == 0)
        return 0;
    caches->slots = port_alloc_array(port, port->thread_slots, sizeof(*caches->slots));
    if (!caches->slots)
        return DMS_ENOMEM;
    caches->memory = port->thread_slots * sizeof(*caches->slots);
    caches->thread_slot = port->thread_slot;
    caches->ctx = port->ctx;
    caches->slot_count = port->thread_slots;
    caches->fenced = port->fence_all != NULL;
    caches->budget = cache_bytes ? cache_bytes >> space->granule_lg2 : pages;
    /* A quarter of the budget is the depot's. */
    caches->depot_pages = caches->budget / 4 / (DEPOT_CELLS * BATCH);
    caches->budget -= caches->budget / 4;
    return 0;
}

static void slot_destroy(struct dms_iova_space *space, struct slot *slot)
{
    if (slot)
        port_free(space->port, slot->memory, SLOT_MEMORY);
}

void caches_fini(struct dms_iova_space *space)
{
    struct caches *caches = &space->caches;

    for (unsigned i = 0; i < caches->slot_count; i++)
        slot_destroy(space, atomic_load_explicit(&caches->slots[i], memory_order_acquire));
    port_free(space->port, caches->depot_memory, DEPOT_MEMORY);
    port_free_array(space->port, caches->slots, caches->slot_count, sizeof(*caches->slots));
}

static void *aligned(void *memory)
{
    uintptr_t mask = CACHE_LINE - 1;

    return (void *)(((uintptr_t)memory + mask) & ~mask);
}

static void add_depot(struct dms_iova_space *space)
{
    struct caches *caches = &space->caches;

    if (caches->depot_memory || caches->depot_pages == 0)
        return;
    caches->depot_memory = port_alloc(space->port, DEPOT_MEMORY);
    if (!caches->depot_memory)
        return;
    caches->memory += DEPOT_MEMORY;
    atomic_store_explicit(&caches->depot, aligned(caches->depot_memory), memory_order_release);
}

void caches_add_slot(struct dms_iova_space *space)
{
    struct caches *caches = &space->caches;
    unsigned number = caches->thread_slot(caches->ctx);
    struct slot *slot;
    void *memory;

    if (number >= caches->slot_count || space->tree_ops < SLOTS_WAIT ||
        atomic_load_explicit(&caches->slots[number], memory_order_acquire))
        return;
    memory = port_alloc(space->port, SLOT_MEMORY);
    if (!memory)
        return;
    caches->memory += SLOT_MEMORY;
    slot = aligned(memory);
    slot->memory = memory;
    atomic_store_explicit(&caches->slots[number], slot, memory_order_release);
    if (++caches->slots_used > 1)
        add_depot(space);
}
