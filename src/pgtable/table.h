/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Table memory, making stores visible to the walker, and counting both. */
#ifndef PGTABLE_TABLE_H
#define PGTABLE_TABLE_H

#include "base/barrier.h"
#include "base/memory.h"
#include "pgtable/format.h"
#include "pgtable/geometry.h"

/* Only the slot's thread writes a count, others may read it: no read-modify-write is needed. */
static inline void count_add(uint64_t *count, uint64_t n)
{
    __atomic_store_n(count, __atomic_load_n(count, __ATOMIC_RELAXED) + n, __ATOMIC_RELAXED);
}

/* Earlier stores to tables become visible to the walker before later ones. */
static inline void table_barrier(const struct dms_pgtable *pt, struct dms_pgtable_slot *slot)
{
    count_add(&slot->barriers, 1);
    port_barrier(pt->cfg.port, DMS_BARRIER_TABLE);
}

/* For walkers that do not snoop: [word, word + n) reaches memory. */
static inline void table_clean(const struct dms_pgtable *pt, struct dms_pgtable_slot *slot,
                               const uint64_t *word, size_t n)
{
    if (pt->cfg.coherent)
        return;
    count_add(&slot->cleans, 1);
    port_cache_clean(pt->cfg.port, word, n * sizeof(*word));
}

/* One link written: counted, and on its way to memory. */
static inline void table_wrote(const struct dms_pgtable *pt, struct dms_pgtable_slot *slot,
                               const uint64_t *word, size_t n)
{
    count_add(&slot->entries, n);
    table_clean(pt, slot, word, n);
}

/* The table that a link leads to. */
static inline uint64_t *table_at(const struct dms_pgtable *pt, uint64_t link)
{
    dms_phys_t phys = {link & DESC_ADDRESS & ~(granule(pt) - 1)};

    return port_table_at(pt->cfg.port, phys);
}

/* A link to the table at phys: hierarchical restrictions off (DDI 0487, D8.3.1). */
static inline uint64_t table_link(dms_phys_t phys)
{
    return phys.addr | DESC_VALID | DESC_TABLE;
}

/*
 * Tables in hand, not linked anywhere: taken before the first entry is written, so that nothing can
 * fail after it. Each holds the link of the next one in its first word.
 */
struct table_stock {
    uint64_t first; /* as a link; 0: none left */
};

/* n more tables. 0, or DMS_ENOMEM: the stock is empty again. */
int table_stock_fill(const struct dms_pgtable *pt, struct table_stock *stock, uint64_t n);

/* A zeroed table, as a link. The stock is not empty. */
uint64_t table_stock_take(const struct dms_pgtable *pt, struct table_stock *stock);

/* Puts back what was taken and not linked. It is still zero. */
void table_stock_return(const struct dms_pgtable *pt, struct table_stock *stock, uint64_t link);

/* Gives what is left back to the port, last taken first. */
void table_stock_empty(const struct dms_pgtable *pt, struct table_stock *stock);

#endif
