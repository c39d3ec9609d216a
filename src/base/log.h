/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One line to the port's log. Lines are made with base/text.h. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <dmaspace/port.h>

static inline void port_log(const struct dms_port *port, enum dms_log_level level, const char *line)
{
    if (port->log)
        port->log(port->ctx, level, line);
}

#endif
