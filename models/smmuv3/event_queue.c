/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The event queue: when a record can be written, and what becomes of one that cannot (7.2, 7.4). */
#include "model_internal.h"

#define RECORD_BYTES 32u

static unsigned queue_lg2(const struct smmuv3_model *m)
{
    unsigned lg2 = (unsigned)bits(m->regs.evtq_base, 4, 0);

    return lg2 < m->cfg.evtq_lg2_max ? lg2 : m->cfg.evtq_lg2_max;
}

static uint64_t slot_address(const struct smmuv3_model *m, unsigned lg2)
{
    uint64_t base = bits_in_place(m->regs.evtq_base, 55, 5) & ~below_lg2(lg2 + 5);

    return base + (m->regs.evtq_prod & below_lg2(lg2)) * RECORD_BYTES;
}

static void overflow(struct smmuv3_model *m)
{
    if (!((m->regs.evtq_prod ^ m->regs.evtq_cons) & EVENTQ_OVERFLOW))
        m->regs.evtq_prod ^= EVENTQ_OVERFLOW;
}

static bool write_record(struct smmuv3_model *m, uint64_t pa, const uint64_t record[4])
{
    if (fault_hits(m, &m->cfg.faults.evtq_abort))
        return false;
    for (unsigned i = 0; i < 4; i++) {
        if (!m->cfg.memory.store64(m->cfg.memory.ctx, pa + 8 * i, record[i]))
            return false;
    }
    return true;
}

/* PROD moves past the new record, its wrap bit with it; OVFLG stays. */
static void publish(struct smmuv3_model *m, unsigned lg2)
{
    uint32_t prod = m->regs.evtq_prod;
    bool was_empty = !((prod ^ m->regs.evtq_cons) & below_lg2(lg2 + 1));
    uint32_t next = (prod + 1) & (uint32_t)below_lg2(lg2 + 1);

    m->regs.evtq_prod = (prod & EVENTQ_OVERFLOW) | next;
    if (was_empty)
        irq_raise(m, SMMUV3_IRQ_EVENTQ);
}

static bool append(struct smmuv3_model *m, const uint64_t record[4])
{
    unsigned lg2 = queue_lg2(m);
    bool full = fault_hits(m, &m->cfg.faults.evtq_full) || queue_full(m->regs.evtq_prod, m->regs.evtq_cons, lg2);

    if (!(m->regs.cr0ack & CR0_EVENTQEN) || gerror_active(m, GERROR_EVENTQ_ABT))
        return false;
    if (full) {
        overflow(m);
        return false;
    }
    if (!write_record(m, slot_address(m, lg2), record)) {
        gerror_raise(m, GERROR_EVENTQ_ABT); /* a synchronous abort: PROD stays (7.2.2) */
        return false;
    }
    publish(m, lg2);
    return true;
}

bool event_post(struct smmuv3_model *m, struct lane *lane, const uint64_t record[4])
{
    bool recorded;

    pthread_mutex_lock(&m->out_lock);
    recorded = append(m, record);
    if (m->cfg.on_event)
        m->cfg.on_event(m->cfg.ctx, record, recorded);
    pthread_mutex_unlock(&m->out_lock);
    lane->count.events++;
    lane->count.events_lost += !recorded;
    return recorded;
}
