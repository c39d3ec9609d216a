/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The command queue (3.5, 4.1). Any thread posts; each batch ends with one CMD_SYNC, and who posted
 * it waits for CMDQ_CONS to pass that sync, without a lock.
 */
#include "base/poll.h"
#include "smmuv3_internal.h"

int smmu_cmdq_init(struct smmu *smmu, uint8_t lg2)
{
    int err = smmu_queue_init(smmu, &smmu->cmdq.queue, lg2, CMD_BYTES / sizeof(dms_le64_t));

    if (err)
        return err;
    port_lock_init(smmu->iommu.port, &smmu->cmdq.lock);
    return DMS_OK;
}

void smmu_cmdq_fini(struct smmu *smmu)
{
    if (!smmu->cmdq.queue.entries)
        return;
    port_lock_fini(smmu->iommu.port, &smmu->cmdq.lock);
    smmu_queue_fini(smmu, &smmu->cmdq.queue);
}

/*
 * The register holds the lowest bits of a position. They are extended from a value of cons read
 * before: hardware was not behind that, nor a whole queue ahead of it unless cons moved meanwhile,
 * and then the exchange fails.
 */
uint32_t smmu_cmdq_refresh(struct smmu *smmu)
{
    struct smmu_cmdq *cmdq = &smmu->cmdq;
    uint64_t seen = atomic_load_explicit(&cmdq->cons, memory_order_acquire);
    uint32_t reg = smmu_read32(smmu, REG_CMDQ_CONS);
    uint64_t distance = smmu_queue_distance(&cmdq->queue, seen, reg);
    uint64_t prod;

    port_barrier(smmu->iommu.port, DMS_BARRIER_READ);
    prod = atomic_load_explicit(&cmdq->prod, memory_order_acquire);
    if (distance <= prod - seen)
        atomic_compare_exchange_strong_explicit(&cmdq->cons, &seen, seen + distance,
                                                memory_order_acq_rel, memory_order_acquire);
    else if (atomic_load_explicit(&cmdq->cons, memory_order_acquire) == seen)
        smmu_count(&smmu->counters.bogus);
    return reg;
}

void smmu_cmdq_set_order(struct smmu *smmu, bool in_order)
{
    struct smmu_cmdq *cmdq = &smmu->cmdq;
    uint64_t epoch = atomic_load_explicit(&cmdq->epoch, memory_order_relaxed);

    if ((epoch % 2 == 0) != in_order)
        atomic_store_explicit(&cmdq->epoch, epoch + 1, memory_order_release);
}

/* One call of smmu_cmdq_submit. */
struct batch {
    struct smmu *smmu;
    const struct smmu_cmd *cmds;
    unsigned count; /* of cmds; the sync comes after them */
    unsigned posted;
    uint64_t first; /* position of the first command; others' may lie between it and end */
    uint64_t end;   /* position after the last one posted */
    uint64_t failures;
    uint64_t epoch;
};

/* The queue works, and nobody has thrown away what this batch posted. */
static bool alive(const struct batch *batch)
{
    uint64_t epoch = atomic_load_explicit(&batch->smmu->cmdq.epoch, memory_order_acquire);

    return epoch == batch->epoch && epoch % 2 == 0;
}

static bool is_posted(const struct batch *batch)
{
    return batch->posted > batch->count;
}

static void store_command(struct smmu *smmu, uint64_t position, const struct smmu_cmd *cmd)
{
    dms_le64_t *entry = smmu_queue_entry(&smmu->cmdq.queue, position);

    smmu_word_store(&entry[0], cmd->word[0]);
    smmu_word_store(&entry[1], cmd->word[1]);
    smmu_clean(smmu, entry, CMD_BYTES);
    smmu->cmdq.posted[smmu_cmd_kind(cmd)]++;
}

