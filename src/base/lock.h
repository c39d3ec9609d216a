/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The port's locks. A port without locks has one thread, and then these do nothing. */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <dmaspace/port.h>

static inline void port_lock_init(const struct dms_port *port, dms_lock_t *lock)
{
    if (port->lock_init)
        port->lock_init(port->ctx, lock);
}

static inline void port_lock_fini(const struct dms_port *port, dms_lock_t *lock)
{
    if (port->lock_fini)
        port->lock_fini(port->ctx, lock);
}

static inline void port_lock(const struct dms_port *port, dms_lock_t *lock)
{
    if (port->lock)
        port->lock(port->ctx, lock);
}

static inline void port_unlock(const struct dms_port *port, dms_lock_t *lock)
{
    if (port->unlock)
        port->unlock(port->ctx, lock);
}

/* This thread's number below port->thread_slots, or one not below it when the thread has none. */
static inline unsigned port_thread_slot(const struct dms_port *port)
{
    return port->thread_slot ? port->thread_slot(port->ctx) : port->thread_slots;
}

#endif
