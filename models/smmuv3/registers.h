/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Register offsets and fields (IHI 0070, 6.2 and 6.3). */
#ifndef MODELS_SMMUV3_REGISTERS_H
#define MODELS_SMMUV3_REGISTERS_H

enum register_offset {
    REG_IDR0 = 0x00,
    REG_IDR5 = 0x14,
    REG_IIDR = 0x18,
    REG_AIDR = 0x1c,
    REG_CR0 = 0x20,
    REG_CR0ACK = 0x24,
    REG_CR1 = 0x28,
    REG_CR2 = 0x2c,
    REG_GBPA = 0x44,
    REG_IRQ_CTRL = 0x50,
    REG_IRQ_CTRLACK = 0x54,
    REG_GERROR = 0x60,
    REG_GERRORN = 0x64,
    REG_STRTAB_BASE = 0x80,
    REG_STRTAB_BASE_CFG = 0x88,
    REG_CMDQ_BASE = 0x90,
    REG_CMDQ_PROD = 0x98,
    REG_CMDQ_CONS = 0x9c,
    REG_EVENTQ_BASE = 0xa0,
    REG_EVENTQ_PROD = 0x100a8, /* page 1 */
    REG_EVENTQ_CONS = 0x100ac,
};

#define CR0_SMMUEN   (1u << 0)
#define CR0_EVENTQEN (1u << 2)
#define CR0_CMDQEN   (1u << 3)
#define CR0_FIELDS   (CR0_SMMUEN | CR0_EVENTQEN | CR0_CMDQEN)

#define CR1_QUEUE_FIELDS 0x03fu /* QUEUE_IC, OC, SH: guarded by EVENTQEN and CMDQEN */
#define CR1_TABLE_FIELDS 0xfc0u /* TABLE_IC, OC, SH: guarded by SMMUEN */

#define CR2_RECINVSID (1u << 1)
#define CR2_FIELDS    0x7u /* E2H, RECINVSID, PTM */

#define GBPA_ABORT  (1u << 20)
#define GBPA_UPDATE (1u << 31)
#define GBPA_FIELDS 0x001f3f1fu

#define IRQ_GERROR_EN   (1u << 0)
#define IRQ_EVENTQ_EN   (1u << 2)
#define IRQ_CTRL_FIELDS (IRQ_GERROR_EN | IRQ_EVENTQ_EN)

#define GERROR_CMDQ       (1u << 0)
#define GERROR_EVENTQ_ABT (1u << 2)

#define STRTAB_CFG_FIELDS 0x000307ffu /* LOG2SIZE, SPLIT, FMT */

#define STRTAB_BASE_FIELDS (UINT64_C(1) << 62 | UINT64_C(0x00ffffffffffffc0))
#define QUEUE_BASE_FIELDS  (UINT64_C(1) << 62 | UINT64_C(0x00ffffffffffffff))

#define QUEUE_INDEX    0x000fffffu
#define CMDQ_CONS_ERR  0x7f000000u
#define EVENTQ_OVERFLOW (1u << 31) /* PROD.OVFLG and CONS.OVACKFLG */

#endif
