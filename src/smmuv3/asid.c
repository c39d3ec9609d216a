/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ASIDs, and with each the context descriptor of its domain. Taking and giving back cost the same
 * at any number: three words of a tree of bits.
 */
#include "smmuv3_internal.h"

#define CDS_PER_TABLE (1u << CD_LG2)
#define CDS_BYTES     (CDS_PER_TABLE * sizeof(struct smmu_cd))

static void mark_free(struct smmu_asids *asids, unsigned asid)
{
    unsigned word = asid / 64;

    asids->free[word] |= BIT64(asid % 64);
    asids->middle[word / 64] |= BIT64(word % 64);
    asids->top |= BIT64(word / 64);
}

/* There is a free one. */
static unsigned take_lowest(struct smmu_asids *asids)
{
    unsigned middle = ctz64(asids->top);
    unsigned word = middle * 64 + ctz64(asids->middle[middle]);
    unsigned bit = ctz64(asids->free[word]);

    asids->free[word] &= ~BIT64(bit);
    if (!asids->free[word])
        asids->middle[middle] &= ~BIT64(word % 64);
    if (!asids->middle[middle])
        asids->top &= ~BIT64(middle);
    return word * 64 + bit;
}

void smmu_asids_init(struct smmu *smmu, unsigned bits)
{
    struct smmu_asids *asids = &smmu->asids;

    port_lock_init(smmu->iommu.port, &asids->lock);
    list_init(&asids->withheld);
    asids->count = 1u << bits;
    for (unsigned asid = 0; asid < asids->count; asid++)
        mark_free(asids, asid);
}

void smmu_asids_fini(struct smmu *smmu)
{
    struct smmu_asids *asids = &smmu->asids;

    if (!asids->count)
        return;
    for (unsigned i = 0; i < ASID_WORDS; i++)
        smmu_table_free(smmu, asids->cds[i], CDS_BYTES);
    port_lock_fini(smmu->iommu.port, &asids->lock);
}

/* The table of context descriptors that serves `asid`. Tables stay until the instance goes. */
static struct smmu_cd *cds_table(struct smmu *smmu, unsigned index, dms_phys_t *phys)
{
    struct smmu_asids *asids = &smmu->asids;
    const struct dms_port *port = smmu->iommu.port;
    dms_phys_t made_phys;
    struct smmu_cd *made;
    struct smmu_cd *table;

    port_lock(port, &asids->lock);
    table = asids->cds[index];
    port_unlock(port, &asids->lock);
    made = table ? NULL : smmu_table_alloc(smmu, CDS_BYTES, CDS_BYTES, &made_phys);

    port_lock(port, &asids->lock);
    if (!asids->cds[index] && made) {
        asids->cds[index] = made;
        asids->cds_phys[index] = made_phys;
        made = NULL;
    }
    table = asids->cds[index];
    *phys = asids->cds_phys[index];
    port_unlock(port, &asids->lock);
    smmu_table_free(smmu, made, CDS_BYTES);
    return table;
}

int smmu_asid_alloc(struct smmu *smmu, uint16_t *asid, struct smmu_cd **cd, dms_phys_t *cd_phys)
{
    struct smmu_asids *asids = &smmu->asids;
    const struct dms_port *port = smmu->iommu.port;
    struct smmu_cd *table;
    dms_phys_t phys;
    bool found;
    unsigned taken = 0;

    port_lock(port, &asids->lock);
    found = asids->top != 0;
    if (found)
        taken = take_lowest(asids);
    port_unlock(port, &asids->lock);
    if (!found)
        return DMS_ENOSPC;

    table = cds_table(smmu, taken >> CD_LG2, &phys);
    if (!table) {
        smmu_asid_free(smmu, (uint16_t)taken);
        return DMS_ENOMEM;
    }
    *asid = (uint16_t)taken;
    *cd = &table[taken % CDS_PER_TABLE];
    cd_phys->addr = phys.addr + taken % CDS_PER_TABLE * sizeof(struct smmu_cd);
    return DMS_OK;
}

void smmu_asid_free(struct smmu *smmu, uint16_t asid)
{
    port_lock(smmu->iommu.port, &smmu->asids.lock);
    mark_free(&smmu->asids, asid);
    port_unlock(smmu->iommu.port, &smmu->asids.lock);
}
