/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Spin locks. They do not mask interrupts, so no interrupt handler may take one: handlers count and wake, threads
 * do the work.
 */
#ifndef BAREMETAL_LOCK_H
#define BAREMETAL_LOCK_H

#include "cpu.h"

#include <stdatomic.h>

typedef atomic_uint_fast32_t spinlock_t; /* 0: free */

static inline void spin_lock(spinlock_t *lock)
{
    while (atomic_exchange_explicit(lock, 1, memory_order_acquire))
        while (atomic_load_explicit(lock, memory_order_relaxed))
            cpu_yield();
}

static inline void spin_unlock(spinlock_t *lock)
{
    atomic_store_explicit(lock, 0, memory_order_release);
}

#endif
