/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* GERROR (7.5) and interrupts (3.18). */
#include "model_internal.h"

bool gerror_active(const struct smmuv3_model *m, uint32_t error)
{
    return (m->regs.gerror ^ m->regs.gerrorn) & error;
}

void gerror_raise(struct smmuv3_model *m, uint32_t error)
{
    if (gerror_active(m, error))
        return;
    m->regs.gerror ^= error;
    irq_raise(m, SMMUV3_IRQ_GERROR);
}

static bool irq_enabled(const struct smmuv3_model *m, enum smmuv3_irq which)
{
    switch (which) {
    case SMMUV3_IRQ_EVENTQ:
        return m->regs.irq_ctrlack & IRQ_EVENTQ_EN;
    case SMMUV3_IRQ_GERROR:
        return m->regs.irq_ctrlack & IRQ_GERROR_EN;
    default:
        return true; /* CMD_SYNC asks for its own */
    }
}

void irq_raise(struct smmuv3_model *m, enum smmuv3_irq which)
{
    if (m->cfg.irq && irq_enabled(m, which))
        atomic_fetch_or(&m->irqs, 1u << which);
}

void irq_deliver(struct smmuv3_model *m)
{
    unsigned irqs;

    if (!atomic_load_explicit(&m->irqs, memory_order_relaxed))
        return;
    irqs = atomic_exchange(&m->irqs, 0);
    for (; irqs; irqs &= irqs - 1)
        m->cfg.irq(m->cfg.ctx, (enum smmuv3_irq)__builtin_ctz(irqs));
}
