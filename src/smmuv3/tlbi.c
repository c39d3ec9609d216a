/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From what an unmap gathered to TLB invalidation commands (4.4). Pure. */
#include "smmuv3_internal.h"

#define RANGE_SCALE_MAX 31 /* 4.4.1.1: five bits without IDR5.DS */
#define RANGE_UNITS_MAX 32 /* NUM + 1 */

/* 4.4.1.1: TG */
static uint64_t granule_code(uint8_t granule_lg2)
{
    return (granule_lg2 - 10) / 2;
}

static struct smmu_cmd single(const struct smmu_tlbi *tlbi, uint64_t address, bool leaf)
{
    return (struct smmu_cmd){{CMD_TLBI_NH_VA | field_make(TLBI_0_ASID, tlbi->asid),
                              (address & TLBI_1_ADDRESS) | (leaf ? TLBI_1_LEAF : 0)}};
}

/* units << scale granules from `address` on. */
static struct smmu_cmd range(const struct smmu_tlbi *tlbi, uint64_t address, bool leaf,
                             uint64_t units, unsigned scale, unsigned level)
{
    struct smmu_cmd cmd = single(tlbi, address, leaf);

    /* 4.4.1.1: one granule without a level is a reserved encoding. */
    if (units == 1 && scale == 0 && level == 0)
        return cmd;
    cmd.word[0] |= field_make(TLBI_0_NUM, units - 1) | field_make(TLBI_0_SCALE, scale);
    cmd.word[1] |=
        field_make(TLBI_1_TTL, level) | field_make(TLBI_1_TG, granule_code(tlbi->granule_lg2));
    return cmd;
}

/*
 * The level that all leaves in the hull are at, 0 if they may differ. The hull is full of leaves of
 * the smallest size exactly when their number fills it; any larger leaf, and any gap, makes it too
 * large for that.
 */
static unsigned leaf_level(const struct smmu_tlbi *tlbi, const struct dms_iommu_gather *gather)
{
    unsigned level_bits = tlbi->granule_lg2 - 3u;
    unsigned above = gather->stride_lg2 - tlbi->granule_lg2;
    uint64_t filled;

    if (gather->tables || gather->pages == 0)
        return 0;
    if (!checked_shl(gather->pages, gather->stride_lg2, &filled) ||
        filled != gather->last - gather->first + 1)
        return 0;
    /* Level 1 of 16K is reserved (4.4.1.1), and level 0 has no code. */
    if (above % level_bits || above / level_bits > (tlbi->granule_lg2 == 12 ? 2 : 1))
        return 0;
    return 3 - above / level_bits;
}

/*
 * Exact: each command takes five bits of the number of granules, lowest first; at most eight
 * commands for the 2^36 granules that 48 bits of address hold, and at the largest scale no more
 * than RANGE_UNITS_MAX are left.
 */
static unsigned make_ranges(const struct smmu_tlbi *tlbi, const struct dms_iommu_gather *gather,
                            struct smmu_cmd out[TLBI_MAX])
{
    uint64_t granules = ((gather->last - gather->first) >> tlbi->granule_lg2) + 1;
    unsigned level = leaf_level(tlbi, gather);
    uint64_t address = gather->first;
    unsigned count = 0;

    while (granules) {
        unsigned zeros = ctz64(granules);
        unsigned scale = zeros < RANGE_SCALE_MAX ? zeros : RANGE_SCALE_MAX;
        uint64_t units = granules >> scale;

        if (units > RANGE_UNITS_MAX)
            units %= RANGE_UNITS_MAX;
        out[count++] = range(tlbi, address, !gather->tables, units, scale, level);
        granules -= units << scale;
        address += units << scale << tlbi->granule_lg2;
    }
    return count;
}

/*
 * Bytes between two single invalidations: the smallest leaf, or span of a removed table, that they
 * have to hit.
 */
static unsigned stride_lg2(const struct smmu_tlbi *tlbi, const struct dms_iommu_gather *gather)
{
    unsigned table_lg2 = 2u * tlbi->granule_lg2 - 3;

    if (gather->pages == 0)
        return table_lg2;
    return gather->tables && gather->stride_lg2 > table_lg2 ? table_lg2 : gather->stride_lg2;
}

static unsigned make_singles(const struct smmu_tlbi *tlbi, const struct dms_iommu_gather *gather,
                             struct smmu_cmd out[TLBI_MAX])
{
    unsigned lg2 = stride_lg2(tlbi, gather);
    uint64_t address = align_down(gather->first, UINT64_C(1) << lg2);
    uint64_t count = ((gather->last - address) >> lg2) + 1;

    if (count > TLBI_MAX) {
        out[0] = smmu_cmd_tlbi_asid(tlbi->asid);
        return 1;
    }
    for (unsigned i = 0; i < count; i++)
        out[i] = single(tlbi, address + ((uint64_t)i << lg2), !gather->tables);
    return (unsigned)count;
}

/* One page, which is what most unmaps are. */
static bool is_one_page(const struct smmu_tlbi *tlbi, const struct dms_iommu_gather *gather)
{
    return (gather->first ^ gather->last) >> tlbi->granule_lg2 == 0 && !gather->tables;
}

/* The gather is not empty. */
unsigned smmu_tlbi_make(const struct smmu_tlbi *tlbi, const struct dms_iommu_gather *gather,
                        struct smmu_cmd out[TLBI_MAX])
{
    if (is_one_page(tlbi, gather)) {
        out[0] = tlbi->range ? range(tlbi, gather->first, true, 1, 0, 3)
                             : single(tlbi, gather->first, true);
        return 1;
    }
    return tlbi->range ? make_ranges(tlbi, gather, out) : make_singles(tlbi, gather, out);
}
