/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From aborting to translating, and back. */
#include "base/lock.h"
#include "base/log.h"
#include "base/range.h"
#include "device/report.h"

static int stream_attach(struct dms_group *group, struct stream_owner *owner)
{
    int err = group->ops->attach(group_domain(group), owner->stream);

    if (err == DMS_ETIMEDOUT || err == DMS_EIO)
        owner->gone = true; /* detached again, as far as anybody can tell */
    return err;
}

/*
 * Until the IOMMU has confirmed a detach, a stale copy of the stream's configuration may still lead
 * into the domain. The driver has forgotten the stream by then; so it is put back first, and that
 * has to be confirmed, too.
 */
static int stream_detach(struct dms_group *group, struct stream_owner *owner)
{
    struct dms_iommu_domain *domain = group_domain(group);
    int err = owner->gone ? stream_attach(group, owner) : 0;

    if (err)
        return err;
    err = group->ops->detach(domain, owner->stream);
    owner->gone = err == DMS_ETIMEDOUT || err == DMS_EIO;
    return err;
}

/*
 * A stream that several devices of the group have is attached by the first of them, detached by the
 * last.
 */
static int streams_attach(struct dms_device *dev)
{
    struct dms_group *group = dev->group;

    for (unsigned i = 0; i < dev->stream_count; i++) {
        struct stream_owner *owner = dev->streams[i];
        int err = owner->attached ? 0 : stream_attach(group, owner);

        if (err) {
            while (i-- > 0) {
                if (--dev->streams[i]->attached == 0)
                    stream_detach(group, dev->streams[i]);
            }
            return err;
        }
        owner->gone = false;
        owner->attached++;
    }
    return 0;
}

/* The device still counts as attached: what is detached already has to be so again, next time. */
static void streams_undetach(struct dms_device *dev, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        dev->streams[i]->gone |= dev->streams[i]->attached == 1;
}

static int streams_detach(struct dms_device *dev)
{
    for (unsigned i = 0; i < dev->stream_count; i++) {
        struct stream_owner *owner = dev->streams[i];
        int err = owner->attached > 1 ? 0 : stream_detach(dev->group, owner);

        if (err) {
            streams_undetach(dev, i);
            return err;
        }
    }
    return 0;
}

/* For a device that is not attached: what an attach that failed may have left. */
static int streams_settle(struct dms_device *dev)
{
    bool domain = group_domain(dev->group) != NULL;

    for (unsigned i = 0; i < dev->stream_count; i++) {
        struct stream_owner *owner = dev->streams[i];
        int err = domain && owner->gone && !owner->attached ? stream_detach(dev->group, owner) : 0;

        if (err)
            return err;
    }
    return 0;
}

static const char *attach_error(int err)
{
    switch (err) {
    case DMS_ENOSPC:
        return "the IOMMU has no address-space identifier left";
    case DMS_ENOMEM:
        return "no memory for the domain or the stream table";
    case DMS_ENOTSUP:
        return "the IOMMU cannot do the domain's granule or width";
    default:
        return "the IOMMU did not confirm the attach";
    }
}

/*
 * Direct regions come before streams: a display that scans out all along must not fault in between.
 */
static int attach_to_domain(struct dms_device *dev, struct dms_report *report)
{
    int err;

    if (!aperture_update(dev))
        return report_aperture(report, DMS_EINVAL, dev, "no address is left");
    err = direct_map_all(dev, report);
    if (err)
        return err;
    err = streams_attach(dev);
    return err ? report_refusal(report, err, attach_error(err)) : 0;
}

static void attach_undo(struct dms_device *dev)
{
    struct dms_group *group = dev->group;

    /*
     * What is not confirmed is withheld, and the domain stays for it: dms_device_destroy() tries
     * again.
     */
    if (direct_unmap_all(dev) != 0 || group_domain_drop(group) != 0)
        port_log(group->port, DMS_LOG_ERROR, "the IOMMU did not confirm the undoing of an attach");
    aperture_update(dev);
}

