/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Bring-up and shutdown, in the order of 3.11, from whatever state a boot loader left. */
#include "smmuv3_internal.h"

/* 6.3.14.1. Where GBPA reads as zero, nothing comes of it, and that is seen at the end. */
bool smmu_set_abort(struct smmu *smmu)
{
    uint32_t gbpa;

    if (smmu_wait32(smmu, REG_GBPA, (uint32_t)GBPA_UPDATE, 0))
        return false;
    gbpa = smmu_read32(smmu, REG_GBPA);
    if (gbpa & GBPA_ABORT)
        return true;
    smmu_write32(smmu, REG_GBPA, gbpa | (uint32_t)(GBPA_ABORT | GBPA_UPDATE));
    if (smmu_wait32(smmu, REG_GBPA, (uint32_t)GBPA_UPDATE, 0))
        return false;
    return smmu_read32(smmu, REG_GBPA) & GBPA_ABORT;
}

int smmu_set_cr0(struct smmu *smmu, uint32_t value)
{
    smmu->cr0 = value;
    return smmu_write_ack(smmu, REG_CR0, REG_CR0ACK, value);
}

static int quiesce(struct smmu *smmu)
{
    uint32_t cr0 = smmu_read32(smmu, REG_CR0);

    if (cr0 & CR0_SMMUEN)
        smmu_log_value(smmu, DMS_LOG_WARNING, "was in use; its streams abort from now on, CR0 was",
                       cr0);
    if (!smmu_set_abort(smmu))
        smmu_log(smmu, DMS_LOG_WARNING,
                 "GBPA.ABORT cannot be set: transactions bypass translation while it is off");
    return smmu_stop(smmu);
}

int smmu_stop(struct smmu *smmu)
{
    int err = smmu_set_cr0(smmu, 0);

    if (err)
        return err;
    return smmu_write_ack(smmu, REG_IRQ_CTRL, REG_IRQ_CTRLACK, 0);
}

/* 6.3.11: how the SMMU reads tables and queues. */
static uint32_t cr1(bool coherent)
{
    uint64_t attr = coherent ? ATTR_WB : ATTR_NC;
    uint64_t share = coherent ? ATTR_ISH : ATTR_OSH;

    return (uint32_t)(field_make(CR1_TABLE_SH, share) | field_make(CR1_TABLE_OC, attr) |
                      field_make(CR1_TABLE_IC, attr) | field_make(CR1_QUEUE_SH, share) |
                      field_make(CR1_QUEUE_OC, attr) | field_make(CR1_QUEUE_IC, attr));
}

static void set_tables(struct smmu *smmu)
{
    smmu_write32(smmu, REG_CR1, cr1(smmu->features.coherent));
    smmu_write32(smmu, REG_CR2, CR2_RECINVSID | CR2_PTM);
    smmu_write64(smmu, REG_STRTAB_BASE,
                 STRTAB_BASE_RA | (smmu->strtab.phys.addr & STRTAB_BASE_ADDR));
    smmu_write32(smmu, REG_STRTAB_BASE_CFG, smmu_strtab_cfg(&smmu->strtab));
}

static void set_queues(struct smmu *smmu)
{
    smmu_write64(smmu, REG_CMDQ_BASE, smmu_queue_base(&smmu->cmdq.queue));
    smmu_write32(smmu, REG_CMDQ_PROD, 0);
    smmu_write32(smmu, REG_CMDQ_CONS, 0);
    smmu_write64(smmu, REG_EVENTQ_BASE, smmu_queue_base(&smmu->evtq.queue));
    smmu_write32(smmu, REG_EVENTQ_PROD, 0);
    smmu_write32(smmu, REG_EVENTQ_CONS, 0);
}

/* Errors from before are nobody's. */
static void clear_gerror(struct smmu *smmu)
{
    smmu->cmdq.gerrorn = smmu_read32(smmu, REG_GERROR) & (uint32_t)GERROR_ALL;
    smmu_write32(smmu, REG_GERRORN, smmu->cmdq.gerrorn);
}

static int set_interrupts(struct smmu *smmu)
{
    if (smmu->features.msi) {
        smmu_write64(smmu, REG_GERROR_IRQ_CFG0, 0);
        smmu_write64(smmu, REG_EVENTQ_IRQ_CFG0, 0);
    }
    if (!smmu->irq)
        return DMS_OK;
    return smmu_write_ack(smmu, REG_IRQ_CTRL, REG_IRQ_CTRLACK, IRQ_CTRL_GERROR | IRQ_CTRL_EVENTQ);
}

/*
 * 4.3.6: configuration before translations, or a prefetch could fill the TLB from stale
 * configuration.
 */
int smmu_invalidate_all(struct smmu *smmu)
{
    struct smmu_cmd cmds[3];
    unsigned count = 0;

    cmds[count++] = smmu_cmd_cfgi_all();
    if (smmu->features.hyp)
        cmds[count++] = smmu_cmd_tlbi_el2_all();
    cmds[count++] = smmu_cmd_tlbi_all();
    return smmu_cmdq_submit(smmu, cmds, count);
}

int smmu_start(struct smmu *smmu)
{
    int err = quiesce(smmu);

    if (err)
        return err;
    set_tables(smmu);
    set_queues(smmu);
    clear_gerror(smmu);
    err = smmu_set_cr0(smmu, CR0_CMDQEN);
    if (!err)
        err = smmu_set_cr0(smmu, CR0_CMDQEN | CR0_EVENTQEN);
    if (!err)
        err = smmu_invalidate_all(smmu);
    if (!err)
        err = set_interrupts(smmu);
    if (!err)
        err = smmu_set_cr0(smmu, CR0_CMDQEN | CR0_EVENTQEN | CR0_SMMUEN);
    return err;
}
