/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "smmuv3_internal.h"

/* 3.4.3: an address beyond the output size is an abort, or is cut off. */
static bool addressable(const struct smmu *smmu, dms_phys_t phys, size_t size)
{
    uint64_t end;

    return checked_add(phys.addr, size, &end) && end <= UINT64_C(1) << smmu->features.output_bits;
}

void *smmu_table_alloc(struct smmu *smmu, size_t size, size_t align, dms_phys_t *phys)
{
    const struct dms_port *port = smmu->iommu.port;
    dms_phys_t at;
    void *table = port_table_alloc(port, size, align, &at);

    if (!table)
        return NULL;
    if (!addressable(smmu, at, size)) {
        port_table_free(port, table, size);
        smmu_log_value(smmu, DMS_LOG_ERROR,
                       "the port's table memory is beyond the SMMU's output addresses, at",
                       at.addr);
        return NULL;
    }
    smmu_clean(smmu, table, size);
    *phys = at;
    return table;
}

void smmu_table_free(struct smmu *smmu, void *table, size_t size)
{
    if (!smmu->abandoned)
        port_table_free(smmu->iommu.port, table, size);
}