static int attach_locked(struct dms_device *dev, struct dms_report *report)
{
    struct dms_group *group = dev->group;
    int err;

    if (device_attached(dev))
        return 0;
    if (!group_domain(group)) {
        err = group_domain_create(group, atomic_load(&dev->mask_bits));
        if (err)
            return report_refusal(report, err, attach_error(err));
    }
    err = attach_to_domain(dev, report);
    if (err) {
        attach_undo(dev);
        return err;
    }
    group->attached++;
    atomic_store_explicit(&dev->domain, group_domain(group), memory_order_release);
    return 0;
}

int dms_attach(struct dms_device *dev, struct dms_report *report)
{
    struct dms_group *group = dev->group;
    int err;

    if (!group)
        return report_refusal(report, DMS_ENODEV, "the device has no streams");
    port_lock(group->port, &group->lock);
    err = attach_locked(dev, report);
    port_unlock(group->port, &group->lock);
    return err;
}

/*
 * Live allocations of the group that are mapped. Those that are not have lost their record
 * (withheld_list.lost).
 */
static uint64_t count_mappings(struct dms_group *group, struct dms_range *first)
{
    struct dms_iommu_domain *domain = group_domain(group);
    struct dms_iova_cursor cursor = {0};
    struct dms_range range;
    uint64_t count = 0;

    while (dms_iova_next_live(group->space, &cursor, &range)) {
        dms_phys_t phys;

        if (group->ops->iova_to_phys(domain, range.first, &phys) != 0)
            continue;
        if (count++ == 0)
            *first = range;
    }
    return count;
}

/* The first live mapping in one of the device's fixed regions. */
static bool fixed_in_use(struct dms_device *dev, struct dms_range *first)
{
    struct dms_iova_cursor cursor = {0};
    struct dms_range range;

    while (dms_iova_next_live(dev->group->space, &cursor, &range)) {
        struct dms_iova_place place;

        dms_iova_lookup(dev->group->space, range.first, &place);
        if (place.what == DMS_IOVA_IS_LIVE && place.in_region && place.region.owner == dev) {
            *first = range;
            return true;
        }
    }
    return false;
}

static int detach_check(struct dms_device *dev, struct dms_report *report)
{
    struct dms_group *group = dev->group;
    struct dms_range first = {0, 0};
    uint64_t count;

    if (group->attached > 1)
        return fixed_in_use(dev, &first) ? report_mapping(report, DMS_EBUSY, first, 0) : 0;
    count = count_mappings(group, &first);
    return count ? report_mapping(report, DMS_EBUSY, first, count) : 0;
}

/* A device that is not attached has only left-overs to clear away. */
static int device_settle(struct dms_device *dev, struct dms_report *report)
{
    int err = streams_settle(dev);

    if (!err)
        err = group_domain_drop(dev->group);
    return err ? report_refusal(report, err, "the IOMMU does not confirm the end of an attach") : 0;
}

/* Streams go first: what is unmapped after that cannot be missed by anybody. */
static int let_go(struct dms_device *dev, struct dms_report *report)
{
    int err = streams_detach(dev);

    if (err)
        return report_refusal(report, err, "the IOMMU did not confirm the detach");
    err = direct_unmap_all(dev);
    if (err) {
        streams_undetach(dev, dev->stream_count);
        return report_refusal(report, err, "a direct region could not be taken away");
    }
    for (unsigned i = 0; i < dev->stream_count; i++)
        dev->streams[i]->attached--;
    return 0;
}

int device_detach(struct dms_device *dev, struct dms_report *report)
{
    struct dms_group *group = dev->group;
    int err;

    if (!device_attached(dev))
        return device_settle(dev, report);
    err = group_flush(group);
    if (err)
        return report_refusal(report, err, "invalidations of the device are still unconfirmed");
    err = detach_check(dev, report);
    if (!err)
        err = let_go(dev, report);
    if (err)
        return err;
    atomic_store_explicit(&dev->domain, NULL, memory_order_release);
    group->attached--;
    group_domain_drop(group);
    aperture_update(dev);
    return 0;
}

int dms_detach(struct dms_device *dev, struct dms_report *report)
{
    struct dms_group *group = dev->group;
    int err;

    if (!group)
        return 0;
    port_lock(group->port, &group->lock);
    err = device_detach(dev, report);
    port_unlock(group->port, &group->lock);
    return err;
}
