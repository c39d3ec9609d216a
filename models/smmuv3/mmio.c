/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The register accessors that a driver gets: access sizes, and what an access sets off (6.2). */
#include "model_internal.h"

#define MMIO_BYTES 0x20000u

static void enter(struct smmuv3_model *m)
{
    pthread_mutex_lock(&m->regs_lock);
    m->count.register_accesses++;
}

static void leave(struct smmuv3_model *m)
{
    pthread_mutex_unlock(&m->regs_lock);
    irq_deliver(m);
}

static void spurious_irq(struct smmuv3_model *m)
{
    if (!fault_hits(m, &m->cfg.faults.spurious_irq))
        return;
    pthread_mutex_lock(&m->out_lock);
    irq_raise(m, SMMUV3_IRQ_EVENTQ);
    pthread_mutex_unlock(&m->out_lock);
}

static void before_read(struct smmuv3_model *m)
{
    m->slow_reads++;
    spurious_irq(m);
    if (m->cfg.commands != SMMUV3_CMDS_AT_ONCE || m->cfg.faults.cmdq_slow)
        cmdq_at_access(m);
}

static bool misplaced(uint32_t offset, uint32_t size)
{
    return offset % size != 0 || offset >= MMIO_BYTES;
}

static uint32_t read32(void *ctx, uint32_t offset)
{
    struct smmuv3_model *m = ctx;
    uint32_t value = 0;

    enter(m);
    before_read(m);
    if (!misplaced(offset, 4))
        value = register_read(m, offset);
    leave(m);
    return value;
}

static void write32(void *ctx, uint32_t offset, uint32_t value)
{
    struct smmuv3_model *m = ctx;

    enter(m);
    if (!misplaced(offset, 4))
        register_write(m, offset, value);
    cmdq_at_access(m);
    leave(m);
}

/* A 64-bit access to two 32-bit registers reads as zero and is ignored. */
static uint64_t read64(void *ctx, uint32_t offset)
{
    struct smmuv3_model *m = ctx;
    uint64_t value = 0;

    enter(m);
    before_read(m);
    if (!misplaced(offset, 8) && register_is_64bit(offset))
        value = (uint64_t)register_read(m, offset + 4) << 32 | register_read(m, offset);
    leave(m);
    return value;
}

static void write64(void *ctx, uint32_t offset, uint64_t value)
{
    struct smmuv3_model *m = ctx;

    enter(m);
    if (!misplaced(offset, 8) && register_is_64bit(offset)) {
        register_write(m, offset, (uint32_t)value);
        register_write(m, offset + 4, (uint32_t)(value >> 32));
    }
    cmdq_at_access(m);
    leave(m);
}

struct dms_mmio smmuv3_model_mmio(struct smmuv3_model *m)
{
    return (struct dms_mmio){
        .ctx = m, .read32 = read32, .write32 = write32, .read64 = read64, .write64 = write64};
}
