/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "edu.h"

#include <baremetal/cpu.h>
#include <baremetal/timer.h>

/* BAR 0 */
#define EDU_ID          0x00
#define EDU_IRQ_RAISE   0x60
#define EDU_IRQ_ACK     0x64
#define EDU_DMA_SOURCE  0x80
#define EDU_DMA_TARGET  0x88
#define EDU_DMA_COUNT   0x90
#define EDU_DMA_COMMAND 0x98
#define EDU_ID_MASK     0x0000ffffu
#define EDU_ID_VALUE    0xedu

#define DMA_RUN         1u
#define DMA_STORE       2u
#define DMA_BUFFER      0x40000 /* in the device's own address space */

#define DMA_TIMEOUT_NS  UINT64_C(2000000000)
#define DMA_STEP_NS     UINT64_C(100001000)

/* MSI capability with a 64-bit address (PCI Local Bus 6.8.1) */
#define CAP_MSI     5
#define MSI_CONTROL 0
#define MSI_ADDRESS 4
#define MSI_DATA    12
#define MSI_ENABLE  0x00010000u
#define MSI_64      0x00800000u

bool edu_init(struct edu *edu, const struct pci_function *function)
{
    uint32_t control;

    if (function->vendor != EDU_VENDOR || function->device != EDU_DEVICE || !function->bar0)
        return false;
    edu->pci = *function;
    edu->msi = pci_capability(function, CAP_MSI);
    if (!edu->msi || (mmio_read32(function->bar0 + EDU_ID) & EDU_ID_MASK) != EDU_ID_VALUE)
        return false;
    control = pci_read32(function, edu->msi + MSI_CONTROL);
    if (!(control & MSI_64))
        return false;
    pci_write32(function, edu->msi + MSI_CONTROL, control | MSI_ENABLE);
    return true;
}

/* Stores of this CPU are in memory before the device is told to look there. */
static void tell(const struct edu *edu, unsigned reg, uint32_t value)
{
    CPU_DMB(osh);
    mmio_write32(edu->pci.bar0 + reg, value);
}

void edu_post(const struct edu *edu, uint64_t address, uint16_t value)
{
    pci_write32(&edu->pci, edu->msi + MSI_ADDRESS, (uint32_t)address);
    pci_write32(&edu->pci, edu->msi + MSI_ADDRESS + 4, (uint32_t)(address >> 32));
    pci_write32(&edu->pci, edu->msi + MSI_DATA, value);
    tell(edu, EDU_IRQ_RAISE, 1);
    mmio_write32(edu->pci.bar0 + EDU_IRQ_ACK, 1);
    CPU_DMB(osh);
}

static bool dma_done(void *ctx)
{
    const struct edu *edu = ctx;

    return (mmio_read32(edu->pci.bar0 + EDU_DMA_COMMAND) & DMA_RUN) == 0;
}

static bool run(const struct edu *edu, uint64_t source, uint64_t target, size_t size,
                uint32_t command)
{
    bool done;

    mmio_write64(edu->pci.bar0 + EDU_DMA_SOURCE, source);
    mmio_write64(edu->pci.bar0 + EDU_DMA_TARGET, target);
    mmio_write32(edu->pci.bar0 + EDU_DMA_COUNT, (uint32_t)size);
    tell(edu, EDU_DMA_COMMAND, command | DMA_RUN);
    done = timer_wait(dma_done, (void *)(uintptr_t)edu, DMA_TIMEOUT_NS, DMA_STEP_NS);
    CPU_DMB(osh);
    return done;
}

bool edu_fetch(const struct edu *edu, uint64_t address, size_t size)
{
    return size <= EDU_BURST_MAX && run(edu, address, DMA_BUFFER, size, 0);
}

bool edu_store(const struct edu *edu, uint64_t address, size_t size)
{
    return size <= EDU_BURST_MAX && run(edu, DMA_BUFFER, address, size, DMA_STORE);
}
