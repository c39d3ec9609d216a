/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Where a thread that mostly frees leaves batches for one that mostly allocates, without the tree. A batch with its
 * size is one cache line, so that it costs one transfer on each side. Putting and getting go round the cells in the
 * same order: they seldom meet at one. All sizes share the cells, as the two threads drift apart by many batches of one
 * size; a batch that nobody fetches gives way to another size's.
 */
#include "space.h"

#include "base/mem.h"

static bool cell_take(struct depot_cell *cell, uint64_t held)
{
    return atomic_compare_exchange_strong_explicit(&cell->bytes, &held, CELL_BUSY,
                                                   memory_order_acquire, memory_order_relaxed);
}

/* What a cell must hold to be taken. */
static bool is_wanted(uint64_t held, uint64_t bytes, bool others)
{
    return others ? held != bytes && held != CELL_EMPTY && held != CELL_BUSY : held == bytes;
}

/*
 * A cell that holds `bytes`, or with `others` a batch of another size, taken, from *next on; *next moves behind it.
 * NULL: none. *held: what it held.
 */
static struct depot_cell *depot_take(const struct caches *caches, uint8_t *next, uint64_t bytes,
                                     bool others, uint64_t *held)
{
    struct depot_cell *cells = depot_cells(caches);

    for (unsigned i = 0; cells && i < DEPOT_CELLS; i++) {
        struct depot_cell *cell = &cells[(*next + i) % DEPOT_CELLS];

        *held = atomic_load_explicit(&cell->bytes, memory_order_relaxed);
        if (is_wanted(*held, bytes, others) && cell_take(cell, *held)) {
            *next = (uint8_t)(*next + i + 1);
            return cell;
        }
    }
    return NULL;
}

bool depot_put(const struct caches *caches, struct slot *slot, uint64_t *bytes, uint64_t *iovas)
{
    struct depot_cell *cell = NULL;
    uint64_t held, batch[BATCH];

    if (*bytes > caches->depot_bytes)
        return false;
    cell = depot_take(caches, &slot->depot_put, CELL_EMPTY, false, &held);
    if (!cell)
        cell = depot_take(caches, &slot->depot_put, *bytes, true, &held);
    if (!cell)
        return false;
    memcpy(batch, cell->entry, sizeof(batch));
    memcpy(cell->entry, iovas, sizeof(batch));
    atomic_store_explicit(&cell->bytes, *bytes, memory_order_release);
    memcpy(iovas, batch, sizeof(batch));
    *bytes = held;
    return held == CELL_EMPTY;
}

bool depot_get(const struct caches *caches, struct slot *slot, uint64_t bytes, uint64_t *iovas)
{
    uint64_t held;
    struct depot_cell *cell = bytes <= caches->depot_bytes
                                  ? depot_take(caches, &slot->depot_get, bytes, false, &held)
                                  : NULL;

    if (!cell)
        return false;
    memcpy(iovas, cell->entry, sizeof(cell->entry));
    atomic_store_explicit(&cell->bytes, CELL_EMPTY, memory_order_release);
    return true;
}

/* The cells as one row; NULL: no depot. */
struct depot_cell *depot_cells(const struct caches *caches)
{
    struct depot *depot = atomic_load_explicit(&caches->depot, memory_order_acquire);

    return depot ? depot->cell : NULL;
}
