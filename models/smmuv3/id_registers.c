/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the unit says that it can do (6.3.1 to 6.3.8). */
#include "model_internal.h"

static int oas_code(unsigned oas_bits)
{
    static const uint8_t sizes[] = {32, 36, 40, 42, 44, 48, 52};

    for (unsigned i = 0; i < sizeof(sizes); i++) {
        if (sizes[i] == oas_bits)
            return (int)i;
    }
    return -1;
}

static bool power_of_two(uint32_t n)
{
    return n && !(n & (n - 1));
}

bool id_cfg_valid(const struct smmuv3_model_cfg *cfg)
{
    const struct model_memory *mem = &cfg->memory;
    const uint32_t granules = 1u << 12 | 1u << 14 | 1u << 16;

    if (!mem->load64 || !mem->store64 || !mem->read || !mem->write)
        return false;
    if (oas_code(cfg->oas_bits) < 0 || cfg->sid_bits > 32 || cfg->ssid_bits > 20 || cfg->bbml > 2)
        return false;
    if ((cfg->asid_bits != 8 && cfg->asid_bits != 16) || cfg->cmdq_lg2_max > 19 || cfg->evtq_lg2_max > 19)
        return false;
    if (!cfg->granules || cfg->granules & ~granules || cfg->commands > SMMUV3_CMDS_THREAD)
        return false;
    return power_of_two(cfg->tlb_entries) && power_of_two(cfg->walk_entries) && power_of_two(cfg->config_entries);
}

static uint32_t idr0(const struct smmuv3_model_cfg *cfg)
{
    return 1u << 1 |                                      /* S1P */
           2u << 2 |                                      /* TTF: AArch64 */
           (uint32_t)cfg->coherent << 4 |                 /* COHACC */
           (uint32_t)(cfg->asid_bits == 16) << 12 |       /* ASID16 */
           (uint32_t)(cfg->two_level && cfg->ssid_bits) << 19 | /* CD2L */
           2u << 21 |                                     /* TTENDIAN: little */
           1u << 24 |                                     /* STALL_MODEL: none */
           (uint32_t)cfg->term_model << 26 |              /* TERM_MODEL */
           (uint32_t)cfg->two_level << 27;                /* ST_LEVEL */
}

static uint32_t idr1(const struct smmuv3_model_cfg *cfg)
{
    return (uint32_t)cfg->sid_bits |            /* SIDSIZE */
           (uint32_t)cfg->ssid_bits << 6 |      /* SSIDSIZE */
           (uint32_t)cfg->evtq_lg2_max << 16 |  /* EVENTQS */
           (uint32_t)cfg->cmdq_lg2_max << 21 |  /* CMDQS */
           (uint32_t)cfg->perms_override << 26; /* ATTR_PERMS_OVR */
}

static uint32_t idr5(const struct smmuv3_model_cfg *cfg)
{
    return (uint32_t)oas_code(cfg->oas_bits) |              /* OAS */
           (uint32_t)(cfg->granules >> 12 & 1) << 4 |       /* GRAN4K */
           (uint32_t)(cfg->granules >> 14 & 1) << 5 |       /* GRAN16K */
           (uint32_t)(cfg->granules >> 16 & 1) << 6;        /* GRAN64K */
}

void id_registers_fill(struct smmuv3_model *m)
{
    const struct smmuv3_model_cfg *cfg = &m->cfg;

    m->regs.idr[0] = idr0(cfg);
    m->regs.idr[1] = idr1(cfg);
    m->regs.idr[3] = (uint32_t)cfg->ril << 10 | (uint32_t)cfg->bbml << 11;
    m->regs.idr[5] = idr5(cfg);
    m->regs.aidr = cfg->ril ? 2 : 1; /* RIL is mandatory from SMMUv3.2 on */
}
