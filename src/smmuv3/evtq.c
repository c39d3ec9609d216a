/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The event queue (7.2, 7.4): records are copied under the lock, and handed on without it. */
#include "smmuv3_internal.h"

#define DRAIN_AT_ONCE 16 /* records on the stack */

int smmu_evtq_init(struct smmu *smmu, uint8_t lg2)
{
    int err = smmu_queue_init(smmu, &smmu->evtq.queue, lg2, EVENT_WORDS);

    if (err)
        return err;
    port_lock_init(smmu->iommu.port, &smmu->evtq.lock);
    return DMS_OK;
}

void smmu_evtq_fini(struct smmu *smmu)
{
    if (!smmu->evtq.queue.entries)
        return;
    port_lock_fini(smmu->iommu.port, &smmu->evtq.lock);
    smmu_queue_fini(smmu, &smmu->evtq.queue);
}

static void copy_record(struct smmu *smmu, uint64_t position, uint64_t out[EVENT_WORDS])
{
    dms_le64_t *entry = smmu_queue_entry(&smmu->evtq.queue, position, EVENT_WORDS);

    if (!smmu->features.coherent)
        port_cache_invalidate(smmu->iommu.port, entry, EVENT_BYTES);
    for (unsigned i = 0; i < EVENT_WORDS; i++)
        out[i] = smmu_word_load(&entry[i]);
}

/* Records that wait, as PROD says it; a PROD that cannot be empties the queue. Under evtq.lock. */
static uint64_t waiting(struct smmu *smmu, uint32_t prod)
{
    struct smmu_evtq *evtq = &smmu->evtq;
    uint64_t count = smmu_queue_distance(&evtq->queue, evtq->cons, prod);

    if (count <= smmu_queue_size(&evtq->queue))
        return count;
    smmu_count(&smmu->counters.bogus);
    evtq->cons += count;
    return 0;
}

static void note_overflow(struct smmu *smmu, uint32_t prod)
{
    uint32_t flag = prod & (uint32_t)EVENTQ_OVERFLOW;

    if (flag == smmu->evtq.ovack)
        return;
    smmu->evtq.ovack = flag;
    smmu_count(&smmu->counters.overflows);
}

/* Takes at most DRAIN_AT_ONCE records out of the queue. */
static unsigned take(struct smmu *smmu, uint64_t records[DRAIN_AT_ONCE][EVENT_WORDS])
{
    struct smmu_evtq *evtq = &smmu->evtq;
    const struct dms_port *port = smmu->iommu.port;
    uint32_t before;
    uint64_t count;
    uint32_t prod;

    port_lock(port, &evtq->lock);
    before = smmu_queue_reg(&evtq->queue, evtq->cons) | evtq->ovack;
    prod = smmu_read32(smmu, REG_EVENTQ_PROD);
    port_barrier(port, DMS_BARRIER_READ);
    note_overflow(smmu, prod);
    count = waiting(smmu, prod);
    if (count > DRAIN_AT_ONCE)
        count = DRAIN_AT_ONCE;
    for (uint64_t i = 0; i < count; i++)
        copy_record(smmu, evtq->cons + i, records[i]);
    evtq->cons += count;
    if ((smmu_queue_reg(&evtq->queue, evtq->cons) | evtq->ovack) != before) {
        /* The records were read before the SMMU may write there again. */
        port_barrier(port, DMS_BARRIER_MMIO);
        smmu_write32(smmu, REG_EVENTQ_CONS, smmu_queue_reg(&evtq->queue, evtq->cons) | evtq->ovack);
    }
    port_unlock(port, &evtq->lock);
    return (unsigned)count;
}

static void deliver(struct smmu *smmu, const uint64_t record[EVENT_WORDS])
{
    struct dms_iommu *iommu = &smmu->iommu;
    struct dms_iommu_event event = smmu_event_decode(record);

    smmu_count(&smmu->counters.events);
    if (iommu->on_event)
        iommu->on_event(iommu->on_event_ctx, iommu, &event);
    else
        smmu_count(&smmu->counters.events_dropped);
}

unsigned smmu_evtq_drain(struct smmu *smmu)
{
    uint64_t records[DRAIN_AT_ONCE][EVENT_WORDS];
    uint64_t budget = smmu_queue_size(&smmu->evtq.queue);
    unsigned total = 0;
    unsigned count;

    do {
        count = take(smmu, records);
        for (unsigned i = 0; i < count; i++)
            deliver(smmu, records[i]);
        total += count;
    } while (count == DRAIN_AT_ONCE && total < budget);
    return total;
}
