/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Order between the CPU's accesses and the device's, and caches that the device does not snoop. */
#ifndef BASE_BARRIER_H
#define BASE_BARRIER_H

#include <dmaspace/port.h>
#include <stdatomic.h>

static inline void port_barrier(const struct dms_port *port, enum dms_barrier what)
{
    if (port->barrier)
        port->barrier(port->ctx, what);
    else
        atomic_thread_fence(memory_order_seq_cst);
}

/* The CPU's stores to [ptr, ptr + size) reach memory. */
static inline void port_cache_clean(const struct dms_port *port, const void *ptr, size_t size)
{
    if (port->cache_clean)
        port->cache_clean(port->ctx, ptr, size);
}

/* Later loads of [ptr, ptr + size) come from memory. */
static inline void port_cache_invalidate(const struct dms_port *port, void *ptr, size_t size)
{
    if (port->cache_invalidate)
        port->cache_invalidate(port->ctx, ptr, size);
}

#endif
