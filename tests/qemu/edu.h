/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * QEMU's `edu` device (docs/specs/edu) as a DMA master. It has two ways to memory:
 *  - its DMA engine, which copies a block between memory and a buffer in the device, 100 ms after it was told to;
 *  - its MSI, a write of 32 bits that happens at once, to any address and with any 16 bits of data that one cares to
 *    program. An MSI is a memory write like any other to the SMMU.
 */
#ifndef TESTS_QEMU_EDU_H
#define TESTS_QEMU_EDU_H

#include <baremetal/pci.h>

#include <stddef.h>

#define EDU_VENDOR 0x1234
#define EDU_DEVICE 0x11e8

/* The engine's buffer is larger by one word, but QEMU does not survive its use. */
#define EDU_BURST_MAX 4092

struct edu {
    struct pci_function pci;
    unsigned msi; /* its capability, in configuration space */
};

/* False: the function is no edu device, or it does not work. */
bool edu_init(struct edu *edu, const struct pci_function *function);

/* Writes 32 bits, of which the upper 16 are zero. */
void edu_post(const struct edu *edu, uint64_t address, uint16_t value);

/* Memory to the device's buffer, or back, `size` bytes up to EDU_BURST_MAX. False: the engine did not finish. */
bool edu_fetch(const struct edu *edu, uint64_t address, size_t size);
bool edu_store(const struct edu *edu, uint64_t address, size_t size);

#endif
