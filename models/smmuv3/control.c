/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * CR0, IRQ_CTRL and GBPA: a written value reads back at once, and takes effect when the ACK register (GBPA: Update)
 * says so (6.3.9, 6.3.14, 6.3.16).
 */
#include "model_internal.h"

/* Everything that is still on its way arrives. */
static void acknowledge(struct smmuv3_model *m)
{
    gate_close(m);
    m->regs.cr0ack = m->regs.cr0;
    m->regs.gbpa &= ~GBPA_UPDATE;
    gate_open(m);
    pthread_mutex_lock(&m->out_lock);
    m->regs.irq_ctrlack = m->regs.irq_ctrl;
    pthread_mutex_unlock(&m->out_lock);
    cmdq_kick(m);
}

static void changed(struct smmuv3_model *m)
{
    m->ack_reads = 0;
    if (fault_hits(m, &m->cfg.faults.ack_lost))
        m->ack_lost = true;
    if (!m->ack_lost && m->cfg.faults.ack_slow == 0)
        acknowledge(m);
}

void control_ack_read(struct smmuv3_model *m)
{
    bool waiting = m->regs.cr0 != m->regs.cr0ack || m->regs.irq_ctrl != m->regs.irq_ctrlack ||
                   m->regs.gbpa & GBPA_UPDATE;

    if (waiting && !m->ack_lost && ++m->ack_reads > m->cfg.faults.ack_slow)
        acknowledge(m);
}

/* A field whose last change is still under way keeps it (6.3.9). */
static uint32_t settled(uint32_t value, uint32_t now, uint32_t ack, uint32_t fields)
{
    uint32_t moving = now ^ ack;

    return ((value & ~moving) | (now & moving)) & fields;
}

void control_write_cr0(struct smmuv3_model *m, uint32_t value)
{
    m->regs.cr0 = settled(value, m->regs.cr0, m->regs.cr0ack, CR0_FIELDS);
    changed(m);
}

void control_write_irq_ctrl(struct smmuv3_model *m, uint32_t value)
{
    m->regs.irq_ctrl = settled(value, m->regs.irq_ctrl, m->regs.irq_ctrlack, IRQ_CTRL_FIELDS);
    changed(m);
}

void control_write_gbpa(struct smmuv3_model *m, uint32_t value)
{
    if (m->regs.gbpa & GBPA_UPDATE || !(value & GBPA_UPDATE))
        return;
    gate_close(m);
    m->regs.gbpa = (value & GBPA_FIELDS) | GBPA_UPDATE;
    gate_open(m);
    changed(m);
}
