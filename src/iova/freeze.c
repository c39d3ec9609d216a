/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* All caches at a standstill, so that what is refused or listed holds for the space as a whole. */
#include "space.h"

static bool is_open(const struct slot *slot)
{
    return slot && !slot->frozen && atomic_load_explicit(&slot->claimed, memory_order_relaxed) > 0;
}

static void relax(const struct dms_port *port)
{
    if (port->relax)
        port->relax(port->ctx);
}

/* Until the slot's thread is out. After this it finds the slot closed. */
static void wait_until_left(struct dms_iova_space *space, struct slot *slot)
{
    if (space->caches.fenced) {
        while (atomic_load_explicit(&slot->busy, memory_order_acquire))
            relax(space->port);
        return;
    }
    while (atomic_exchange_explicit(&slot->busy, 1, memory_order_acquire))
        relax(space->port);
}

/* Close all claimed slots: first all, then one fence, then wait for each. */
static void close_slots(struct dms_iova_space *space)
{
    struct caches *caches = &space->caches;

    for (unsigned i = 0; i < caches->slot_count; i++) {
        struct slot *slot = slot_at(space, i);

        if (is_open(slot))
            atomic_store_explicit(&slot->closed, 1, memory_order_relaxed);
    }
    if (caches->fenced)
        space->port->fence_all(space->port->ctx);
    for (unsigned i = 0; i < caches->slot_count; i++) {
        struct slot *slot = slot_at(space, i);

        if (!slot || slot->frozen || !atomic_load_explicit(&slot->closed, memory_order_relaxed))
            continue;
        wait_until_left(space, slot);
        slot->frozen = true;
    }
}

static void open_slots(struct dms_iova_space *space)
{
    struct caches *caches = &space->caches;

    for (unsigned i = 0; i < caches->slot_count; i++) {
        struct slot *slot = slot_at(space, i);

        if (!slot || !slot->frozen)
            continue;
        slot->frozen = false;
        if (caches->fenced)
            atomic_store_explicit(&slot->closed, 0, memory_order_release);
        else
            slot_leave(slot);
    }
}

/* Locked. */
static bool some_slot_is_open(struct dms_iova_space *space)
{
    const struct caches *caches = &space->caches;

    for (unsigned i = 0; caches->claims > 0 && i < caches->slot_count; i++) {
        if (is_open(slot_at(space, i)))
            return true;
    }
    return false;
}

void space_freeze(struct dms_iova_space *space)
{
    port_lock(space->port, &space->caches.freeze_lock);
    space_lock(space);
    while (some_slot_is_open(space)) {
        space_unlock(space);
        close_slots(space);
        space_lock(space);
    }
}

void space_thaw(struct dms_iova_space *space)
{
    space_unlock(space);
    open_slots(space);
    port_unlock(space->port, &space->caches.freeze_lock);
}

static bool depot_is_empty(const struct caches *caches)
{
    struct depot_cell *cell = depot_cells(caches);

    for (unsigned i = 0; cell && i < DEPOT_CELLS; i++) {
        if (atomic_load_explicit(&cell[i].bytes, memory_order_relaxed) != CELL_EMPTY)
            return false;
    }
    return true;
}

/* Only who has a claimed bin moves batches through the depot, so without claims it stands still. */
bool caches_are_empty(struct dms_iova_space *space)
{
    return space->caches.claims == 0 && depot_is_empty(&space->caches);
}

static void flush_depot(struct dms_iova_space *space)
{
    struct depot_cell *cell = depot_cells(&space->caches);

    for (unsigned i = 0; cell && i < DEPOT_CELLS; i++) {
        uint64_t bytes = atomic_load_explicit(&cell[i].bytes, memory_order_acquire);

        if (bytes == CELL_EMPTY)
            continue;
        space_give_all(space, cell[i].entry, BATCH, bytes);
        atomic_store_explicit(&cell[i].bytes, CELL_EMPTY, memory_order_release);
    }
}

void space_flush(struct dms_iova_space *space)
{
    struct caches *caches = &space->caches;

    if (caches_are_empty(space))
        return;
    caches->flushes++;
    flush_depot(space);
    for (unsigned i = 0; caches->claims > 0 && i < caches->slot_count; i++) {
        struct slot *slot = slot_at(space, i);

        for (unsigned j = 0; slot && j < SLOT_BINS; j++)
            bin_give_up(space, slot, &slot->bin[j]);
    }
}

void dms_iova_flush(struct dms_iova_space *space)
{
    space_freeze(space);
    space_flush(space);
    space_thaw(space);
}
