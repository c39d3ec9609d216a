/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Global errors (7.5): active while GERROR and GERRORN differ, acknowledged by making them equal.
 */
#include "smmuv3_internal.h"

static const char *cerror_text(enum smmu_cerror code)
{
    switch (code) {
    case CERROR_NONE:
        return "command queue stopped without a reason, CMDQ_CONS.ERR is";
    case CERROR_ILL:
        return "illegal command replaced by a sync, CMDQ_CONS.ERR is";
    case CERROR_ABT:
        return "the command queue could not be read, CMDQ_CONS.ERR is";
    case CERROR_ATC_INV_SYNC:
        return "a device did not answer an ATS invalidation, CMDQ_CONS.ERR is";
    }
    return "command queue stopped for an unknown reason, CMDQ_CONS.ERR is";
}

/* A misbehaving SMMU must not flood the log: the 1st, 2nd, 4th, 8th, ... are told. */
static void tell(struct smmu *smmu, _Atomic uint64_t *counter, const char *text, uint64_t value)
{
    uint64_t count = atomic_fetch_add_explicit(counter, 1, memory_order_relaxed) + 1;

    if (is_pow2(count))
        smmu_log_value(smmu, DMS_LOG_ERROR, text, value);
}

/* Under cmdq.lock. */
static void acknowledge(struct smmu *smmu, uint32_t active)
{
    struct smmu_cmdq *cmdq = &smmu->cmdq;

    cmdq->gerrorn ^= active;
    /* A replaced command is visible before the queue goes on. */
    port_barrier(smmu->iommu.port, DMS_BARRIER_MMIO);
    smmu_write32(smmu, REG_GERRORN, cmdq->gerrorn);
    /*
     * 7.1 asks for no more; QEMU stands still until PROD is written, and the same value changes
     * nothing.
     */
    if (active & GERROR_CMDQ)
        smmu_write32(
            smmu, REG_CMDQ_PROD,
            smmu_queue_reg(&cmdq->queue, atomic_load_explicit(&cmdq->prod, memory_order_relaxed)));
    /* 12.3: no commands and no translation any more; acknowledging does not end it. */
    if (active & GERROR_SFM)
        smmu_cmdq_set_order(smmu, false);
}

void smmu_gerror_handle(struct smmu *smmu)
{
    struct smmu_cmdq *cmdq = &smmu->cmdq;
    const struct dms_port *port = smmu->iommu.port;
    enum smmu_cerror code = CERROR_NONE;
    uint32_t active;

    port_lock(port, &cmdq->lock);
    active = (smmu_read32(smmu, REG_GERROR) ^ cmdq->gerrorn) & (uint32_t)GERROR_ALL;
    if (active & GERROR_CMDQ)
        code = smmu_cmdq_repair(smmu);
    if (active)
        acknowledge(smmu, active);
    port_unlock(port, &cmdq->lock);

    if (active & GERROR_CMDQ)
        tell(smmu, &smmu->counters.command_errors, cerror_text(code), code);
    if (active & ~(uint32_t)GERROR_CMDQ)
        tell(smmu, &smmu->counters.global_errors, "global error, GERROR bits", active);
}
