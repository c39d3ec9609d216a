/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Who is in which part of a page table.
 *
 * A thread that walks writes into its slot what it is going to touch, then executes a full fence,
 * then reads links. A thread that wants to remove a table marks its link frozen, executes a full
 * fence, then reads the slots. At least one of the two sees the other: the walker a frozen link,
 * and then it asks under the lock what became of it; or the remover a busy slot, and then it leaves
 * the table alone. Nobody waits for a slot, so a walker that is descheduled, or interrupted on its
 * own CPU, stops no one.
 */
#ifndef PGTABLE_GUARD_H
#define PGTABLE_GUARD_H

#include "base/lock.h"
#include "pgtable/word.h"

#include <dmaspace/pgtable.h>

#include <stdatomic.h>

/*
 * A full fence between a thread's announcement and its reads. Where the port can make all threads
 * pass one, that is left to the few who remove tables, and here only the compiler is told.
 */
static inline void guard_fence(const struct dms_port *port)
{
    if (LIKELY(port->fence_all))
        atomic_signal_fence(memory_order_seq_cst);
    else
        atomic_thread_fence(memory_order_seq_cst);
}

/* This thread's number. One not below guard->count: it has none. */
static inline unsigned guard_number(const struct dms_pgtable_guard *guard)
{
    const struct dms_port *port = guard->port;
    const char *self;
    unsigned number;

    if (!LIKELY(guard->number_offset))
        return port->thread_slot(port->ctx);
    self = __builtin_thread_pointer();
    number = *(const unsigned *)(const void *)(self + guard->number_offset);
    return LIKELY(number - 1 < guard->count) ? number - 1 : port->thread_slot(port->ctx);
}

static inline void guard_announce(struct dms_pgtable *pt, struct dms_pgtable_slot *slot,
                                  uint64_t first, uint64_t last)
{
    __atomic_store_n(&slot->first, first, __ATOMIC_RELEASE);
    __atomic_store_n(&slot->last, last, __ATOMIC_RELEASE);
    __atomic_store_n(&slot->owner, (uint64_t)(uintptr_t)pt, __ATOMIC_RELEASE);
}

/*
 * Announces [first, last], or takes the table's lock when this thread has no slot. Ends with
 * guard_leave.
 */
static inline struct dms_pgtable_slot *guard_enter(struct dms_pgtable *pt, uint64_t first,
                                                   uint64_t last)
{
    const struct dms_pgtable_guard *guard = pt->cfg.guard;
    const struct dms_port *port = pt->cfg.port;
    struct dms_pgtable_slot *slot;
    unsigned number;

    if (!LIKELY(guard && (number = guard_number(guard)) < guard->count)) {
        port_lock(port, &pt->lock);
        return &pt->own;
    }
    slot = &guard->slots[number];
    guard_announce(pt, slot, first, last);
    guard_fence(port);
    return slot;
}

/*
 * The same without a call: for a thread whose number is known without asking, on a port whose
 * fences are left to removers, and for a walker that snoops, so that none follows. False: not that
 * way, and nothing was announced.
 */
static inline bool guard_enter_quickly(struct dms_pgtable *pt, uint64_t first, uint64_t last,
                                       struct dms_pgtable_slot **slot)
{
    const char *self = __builtin_thread_pointer();
    unsigned number;

    if (!LIKELY(pt->number_offset))
        return false;
    number = *(const unsigned *)(const void *)(self + pt->number_offset) - 1;
    if (!LIKELY(number < pt->slot_count))
        return false;
    *slot = &pt->slots[number];
    guard_announce(pt, *slot, first, last);
    atomic_signal_fence(memory_order_seq_cst);
    return true;
}

/* For a slot, not for the lock. */
static inline void guard_leave_quickly(struct dms_pgtable_slot *slot)
{
    __atomic_store_n(&slot->owner, 0, __ATOMIC_RELEASE);
}

/* More than was announced. */
static inline void guard_widen(struct dms_pgtable *pt, struct dms_pgtable_slot *slot,
                               uint64_t first, uint64_t last)
{
    __atomic_store_n(&slot->first, first, __ATOMIC_RELEASE);
    __atomic_store_n(&slot->last, last, __ATOMIC_RELEASE);
    if (slot != &pt->own)
        guard_fence(pt->cfg.port);
}

static inline void guard_leave(struct dms_pgtable *pt, struct dms_pgtable_slot *slot)
{
    if (LIKELY(slot != &pt->own))
        guard_leave_quickly(slot);
    else
        port_unlock(pt->cfg.port, &pt->lock);
}

/* The lock, for a thread that may hold it already because it has no slot. */
static inline void guard_lock(struct dms_pgtable *pt, const struct dms_pgtable_slot *slot)
{
    if (slot != &pt->own)
        port_lock(pt->cfg.port, &pt->lock);
}

static inline void guard_unlock(struct dms_pgtable *pt, const struct dms_pgtable_slot *slot)
{
    if (slot != &pt->own)
        port_unlock(pt->cfg.port, &pt->lock);
}

/* Before a slot's thread reads its first link. */
void guard_first_use(struct dms_pgtable *pt, const struct dms_pgtable_slot *slot);

/* The remover's fence, after it has frozen a link. self: its own slot, or NULL. Lock held. */
void guard_fence_all(const struct dms_pgtable *pt, const struct dms_pgtable_slot *self);

/* A slot other than `self` touches a part of [first, last]. Lock held, after guard_fence_all. */
bool guard_busy(const struct dms_pgtable *pt, const struct dms_pgtable_slot *self, uint64_t first,
                uint64_t last);

/* Makes every slot's cached table stale. Lock held. */
void guard_advance(struct dms_pgtable *pt);

#endif
