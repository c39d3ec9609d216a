/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The stream table (3.3, 5.1). In two levels, the second one is made for 256 streams when the first
 * of them is attached, and stays. All entries begin as zero: invalid, which the SMMU aborts and
 * reports.
 */
#include "smmuv3_internal.h"

#define TABLE_BYTES (SPAN_SIDS * sizeof(struct smmu_ste))

static size_t level1_entries(uint8_t sid_bits)
{
    return sid_bits > SPAN_LG2 ? (size_t)1 << (sid_bits - SPAN_LG2) : 1;
}

int smmu_strtab_init(struct smmu *smmu, bool two_level, uint8_t sid_bits)
{
    struct smmu_strtab *strtab = &smmu->strtab;
    const struct dms_port *port = smmu->iommu.port;

    strtab->two_level = two_level;
    strtab->sid_bits = sid_bits;
    strtab->span_count = level1_entries(sid_bits);
    strtab->bytes =
        two_level ? strtab->span_count * sizeof(dms_le64_t) : sizeof(struct smmu_ste) << sid_bits;
    strtab->spans = port_alloc_array(port, strtab->span_count, sizeof(struct smmu_span *));
    if (!strtab->spans)
        return DMS_ENOMEM;
    /* 6.3.24: aligned to its size, and to 64 bytes. */
    strtab->table = smmu_table_alloc(smmu, strtab->bytes, strtab->bytes, &strtab->phys);
    if (!strtab->table) {
        port_free_array(port, strtab->spans, strtab->span_count, sizeof(struct smmu_span *));
        strtab->spans = NULL;
        return DMS_ENOMEM;
    }
    port_lock_init(port, &strtab->lock);
    return DMS_OK;
}

static void span_free(struct smmu *smmu, struct smmu_span *span)
{
    if (smmu->strtab.two_level)
        smmu_table_free(smmu, span->stes, TABLE_BYTES);
    port_free(smmu->iommu.port, span, sizeof(*span));
}

void smmu_strtab_fini(struct smmu *smmu)
{
    struct smmu_strtab *strtab = &smmu->strtab;
    const struct dms_port *port = smmu->iommu.port;

    if (!strtab->spans)
        return;
    for (size_t i = 0; i < strtab->span_count; i++) {
        if (strtab->spans[i])
            span_free(smmu, strtab->spans[i]);
    }
    port_lock_fini(port, &strtab->lock);
    smmu_table_free(smmu, strtab->table, strtab->bytes);
    port_free_array(port, strtab->spans, strtab->span_count, sizeof(struct smmu_span *));
    strtab->spans = NULL;
}

uint32_t smmu_strtab_cfg(const struct smmu_strtab *strtab)
{
    uint64_t cfg = field_make(STRTAB_CFG_LOG2SIZE, strtab->sid_bits);

    if (strtab->two_level)
        cfg |= field_make(STRTAB_CFG_FMT, STRTAB_FMT_2LVL) | field_make(STRTAB_CFG_SPLIT, SPAN_LG2);
    return (uint32_t)cfg;
}

static struct smmu_span *span_make(struct smmu *smmu, size_t index)
{
    struct smmu_strtab *strtab = &smmu->strtab;
    struct smmu_span *span = port_alloc(smmu->iommu.port, sizeof(*span));

    if (!span)
        return NULL;
    if (!strtab->two_level) {
        span->stes = (struct smmu_ste *)strtab->table + (index << SPAN_LG2);
        span->settled = true;
        return span;
    }
    span->stes = smmu_table_alloc(smmu, TABLE_BYTES, TABLE_BYTES, &span->phys);
    if (!span->stes) {
        port_free(smmu->iommu.port, span, sizeof(*span));
        return NULL;
    }
    return span;
}

/* Under strtab.lock. Caches may hold the invalid descriptor that was there: see `settled`. */
static void span_link(struct smmu *smmu, struct smmu_span *span, size_t index)
{
    struct smmu_strtab *strtab = &smmu->strtab;
    dms_le64_t *descriptor;

    strtab->spans[index] = span;
    if (!strtab->two_level)
        return;
    descriptor = (dms_le64_t *)strtab->table + index;
    port_barrier(smmu->iommu.port, DMS_BARRIER_TABLE);
    smmu_word_store(descriptor,
                    (span->phys.addr & L1STD_L2PTR) | field_make(L1STD_SPAN, SPAN_LG2 + 1));
    smmu_clean(smmu, descriptor, sizeof(*descriptor));
}

static struct smmu_span *span_find(struct smmu *smmu, size_t index)
{
    struct smmu_span *span;

    port_lock(smmu->iommu.port, &smmu->strtab.lock);
    span = smmu->strtab.spans[index];
    port_unlock(smmu->iommu.port, &smmu->strtab.lock);
    return span;
}

struct smmu_span *smmu_strtab_span(struct smmu *smmu, dms_sid_t sid)
{
    const struct dms_port *port = smmu->iommu.port;
    size_t index = sid >> SPAN_LG2;
    struct smmu_span *span = span_find(smmu, index);
    struct smmu_span *made;

    if (span)
        return span;
    made = span_make(smmu, index);
    if (!made)
        return NULL;
    port_lock(port, &smmu->strtab.lock);
    span = smmu->strtab.spans[index];
    if (!span)
        span_link(smmu, made, index);
    port_unlock(port, &smmu->strtab.lock);
    if (!span)
        return made;
    span_free(smmu, made);
    return span;
}
