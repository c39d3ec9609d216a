/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Command errors (7.1). The queue stands at the command that failed, until GERRORN acknowledges.
 * That command is exchanged for a CMD_SYNC, which does no harm, and its position is remembered, so
 * that whoever posted it learns that it had no effect.
 */
#include "smmuv3_internal.h"

static void note_failure(struct smmu_cmdq *cmdq, uint64_t position)
{
    uint64_t history = atomic_load_explicit(&cmdq->history, memory_order_relaxed);

    cmdq->failed_at[history % CMDQ_FAILURES] = position;
    history = field_set(history, HISTORY_FAILURES, history + 1);
    atomic_store_explicit(&cmdq->history, history, memory_order_release);
}

static void replace(struct smmu *smmu, uint64_t position)
{
    const struct smmu_cmd sync = smmu_cmd_sync();
    dms_le64_t *entry = smmu_queue_entry(&smmu->cmdq.queue, position, CMD_WORDS);

    smmu_word_store(&entry[0], sync.word[0]);
    smmu_word_store(&entry[1], sync.word[1]);
    smmu_clean(smmu, entry, CMD_BYTES);
}

enum smmu_cerror smmu_cmdq_repair(struct smmu *smmu)
{
    struct smmu_cmdq *cmdq = &smmu->cmdq;
    uint64_t cons = atomic_load_explicit(&cmdq->cons, memory_order_acquire);
    uint32_t reg = smmu_read32(smmu, REG_CMDQ_CONS);
    uint64_t position = cons + smmu_queue_distance(&cmdq->queue, cons, reg);
    enum smmu_cerror code = (enum smmu_cerror)field_get(CMDQ_CONS_ERR, reg);

    /* 7.1: the fetch is tried again once acknowledged, so the command is not lost. */
    if (code == CERROR_ABT)
        return code;
    if (position >= atomic_load_explicit(&cmdq->prod, memory_order_relaxed)) {
        smmu_count(&smmu->counters.bogus);
        return code;
    }
    note_failure(cmdq, position);
    replace(smmu, position);
    return code;
}

bool smmu_cmdq_failed(struct smmu *smmu, uint64_t first, uint64_t end, uint64_t history)
{
    struct smmu_cmdq *cmdq = &smmu->cmdq;
    const struct dms_port *port = smmu->iommu.port;
    uint32_t at = (uint32_t)history;
    uint32_t now;
    bool failed;

    port_lock(port, &cmdq->lock);
    now = (uint32_t)atomic_load_explicit(&cmdq->history, memory_order_relaxed);
    failed = now - at > CMDQ_FAILURES; /* some were overwritten: assume the worst */
    for (; at != now && !failed; at++) {
        uint64_t position = cmdq->failed_at[at % CMDQ_FAILURES];

        failed = first <= position && position < end;
    }
    port_unlock(port, &cmdq->lock);
    return failed;
}
