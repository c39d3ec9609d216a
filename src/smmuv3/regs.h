/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Registers of the Non-secure programming interface. Section numbers are those of IHI 0070. */
#ifndef SMMUV3_REGS_H
#define SMMUV3_REGS_H

#include "base/bits.h"

/* 6.3.1 */
#define REG_IDR0         0x0000
#define IDR0_S1P         BIT64(1)
#define IDR0_TTF         MASK64(3, 2)
#define IDR0_TTF_AARCH64 BIT64(1) /* within the field */
#define IDR0_COHACC      BIT64(4)
#define IDR0_HYP         BIT64(9)
#define IDR0_ASID16      BIT64(12)
#define IDR0_MSI         BIT64(13)
#define IDR0_TTENDIAN    MASK64(22, 21)
#define TTENDIAN_MIXED   0
#define TTENDIAN_LITTLE  2
#define IDR0_STALL_MODEL MASK64(25, 24)
#define STALL_MODEL_BOTH 0
#define STALL_MODEL_NONE 1
#define IDR0_ST_LEVEL    MASK64(28, 27)
#define ST_LEVEL_TWO     1

/* 6.3.2 */
#define REG_IDR1           0x0004
#define IDR1_SIDSIZE       MASK64(5, 0)
#define IDR1_EVENTQS       MASK64(20, 16)
#define IDR1_CMDQS         MASK64(25, 21)
#define IDR1_QUEUES_PRESET BIT64(29)
#define IDR1_TABLES_PRESET BIT64(30)

/* 6.3.4 */
#define REG_IDR3 0x000c
#define IDR3_RIL BIT64(10)

/* 6.3.6 */
#define REG_IDR5     0x0014
#define IDR5_OAS     MASK64(2, 0)
#define IDR5_GRAN4K  BIT64(4)
#define IDR5_GRAN16K BIT64(5)
#define IDR5_GRAN64K BIT64(6)

/* 6.3.9, 6.3.10: CR0 and the register that acknowledges it */
#define REG_CR0      0x0020
#define REG_CR0ACK   0x0024
#define CR0_SMMUEN   BIT64(0)
#define CR0_EVENTQEN BIT64(2)
#define CR0_CMDQEN   BIT64(3)

/* 6.3.11: attributes of the SMMU's own accesses to tables and queues */
#define REG_CR1      0x0028
#define CR1_QUEUE_IC MASK64(1, 0)
#define CR1_QUEUE_OC MASK64(3, 2)
#define CR1_QUEUE_SH MASK64(5, 4)
#define CR1_TABLE_IC MASK64(7, 6)
#define CR1_TABLE_OC MASK64(9, 8)
#define CR1_TABLE_SH MASK64(11, 10)

/* Cacheability and Shareability, as CR1, STE and CD encode them. */
#define ATTR_NC  0
#define ATTR_WB  1
#define ATTR_OSH 2
#define ATTR_ISH 3

/* 6.3.12 */
#define REG_CR2       0x002c
#define CR2_RECINVSID BIT64(1) /* record C_BAD_STREAMID */
#define CR2_PTM       BIT64(2) /* ignore broadcast TLB maintenance */

/* 6.3.14 */
#define REG_GBPA    0x0044
#define GBPA_ABORT  BIT64(20)
#define GBPA_UPDATE BIT64(31)

/* 6.3.17, 6.3.18 */
#define REG_IRQ_CTRL    0x0050
#define REG_IRQ_CTRLACK 0x0054
#define IRQ_CTRL_GERROR BIT64(0)
#define IRQ_CTRL_EVENTQ BIT64(2)

/* 6.3.19, 6.3.20: an error is active while its bits in the two differ */
#define REG_GERROR        0x0060
#define REG_GERRORN       0x0064
#define GERROR_CMDQ       BIT64(0)
#define GERROR_EVENTQ_ABT BIT64(2)
#define GERROR_PRIQ_ABT   BIT64(3)
#define GERROR_MSI_CMDQ   BIT64(4)
#define GERROR_MSI_EVENTQ BIT64(5)
#define GERROR_MSI_PRIQ   BIT64(6)
#define GERROR_MSI_GERROR BIT64(7)
#define GERROR_SFM        BIT64(8)
#define GERROR_ALL        (GERROR_CMDQ | MASK64(8, 2))

/* 6.3.21: where interrupts are messages; address 0 makes them wires */
#define REG_GERROR_IRQ_CFG0 0x0068
#define REG_EVENTQ_IRQ_CFG0 0x00b0

/* 6.3.24, 6.3.25 */
#define REG_STRTAB_BASE     0x0080
#define STRTAB_BASE_ADDR    MASK64(51, 6)
#define STRTAB_BASE_RA      BIT64(62)
#define REG_STRTAB_BASE_CFG 0x0088
#define STRTAB_CFG_LOG2SIZE MASK64(5, 0)
#define STRTAB_CFG_SPLIT    MASK64(10, 6)
#define STRTAB_CFG_FMT      MASK64(17, 16)
#define STRTAB_FMT_LINEAR   0
#define STRTAB_FMT_2LVL     1

/* 6.3.26 to 6.3.28 */
#define REG_CMDQ_BASE 0x0090
#define REG_CMDQ_PROD 0x0098
#define REG_CMDQ_CONS 0x009c
#define CMDQ_CONS_ERR MASK64(30, 24)

/* 6.3.29 to 6.3.31; PROD and CONS are on page 1 */
#define REG_EVENTQ_BASE     0x00a0
#define REG_EVENTQ_PROD     0x100a8
#define REG_EVENTQ_CONS     0x100ac
#define EVENTQ_OVERFLOW     BIT64(31) /* OVFLG in PROD, OVACKFLG in CONS */

#define QUEUE_BASE_LOG2SIZE MASK64(4, 0)
#define QUEUE_BASE_ADDR     MASK64(51, 5)
#define QUEUE_BASE_RA       BIT64(62)
#define QUEUE_LG2_MAX       19

/* 7.1: CMDQ_CONS.ERR */
enum smmu_cerror {
    CERROR_NONE,
    CERROR_ILL,
    CERROR_ABT,
    CERROR_ATC_INV_SYNC,
};

#endif
