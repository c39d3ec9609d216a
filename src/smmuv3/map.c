/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The data path: mapping is the page table's business, except where emptied tables give way to
 * blocks; what unmap removed, flush makes true.
 */
#include "smmuv3_internal.h"

int smmu_unmap(struct dms_iommu_domain *domain, dms_iova_t iova, uint64_t size, bool exact,
               struct dms_iommu_gather *gather)
{
    return dms_pgtable_unmap(&smmu_domain_of(domain)->pt, iova, size, exact, gather);
}

static int invalidate(struct smmu_domain *domain, const struct dms_iommu_gather *gather)
{
    struct smmu *smmu = smmu_domain_smmu(domain);
    const struct smmu_tlbi tlbi = {
        .range = smmu->iommu.caps.range_invalidate,
        .granule_lg2 = domain->domain.granule_lg2,
        .asid = domain->asid,
    };
    struct smmu_cmd cmds[TLBI_MAX];
    unsigned count = smmu_tlbi_make(&tlbi, gather, cmds);

    return smmu_cmdq_submit(smmu, cmds, count);
}

/* Most flushes are of one page. */
static inline int invalidate_page(struct smmu_domain *domain, uint64_t address)
{
    const struct smmu_cmd cmd = {{domain->tlbi_page.word[0], domain->tlbi_page.word[1] | address}};

    return smmu_cmdq_submit_page(smmu_domain_smmu(domain), cmd);
}

static __attribute__((noinline)) int flush_all(struct smmu_domain *domain,
                                               struct dms_iommu_gather *gather)
{
    bool again = gather->pages != 0 || gather->tables;

    while (again) {
        int err = invalidate(domain, gather);

        if (err)
            return err;
        /* Tables that emptied while others were being freed need an invalidation of their own. */
        again = dms_pgtable_release(&domain->pt, gather);
    }
    return DMS_OK;
}

int smmu_flush(struct dms_iommu_domain *base, struct dms_iommu_gather *gather)
{
    struct smmu_domain *domain = smmu_domain_of(base);
    int err;

    /* One granule: nothing else has that hull, and an empty gather has none. */
    if (gather->last - gather->first != domain->page_mask || gather->tables)
        return flush_all(domain, gather);
    err = invalidate_page(domain, gather->first);
    if (!err)
        *gather = (struct dms_iommu_gather){0};
    return err;
}

/*
 * Tables that emptied give way to blocks, which takes an invalidation. Where that is not confirmed,
 * or another thread is at it, the map fills their place with pages. What was removed without being
 * confirmed waits for the next time.
 */
static __attribute__((noinline)) void make_room(struct smmu_domain *domain, dms_iova_t iova,
                                                dms_phys_t phys, uint64_t size)
{
    if (atomic_exchange_explicit(&domain->room_taken, true, memory_order_acquire))
        return;
    if (dms_pgtable_make_room(&domain->pt, iova, phys, size, &domain->room))
        (void)smmu_flush(&domain->domain, &domain->room);
    atomic_store_explicit(&domain->room_taken, false, memory_order_release);
}

static __attribute__((noinline)) int map_blocks(struct smmu_domain *domain, dms_iova_t iova,
                                                dms_phys_t phys, uint64_t size, uint32_t prot)
{
    make_room(domain, iova, phys, size);
    return dms_pgtable_map(&domain->pt, iova, phys, size, prot);
}

int smmu_map(struct dms_iommu_domain *base, dms_iova_t iova, dms_phys_t phys, uint64_t size,
             uint32_t prot)
{
    struct smmu_domain *domain = smmu_domain_of(base);

    if (size >= domain->block_size)
        return map_blocks(domain, iova, phys, size, prot);
    return dms_pgtable_map(&domain->pt, iova, phys, size, prot);
}

int smmu_map_list(struct dms_iommu_domain *base, dms_iova_t iova,
                  const struct dms_iommu_piece *pieces, unsigned n, uint32_t prot, uint64_t *mapped)
{
    struct smmu_domain *domain = smmu_domain_of(base);
    uint64_t at = iova;

    for (unsigned i = 0; i < n; at += pieces[i++].size) {
        if (pieces[i].size >= domain->block_size)
            make_room(domain, at, pieces[i].phys, pieces[i].size);
    }
    return dms_pgtable_map_list(&domain->pt, iova, pieces, n, prot, mapped);
}

int smmu_iova_to_phys(struct dms_iommu_domain *domain, dms_iova_t iova, dms_phys_t *phys)
{
    return dms_pgtable_iova_to_phys(&smmu_domain_of(domain)->pt, iova, phys);
}

int smmu_next_mapping(struct dms_iommu_domain *domain, dms_iova_t from, bool down,
                      struct dms_iommu_mapping *out)
{
    return dms_pgtable_next(&smmu_domain_of(domain)->pt, from, down, out);
}
