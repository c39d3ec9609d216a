/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Guarded registers: writes are ignored while the unit that they configure is on, or not yet off (6.2, 6.3.9). */
#include "model_internal.h"

static bool is_on(const struct smmuv3_model *m, uint32_t enable)
{
    return (m->regs.cr0 | m->regs.cr0ack) & enable;
}

bool register_writable(const struct smmuv3_model *m, uint32_t offset)
{
    switch (offset) {
    case REG_CR2:
    case REG_STRTAB_BASE:
    case REG_STRTAB_BASE + 4:
    case REG_STRTAB_BASE_CFG:
        return !is_on(m, CR0_SMMUEN);
    case REG_CMDQ_BASE:
    case REG_CMDQ_BASE + 4:
    case REG_CMDQ_CONS:
        return !is_on(m, CR0_CMDQEN);
    case REG_EVENTQ_BASE:
    case REG_EVENTQ_BASE + 4:
    case REG_EVENTQ_PROD:
        return !is_on(m, CR0_EVENTQEN);
    default:
        return true;
    }
}
