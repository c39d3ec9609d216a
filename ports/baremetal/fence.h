/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A full barrier on every CPU, paid for by the one that asks. */
#ifndef BAREMETAL_FENCE_H
#define BAREMETAL_FENCE_H

/* On every CPU, after gic_start_cpu(): from here on it takes part. */
void fence_start_cpu(void);

/* Returns when every CPU that takes part has passed a full barrier. With interrupts unmasked. */
void fence_all_cpus(void);

#endif
