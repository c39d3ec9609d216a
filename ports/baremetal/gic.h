/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The interrupt controller, a GICv2 (IHI 0048). */
#ifndef BAREMETAL_GIC_H
#define BAREMETAL_GIC_H

#include <stdbool.h>
#include <stdint.h>

#define GIC_PPI(n) (16u + (n))
#define GIC_SPI(n) (32u + (n))

/* What CPUs tell each other. */
#define GIC_SGI_WAKE  0u
#define GIC_SGI_FENCE 1u

/* Once, before anything else here: the registers of distributor and CPU interface. */
void gic_init(uintptr_t distributor, uintptr_t cpu_interface);

/* On every CPU: its interface and its private interrupts' enable bits. Leaves interrupts unmasked. */
void gic_start_cpu(void);

/*
 * From here on the interrupt is taken: a shared one by CPU 0, a private one by the calling CPU. handler runs with
 * interrupts masked and must take no lock. NULL: it only wakes a CPU that waits.
 */
void gic_enable(unsigned id, bool edge, void (*handler)(void *ctx), void *ctx);

/* Raises a GIC_SGI_ interrupt on that CPU, after everything that this CPU has stored. */
void gic_raise(unsigned sgi, unsigned cpu);

/* Raised, but not yet taken and handled. */
bool gic_is_pending(unsigned id);

#endif
