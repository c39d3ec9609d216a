/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Domains that were destroyed while the SMMU did not answer. Neither ASID nor tables may serve
 * anyone else, until everything was invalidated (recover) or the SMMU was stopped (destroy).
 */
#include "smmuv3_internal.h"

void smmu_withhold(struct smmu_domain *domain)
{
    struct smmu *smmu = smmu_domain_smmu(domain);

    port_lock(smmu->iommu.port, &smmu->asids.lock);
    list_push_back(&smmu->asids.withheld, &domain->withheld);
    port_unlock(smmu->iommu.port, &smmu->asids.lock);
    smmu_count(&smmu->counters.asids_withheld);
}

void smmu_withheld_take(struct smmu *smmu, struct list *out)
{
    struct list_node *node;

    list_init(out);
    port_lock(smmu->iommu.port, &smmu->asids.lock);
    while ((node = list_pop_front(&smmu->asids.withheld)))
        list_push_back(out, node);
    port_unlock(smmu->iommu.port, &smmu->asids.lock);
}

void smmu_withheld_put_back(struct smmu *smmu, struct list *taken)
{
    struct list_node *node;

    port_lock(smmu->iommu.port, &smmu->asids.lock);
    while ((node = list_pop_front(taken)))
        list_push_back(&smmu->asids.withheld, node);
    port_unlock(smmu->iommu.port, &smmu->asids.lock);
}

void smmu_withheld_free(struct list *taken)
{
    struct list_node *node;

    while ((node = list_pop_front(taken))) {
        struct smmu_domain *domain = container_of(node, struct smmu_domain, withheld);

        smmu_domain_free(domain);
    }
}
