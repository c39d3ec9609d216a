/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "base/lock.h"

#include <dmaspace/pgtable.h>

static void add_slot(struct dms_pgtable_stats *out, const struct dms_pgtable_slot *slot)
{
    uint64_t pages = __atomic_load_n(&slot->pages, __ATOMIC_RELAXED);

    out->entries += __atomic_load_n(&slot->entries, __ATOMIC_RELAXED) + pages;
    out->barriers += __atomic_load_n(&slot->barriers, __ATOMIC_RELAXED) + pages;
    out->cleans += __atomic_load_n(&slot->cleans, __ATOMIC_RELAXED);
}

void dms_pgtable_stats(struct dms_pgtable *pt, struct dms_pgtable_stats *out)
{
    const struct dms_pgtable_guard *guard = pt->cfg.guard;

    *out = (struct dms_pgtable_stats){0};
    port_lock(pt->cfg.port, &pt->lock);
    out->tables = __atomic_load_n(&pt->tables, __ATOMIC_RELAXED);
    out->kept = pt->kept_count;
    out->removed = pt->removed;
    add_slot(out, &pt->own);
    port_unlock(pt->cfg.port, &pt->lock);
    for (unsigned i = 0; guard && i < guard->count; i++)
        add_slot(out, &guard->slots[i]);
}
