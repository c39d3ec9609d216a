/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Refusals that name what is in the way. */
#include "dma/dma_internal.h"

#include "base/lock.h"
#include "base/range.h"
#include "device/report.h"

int refuse_unmap(struct dms_group *group, int err, struct pages pages, struct dms_report *report)
{
    struct dms_range range = {pages.first, pages.first + (pages.size - 1)};
    struct dms_iommu_mapping mapping;

    if (!report)
        return err;
    if (err == DMS_EAGAIN)
        return report_refusal(report, err, "an earlier invalidation is still unconfirmed");
    if (group->ops->next_mapping(group_domain(group), pages.first, false, &mapping) == 0 &&
        range_overlaps(mapping.iova, range))
        return report_mapping(report, err, mapping.iova, 0);
    return report_refusal(report, err, "nothing is mapped there");
}

int refuse_place(struct dms_group *group, struct dms_range range,
                 const struct dms_iova_place *place, struct dms_report *report)
{
    dms_lock_t *lock = &group->machine->owners_lock;

    port_lock(group->port, lock);
    report_place(report, DMS_EBUSY, group, range, place);
    port_unlock(group->port, lock);
    return DMS_EBUSY;
}
