/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "smmuv3_internal.h"

void smmu_cmdq_account(struct dms_smmuv3_stats *stats, const struct smmu_cmd *cmd)
{
    stats->commands++;
    switch (field_get(CMD_0_OPCODE, cmd->word[0])) {
    case CMD_SYNC:
        stats->syncs++;
        break;
    case CMD_TLBI_NH_VA:
        if (cmd->word[1] & TLBI_1_TG)
            stats->tlbi_range++;
        else
            stats->tlbi_va++;
        break;
    case CMD_TLBI_NH_ASID:
        stats->tlbi_asid++;
        break;
    case CMD_TLBI_NSNH_ALL:
    case CMD_TLBI_EL2_ALL:
        stats->tlbi_all++;
        break;
    default:
        stats->cfgi++;
        break;
    }
}

static uint64_t load(_Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void dms_smmuv3_stats(struct dms_iommu *iommu, struct dms_smmuv3_stats *out)
{
    struct smmu *smmu = smmu_of(iommu);
    struct smmu_counters *counters = &smmu->counters;

    port_lock(iommu->port, &smmu->cmdq.lock);
    *out = smmu->cmdq.stats;
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