/* Posts what there is room for; under cmdq.lock. */
static void post_locked(struct batch *batch)
{
    struct smmu *smmu = batch->smmu;
    struct smmu_cmdq *cmdq = &smmu->cmdq;
    uint64_t begin = atomic_load_explicit(&cmdq->prod, memory_order_relaxed);
    uint64_t cons = atomic_load_explicit(&cmdq->cons, memory_order_acquire);
    uint64_t room = cons + smmu_queue_size(&cmdq->queue) - begin;
    const struct smmu_cmd sync = smmu_cmd_sync();
    uint64_t prod = begin;

    for (; room && batch->posted < batch->count; room--)
        store_command(smmu, prod++, &batch->cmds[batch->posted++]);
    if (room) {
        store_command(smmu, prod++, &sync);
        batch->posted++;
    }
    if (prod == begin)
        return;
    batch->end = prod;
    atomic_store_explicit(&cmdq->prod, prod, memory_order_release);
    /* 3.21.2: commands, and the tables they speak of, are visible before PROD says so. */
    port_barrier(smmu->iommu.port, DMS_BARRIER_MMIO);
    smmu_write32(smmu, REG_CMDQ_PROD, smmu_queue_reg(&cmdq->queue, prod));
}

/* The batch enters the queue's history here. */
static void post_begin(struct batch *batch)
{
    struct smmu_cmdq *cmdq = &batch->smmu->cmdq;
    const struct dms_port *port = batch->smmu->iommu.port;

    port_lock(port, &cmdq->lock);
    batch->first = atomic_load_explicit(&cmdq->prod, memory_order_relaxed);
    batch->failures = atomic_load_explicit(&cmdq->failures, memory_order_relaxed);
    batch->epoch = atomic_load_explicit(&cmdq->epoch, memory_order_relaxed);
    if (batch->epoch % 2 == 0) {
        post_locked(batch);
        cmdq->batches++;
        cmdq->queue_full += !is_posted(batch);
    }
    port_unlock(port, &cmdq->lock);
}

static bool post_more(void *ctx)
{
    struct batch *batch = ctx;
    struct smmu *smmu = batch->smmu;
    const struct dms_port *port = smmu->iommu.port;

    if (smmu_cmdq_refresh(smmu) & CMDQ_CONS_ERR)
        smmu_gerror_handle(smmu);
    port_lock(port, &smmu->cmdq.lock);
    if (alive(batch))
        post_locked(batch);
    port_unlock(port, &smmu->cmdq.lock);
    return is_posted(batch) || !alive(batch);
}

static bool consumed(const struct batch *batch)
{
    return atomic_load_explicit(&batch->smmu->cmdq.cons, memory_order_acquire) >= batch->end;
}

static bool sync_done(void *ctx)
{
    const struct batch *batch = ctx;
    uint32_t cons = smmu_cmdq_refresh(batch->smmu);

    if (consumed(batch) || !alive(batch))
        return true;
    /* 7.1: an error stops the queue. ERR stays set after it; GERROR tells whether it is active. */
    if (cons & CMDQ_CONS_ERR)
        smmu_gerror_handle(batch->smmu);
    return false;
}

static int wait_for(struct batch *batch, bool (*done)(void *ctx))
{
    struct smmu *smmu = batch->smmu;
    int err = poll_until(smmu->iommu.port, smmu->timeout_ns, done, batch);

    if (err)
        smmu_count(&smmu->counters.timeouts);
    return err;
}

/* A failure is counted before the queue is let go on, so before cons passes it. */
static bool has_failures(const struct batch *batch)
{
    return atomic_load_explicit(&batch->smmu->cmdq.failures, memory_order_acquire) !=
           batch->failures;
}

static int wait_and_judge(struct batch *batch)
{
    int err = DMS_OK;

    if (!is_posted(batch) && alive(batch))
        err = wait_for(batch, post_more);
    if (!err && alive(batch))
        err = wait_for(batch, sync_done);
    if (err)
        return err;
    if (!alive(batch))
        return DMS_EIO;
    if (has_failures(batch) &&
        smmu_cmdq_failed(batch->smmu, batch->first, batch->end, batch->failures))
        return DMS_EIO;
    return DMS_OK;
}

int smmu_cmdq_submit(struct smmu *smmu, const struct smmu_cmd *cmds, unsigned n)
{
    struct batch batch = {.smmu = smmu, .cmds = cmds, .count = n};

    post_begin(&batch);
    /* What an idle SMMU has done by now needs no clock. */
    if (is_posted(&batch)) {
        smmu_cmdq_refresh(smmu);
        if (consumed(&batch) && alive(&batch) && !has_failures(&batch))
            return DMS_OK;
    }
    return wait_and_judge(&batch);
}
