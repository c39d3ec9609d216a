/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The exact scope of each invalidation: never more than the architecture demands (4.3, 4.4). */
#include "model_internal.h"

#define ALL_KINDS (1u << CONFIG_L1STD | 1u << CONFIG_STE | 1u << CONFIG_L1CD | 1u << CONFIG_CD)
#define CD_KINDS  (1u << CONFIG_L1CD | 1u << CONFIG_CD)

/* ---- configuration --------------------------------------------------------------------------------------- */

static struct config_match match_ste(uint32_t sid, bool leaf)
{
    struct config_match match = {.first = sid, .last = sid, .kinds = ALL_KINDS};

    if (leaf)
        match.kinds &= ~(1u << CONFIG_L1STD);
    return match;
}

static struct config_match match_ste_range(uint32_t sid, unsigned range)
{
    uint32_t low = (uint32_t)below_lg2(range + 1);

    return (struct config_match){.first = sid & ~low, .last = sid | low, .kinds = ALL_KINDS};
}

static struct config_match match_cd(uint32_t sid, uint32_t ssid, bool leaf)
{
    return (struct config_match){
        .first = sid,
        .last = sid,
        .kinds = leaf ? 1u << CONFIG_CD : CD_KINDS,
        .one_index = true,
        .index = ssid,
    };
}

void invalidate_config(struct smmuv3_model *m, const uint64_t command[2])
{
    uint32_t sid = (uint32_t)bits(command[0], 63, 32);
    bool leaf = bit(command[1], 0);
    struct config_match match;

    switch (bits(command[0], 7, 0)) {
    case CMD_CFGI_STE:
        match = match_ste(sid, leaf);
        break;
    case CMD_CFGI_STE_RANGE: /* and CMD_CFGI_ALL */
        match = match_ste_range(sid, (unsigned)bits(command[1], 4, 0));
        break;
    case CMD_CFGI_CD:
        match = match_cd(sid, (uint32_t)bits(command[0], 31, 12), leaf);
        break;
    default: /* CMD_CFGI_CD_ALL */
        match = (struct config_match){.first = sid, .last = sid, .kinds = CD_KINDS};
        break;
    }
    if (match.first == 0 && match.last == UINT32_MAX)
        m->config_unknown = false;
    config_cache_drop(&m->config, &match);
}

/* ---- translations ---------------------------------------------------------------------------------------- */

struct range_fields {
    uint64_t address;
    uint64_t size; /* 0: one address, of any size and level */
    uint8_t granule_lg2;
    uint8_t level; /* TTL; 0: any */
    bool leaf;
    bool aligned;
};

/* The size of a leaf of `level`, which Address has to be aligned to (4.4.1.1). */
static unsigned leaf_lg2(unsigned granule_lg2, unsigned level)
{
    return granule_lg2 + (granule_lg2 - 3) * (level ? 3 - level : 0);
}

static struct range_fields range_fields_of(const struct smmuv3_model *m, const uint64_t command[2])
{
    static const uint8_t granules[] = {0, 12, 14, 16};
    struct range_fields r = {.address = bits_in_place(command[1], 63, 12), .leaf = bit(command[1], 0), .aligned = true};
    uint8_t granule_lg2 = m->cfg.ril ? granules[bits(command[1], 11, 10)] : 0; /* TG */

    if (!granule_lg2)
        return r;
    r.granule_lg2 = granule_lg2;
    r.level = (uint8_t)bits(command[1], 9, 8); /* TTL */
    if (granule_lg2 == 14 && r.level == 1)
        r.level = 0; /* reserved: as 0 */
    r.size = (bits(command[0], 16, 12) + 1) << (bits(command[0], 24, 20) + granule_lg2); /* NUM, SCALE */
    r.aligned = !(r.address & below_lg2(leaf_lg2(granule_lg2, r.level)));
    return r;
}

bool range_fields_legal(const struct smmuv3_model *m, const uint64_t command[2])
{
    struct range_fields r = range_fields_of(m, command);

    return r.size == 0 || r.level != 0 || bits(command[0], 16, 12) != 0 || bits(command[0], 24, 20) != 0;
}

static void drop_by_address(struct smmuv3_model *m, const uint64_t command[2], bool any_asid)
{
    struct range_fields r = range_fields_of(m, command);
    struct range_match match = {
        .any_asid = any_asid,
        .asid = (uint16_t)bits(command[0], 63, 48),
        .first = r.address,
        .granule_lg2 = r.granule_lg2,
        .level_min = r.level,
        .level_max = r.level ? r.level : 3,
    };

    if (!r.aligned)
        return; /* UNPREDICTABLE which range: none */
    if (__builtin_add_overflow(r.address, r.size ? r.size - 1 : 0, &match.last))
        match.last = UINT64_MAX; /* does not wrap */
    range_cache_drop(&m->tlb, &match);
    if (r.leaf)
        return;
    match.level_min = 0;
    match.level_max = r.level ? r.level - 1 : 3;
    range_cache_drop(&m->walks, &match);
}

static void drop_all(struct smmuv3_model *m, const struct range_match *match)
{
    range_cache_drop(&m->tlb, match);
    range_cache_drop(&m->walks, match);
}

void invalidate_tlb(struct smmuv3_model *m, const uint64_t command[2])
{
    struct range_match all = {.any_asid = true, .last = UINT64_MAX, .level_max = 3};
    uint8_t opcode = (uint8_t)bits(command[0], 7, 0);

    /* Without stage 2, VMID is RES0, and a command with another one need not do anything (4.4.2). */
    if (opcode != CMD_TLBI_NSNH_ALL && bits(command[0], 47, 32) != 0)
        return;
    switch (opcode) {
    case CMD_TLBI_NH_ASID:
        all.any_asid = false;
        all.keep_global = true;
        all.asid = (uint16_t)bits(command[0], 63, 48);
        drop_all(m, &all);
        break;
    case CMD_TLBI_NH_VA:
        drop_by_address(m, command, false);
        break;
    case CMD_TLBI_NH_VAA:
        drop_by_address(m, command, true);
        break;
    default: /* CMD_TLBI_NH_ALL, CMD_TLBI_NSNH_ALL: there is only NS-EL1 to hold anything */
        m->tlb_unknown = false;
        drop_all(m, &all);
        break;
    }
}
