/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * struct dms_port of this machine. docs/porting.md goes through it field by field.
 *
 * Memory. The MMU is on, with an identity map in which RAM is write-back cacheable and inner shareable. On QEMU's virt
 * machine the SMMU and everything behind it snoop caches (IDR0.COHACC, dma-coherent in the device tree), so the port
 * has no cache maintenance and dms_coherent_alloc() gives ordinary memory. For masters that do not snoop, take
 * baremetal_port_noncoherent: the same with cleaning and invalidation to the point of coherency. dms_coherent_alloc() is then
 * DMS_ENOTSUP for devices that do not snoop: the port has no uncached memory, since all of RAM is in one cacheable
 * block of the identity map. (With the MMU off all memory would be uncached, and coherent with any master; but
 * exclusive accesses are not sure to work there, DDI 0487 B2.9.2, and locks need them.)
 *
 * Locks spin and leave interrupts alone, so the library is for threads, not for interrupt handlers.
 */
#ifndef BAREMETAL_PORT_H
#define BAREMETAL_PORT_H

#include <dmaspace/port.h>

/* Everything snoops. After memory_init() and, for lines of the log, console_init(). */
extern const struct dms_port baremetal_port;

/* Some masters, or the SMMU's walks, do not. */
extern const struct dms_port baremetal_port_noncoherent;

/* Registers of a device at this address. */
struct dms_mmio baremetal_mmio(uintptr_t base);

#endif
