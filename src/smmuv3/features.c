/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "features.h"

#include "smmuv3/regs.h"

#include <dmaspace/error.h>

/* Reasons not to drive an SMMU at all, most basic first. NULL: none. */
static const char *refuse(const struct smmu_idr *idr)
{
    uint64_t endian = field_get(IDR0_TTENDIAN, idr->idr0);
    uint64_t stall = field_get(IDR0_STALL_MODEL, idr->idr0);

    if (!(idr->idr0 & IDR0_S1P))
        return "no stage 1 translation (IDR0.S1P)";
    if (!(field_get(IDR0_TTF, idr->idr0) & IDR0_TTF_AARCH64))
        return "no AArch64 translation tables (IDR0.TTF)";
    if (endian != TTENDIAN_MIXED && endian != TTENDIAN_LITTLE)
        return "no little-endian translation tables (IDR0.TTENDIAN)";
    if (stall != STALL_MODEL_BOTH && stall != STALL_MODEL_NONE)
        return "faulting transactions always stall (IDR0.STALL_MODEL)";
    if (idr->idr1 & (IDR1_QUEUES_PRESET | IDR1_TABLES_PRESET))
        return "queues or tables at preset addresses (IDR1)";
    if (field_get(IDR1_CMDQS, idr->idr1) == 0)
        return "a command queue of one entry, no room for a sync (IDR1.CMDQS)";
    if (!(idr->idr5 & (IDR5_GRAN4K | IDR5_GRAN16K | IDR5_GRAN64K)))
        return "no translation granule (IDR5)";
    return NULL;
}

static uint32_t granules(uint32_t idr5)
{
    return (idr5 & IDR5_GRAN4K ? 1u << 12 : 0) | (idr5 & IDR5_GRAN16K ? 1u << 14 : 0) |
           (idr5 & IDR5_GRAN64K ? 1u << 16 : 0);
}

/* 6.3.6: 52 and more bits need a table format that the page tables do not use, so 48 is enough. */
static uint8_t output_bits(uint32_t idr5)
{
    static const uint8_t bits[8] = {32, 36, 40, 42, 44, 48, 48, 48};

    return bits[field_get(IDR5_OAS, idr5)];
}

static uint8_t at_most(uint64_t value, uint8_t limit)
{
    return value < limit ? (uint8_t)value : limit;
}

int smmu_features_read(const struct smmu_idr *idr, struct smmu_features *out, const char **why)
{
    const char *reason = refuse(idr);

    if (reason) {
        *why = reason;
        return DMS_ENOTSUP;
    }
    *out = (struct smmu_features){
        .granules = granules(idr->idr5),
        .output_bits = output_bits(idr->idr5),
        .sid_bits = at_most(field_get(IDR1_SIDSIZE, idr->idr1), 32),
        .asid_bits = idr->idr0 & IDR0_ASID16 ? 16 : 8,
        .cmdq_lg2 = at_most(field_get(IDR1_CMDQS, idr->idr1), QUEUE_LG2_MAX),
        .evtq_lg2 = at_most(field_get(IDR1_EVENTQS, idr->idr1), QUEUE_LG2_MAX),
        .coherent = idr->idr0 & IDR0_COHACC,
        .range = idr->idr3 & IDR3_RIL,
        .two_level = field_get(IDR0_ST_LEVEL, idr->idr0) == ST_LEVEL_TWO,
        .hyp = idr->idr0 & IDR0_HYP,
        .msi = idr->idr0 & IDR0_MSI,
    };
    return DMS_OK;
}
