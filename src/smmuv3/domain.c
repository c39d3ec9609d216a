/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A domain: a page table, an ASID that tags what the TLB holds of it, and the context descriptor
 * that names both.
 */
#include "smmuv3_internal.h"

/*
 * Pages mapped and unmapped again and again should neither allocate tables nor make the walk caches
 * go. Bytes per domain: 128 tables of 4 KiB span 256 MiB of IOVAs.
 */
#define KEEP_EMPTY_BYTES (512u << 10)

/* Granule and width, or DMS_ENOTSUP. */
static int choose(const struct dms_iommu_caps *caps, const struct dms_iommu_domain_cfg *cfg,
                  struct dms_iommu_domain *out)
{
    unsigned granule = cfg->granule_lg2 ? cfg->granule_lg2 : ctz64(caps->granules);
    unsigned bits = cfg->input_bits ? cfg->input_bits : caps->input_bits;

    if (granule > 16 || !(caps->granules & 1u << granule) || bits > caps->input_bits)
        return DMS_ENOTSUP;
    out->granule_lg2 = (uint8_t)granule;
    out->input_bits = bits <= 39 ? 39 : 48;
    return DMS_OK;
}

static int init_pgtable(struct smmu *smmu, struct smmu_domain *domain)
{
    const struct dms_pgtable_cfg cfg = {
        .port = smmu->iommu.port,
        .guard = &smmu->guard,
        .granule_lg2 = domain->domain.granule_lg2,
        .input_bits = domain->domain.input_bits,
        .output_bits = smmu->features.output_bits,
        .coherent = smmu->features.coherent,
        .keep_empty = (uint16_t)(KEEP_EMPTY_BYTES >> domain->domain.granule_lg2),
    };

    return dms_pgtable_init(&domain->pt, &cfg);
}

/* Nothing that the SMMU caches leads to it, unless the SMMU was abandoned. */
static void fini_pgtable(struct smmu *smmu, struct smmu_domain *domain)
{
    if (smmu->abandoned)
        return;
    while (dms_pgtable_release(&domain->pt, &domain->room))
        ;
    dms_pgtable_fini(&domain->pt);
}

static struct smmu_cmd tlbi_page(const struct smmu *smmu, const struct smmu_domain *domain)
{
    const uint8_t granule_lg2 = domain->domain.granule_lg2;
    const struct smmu_tlbi tlbi = {smmu->iommu.caps.range_invalidate, granule_lg2, domain->asid};
    const struct dms_iommu_gather page = {
        .last = BIT64(granule_lg2) - 1, .pages = 1, .stride_lg2 = granule_lg2};
    struct smmu_cmd cmds[TLBI_MAX];

    smmu_tlbi_make(&tlbi, &page, cmds);
    return cmds[0];
}

static int init(struct smmu *smmu, struct smmu_domain *domain)
{
    struct smmu_cd cd;
    uint64_t blocks;
    int err = init_pgtable(smmu, domain);

    if (err)
        return err;
    err = smmu_asid_alloc(smmu, &domain->asid, &domain->cd, &domain->cd_phys);
    if (err) {
        fini_pgtable(smmu, domain);
        return err;
    }
    domain->tlbi_page = tlbi_page(smmu, domain);
    domain->page_mask = BIT64(domain->domain.granule_lg2) - 1;
    blocks = domain->pt.leaf_sizes & (domain->pt.leaf_sizes - 1);
    domain->block_size = blocks & -blocks;
    cd = smmu_cd_make(smmu, &domain->pt, domain->asid);
    smmu_cd_publish(smmu, domain->cd, &cd);
    return DMS_OK;
}

int smmu_domain_create(struct dms_iommu *iommu, const struct dms_iommu_domain_cfg *cfg,
                       struct dms_iommu_domain **out)
{
    struct smmu *smmu = smmu_of(iommu);
    struct dms_iommu_domain chosen = {.iommu = iommu};
    struct smmu_domain *domain;
    int err = choose(&iommu->caps, cfg, &chosen);

    if (err)
        return err;
    domain = port_alloc(iommu->port, sizeof(*domain));
    if (!domain)
        return DMS_ENOMEM;
    domain->domain = chosen;
    err = init(smmu, domain);
    if (err) {
        port_free(iommu->port, domain, sizeof(*domain));
        return err;
    }
    atomic_fetch_add_explicit(&smmu->domains, 1, memory_order_relaxed);
    *out = &domain->domain;
    return DMS_OK;
}

void smmu_domain_free(struct smmu_domain *domain)
{
    struct smmu *smmu = smmu_domain_smmu(domain);

    smmu_asid_free(smmu, domain->asid);
    fini_pgtable(smmu, domain);
    port_free(smmu->iommu.port, domain, sizeof(*domain));
}

/* Nothing that the SMMU caches leads to the domain or is tagged with its ASID. */
static int forget(struct smmu *smmu, struct smmu_domain *domain)
{
    struct smmu_cmd cmds[2];
    unsigned count = 0;

    /* A stream's old entry first, or it could fill the TLB once more. */
    if (domain->stale)
        cmds[count++] = smmu_cmd_cfgi_all();
    cmds[count++] = smmu_cmd_tlbi_asid(domain->asid);
    return smmu_cmdq_submit(smmu, cmds, count);
}

static bool has_streams(struct smmu *smmu, struct smmu_domain *domain)
{
    bool any;

    port_lock(smmu->iommu.port, &smmu->strtab.lock);
    any = domain->streams != 0;
    port_unlock(smmu->iommu.port, &smmu->strtab.lock);
    return any;
}

int smmu_domain_destroy(struct dms_iommu_domain *base)
{
    struct smmu_domain *domain = smmu_domain_of(base);
    struct smmu *smmu = smmu_domain_smmu(domain);
    int err;

    if (has_streams(smmu, domain))
        return DMS_EBUSY;
    smmu_cd_clear(smmu, domain->cd);
    err = forget(smmu, domain);
    if (err)
        smmu_withhold(domain);
    else
        smmu_domain_free(domain);
    atomic_fetch_sub_explicit(&smmu->domains, 1, memory_order_relaxed);
    return err;
}
