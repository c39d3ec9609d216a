/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Context descriptors (5.4). A domain's descriptor is written while no stream table entry leads to
 * it, and again when none does any more; the SMMU never reads an unreachable one (3.21.3), and
 * CMD_CFGI_STE drops what it cached of it. So these writes need order among themselves, and no
 * command.
 */
#include "smmuv3_internal.h"

struct smmu_cd smmu_cd_make(const struct smmu *smmu, const struct dms_pgtable *pt, uint16_t asid)
{
    bool coherent = smmu->features.coherent;
    uint64_t attr = coherent ? ATTR_WB : ATTR_NC;
    struct smmu_cd cd = {0};

    cd.word[0] = cpu_to_le64(field_make(CD_0_T0SZ, pt->t0sz) | field_make(CD_0_TG0, pt->tg0) |
                             field_make(CD_0_IR0, attr) | field_make(CD_0_OR0, attr) |
                             field_make(CD_0_SH0, coherent ? ATTR_ISH : ATTR_OSH) | CD_0_EPD1 |
                             CD_0_V | field_make(CD_0_IPS, pt->ips) | CD_0_AA64 | CD_0_R | CD_0_A |
                             CD_0_ASET | field_make(CD_0_ASID, asid));
    cd.word[1] = cpu_to_le64(pt->root.addr & CD_1_TTB0);
    cd.word[3] = cpu_to_le64(pt->mair);
    return cd;
}

void smmu_cd_publish(const struct smmu *smmu, struct smmu_cd *live, const struct smmu_cd *target)
{
    const struct dms_port *port = smmu->iommu.port;

    for (unsigned i = 1; i < CD_WORDS; i++)
        smmu_word_store(&live->word[i], le64_to_cpu(target->word[i]));
    smmu_clean(smmu, live, sizeof(*live));
    port_barrier(port, DMS_BARRIER_TABLE);
    smmu_word_store(&live->word[0], le64_to_cpu(target->word[0]));
    smmu_clean(smmu, live, sizeof(*live));
    /* Complete before the store that makes it reachable. */
    port_barrier(port, DMS_BARRIER_TABLE);
}

void smmu_cd_clear(const struct smmu *smmu, struct smmu_cd *live)
{
    smmu_word_store(&live->word[0], 0);
    smmu_clean(smmu, live, sizeof(*live));
}
