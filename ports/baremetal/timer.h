/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Time: the generic timer (DDI 0487 D11). */
#ifndef BAREMETAL_TIMER_H
#define BAREMETAL_TIMER_H

#include <stdbool.h>
#include <stdint.h>

/* The non-secure EL1 physical timer's interrupt; on every CPU that will wait, after gic_start_cpu(). */
void timer_start_cpu(void);

/* Nanoseconds since the counter began. */
uint64_t timer_now_ns(void);

/* Counter ticks. With QEMU's instruction clock and a counter of 1 GHz: instructions executed. */
uint64_t timer_ticks(void);

/*
 * Sleeps until done(ctx), or until timeout_ns have passed; asks done again after every interrupt and every step_ns.
 * What done answers last.
 */
bool timer_wait(bool (*done)(void *ctx), void *ctx, uint64_t timeout_ns, uint64_t step_ns);

#endif
