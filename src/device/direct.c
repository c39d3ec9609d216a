/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Direct regions: mapped 1:1 while their device is attached. They may overlap, also between devices
 * of a group, and then share pages. The page table itself says what is mapped; a page goes when the
 * last region over it goes.
 */
#include "base/checked.h"
#include "base/log.h"
#include "base/range.h"
#include "device/report.h"

/* Regions that do not count as a reason to keep a page: one of the device's, or all of them. */
struct leaving {
    struct dms_device *dev;
    const struct dms_range *one; /* NULL: all */
};

static bool is_leaving(const struct leaving *leaving, const struct dms_iova_region *region,
                       bool *one_seen)
{
    if (region->owner != leaving->dev)
        return false;
    if (!leaving->one)
        return true;
    if (*one_seen || !range_equal(region->range, *leaving->one))
        return false;
    *one_seen = true;
    return true;
}

/*
 * Owners of regions are devices of the group as long as it has any: regions_drop() comes before
 * group_leave().
 */
static bool owner_attached(const struct dms_group *group, const void *owner)
{
    list_for_each(at, &group->devices)
    {
        struct dms_device *dev = container_of(at, struct dms_device, group_link);

        if (dev == owner)
            return device_attached(dev);
    }
    return false;
}

/*
 * Whether another direct region keeps the page at `from`. *until is the last address for which the
 * answer holds, at most its own old value.
 */
static bool is_kept(struct dms_group *group, uint64_t from, const struct leaving *leaving,
                    uint64_t *until)
{
    struct dms_iova_cursor cursor = {0};
    struct dms_iova_region region;
    bool one_seen = false;

    while (dms_iova_next_region(group->space, &cursor, &region)) {
        struct dms_range pages = range_round_out(region.range, group_granule(group));

        if (region.kind != DMS_REGION_DIRECT || is_leaving(leaving, &region, &one_seen) ||
            !owner_attached(group, region.owner) || pages.last < from)
            continue;
        if (pages.first > from) {
            if (pages.first - 1 < *until)
                *until = pages.first - 1;
            continue;
        }
        if (pages.last < *until)
            *until = pages.last;
        return true;
    }
    return false;
}

/*
 * The run at the beginning of `range`, up to *last, that is mapped nowhere (true) or everywhere
 * (false).
 */
static bool unmapped_run(struct dms_group *group, struct dms_range range, uint64_t *last)
{
    struct dms_iommu_mapping mapping;
    int err = group->ops->next_mapping(group_domain(group), range.first, false, &mapping);

    *last = range.last;
    if (err || mapping.iova.first > range.last)
        return true;
    if (mapping.iova.first > range.first) {
        *last = mapping.iova.first - 1;
        return true;
    }
    if (mapping.iova.last < range.last)
        *last = mapping.iova.last;
    return false;
}

static int run_map(struct dms_device *dev, struct dms_range run)
{
    uint32_t prot = DMS_READ | DMS_WRITE | DMS_PROT_BEGIN | DMS_PROT_END;

    if (dev->coherent)
        prot |= DMS_PROT_COHERENT;
    return dev->group->ops->map(group_domain(dev->group), run.first, (dms_phys_t){run.first},
                                run.last - run.first + 1, prot);
}

/*
 * Maps what is not mapped yet. *done: everything up to here is, also after an error (0: nothing).
 */
static int runs_map(struct dms_device *dev, struct dms_range range, uint64_t *done)
{
    uint64_t last;

    for (;; range.first = last + 1) {
        bool open = unmapped_run(dev->group, range, &last);
        int err = open ? run_map(dev, (struct dms_range){range.first, last}) : 0;

        if (err)
            return err;
        *done = last;
        if (last == range.last)
            return 0;
    }
}

static void hull_widen(struct dms_group *group, struct dms_range range)
{
    if (range.first < atomic_load(&group->direct_first))
        atomic_store(&group->direct_first, range.first);
    if (range.last > atomic_load(&group->direct_last))
        atomic_store(&group->direct_last, range.last);
}

/* Takes away what nobody else keeps and is still there, into `gather`. *done as in runs_map. */
static int runs_unmap(struct dms_group *group, struct dms_range range,
                      const struct leaving *leaving, struct dms_iommu_gather *gather,
                      uint64_t *done)
{
    for (;;) {
        uint64_t until = range.last;
        bool kept = is_kept(group, range.first, leaving, &until);
        struct dms_range run = {range.first, until};
        int err = 0;

        if (!kept && !unmapped_run(group, run, &until))
            err = group->ops->unmap(group_domain(group), range.first, until - range.first + 1,
                                    false, gather);
        if (err)
            return err;
        *done = until;
        if (until == range.last)
            return 0;
        range.first = until + 1;
    }
}

/*
 * Until the hardware has confirmed, the device may still write there; the region has to stay
 * reserved so long.
 */
static int gather_flush(struct dms_group *group, struct dms_iommu_gather *gather)
{
    int err = group->ops->flush(group_domain(group), gather);

    if (err) {
        struct withheld record = {.gather = *gather};

        withheld_add(group, &record);
    }
    return err;
}

static int pages_unmap(struct dms_device *dev, struct dms_range range,
                       const struct leaving *leaving)
{
    struct dms_group *group = dev->group;
    struct dms_range pages = range_round_out(range, group_granule(group));
    struct dms_iommu_gather gather = {0};
    uint64_t done = 0;
    uint64_t again;
    int err = runs_unmap(group, pages, leaving, &gather, &done);
    int flush_err;

    /*
     * A block that another region shares cannot be cut. Back to before; its tables are still there,
     * so this succeeds.
     */
    if (err && done > pages.first)
        runs_map(dev, (struct dms_range){pages.first, done}, &again);
    flush_err = gather_flush(group, &gather);
    return err ? err : flush_err;
}

int direct_unmap(struct dms_device *dev, struct dms_range range)
{
    struct leaving leaving = {dev, &range};

    return pages_unmap(dev, range, &leaving);
}

int direct_map(struct dms_device *dev, struct dms_range range, struct dms_report *report)
{
    struct dms_range pages = range_round_out(range, group_granule(dev->group));
    uint64_t done = 0;
    int err;

    hull_widen(dev->group, pages);
    err = runs_map(dev, pages, &done);
    if (err && done > pages.first) {
        struct leaving leaving = {dev, &range};

        pages_unmap(dev, (struct dms_range){pages.first, done}, &leaving);
    }
    return err ? report_refusal(report, err, "a direct region could not be mapped") : 0;
}

/* The next direct region of the device. */
static bool next_direct(struct dms_device *dev, struct dms_iova_cursor *cursor,
                        struct dms_range *range)
{
    struct dms_iova_region region;

    while (dms_iova_next_region(dev->group->space, cursor, &region)) {
        if (region.owner == dev && region.kind == DMS_REGION_DIRECT) {
            *range = region.range;
            return true;
        }
    }
    return false;
}

int direct_unmap_all(struct dms_device *dev)
{
    struct leaving leaving = {dev, NULL};
    struct dms_iova_cursor cursor = {0};
    struct dms_range range;
    int err = 0;

    while (!err && next_direct(dev, &cursor, &range))
        err = pages_unmap(dev, range, &leaving);
    return err;
}

int direct_map_all(struct dms_device *dev, struct dms_report *report)
{
    struct dms_iova_cursor cursor = {0};
    struct dms_range range;
    int err = 0;

    while (!err && next_direct(dev, &cursor, &range))
        err = direct_map(dev, range, report);
    return err;
}
