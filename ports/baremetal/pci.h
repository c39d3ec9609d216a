/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * PCI through an ECAM window (PCI Express Base 7.2.2), on a host that no firmware has set up: bus numbers, bridge
 * windows and BARs are given out here.
 */
#ifndef BAREMETAL_PCI_H
#define BAREMETAL_PCI_H

#include <stdbool.h>
#include <stdint.h>

#define PCI_DEVICES_MAX 32

struct pci_host {
    uintptr_t ecam;
    unsigned buses;  /* that the ECAM window holds */
    uint64_t window; /* where memory BARs may go: PCI addresses, which the CPU sees unchanged */
    uint64_t window_size; /* below 4 GiB */
};

struct pci_function {
    uint16_t rid; /* requester ID: bus << 8 | device << 3 | function */
    uint16_t vendor, device;
    uintptr_t config; /* its configuration space */
    uint64_t bar0;    /* 0: none */
};

/*
 * Finds every function behind `host`, gives each BAR a place, and turns on memory decoding and bus mastering. Returns how
 * many there are; those beyond `max` are not stored.
 */
unsigned pci_enumerate(const struct pci_host *host, struct pci_function *out, unsigned max);

/* The function's capability with this ID, as an offset in configuration space; 0: none. */
unsigned pci_capability(const struct pci_function *function, uint8_t id);

static inline uint32_t pci_read32(const struct pci_function *function, unsigned offset)
{
    return *(const volatile uint32_t *)(function->config + offset);
}

static inline void pci_write32(const struct pci_function *function, unsigned offset, uint32_t value)
{
    *(volatile uint32_t *)(function->config + offset) = value;
}

static inline void pci_write16(const struct pci_function *function, unsigned offset, uint16_t value)
{
    *(volatile uint16_t *)(function->config + offset) = value;
}

#endif
