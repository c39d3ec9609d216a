/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the ID registers say, made safe to use. */
#ifndef SMMUV3_FEATURES_H
#define SMMUV3_FEATURES_H

#include <dmaspace/types.h>

struct smmu_idr {
    uint32_t idr0;
    uint32_t idr1;
    uint32_t idr3;
    uint32_t idr5;
};

struct smmu_features {
    uint32_t granules;   /* bit n: granule of 2^n bytes */
    uint8_t output_bits; /* 32..48 */
    uint8_t sid_bits;    /* 0..32 */
    uint8_t asid_bits;   /* 8 or 16 */
    uint8_t cmdq_lg2;    /* largest queue, 1..19 */
    uint8_t evtq_lg2;    /* 0..19 */
    bool coherent;
    bool range;
    bool two_level;
    bool hyp; /* has TLB entries of EL2 that must go at bring-up */
    bool msi; /* interrupts can be messages */
};

/* DMS_ENOTSUP: the driver cannot drive this SMMU; *why says it in words and *out is unchanged. */
int smmu_features_read(const struct smmu_idr *idr, struct smmu_features *out, const char **why);

#endif
