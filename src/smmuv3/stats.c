/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "smmuv3_internal.h"

static uint64_t load(_Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

/* Under cmdq.lock. */
static void work_done(const struct smmu *smmu, struct dms_smmuv3_stats *out)
{
    const struct smmu_cmdq *cmdq = &smmu->cmdq;
    uint64_t ranges = smmu->iommu.caps.range_invalidate ? cmdq->pages : 0;

    *out = (struct dms_smmuv3_stats){
        .batches = cmdq->batches + cmdq->pages,
        .commands = 2 * cmdq->pages,
        .queue_full = cmdq->queue_full,
        .syncs = cmdq->posted[CMD_SYNC] + cmdq->pages,
        .tlbi_va = cmdq->posted[CMD_TLBI_NH_VA] + cmdq->pages - ranges,
        .tlbi_range = cmdq->posted[CMD_TLBI_NH_VA | SMMU_CMD_RANGE] + ranges,
        .tlbi_asid = cmdq->posted[CMD_TLBI_NH_ASID],
        .tlbi_all = cmdq->posted[CMD_TLBI_NSNH_ALL] + cmdq->posted[CMD_TLBI_EL2_ALL],
        .cfgi = cmdq->posted[CMD_CFGI_STE] + cmdq->posted[CMD_CFGI_STE_RANGE],
    };
    for (unsigned kind = 0; kind < CMDQ_KINDS; kind++)
        out->commands += cmdq->posted[kind];
}

void dms_smmuv3_stats(struct dms_iommu *iommu, struct dms_smmuv3_stats *out)
{
    struct smmu *smmu = smmu_of(iommu);
    struct smmu_counters *counters = &smmu->counters;

    port_lock(iommu->port, &smmu->cmdq.lock);
    work_done(smmu, out);
    port_unlock(iommu->port, &smmu->cmdq.lock);
    out->timeouts = load(&counters->timeouts);
    out->command_errors = load(&counters->command_errors);
    out->global_errors = load(&counters->global_errors);
    out->recoveries = load(&counters->recoveries);
    out->events = load(&counters->events);
    out->events_dropped = load(&counters->events_dropped);
    out->overflows = load(&counters->overflows);
    out->bogus = load(&counters->bogus);
    out->asids_withheld = load(&counters->asids_withheld);
}
