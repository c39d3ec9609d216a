/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "registers.h"

#include "suite.h"

#define CMD_WORDS 2
/* 4.1.1: no command has this opcode. */
#define CMD_ILLEGAL 0x7f

uint32_t suite_register(const struct suite *suite, enum suite_register reg)
{
    const struct dms_mmio *mmio = &suite->machine->mmio;

    return mmio->read32(mmio->ctx, reg);
}

void suite_write_register(const struct suite *suite, enum suite_register reg, uint32_t value)
{
    const struct dms_mmio *mmio = &suite->machine->mmio;

    mmio->write32(mmio->ctx, reg, value);
}

void suite_write_register64(const struct suite *suite, enum suite_register reg, uint64_t value)
{
    const struct dms_mmio *mmio = &suite->machine->mmio;

    mmio->write32(mmio->ctx, reg, (uint32_t)value);
    mmio->write32(mmio->ctx, reg + 4, (uint32_t)(value >> 32));
}

static uint64_t *table_at(const struct suite *suite, uint64_t phys)
{
    const struct dms_port *port = &suite->port;

    if (port->table_at)
        return port->table_at(port->ctx, (dms_phys_t){phys});
    return (uint64_t *)(uintptr_t)(phys + port->table_offset);
}

/* 6.3.26: CMDQ_BASE holds the queue's address and the logarithm of its length. */
static uint64_t *command_at(const struct suite *suite, uint32_t prod)
{
    uint32_t low = suite_register(suite, SMMU_CMDQ_BASE);
    const struct dms_mmio *mmio = &suite->machine->mmio;
    uint64_t high = mmio->read32(mmio->ctx, SMMU_CMDQ_BASE + 4) & 0xfffff;
    uint64_t base = high << 32 | (low & ~UINT32_C(0x1f));
    uint32_t index = prod & ((UINT32_C(1) << (low & 0x1f)) - 1);

    return table_at(suite, base) + (size_t)CMD_WORDS * index;
}

/* The driver has written its commands to memory and is about to say so. */
static void spoil(struct suite *suite)
{
    uint32_t prod = suite_register(suite, SMMU_CMDQ_PROD);

    *(volatile uint64_t *)command_at(suite, prod) = CMD_ILLEGAL;
    suite->spoil_command = false;
    suite->spoiled++;
}

static uint32_t read32(void *ctx, uint32_t offset)
{
    const struct dms_mmio *mmio = &((struct suite *)ctx)->machine->mmio;

    return mmio->read32(mmio->ctx, offset);
}

static void write32(void *ctx, uint32_t offset, uint32_t value)
{
    struct suite *suite = ctx;
    const struct dms_mmio *mmio = &suite->machine->mmio;

    if (offset == SMMU_CMDQ_PROD && suite->spoil_command)
        spoil(suite);
    if (offset == SMMU_CMDQ_PROD && suite->lose_commands) {
        suite->lose_commands = false;
        suite->lost++;
        return;
    }
    mmio->write32(mmio->ctx, offset, value);
}

static uint64_t read64(void *ctx, uint32_t offset)
{
    const struct dms_mmio *mmio = &((struct suite *)ctx)->machine->mmio;

    return mmio->read64(mmio->ctx, offset);
}

static void write64(void *ctx, uint32_t offset, uint64_t value)
{
    const struct dms_mmio *mmio = &((struct suite *)ctx)->machine->mmio;

    mmio->write64(mmio->ctx, offset, value);
}

struct dms_mmio suite_registers(struct suite *suite)
{
    const struct dms_mmio *mmio = &suite->machine->mmio;

    return (struct dms_mmio){
        .ctx = suite,
        .read32 = read32,
        .write32 = write32,
        .read64 = mmio->read64 ? read64 : NULL,
        .write64 = mmio->write64 ? write64 : NULL,
    };
}
