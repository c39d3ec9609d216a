/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The port's memory: small objects, and tables that the device reads. All of it comes zeroed. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include "base/checked.h"

#include <dmaspace/port.h>

/* NULL when there is no memory. */
static inline void *port_alloc(const struct dms_port *port, size_t size)
{
    return port->alloc(port->ctx, size);
}

/* size as given to port_alloc. ptr may be NULL. */
static inline void port_free(const struct dms_port *port, void *ptr, size_t size)
{
    if (ptr)
        port->free(port->ctx, ptr, size);
}

/* NULL when count * size does not fit, too. */
static inline void *port_alloc_array(const struct dms_port *port, size_t count, size_t size)
{
    size_t bytes;

    return checked_mul_size(count, size, &bytes) ? port_alloc(port, bytes) : NULL;
}

/* count and size as given to port_alloc_array. ptr may be NULL. */
static inline void port_free_array(const struct dms_port *port, void *ptr, size_t count,
                                   size_t size)
{
    port_free(port, ptr, count * size);
}

/* align: a power of two. Below 64, 64 is taken. *phys is set only on success. */
static inline void *port_table_alloc(const struct dms_port *port, size_t size, size_t align,
                                     dms_phys_t *phys)
{
    return port->table_alloc(port->ctx, size, align < 64 ? 64 : align, phys);
}

static inline void port_table_free(const struct dms_port *port, void *ptr, size_t size)
{
    if (ptr)
        port->table_free(port->ctx, ptr, size);
}

/* The CPU's pointer to table memory. phys must come from port_table_alloc. */
static inline void *port_table_at(const struct dms_port *port, dms_phys_t phys)
{
    if (port->table_at)
        return port->table_at(port->ctx, phys);
    return (void *)(uintptr_t)(phys.addr + port->table_offset);
}

#endif
