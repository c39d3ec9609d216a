/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Commands: which are legal on this unit, and when each takes effect (4.1 to 4.8). */
#include "model_internal.h"

static uint8_t opcode_of(const uint64_t command[2])
{
    return (uint8_t)bits(command[0], 7, 0);
}

static bool is_config_invalidation(uint8_t opcode)
{
    return opcode >= CMD_CFGI_STE && opcode <= CMD_CFGI_CD_ALL;
}

static bool is_tlb_invalidation(uint8_t opcode)
{
    return (opcode >= CMD_TLBI_NH_ALL && opcode <= CMD_TLBI_NH_VAA) || opcode == CMD_TLBI_NSNH_ALL;
}

/* Of absent features (stage 2, EL2, EL3, ATS, PRI, stall, MPAM), every command is illegal. */
bool command_legal(const struct smmuv3_model *m, const uint64_t command[2])
{
    uint8_t opcode = opcode_of(command);

    switch (opcode) {
    case CMD_PREFETCH_CONFIG:
    case CMD_PREFETCH_ADDR:
    case CMD_CFGI_STE:
    case CMD_CFGI_STE_RANGE:
    case CMD_CFGI_CD:
    case CMD_CFGI_CD_ALL:
        return !bit(command[0], 10); /* SSec, on the Non-secure queue (4.1.6) */
    case CMD_TLBI_NH_VA:
    case CMD_TLBI_NH_VAA:
        return range_fields_legal(m, command);
    case CMD_TLBI_NH_ALL:
    case CMD_TLBI_NH_ASID:
    case CMD_TLBI_NSNH_ALL:
        return true;
    case CMD_SYNC:
        return bits(command[0], 13, 12) != 3; /* CS */
    default:
        return false;
    }
}

static void apply(struct smmuv3_model *m, const uint64_t command[2])
{
    if (is_config_invalidation(opcode_of(command)))
        invalidate_config(m, command);
    else
        invalidate_tlb(m, command);
}

static void apply_pending(struct smmuv3_model *m)
{
    gate_close(m);
    for (unsigned i = 0; i < m->npending; i++)
        apply(m, m->pending[i]);
    m->npending = 0;
    gate_open(m);
}

static void invalidate(struct smmuv3_model *m, const uint64_t command[2])
{
    const struct smmuv3_when *dropped = is_config_invalidation(opcode_of(command)) ? &m->cfg.faults.cfgi_dropped
                                                                                   : &m->cfg.faults.tlbi_dropped;

    if (fault_hits(m, dropped))
        return;
    if (m->npending == PENDING_MAX)
        apply_pending(m);
    m->pending[m->npending][0] = command[0];
    m->pending[m->npending][1] = command[1];
    m->npending++;
    if (m->cfg.invalidate_at_once)
        apply_pending(m);
}

/* Waits for the transactions under way, so that none of them still uses what was invalidated (4.7.3). */
static void synchronize(struct smmuv3_model *m, const uint64_t command[2])
{
    apply_pending(m);
    m->count.syncs++;
    if (bits(command[0], 13, 12) == 1) { /* SIG_IRQ */
        pthread_mutex_lock(&m->out_lock);
        irq_raise(m, SMMUV3_IRQ_SYNC);
        pthread_mutex_unlock(&m->out_lock);
    }
}

void command_execute(struct smmuv3_model *m, const uint64_t command[2])
{
    uint8_t opcode = opcode_of(command);

    if (is_config_invalidation(opcode) || is_tlb_invalidation(opcode))
        invalidate(m, command);
    else if (opcode == CMD_SYNC)
        synchronize(m, command);
}
