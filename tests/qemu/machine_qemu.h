/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* QEMU's virt machine as the suite wants it: its SMMUv3, and edu devices as DMA masters. */
#ifndef TESTS_QEMU_MACHINE_QEMU_H
#define TESTS_QEMU_MACHINE_QEMU_H

#include <baremetal/platform.h>

#include "../suite/machine.h"

/*
 * Finds the masters and takes the SMMU's interrupts; console, GIC, timer and memory are up. Words of bootargs:
 * "two-level" for two-level stream tables, "noncoherent" for a port that does cache maintenance. NULL, or what is
 * missing. One machine at a time.
 */
const char *machine_qemu_init(struct platform *platform, struct suite_machine *out);

#endif
