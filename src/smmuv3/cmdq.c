/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The command queue (3.5, 4.1). Any thread posts; each batch ends with one CMD_SYNC, and who posted
 * it waits for CMDQ_CONS to pass that sync, without a lock.
 */
#include "base/poll.h"
#include "smmuv3_internal.h"

int smmu_cmdq_init(struct smmu *smmu, uint8_t lg2)
{
    int err = smmu_queue_init(smmu, &smmu->cmdq.queue, lg2, CMD_WORDS);

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

static inline bool is_in_order(uint64_t history)
{
    return !(history & HISTORY_DISORDER);
}

void smmu_cmdq_set_order(struct smmu *smmu, bool in_order)
{
    struct smmu_cmdq *cmdq = &smmu->cmdq;
    uint64_t history = atomic_load_explicit(&cmdq->history, memory_order_relaxed);

    if (is_in_order(history) != in_order)
        atomic_store_explicit(&cmdq->history, history + HISTORY_DISORDER, memory_order_release);
}

/* One call of smmu_cmdq_submit. */
struct batch {
    struct smmu *smmu;
    const struct smmu_cmd *cmds;
    unsigned count; /* of cmds; the sync comes after them */
    unsigned posted;
    uint64_t first; /* position of the first command; others' may lie between it and end */
    uint64_t end;   /* position after the last one posted */
    uint64_t history;
};

static uint64_t history_now(const struct batch *batch)
{
    return atomic_load_explicit(&batch->smmu->cmdq.history, memory_order_acquire);
}

/* The queue works, and nobody has thrown away what this batch posted. */
static bool alive(const struct batch *batch)
{
    uint64_t changed = history_now(batch) ^ batch->history;

    return is_in_order(batch->history) && !(changed & ~HISTORY_FAILURES);
}

static bool is_posted(const struct batch *batch)
{
    return batch->posted > batch->count;
}

/* Plain stores: nobody looks at the place before PROD says so. Under cmdq.lock. */
static inline __attribute__((always_inline)) void
store_command(struct smmu *smmu, uint64_t position, const struct smmu_cmd *cmd)
{
    dms_le64_t *entry = smmu_queue_entry(&smmu->cmdq.queue, position, CMD_WORDS);

    entry[0] = cpu_to_le64(cmd->word[0]);
    entry[1] = cpu_to_le64(cmd->word[1]);
    smmu_clean(smmu, entry, CMD_BYTES);
}

static inline void post_command(struct smmu *smmu, uint64_t position, const struct smmu_cmd *cmd)
{
    store_command(smmu, position, cmd);
    smmu->cmdq.posted[smmu_cmd_kind(cmd)]++;
}

/*
 * 3.21.2: commands, and the tables they speak of, are visible before PROD says so. Under cmdq.lock.
 */
static inline void publish(struct smmu *smmu, uint64_t prod)
{
    atomic_store_explicit(&smmu->cmdq.prod, prod, memory_order_release);
    port_barrier(smmu->iommu.port, DMS_BARRIER_MMIO);
    smmu_write32(smmu, REG_CMDQ_PROD, smmu_queue_reg(&smmu->cmdq.queue, prod));
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
        post_command(smmu, prod++, &batch->cmds[batch->posted++]);
    if (room) {
        post_command(smmu, prod++, &sync);
        batch->posted++;
    }
    if (prod == begin)
        return;
    batch->end = prod;
    publish(smmu, prod);
}

/* The batch enters the queue's history here. */
static void post_begin(struct batch *batch)
{
    struct smmu_cmdq *cmdq = &batch->smmu->cmdq;
    const struct dms_port *port = batch->smmu->iommu.port;

    port_lock(port, &cmdq->lock);
    batch->first = atomic_load_explicit(&cmdq->prod, memory_order_relaxed);
    batch->history = history_now(batch);
    if (is_in_order(batch->history)) {
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
    return (history_now(batch) ^ batch->history) & HISTORY_FAILURES;
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
        smmu_cmdq_failed(batch->smmu, batch->first, batch->end, batch->history))
        return DMS_EIO;
    return DMS_OK;
}

/* Not inline: a batch in memory would cost every call what only a few need. */
static __attribute__((noinline)) int submit_slowly(struct smmu *smmu, const struct smmu_cmd *cmds,
                                                   unsigned n)
{
    struct batch batch = {.smmu = smmu, .cmds = cmds, .count = n};

    smmu_cmdq_refresh(smmu);
    post_begin(&batch);
    return wait_and_judge(&batch);
}

static __attribute__((noinline)) int judge_slowly(const struct batch *posted)
{
    struct batch batch = *posted;

    return wait_and_judge(&batch);
}

/* The queue is in order, and has room for all of it as far as cons tells. */
static inline bool is_easy(const struct smmu_cmdq *cmdq, uint64_t prod, uint64_t history,
                           unsigned n)
{
    uint64_t used = prod - atomic_load_explicit(&cmdq->cons, memory_order_acquire);

    return is_in_order(history) && used + n <= cmdq->queue.mask / 2;
}

/*
 * Everything before `end` was consumed, and nothing after it. cons stays behind: it is only a
 * bound, and is brought up to date when the room that it promises is used up.
 */
static inline bool is_at(const struct smmu *smmu, const struct dms_port *port, uint64_t end)
{
    uint32_t reg = smmu_read32(smmu, REG_CMDQ_CONS);

    port_barrier(port, DMS_BARRIER_READ);
    return smmu_queue_distance(&smmu->cmdq.queue, end, reg) == 0;
}

/*
 * What an idle SMMU has done by the time its register is read needs no clock. page: the command
 * invalidates a page, and is counted as that with its sync.
 */
static inline __attribute__((always_inline)) int
submit(struct smmu *smmu, const struct smmu_cmd *cmds, unsigned n, bool page)
{
    const struct dms_port *port = smmu->iommu.port;
    struct smmu_cmdq *cmdq = &smmu->cmdq;
    const struct smmu_cmd sync = smmu_cmd_sync();
    uint64_t first, end, history;

    port_lock(port, &cmdq->lock);
    first = atomic_load_explicit(&cmdq->prod, memory_order_relaxed);
    history = atomic_load_explicit(&cmdq->history, memory_order_relaxed);
    if (!is_easy(cmdq, first, history, n)) {
        port_unlock(port, &cmdq->lock);
        return submit_slowly(smmu, cmds, n);
    }
    end = first + n;
    for (uint64_t at = first; at != end; at++, cmds++) {
        store_command(smmu, at, cmds);
        if (!page)
            cmdq->posted[smmu_cmd_kind(cmds)]++;
    }
    store_command(smmu, end++, &sync);
    publish(smmu, end);
    if (page) {
        cmdq->pages++;
    } else {
        cmdq->posted[CMD_SYNC]++;
        cmdq->batches++;
    }
    port_unlock(port, &cmdq->lock);

    if (is_at(smmu, port, end) &&
        atomic_load_explicit(&cmdq->history, memory_order_acquire) == history)
        return DMS_OK;
    return judge_slowly(&(struct batch){
        .smmu = smmu, .count = n, .posted = n + 1, .first = first, .end = end, .history = history});
}

int smmu_cmdq_submit(struct smmu *smmu, const struct smmu_cmd *cmds, unsigned n)
{
    return submit(smmu, cmds, n, false);
}

int smmu_cmdq_submit_page(struct smmu *smmu, struct smmu_cmd cmd)
{
    return submit(smmu, &cmd, 1, true);
}
