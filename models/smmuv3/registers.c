/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The register file: reads, writes, and which bits of each there are. */
#include "model_internal.h"

#include "random.h"

bool register_is_64bit(uint32_t offset)
{
    return offset == REG_STRTAB_BASE || offset == REG_CMDQ_BASE || offset == REG_EVENTQ_BASE;
}

/* Storage that reset leaves UNKNOWN holds anything. */
void registers_reset(struct smmuv3_model *m)
{
    struct register_file *r = &m->regs;
    uint64_t random = random_seed(m->cfg.seed, 0x7265736574);

    r->cr1 = random_next(&random) & (CR1_QUEUE_FIELDS | CR1_TABLE_FIELDS);
    r->strtab_base = random_next(&random) & STRTAB_BASE_FIELDS;
    r->strtab_cfg = random_next(&random) & STRTAB_CFG_FIELDS;
    r->cmdq_base = random_next(&random) & QUEUE_BASE_FIELDS;
    r->cmdq_prod = random_next(&random) & QUEUE_INDEX;
    r->cmdq_cons = random_next(&random) & (QUEUE_INDEX | CMDQ_CONS_ERR);
    r->evtq_base = random_next(&random) & QUEUE_BASE_FIELDS;
    r->evtq_prod = random_next(&random) & (QUEUE_INDEX | EVENTQ_OVERFLOW);
    r->evtq_cons = random_next(&random) & (QUEUE_INDEX | EVENTQ_OVERFLOW);
    r->gbpa = m->cfg.gbpa_abort ? GBPA_ABORT : 0;
}

static uint32_t read_id(const struct smmuv3_model *m, uint32_t offset)
{
    unsigned n = (offset - REG_IDR0) / 4;

    return m->regs.idr[n] ^ m->cfg.faults.idr_xor[n];
}

static uint32_t read_control(struct smmuv3_model *m, uint32_t offset)
{
    control_ack_read(m);
    switch (offset) {
    case REG_CR0ACK:
        return m->regs.cr0ack;
    case REG_IRQ_CTRLACK:
        return m->regs.irq_ctrlack;
    default:
        return m->regs.gbpa;
    }
}

static uint32_t half_of(uint64_t reg, uint32_t offset)
{
    return (uint32_t)(offset & 4 ? reg >> 32 : reg);
}

static uint32_t read_queue(struct smmuv3_model *m, uint32_t offset)
{
    const struct register_file *r = &m->regs;

    switch (offset) {
    case REG_CMDQ_BASE:
    case REG_CMDQ_BASE + 4:
        return half_of(r->cmdq_base, offset);
    case REG_CMDQ_PROD:
        return r->cmdq_prod;
    case REG_CMDQ_CONS:
        return r->cmdq_cons;
    case REG_EVENTQ_BASE:
    case REG_EVENTQ_BASE + 4:
        return half_of(r->evtq_base, offset);
    case REG_EVENTQ_PROD:
        return r->evtq_prod;
    case REG_EVENTQ_CONS:
        return r->evtq_cons;
    default:
        return 0; /* RES0 */
    }
}

uint32_t register_read(struct smmuv3_model *m, uint32_t offset)
{
    const struct register_file *r = &m->regs;

    if (offset <= REG_IDR5)
        return read_id(m, offset);
    switch (offset) {
    case REG_AIDR:
        return r->aidr;
    case REG_CR0:
        return r->cr0;
    case REG_CR1:
        return r->cr1;
    case REG_CR2:
        return r->cr2;
    case REG_IRQ_CTRL:
        return r->irq_ctrl;
    case REG_CR0ACK:
    case REG_IRQ_CTRLACK:
    case REG_GBPA:
        return read_control(m, offset);
    case REG_GERROR:
        return r->gerror;
    case REG_GERRORN:
        return r->gerrorn;
    case REG_STRTAB_BASE:
    case REG_STRTAB_BASE + 4:
        return half_of(r->strtab_base, offset);
    case REG_STRTAB_BASE_CFG:
        return r->strtab_cfg;
    default:
        return read_queue(m, offset);
    }
}

