/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The command queue: when a command is taken up, and where the queue stops (4.1.2, 7.1). */
#include "model_internal.h"

#include "random.h"

#define COMMAND_BYTES 16u

#define CERROR_ILL 1u
#define CERROR_ABT 2u

static unsigned queue_lg2(const struct smmuv3_model *m)
{
    unsigned lg2 = (unsigned)bits(m->regs.cmdq_base, 4, 0);

    return lg2 < m->cfg.cmdq_lg2_max ? lg2 : m->cfg.cmdq_lg2_max;
}

static uint64_t slot_address(const struct smmuv3_model *m, unsigned lg2)
{
    unsigned size_lg2 = lg2 + 4 > 5 ? lg2 + 4 : 5;
    uint64_t base = bits_in_place(m->regs.cmdq_base, 55, 5) & ~below_lg2(size_lg2);

    return base + (m->regs.cmdq_cons & below_lg2(lg2)) * COMMAND_BYTES;
}

/* Indexes that say more than the queue can hold are inconsistent: nothing is consumed (3.5.1). */
static bool has_work(struct smmuv3_model *m, unsigned lg2)
{
    uint32_t used = (m->regs.cmdq_prod - m->regs.cmdq_cons) & (uint32_t)below_lg2(lg2 + 1);

    if (!(m->regs.cr0ack & CR0_CMDQEN) || m->stuck || used == 0 || used > UINT32_C(1) << lg2)
        return false;
    return !gerror_active(m, GERROR_CMDQ);
}

/* CONS.ERR is visible before GERROR is (7.1). */
static void stop(struct smmuv3_model *m, uint32_t code)
{
    m->regs.cmdq_cons = (m->regs.cmdq_cons & ~CMDQ_CONS_ERR) | code << 24;
    m->count.command_errors++;
    pthread_mutex_lock(&m->out_lock);
    gerror_raise(m, GERROR_CMDQ);
    pthread_mutex_unlock(&m->out_lock);
}

static void consume(struct smmuv3_model *m, unsigned lg2)
{
    uint32_t next = (m->regs.cmdq_cons + 1) & (uint32_t)below_lg2(lg2 + 1);

    m->regs.cmdq_cons = (m->regs.cmdq_cons & CMDQ_CONS_ERR) | next;
    m->slow_reads = 0;
}

/* Does a configured fault stop the queue at this command? */
static bool misbehaves(struct smmuv3_model *m, bool fetched, const uint64_t command[2])
{
    const struct smmuv3_faults *faults = &m->cfg.faults;

    if (fault_hits(m, &faults->cmdq_stuck) ||
        (fetched && bits(command[0], 7, 0) == CMD_SYNC && fault_hits(m, &faults->sync_stuck))) {
        m->stuck = true;
        return true;
    }
    if (fault_hits(m, &faults->cmd_abort)) {
        stop(m, CERROR_ABT);
        return true;
    }
    if (fault_hits(m, &faults->cmd_illegal)) {
        stop(m, CERROR_ILL);
        return true;
    }
    return false;
}

static bool take_one(struct smmuv3_model *m, unsigned lg2)
{
    uint64_t command[2] = {0, 0};
    bool fetched = memory_load(m, slot_address(m, lg2), command, 2);

    if (misbehaves(m, fetched, command))
        return false;
    if (!fetched || !command_legal(m, command)) {
        stop(m, fetched ? CERROR_ILL : CERROR_ABT);
        return false;
    }
    m->count.commands[bits(command[0], 7, 0)]++;
    command_execute(m, command);
    if (m->cfg.on_command)
        m->cfg.on_command(m->cfg.ctx, command);
    consume(m, lg2);
    return true;
}

unsigned cmdq_run(struct smmuv3_model *m, unsigned max)
{
    unsigned lg2 = queue_lg2(m);
    unsigned taken = 0;

    while (taken < max && has_work(m, lg2) && m->slow_reads >= m->cfg.faults.cmdq_slow && take_one(m, lg2))
        taken++;
    return taken;
}

void cmdq_at_access(struct smmuv3_model *m)
{
    switch (m->cfg.commands) {
    case SMMUV3_CMDS_AT_ONCE:
        cmdq_run(m, UINT32_MAX);
        break;
    case SMMUV3_CMDS_PER_ACCESS:
        cmdq_run(m, m->cfg.burst ? m->cfg.burst : random_next(&m->burst_random) >> 62);
        break;
    default:
        cmdq_kick(m);
        break;
    }
}

void cmdq_kick(struct smmuv3_model *m)
{
    if (m->cfg.commands == SMMUV3_CMDS_THREAD)
        pthread_cond_signal(&m->work);
}
