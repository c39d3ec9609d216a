/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "gic.h"

#include "console.h"
#include "cpu.h"

#include <stddef.h>

/* Distributor (IHI 0048 4.3) */
#define GICD_CTLR       0x000u
#define GICD_ISENABLER  0x100u
#define GICD_ISPENDR    0x200u
#define GICD_ISACTIVER  0x300u
#define GICD_IPRIORITYR 0x400u
#define GICD_ITARGETSR  0x800u
#define GICD_ICFGR      0xc00u
#define GICD_SGIR       0xf00u

/* CPU interface (4.4) */
#define GICC_CTLR    0x00u
#define GICC_PMR     0x04u
#define GICC_IAR     0x0cu
#define GICC_EOIR    0x10u
#define GICC_IAR_ID  0x3ffu
#define GIC_SPURIOUS 1020u /* from here on */

#define GIC_IDS      256u

void gic_handle(void);

static uintptr_t gicd;
static uintptr_t gicc;
static struct {
    void (*handler)(void *ctx);
    void *ctx;
} handlers[GIC_IDS];

void gic_init(uintptr_t distributor, uintptr_t cpu_interface)
{
    gicd = distributor;
    gicc = cpu_interface;
    mmio_write32(gicd + GICD_CTLR, 1);
}

void gic_start_cpu(void)
{
    mmio_write32(gicc + GICC_PMR, 0xff);
    mmio_write32(gicc + GICC_CTLR, 1);
    cpu_unmask_interrupts();
}

static void write_byte(uint32_t registers, unsigned id, uint8_t value)
{
    *(volatile uint8_t *)(gicd + registers + id) = value;
}

static bool read_bit(uint32_t registers, unsigned id)
{
    return mmio_read32(gicd + registers + id / 32 * 4) >> id % 32 & 1;
}

void gic_enable(unsigned id, bool edge, void (*handler)(void *ctx), void *ctx)
{
    uintptr_t config = gicd + GICD_ICFGR + id / 16 * 4;
    uint32_t edge_bit = 2u << id % 16 * 2;

    if (id >= GIC_IDS)
        return;
    handlers[id].handler = handler;
    handlers[id].ctx = ctx;
    write_byte(GICD_IPRIORITYR, id, 0x80);
    if (id >= GIC_SPI(0)) {
        write_byte(GICD_ITARGETSR, id, 1);
        mmio_write32(config, (mmio_read32(config) & ~edge_bit) | (edge ? edge_bit : 0));
    }
    CPU_DMB(ish);
    mmio_write32(gicd + GICD_ISENABLER + id / 32 * 4, 1u << id % 32);
}

bool gic_is_pending(unsigned id)
{
    return read_bit(GICD_ISPENDR, id) || read_bit(GICD_ISACTIVER, id);
}

void gic_raise(unsigned sgi, unsigned cpu)
{
    CPU_DSB(ish);
    mmio_write32(gicd + GICD_SGIR, (0x10000u << cpu) | sgi);
}

/* From vectors.S. */
void gic_handle(void)
{
    uint32_t iar = mmio_read32(gicc + GICC_IAR);
    unsigned id = iar & GICC_IAR_ID;

    if (id >= GIC_SPURIOUS)
        return;
    if (id < GIC_IDS && handlers[id].handler)
        handlers[id].handler(handlers[id].ctx);
    CPU_DSB(sy);
    mmio_write32(gicc + GICC_EOIR, iar);
}
