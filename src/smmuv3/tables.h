/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Entries of the tables in memory, chapter 5 of IHI 0070. STE_1_EATS: the field EATS, in 64-bit
 * word 1.
 */
#ifndef SMMUV3_TABLES_H
#define SMMUV3_TABLES_H

#include "base/bits.h"

/* 5.1: level 1 stream table descriptor */
#define L1STD_SPAN  MASK64(4, 0) /* n: 2^(n-1) entries at L2PTR; 0: invalid */
#define L1STD_L2PTR MASK64(51, 6)

/* 5.2: stream table entry */
#define STE_WORDS       8
#define STE_0_V         BIT64(0)
#define STE_0_CONFIG    MASK64(3, 1)
#define STE_CONFIG_S1   5 /* stage 1 translates, stage 2 bypasses */
#define STE_0_S1CONTEXT MASK64(51, 6)
#define STE_1_S1CIR     MASK64(3, 2)
#define STE_1_S1COR     MASK64(5, 4)
#define STE_1_S1CSH     MASK64(7, 6)
#define STE_1_SHCFG     MASK64(45, 44)
#define STE_SHCFG_IN    1 /* shareability as the transaction brings it */

/* 5.4: context descriptor */
#define CD_WORDS  8
#define CD_0_T0SZ MASK64(5, 0)
#define CD_0_TG0  MASK64(7, 6)
#define CD_0_IR0  MASK64(9, 8)
#define CD_0_OR0  MASK64(11, 10)
#define CD_0_SH0  MASK64(13, 12)
#define CD_0_EPD1 BIT64(30) /* no walks of TTB1 */
#define CD_0_V    BIT64(31)
#define CD_0_IPS  MASK64(34, 32)
#define CD_0_AA64 BIT64(41)
#define CD_0_R    BIT64(45) /* record faults */
#define CD_0_A    BIT64(46) /* abort what faults */
#define CD_0_ASET BIT64(47) /* the ASID is not shared with CPUs */
#define CD_0_ASID MASK64(63, 48)
#define CD_1_TTB0 MASK64(51, 4)

struct smmu_ste {
    dms_le64_t word[STE_WORDS];
};

struct smmu_cd {
    dms_le64_t word[CD_WORDS];
};

_Static_assert(sizeof(struct smmu_ste) == 64, "5.2: an STE is 64 bytes");
_Static_assert(sizeof(struct smmu_cd) == 64, "5.4: a CD is 64 bytes");

/*
 * One store that the SMMU sees whole or not at all (3.21.3). Barriers order it for hardware; release
 * orders it for a reader that is another thread of the CPU.
 */
static inline void smmu_word_store(dms_le64_t *word, uint64_t value)
{
    __atomic_store_n(&word->raw, cpu_to_le64(value).raw, __ATOMIC_RELEASE);
}

/* Only the driver writes these tables, so what is read back can be trusted. */
static inline uint64_t smmu_word_load(const dms_le64_t *word)
{
    return le64_to_cpu((dms_le64_t){__atomic_load_n(&word->raw, __ATOMIC_RELAXED)});
}

#endif
