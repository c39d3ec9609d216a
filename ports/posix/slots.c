/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Per-thread storage: run caches and statistics without shared cache lines. */
#include "posix_internal.h"
#include "thread_index.h"

#include <stdlib.h>
#include <string.h>

int slots_create(struct dms_posix *posix, unsigned count)
{
    size_t size = (count + 1) * sizeof(struct slot);

    posix->slots = aligned_alloc(_Alignof(struct slot), size);
    if (!posix->slots)
        return DMS_ENOMEM;
    memset(posix->slots, 0, size);
    posix->port.thread_slots = count;
    return 0;
}

void slots_destroy(struct dms_posix *posix)
{
    free(posix->slots);
}

struct slot *slot_mine(struct dms_posix *posix)
{
    unsigned index = thread_index();

    return index < posix->port.thread_slots ? &posix->slots[index] : NULL;
}

/* A slot has one writer, so that a load and a store do; the last slot is shared. */
static void count_add(_Atomic uint64_t *counter, int64_t amount, bool shared)
{
    if (shared) {
        atomic_fetch_add_explicit(counter, (uint64_t)amount, memory_order_relaxed);
    } else {
        uint64_t old = atomic_load_explicit(counter, memory_order_relaxed);

        atomic_store_explicit(counter, old + (uint64_t)amount, memory_order_relaxed);
    }
}

void slot_count(struct dms_posix *posix, enum count_kind kind, int64_t things, int64_t bytes)
{
    struct slot *slot = slot_mine(posix);
    bool shared = !slot;
    struct counts *counts = shared ? &posix->slots[posix->port.thread_slots].counts : &slot->counts;

    count_add(&counts->live[kind], things, shared);
    count_add(&counts->bytes[kind], bytes, shared);
    if (things > 0)
        count_add(&counts->calls, 1, shared);
}

static uint64_t sum_live(const struct dms_posix *posix, enum count_kind kind)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i <= posix->port.thread_slots; i++)
        sum += atomic_load_explicit(&posix->slots[i].counts.live[kind], memory_order_relaxed);
    return sum;
}

static uint64_t sum_bytes(const struct dms_posix *posix, enum count_kind kind)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i <= posix->port.thread_slots; i++)
        sum += atomic_load_explicit(&posix->slots[i].counts.bytes[kind], memory_order_relaxed);
    return sum;
}

void dms_posix_stats(const struct dms_posix *posix, struct dms_posix_stats *out)
{
    *out = (struct dms_posix_stats){
        .objects = sum_live(posix, COUNT_OBJECTS),
        .object_bytes = sum_bytes(posix, COUNT_OBJECTS),
        .tables = sum_live(posix, COUNT_TABLES),
        .table_bytes = sum_bytes(posix, COUNT_TABLES),
        .buffers = sum_live(posix, COUNT_BUFFERS),
        .buffer_bytes = sum_bytes(posix, COUNT_BUFFERS),
    };
    for (unsigned i = 0; i <= posix->port.thread_slots; i++)
        out->calls += atomic_load_explicit(&posix->slots[i].counts.calls, memory_order_relaxed);
}
