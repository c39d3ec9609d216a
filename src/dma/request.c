/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From options to an address. */
#include "dma/dma_internal.h"

#include "device/report.h"

static enum dms_iova_policy policy_of(const struct dms_device *dev, enum dms_place place)
{
    switch (place) {
    case DMS_PLACE_TOP_DOWN:
        return DMS_IOVA_TOP_DOWN;
    case DMS_PLACE_BOTTOM_UP:
        return DMS_IOVA_BOTTOM_UP;
    case DMS_PLACE_BEST_FIT:
        return DMS_IOVA_BEST_FIT;
    case DMS_PLACE_LOW32_FIRST:
        return DMS_IOVA_LOW32_FIRST;
    case DMS_PLACE_DEFAULT:
        break;
    }
    return dev->policy;
}

void request_adjust(const struct dms_device *dev, const struct dms_dma_opts *opts,
                    struct dms_iova_request *request)
{
    request->align = opts->align;
    request->policy = policy_of(dev, opts->place);
    if (opts->lowest > request->lowest)
        request->lowest = opts->lowest;
    if (opts->highest && opts->highest < request->highest)
        request->highest = opts->highest;
}

/* What waits for an invalidation is space, too: no refusal before that is tried. */
static int retry(struct dms_device *dev, const struct dms_iova_request *request, dms_iova_t *iova)
{
    struct dms_group *group = dev->group;

    if (!group->lazy && !withheld_any(&group->withheld))
        return DMS_ENOSPC;
    if (group_flush(group) != 0)
        return DMS_EAGAIN;
    return dms_iova_alloc(group->space, request, iova);
}

int request_refused(struct dms_device *dev, const struct dms_iova_request *request, int err,
                    struct dms_report *report, dms_iova_t *iova)
{
    /* Options that leave nothing of what the device can address need no retry. */
    if (err == DMS_ENOSPC && request->lowest <= request->highest)
        err = retry(dev, request, iova);
    if (err == DMS_ENOSPC)
        report_aperture(report, err, dev, "no free range satisfies the request");
    else if (err)
        report_refusal(report, err,
                       err == DMS_EAGAIN ? "addresses wait for an unconfirmed invalidation"
                                         : "the request for an address was refused");
    return err;
}
