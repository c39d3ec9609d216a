/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Commands, chapter 4 of IHI 0070: pure functions from meaning to encoding. */
#ifndef SMMUV3_COMMAND_H
#define SMMUV3_COMMAND_H

#include "base/bits.h"

/* 4.1.1 */
enum smmu_opcode {
    CMD_CFGI_STE = 0x03,
    CMD_CFGI_STE_RANGE = 0x04,
    CMD_TLBI_NH_ASID = 0x11,
    CMD_TLBI_NH_VA = 0x12,
    CMD_TLBI_EL2_ALL = 0x20,
    CMD_TLBI_NSNH_ALL = 0x30,
    CMD_SYNC = 0x46,
};

#define CMD_0_OPCODE MASK64(7, 0)

/* 4.3 */
#define CFGI_0_SID     MASK64(63, 32)
#define CFGI_1_LEAF    BIT64(0)
#define CFGI_1_RANGE   MASK64(4, 0)
#define CFGI_RANGE_ALL 31

/* 4.4. VMID stays 0: the driver's streams have no stage 2. */
#define TLBI_0_NUM     MASK64(16, 12)
#define TLBI_0_SCALE   MASK64(24, 20)
#define TLBI_0_ASID    MASK64(63, 48)
#define TLBI_1_LEAF    BIT64(0)
#define TLBI_1_TTL     MASK64(9, 8)
#define TLBI_1_TG      MASK64(11, 10)
#define TLBI_1_ADDRESS MASK64(63, 12)

/* 4.7.3: CS 0, completion is seen in CMDQ_CONS only */
#define SYNC_0_CS MASK64(13, 12)

/* In the CPU's byte order. */
struct smmu_cmd {
    uint64_t word[2];
};

#define CMD_BYTES 16
#define CMD_WORDS 2
_Static_assert(sizeof(struct smmu_cmd) == CMD_BYTES, "4.1: a command is 16 bytes");

/* For counting: the opcode, plus SMMU_CMD_RANGE for an invalidation of a range. */
#define SMMU_CMD_RANGE 0x80

static inline unsigned smmu_cmd_kind(const struct smmu_cmd *cmd)
{
    unsigned opcode = cmd->word[0] & (SMMU_CMD_RANGE - 1);

    return cmd->word[1] & TLBI_1_TG ? opcode | SMMU_CMD_RANGE : opcode;
}

static inline struct smmu_cmd smmu_cmd_sync(void)
{
    return (struct smmu_cmd){{CMD_SYNC, 0}};
}

static inline struct smmu_cmd smmu_cmd_cfgi_ste(dms_sid_t sid, bool leaf)
{
    return (struct smmu_cmd){{CMD_CFGI_STE | field_make(CFGI_0_SID, sid), leaf ? CFGI_1_LEAF : 0}};
}

static inline struct smmu_cmd smmu_cmd_cfgi_all(void)
{
    return (struct smmu_cmd){{CMD_CFGI_STE_RANGE, field_make(CFGI_1_RANGE, CFGI_RANGE_ALL)}};
}

static inline struct smmu_cmd smmu_cmd_tlbi_all(void)
{
    return (struct smmu_cmd){{CMD_TLBI_NSNH_ALL, 0}};
}

static inline struct smmu_cmd smmu_cmd_tlbi_el2_all(void)
{
    return (struct smmu_cmd){{CMD_TLBI_EL2_ALL, 0}};
}

static inline struct smmu_cmd smmu_cmd_tlbi_asid(uint16_t asid)
{
    return (struct smmu_cmd){{CMD_TLBI_NH_ASID | field_make(TLBI_0_ASID, asid), 0}};
}

#endif
