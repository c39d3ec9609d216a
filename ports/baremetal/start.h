/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The way from start.S to the program. */
#ifndef BAREMETAL_START_H
#define BAREMETAL_START_H

/* The program. What it returns is the exit status. */
unsigned main(const void *blob);

/* On every CPU, with its number, before anything else in C. */
void start_cpu_local(unsigned index);

/* On every CPU, once gic_init() has been called: interrupts, timer and fences. */
void start_cpu(void);

#endif
