/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "smmuv3_internal.h"

#include "base/poll.h"

/* 6.2: a 64-bit register may be written in two halves, in any order. */
void smmu_write64(struct smmu *smmu, uint32_t reg, uint64_t value)
{
    if (smmu->mmio.write64) {
        smmu->mmio.write64(smmu->mmio.ctx, reg, value);
        return;
    }
    smmu_write32(smmu, reg, (uint32_t)value);
    smmu_write32(smmu, reg + 4, (uint32_t)(value >> 32));
}

struct register_wait {
    struct smmu *smmu;
    uint32_t reg;
    uint32_t mask;
    uint32_t value;
};

static bool register_shows(void *ctx)
{
    const struct register_wait *wait = ctx;

    return (smmu_read32(wait->smmu, wait->reg) & wait->mask) == wait->value;
}

int smmu_wait32(struct smmu *smmu, uint32_t reg, uint32_t mask, uint32_t value)
{
    struct register_wait wait = {.smmu = smmu, .reg = reg, .mask = mask, .value = value};
    int err = poll_until(smmu->iommu.port, smmu->timeout_ns, register_shows, &wait);

    if (err)
        smmu_count(&smmu->counters.timeouts);
    return err;
}

int smmu_write_ack(struct smmu *smmu, uint32_t reg, uint32_t ack, uint32_t value)
{
    port_barrier(smmu->iommu.port, DMS_BARRIER_MMIO);
    smmu_write32(smmu, reg, value);
    return smmu_wait32(smmu, ack, UINT32_MAX, value);
}
