/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A second CPU, powered on by PSCI (DEN 0022) when it is first needed, and idle between jobs. */
#ifndef BAREMETAL_SECOND_CPU_H
#define BAREMETAL_SECOND_CPU_H

#include <stdbool.h>

/* Runs fn(arg) on CPU 1. False: there is none, or it is at work. */
bool second_cpu_start(void (*fn)(void *arg), void *arg);

/* Waits for it. False: it has not finished within ten seconds. */
bool second_cpu_join(void);

#endif
