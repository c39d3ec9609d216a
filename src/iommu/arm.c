/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Arm's SMMUs: arm,smmu-v3.yaml (one cell), arm,smmu.yaml (one or two cells). */
#include "iommu_internal.h"

static int decode_smmuv3(const uint32_t *cells, unsigned ncells, struct dms_stream *out)
{
    return iommu_decode_sid(cells, ncells, 32, out);
}

static const char *const smmuv3_compatible[] = {"arm,smmu-v3", NULL};

const struct dms_iommu_type iommu_type_smmuv3 = {
    .name = "arm,smmu-v3",
    .family = DMS_FAMILY_SMMUV3,
    .compatible = smmuv3_compatible,
    .decode = decode_smmuv3,
};

/*
 * SMRn.ID and SMRn.MASK are 15 bits wide, 16 with extended stream IDs (IHI 0062 SMMU_SMRn); wider
 * cells name nothing that the SMMU can match. Bits of the SID that the mask ignores say nothing,
 * but are kept as written.
 */
static int decode_smmu(const uint32_t *cells, unsigned ncells, struct dms_stream *out)
{
    if (ncells < 1 || ncells > 2)
        return DMS_EINVAL;
    if (cells[0] > UINT16_MAX || (ncells == 2 && cells[1] > UINT16_MAX))
        return DMS_ERANGE;

    *out = (struct dms_stream){.sid = cells[0], .mask = ncells == 2 ? cells[1] : 0};
    return DMS_OK;
}

/* SoC-specific names (qcom,sm8550-smmu-500 and so on) come with one of these as fallback. */
static const char *const smmu_compatible[] = {
    "arm,smmu-v1",
    "arm,smmu-v2",
    "arm,mmu-400",
    "arm,mmu-401",
    "arm,mmu-500",
    "qcom,smmu-500",
    "qcom,smmu-v2",
    "qcom,adreno-smmu",
    "nvidia,smmu-500",
    "cavium,smmu-v2",
    "marvell,ap806-smmu-500",
    NULL,
};

const struct dms_iommu_type iommu_type_smmu = {
    .name = "arm,smmu",
    .family = DMS_FAMILY_SMMUV2,
    .compatible = smmu_compatible,
    .decode = decode_smmu,
};
