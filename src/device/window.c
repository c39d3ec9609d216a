/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Allow-lists: everything outside is reserved. */
#include "base/lock.h"
#include "base/range.h"
#include "device/report.h"

/* A set of allowed ranges; none given: all of them. */
struct allowed {
    const struct dms_range *ranges;
    size_t count;
};

static bool allows_some(const struct allowed *allowed, struct dms_range gap, uint64_t granule)
{
    struct dms_range inner;

    if (allowed->count == 0)
        return true;
    for (size_t i = 0; i < allowed->count; i++) {
        if (allowed->ranges[i].first <= allowed->ranges[i].last &&
            range_round_in(allowed->ranges[i], granule, &inner) && range_overlaps(inner, gap))
            return true;
    }
    return false;
}

/*
 * Whether the windows there are, and `allowed`, leave anything of [lowest, highest]. Regions come
 * by their first address, so what lies between the furthest end so far and the next beginning is in
 * all windows.
 */
static bool room_within(struct dms_group *group, struct dms_range aperture,
                        const struct allowed *allowed)
{
    uint64_t granule = group_granule(group);
    struct dms_iova_cursor cursor = {0};
    struct dms_iova_region region;
    uint64_t next = aperture.first;

    while (dms_iova_next_region(group->space, &cursor, &region)) {
        struct dms_range taken = range_round_out(region.range, granule);

        if (region.kind != DMS_REGION_WINDOW || taken.last < next)
            continue;
        if (taken.first > aperture.last)
            break;
        if (taken.first > next &&
            allows_some(allowed, (struct dms_range){next, taken.first - 1}, granule))
            return true;
        if (taken.last >= aperture.last)
            return false;
        next = taken.last + 1;
    }
    return allows_some(allowed, (struct dms_range){next, aperture.last}, granule);
}

/* The first device that would be left without any address, or NULL. */
static struct dms_device *starved(struct dms_group *group, const struct allowed *allowed)
{
    list_for_each(at, &group->devices)
    {
        struct dms_device *dev = container_of(at, struct dms_device, group_link);
        struct dms_range aperture = {atomic_load(&dev->lowest), atomic_load(&dev->highest)};

        if (aperture.first <= aperture.last && !room_within(group, aperture, allowed))
            return dev;
    }
    return NULL;
}

bool window_leaves_room(struct dms_group *group)
{
    struct allowed all = {NULL, 0};

    return starved(group, &all) == NULL;
}

static bool ranges_are_good(const struct dms_range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (ranges[i].first > ranges[i].last)
            return false;
    }
    return n != 0;
}

int window_add(struct dms_device *dev, const struct dms_range *ranges, size_t n,
               enum dms_region_origin origin, struct dms_report *report)
{
    struct dms_group *group = dev->group;
    struct allowed allowed = {ranges, n};
    struct dms_iova_place place;
    struct dms_device *loser;
    int err;

    if (!ranges_are_good(ranges, n))
        return report_refusal(report, DMS_EINVAL, "a window has ranges, each with first <= last");
    loser = starved(group, &allowed);
    if (loser)
        return report_aperture(report, DMS_EINVAL, loser, "all windows together leave no address");
    err = dms_iova_reserve_outside(group->space, ranges, n, origin, dev, &place);
    if (err == DMS_EBUSY && group_domain(group) && group_flush(group) == 0)
        err = dms_iova_reserve_outside(group->space, ranges, n, origin, dev, &place);
    if (err == DMS_EBUSY)
        return report_place(report, err, group, place.range, &place);
    return err ? report_refusal(report, err, "the window could not be recorded") : 0;
}

int dms_window(struct dms_device *dev, const struct dms_range *ranges, unsigned n,
               struct dms_report *report)
{
    struct dms_group *group = dev->group;
    int err;

    if (!group)
        return report_refusal(report, DMS_ENODEV, "the device has no streams");
    port_lock(group->port, &group->lock);
    err = window_add(dev, ranges, n, DMS_ORIGIN_API, report);
    port_unlock(group->port, &group->lock);
    return err;
}
