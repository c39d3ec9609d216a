/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The SMMU's registers as the tests look at them (IHI 0070 6.3), past the driver; and the accessors
 * that the driver gets, through which a test spoils a command on its way.
 */
#ifndef TESTS_SUITE_REGISTERS_H
#define TESTS_SUITE_REGISTERS_H

#include <dmaspace/port.h>

struct suite;

enum suite_register {
    SMMU_IDR0 = 0x0,
    SMMU_IDR1 = 0x4,
    SMMU_IDR3 = 0xc,
    SMMU_IDR5 = 0x14,
    SMMU_CR0 = 0x20,
    SMMU_CR0ACK = 0x24,
    SMMU_GERROR = 0x60,
    SMMU_GERRORN = 0x64,
    SMMU_STRTAB_BASE = 0x80,
    SMMU_STRTAB_BASE_CFG = 0x88,
    SMMU_CMDQ_BASE = 0x90,
    SMMU_CMDQ_PROD = 0x98,
};

uint32_t suite_register(const struct suite *suite, enum suite_register reg);

/* Bits high..low of a register. */
static inline uint32_t suite_field(uint32_t value, unsigned high, unsigned low)
{
    return value >> low & (uint32_t)((UINT64_C(2) << (high - low)) - 1);
}

/* Writes past the driver: a 32-bit register, and both halves of a 64-bit one. */
void suite_write_register(const struct suite *suite, enum suite_register reg, uint32_t value);
void suite_write_register64(const struct suite *suite, enum suite_register reg, uint64_t value);

/* What the driver gets for its registers. */
struct dms_mmio suite_registers(struct suite *suite);

#endif
