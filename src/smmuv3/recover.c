/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* When the command queue stands still for good: start it anew, and forget everything cached. */
#include "smmuv3_internal.h"

/* Out of order: from here on nobody posts, and whoever waits learns that its commands are lost. */
static void set_order(struct smmu *smmu, bool in_order)
{
    port_lock(smmu->iommu.port, &smmu->cmdq.lock);
    smmu_cmdq_set_order(smmu, in_order);
    port_unlock(smmu->iommu.port, &smmu->cmdq.lock);
}

/*
 * The queue is disabled: 3.21.2 allows any index. Positions go on counting, so nobody mistakes old
 * for new.
 */
static void empty(struct smmu *smmu)
{
    struct smmu_cmdq *cmdq = &smmu->cmdq;
    uint64_t prod;

    port_lock(smmu->iommu.port, &cmdq->lock);
    prod = atomic_load_explicit(&cmdq->prod, memory_order_relaxed);
    /* A write of PROD may be what was lost. */
    smmu_write32(smmu, REG_CMDQ_PROD, smmu_queue_reg(&cmdq->queue, prod));
    /*
     * In this order, or who reads both without the lock finds the SMMU behind cons, and calls it
     * bogus.
     */
    smmu_write32(smmu, REG_CMDQ_CONS, smmu_queue_reg(&cmdq->queue, prod));
    atomic_store_explicit(&cmdq->cons, prod, memory_order_release);
    cmdq->gerrorn = smmu_read32(smmu, REG_GERROR) & (uint32_t)GERROR_ALL;
    smmu_write32(smmu, REG_GERRORN, cmdq->gerrorn);
    port_unlock(smmu->iommu.port, &cmdq->lock);
}

static int restart(struct smmu *smmu)
{
    int err;

    set_order(smmu, false);
    err = smmu_set_cr0(smmu, smmu->cr0 & ~(uint32_t)CR0_CMDQEN);
    if (err)
        return err;
    empty(smmu);
    err = smmu_set_cr0(smmu, smmu->cr0 | (uint32_t)CR0_CMDQEN);
    if (err)
        return err;
    set_order(smmu, true);
    err = smmu_invalidate_all(smmu);
    if (!err)
        err = smmu_set_cr0(smmu, smmu->cr0 | (uint32_t)(CR0_EVENTQEN | CR0_SMMUEN));
    if (err)
        set_order(smmu, false);
    return err;
}

/* Off only where off means abort. */
static void fail_closed(struct smmu *smmu)
{
    if (!smmu_set_abort(smmu)) {
        smmu_log(smmu, DMS_LOG_ERROR,
                 "does not recover, and GBPA.ABORT cannot be set: translation stays on");
        return;
    }
    (void)smmu_set_cr0(smmu, smmu->cr0 & ~(uint32_t)CR0_SMMUEN);
    smmu_log(smmu, DMS_LOG_ERROR, "does not recover: all traffic is aborted");
}

int dms_smmuv3_recover(struct dms_iommu *iommu)
{
    struct smmu *smmu = smmu_of(iommu);
    struct list withheld;
    int err;

    if (atomic_exchange_explicit(&smmu->recovering, true, memory_order_acquire))
        return DMS_EBUSY;
    smmu_withheld_take(smmu, &withheld);
    err = restart(smmu);
    if (err) {
        smmu_withheld_put_back(smmu, &withheld);
        fail_closed(smmu);
    } else {
        smmu_withheld_free(&withheld);
        smmu_count(&smmu->counters.recoveries);
        smmu_log(smmu, DMS_LOG_WARNING, "command queue restarted, all caches invalidated");
    }
    atomic_store_explicit(&smmu->recovering, false, memory_order_release);
    return err;
}
