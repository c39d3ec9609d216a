/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Where a thread that mostly frees leaves batches for one that mostly allocates, without the tree. A cell is taken by
 * compare-and-swap, copied, and released by a plain store.
 */
#include "space.h"

#include "base/mem.h"

static bool cell_take(_Atomic uint32_t *cell, uint32_t expected)
{
    return atomic_load_explicit(cell, memory_order_relaxed) == expected &&
           atomic_compare_exchange_strong_explicit(cell, &expected, CELL_BUSY, memory_order_acquire,
                                                   memory_order_relaxed);
}

bool depot_put(struct caches *caches, uint64_t pages, const uint64_t *iovas)
{
    struct depot *depot = atomic_load_explicit(&caches->depot, memory_order_acquire);

    if (!depot || pages > caches->depot_pages)
        return false;
    for (unsigned i = 0; i < DEPOT_CELLS; i++) {
        if (cell_take(&depot->cell[i], CELL_EMPTY)) {
            memcpy(depot->entry[i], iovas, sizeof(depot->entry[i]));
            atomic_store_explicit(&depot->cell[i], (uint32_t)pages, memory_order_release);
            return true;
        }
    }
    return false;
}

bool depot_get(struct caches *caches, uint64_t pages, uint64_t *iovas)
{
    struct depot *depot = atomic_load_explicit(&caches->depot, memory_order_acquire);

    if (!depot || pages > caches->depot_pages)
        return false;
    for (unsigned i = 0; i < DEPOT_CELLS; i++) {
        if (cell_take(&depot->cell[i], (uint32_t)pages)) {
            memcpy(iovas, depot->entry[i], sizeof(depot->entry[i]));
            atomic_store_explicit(&depot->cell[i], CELL_EMPTY, memory_order_release);
            return true;
        }
    }
    return false;
}
