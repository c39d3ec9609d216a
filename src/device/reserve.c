/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Reserved regions. The IOVA space of the group is their only record; the owner tag is the device.
 */
#include "base/checked.h"
#include "base/lock.h"
#include "base/range.h"
#include "device/report.h"

int region_add(struct dms_device *dev, struct dms_range range, enum dms_region_kind kind,
               enum dms_region_origin origin, struct dms_report *report)
{
    struct dms_group *group = dev->group;
    struct dms_iova_region region = {range, kind, origin, dev};
    struct dms_iova_place place;
    int err = dms_iova_reserve(group->space, &region, &place);

    /* What is in the way may only wait for its invalidation. */
    if (err == DMS_EBUSY && group_domain(group) && group_flush(group) == 0)
        err = dms_iova_reserve(group->space, &region, &place);
    if (err == DMS_EBUSY)
        return report_place(report, err, group, range, &place);
    if (err)
        return report_refusal(report, err, "the region could not be recorded");
    if (kind != DMS_REGION_DIRECT || !device_attached(dev))
        return 0;
    err = direct_map(dev, range, report);
    if (err)
        dms_iova_unreserve(group->space, &region, NULL);
    return err;
}

int dms_reserve(struct dms_device *dev, dms_iova_t base, uint64_t size, enum dms_region_kind kind,
                struct dms_report *report)
{
    struct dms_group *group = dev->group;
    struct dms_range range;
    int err = range_from_size(base, size, &range);

    if (err)
        return report_refusal(report, err,
                              err == DMS_ERANGE ? "base + size goes past 2^64" : "size is 0");
    if ((unsigned)kind >= DMS_REGION_WINDOW)
        return report_refusal(report, DMS_EINVAL, "not a kind of region that can be reserved");
    if (!group)
        return report_refusal(report, DMS_ENODEV, "the device has no streams");
    port_lock(group->port, &group->lock);
    err = region_add(dev, range, kind, DMS_ORIGIN_API, report);
    port_unlock(group->port, &group->lock);
    return err;
}

static bool has_region(struct dms_group *group, const struct dms_iova_region *wanted)
{
    struct dms_iova_cursor cursor = {0};
    struct dms_iova_region region;

    while (dms_iova_next_region(group->space, &cursor, &region)) {
        if (range_equal(region.range, wanted->range) && region.kind == wanted->kind &&
            region.origin == wanted->origin && region.owner == wanted->owner)
            return true;
    }
    return false;
}

/* Nothing of that name: if something else covers the place, say what. */
static int no_region(struct dms_group *group, struct dms_range range, struct dms_report *report)
{
    struct dms_iova_place place;

    dms_iova_lookup(group->space, range.first, &place);
    if (place.what == DMS_IOVA_IS_RESERVED)
        return report_place(report, DMS_ENOENT, group, range, &place);
    return report_refusal(report, DMS_ENOENT, "the device has no such region");
}

/*
 * The mapping goes first: the range must not be free while the device can still reach memory there.
 */
static int direct_release(struct dms_device *dev, const struct dms_iova_region *region,
                          struct dms_report *report)
{
    int err = withheld_retry(dev->group);

    if (!err && has_region(dev->group, region))
        err = direct_unmap(dev, region->range);
    return err ? report_refusal(report, err, "the direct mapping could not be taken away") : 0;
}

static int region_remove(struct dms_device *dev, const struct dms_iova_region *region,
                         struct dms_report *report)
{
    struct dms_group *group = dev->group;
    struct dms_iova_place place;
    int err = 0;

    if (region->kind == DMS_REGION_DIRECT && device_attached(dev))
        err = direct_release(dev, region, report);
    if (err)
        return err;
    err = dms_iova_unreserve(group->space, region, &place);
    if (err == DMS_EBUSY)
        return report_place(report, err, group, region->range, &place);
    if (err == DMS_ENOENT)
        return no_region(group, region->range, report);
    return err ? report_refusal(report, err, "no memory to take the region apart") : 0;
}

int dms_release(struct dms_device *dev, dms_iova_t base, uint64_t size, enum dms_region_kind kind,
                struct dms_report *report)
{
    struct dms_group *group = dev->group;
    struct dms_iova_region region = {{0, 0}, kind, DMS_ORIGIN_API, dev};
    int err;

    if (!group || range_from_size(base, size, &region.range) != 0)
        return report_refusal(report, DMS_ENOENT, "the device has no such region");
    port_lock(group->port, &group->lock);
    err = region_remove(dev, &region, report);
    port_unlock(group->port, &group->lock);
    return err;
}
