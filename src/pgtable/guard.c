/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pgtable/guard.h"

#include "base/memory.h"

#define SLOT_ALIGN 128u

_Static_assert(sizeof(struct dms_pgtable_slot) == SLOT_ALIGN, "two cache lines per slot");

static size_t memory_size(unsigned count)
{
    return (size_t)count * sizeof(struct dms_pgtable_slot) + SLOT_ALIGN;
}

int dms_pgtable_guard_init(struct dms_pgtable_guard *guard, const struct dms_port *port)
{
    *guard = (struct dms_pgtable_guard){.port = port};
    if (!port->thread_slot || port->thread_slots == 0)
        return 0;
    guard->memory = port_alloc(port, memory_size(port->thread_slots));
    if (!guard->memory)
        return DMS_ENOMEM;
    guard->slots =
        (void *)(((uintptr_t)guard->memory + SLOT_ALIGN - 1) & ~(uintptr_t)(SLOT_ALIGN - 1));
    guard->count = port->thread_slots;
    guard->number_offset = port->thread_slot_offset;
    return 0;
}

void dms_pgtable_guard_fini(struct dms_pgtable_guard *guard)
{
    port_free(guard->port, guard->memory, memory_size(guard->count));
    guard->memory = NULL;
    guard->count = 0;
}

/*
 * owner is read first: if it is still the one of an earlier call, that call's stores are visible by
 * the time first is read; if a later call has begun to write first and last, its fence comes after
 * ours, so it sees the frozen link.
 */
static bool slot_touches(const struct dms_pgtable_slot *slot, const struct dms_pgtable *pt,
                         uint64_t first, uint64_t last)
{
    if (__atomic_load_n(&slot->owner, __ATOMIC_ACQUIRE) != (uint64_t)(uintptr_t)pt)
        return false;
    return __atomic_load_n(&slot->first, __ATOMIC_ACQUIRE) <= last &&
           first <= __atomic_load_n(&slot->last, __ATOMIC_ACQUIRE);
}

static unsigned guard_used(const struct dms_pgtable_guard *guard)
{
    return guard ? __atomic_load_n(&guard->used, __ATOMIC_ACQUIRE) : 0;
}

/* The fence: either a remover sees that the slot is in use, or this thread sees its frozen link. */
void guard_first_use(struct dms_pgtable *pt, const struct dms_pgtable_slot *slot)
{
    struct dms_pgtable_guard *guard = pt->cfg.guard;
    unsigned used = guard_used(guard);
    unsigned needed;

    if (slot == &pt->own)
        return;
    needed = (unsigned)(slot - guard->slots) + 1;
    while (used < needed && !__atomic_compare_exchange_n(&guard->used, &used, needed, false,
                                                         __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE))
        ;
    atomic_thread_fence(memory_order_seq_cst);
}

/* Other threads have to pass a fence only if there ever were any. */
void guard_fence_all(const struct dms_pgtable *pt, const struct dms_pgtable_slot *self)
{
    const struct dms_port *port = pt->cfg.port;
    unsigned used;

    atomic_thread_fence(memory_order_seq_cst);
    used = guard_used(pt->cfg.guard);
    if (port->fence_all && (used > 1 || (used == 1 && self != pt->cfg.guard->slots)))
        port->fence_all(port->ctx);
}

bool guard_busy(const struct dms_pgtable *pt, const struct dms_pgtable_slot *self, uint64_t first,
                uint64_t last)
{
    const struct dms_pgtable_guard *guard = pt->cfg.guard;
    unsigned used = guard_used(guard);

    for (unsigned i = 0; i < used; i++) {
        if (&guard->slots[i] != self && slot_touches(&guard->slots[i], pt, first, last))
            return true;
    }
    return false;
}

/* Numbers are drawn from the guard, so that no two page tables ever have the same one. */
void guard_advance(struct dms_pgtable *pt)
{
    uint64_t *source = pt->cfg.guard ? &pt->cfg.guard->generations : &pt->generation;
    uint64_t next = __atomic_add_fetch(source, 1, __ATOMIC_RELAXED);

    __atomic_store_n(&pt->generation, next, __ATOMIC_RELEASE);
}
