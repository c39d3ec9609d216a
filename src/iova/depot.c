/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Where a thread that mostly frees leaves batches for one that mostly allocates, without the tree. A batch with its
 * size is one cache line, so that it costs one transfer on each side. Putting and getting go round the ways of the
 * size's set in the same order: they seldom meet at one cell.
 */
#include "space.h"

#include "base/mem.h"

static struct depot_cell *cell_take(struct depot_cell *cell, uint64_t expected)
{
    bool taken =
        atomic_load_explicit(&cell->bytes, memory_order_relaxed) == expected &&
        atomic_compare_exchange_strong_explicit(&cell->bytes, &expected, CELL_BUSY,
                                                memory_order_acquire, memory_order_relaxed);

    return taken ? cell : NULL;
}

/* A cell of this set with that size, taken, from *way on; *way moves behind it. NULL: none. */
static struct depot_cell *set_take(struct depot_cell *set, uint8_t *way, uint64_t expected)
{
    for (unsigned i = 0; i < DEPOT_WAYS; i++) {
        struct depot_cell *cell = cell_take(&set[(*way + i) % DEPOT_WAYS], expected);

        if (cell) {
            *way = (uint8_t)(*way + i + 1);
            return cell;
        }
    }
    return NULL;
}

static struct depot_cell *depot_set(const struct caches *caches, uint64_t bytes)
{
    struct depot *depot = atomic_load_explicit(&caches->depot, memory_order_acquire);

    if (!depot || bytes > caches->depot_bytes)
        return NULL;
    return depot->cell[(bytes * caches->hash_factor) >> 60 & (DEPOT_SETS - 1)];
}

bool depot_put(const struct caches *caches, struct slot *slot, uint64_t bytes,
               const uint64_t *iovas)
{
    struct depot_cell *set = depot_set(caches, bytes);
    struct depot_cell *cell = set ? set_take(set, &slot->depot_put, CELL_EMPTY) : NULL;

    if (!cell)
        return false;
    memcpy(cell->entry, iovas, sizeof(cell->entry));
    atomic_store_explicit(&cell->bytes, bytes, memory_order_release);
    return true;
}

bool depot_get(const struct caches *caches, struct slot *slot, uint64_t bytes, uint64_t *iovas)
{
    struct depot_cell *set = depot_set(caches, bytes);
    struct depot_cell *cell = set ? set_take(set, &slot->depot_get, bytes) : NULL;

    if (!cell)
        return false;
    memcpy(iovas, cell->entry, sizeof(cell->entry));
    atomic_store_explicit(&cell->bytes, CELL_EMPTY, memory_order_release);
    return true;
}

/* The cells as one row; NULL: no depot. For who froze the caches. */
struct depot_cell *depot_cells(const struct caches *caches)
{
    struct depot *depot = atomic_load_explicit(&caches->depot, memory_order_acquire);

    return depot ? depot->cell[0] : NULL;
}
