/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The library's only wait loop. */
#ifndef BASE_POLL_H
#define BASE_POLL_H

#include <dmaspace/error.h>
#include <dmaspace/port.h>

/*
 * Calls done(ctx) until it returns true, or timeout_ns have passed on the port's clock. 0, or
 * DMS_ETIMEDOUT. done is called at least once, and once more after the deadline: being descheduled
 * is no timeout.
 */
static inline int poll_until(const struct dms_port *port, uint64_t timeout_ns,
                             bool (*done)(void *ctx), void *ctx)
{
    uint64_t start;
    bool expired = false;

    if (done(ctx))
        return 0;
    for (start = port->now_ns(port->ctx); !expired;) {
        if (port->relax)
            port->relax(port->ctx);
        /* The clock is read before the last try, never after it. */
        expired = port->now_ns(port->ctx) - start >= timeout_ns;
        if (done(ctx))
            return 0;
    }
    return DMS_ETIMEDOUT;
}

#endif