/* One half of a 64-bit register (6.2). */
static void write_half(uint64_t *reg, uint32_t offset, uint32_t value, uint64_t fields)
{
    uint64_t low = offset & 4 ? *reg & UINT32_MAX : value;
    uint64_t high = offset & 4 ? value : *reg >> 32;

    *reg = (high << 32 | low) & fields;
}

static void write_cr1(struct smmuv3_model *m, uint32_t value)
{
    uint32_t on = m->regs.cr0 | m->regs.cr0ack;
    uint32_t fields = (on & CR0_SMMUEN ? 0 : CR1_TABLE_FIELDS) |
                      (on & (CR0_EVENTQEN | CR0_CMDQEN) ? 0 : CR1_QUEUE_FIELDS);

    m->regs.cr1 = (m->regs.cr1 & ~fields) | (value & fields);
}

/* What translations depend on. */
static void write_translation(struct smmuv3_model *m, uint32_t offset, uint32_t value)
{
    gate_close(m);
    if (offset == REG_CR2)
        m->regs.cr2 = value & CR2_FIELDS;
    else if (offset == REG_STRTAB_BASE_CFG)
        m->regs.strtab_cfg = value & STRTAB_CFG_FIELDS;
    else
        write_half(&m->regs.strtab_base, offset, value, STRTAB_BASE_FIELDS);
    gate_open(m);
}

static void write_event_queue(struct smmuv3_model *m, uint32_t offset, uint32_t value)
{
    pthread_mutex_lock(&m->out_lock);
    if (offset == REG_EVENTQ_PROD)
        m->regs.evtq_prod = value & (QUEUE_INDEX | EVENTQ_OVERFLOW);
    else if (offset == REG_EVENTQ_CONS)
        m->regs.evtq_cons = value & (QUEUE_INDEX | EVENTQ_OVERFLOW);
    else if (offset == REG_GERRORN)
        m->regs.gerrorn = value;
    else
        write_half(&m->regs.evtq_base, offset, value, QUEUE_BASE_FIELDS);
    pthread_mutex_unlock(&m->out_lock);
}

static void write_command_queue(struct smmuv3_model *m, uint32_t offset, uint32_t value)
{
    if (offset == REG_CMDQ_PROD)
        m->regs.cmdq_prod = value & QUEUE_INDEX;
    else if (offset == REG_CMDQ_CONS)
        m->regs.cmdq_cons = value & (QUEUE_INDEX | CMDQ_CONS_ERR);
    else
        write_half(&m->regs.cmdq_base, offset, value, QUEUE_BASE_FIELDS);
}

void register_write(struct smmuv3_model *m, uint32_t offset, uint32_t value)
{
    if (!register_writable(m, offset))
        return;
    switch (offset) {
    case REG_CR0:
        control_write_cr0(m, value);
        break;
    case REG_CR1:
        write_cr1(m, value);
        break;
    case REG_IRQ_CTRL:
        control_write_irq_ctrl(m, value);
        break;
    case REG_GBPA:
        control_write_gbpa(m, value);
        break;
    case REG_CR2:
    case REG_STRTAB_BASE:
    case REG_STRTAB_BASE + 4:
    case REG_STRTAB_BASE_CFG:
        write_translation(m, offset, value);
        break;
    case REG_CMDQ_BASE:
    case REG_CMDQ_BASE + 4:
    case REG_CMDQ_PROD:
    case REG_CMDQ_CONS:
        write_command_queue(m, offset, value);
        break;
    case REG_EVENTQ_BASE:
    case REG_EVENTQ_BASE + 4:
    case REG_EVENTQ_PROD:
    case REG_EVENTQ_CONS:
    case REG_GERRORN:
        write_event_queue(m, offset, value);
        break;
    default:
        break; /* read-only, RES0, or of a feature that is absent */
    }
}
