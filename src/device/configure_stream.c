/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One stream gets an owner, and with the first one the device gets a group. */
#include "base/lock.h"
#include "base/mem.h"
#include "base/memory.h"
#include "device/report.h"

#define FIRST_STREAMS 2u

static bool has_stream(const struct dms_device *dev, struct dms_stream stream)
{
    for (unsigned i = 0; i < dev->stream_count; i++) {
        if (dev->streams[i]->stream.sid == (stream.sid & ~stream.mask) &&
            dev->streams[i]->stream.mask == stream.mask)
            return true;
    }
    return false;
}

static int stream_check(const struct dms_device *dev, const struct machine_iommu *on,
                        struct dms_stream stream, struct dms_report *report)
{
    unsigned bits = on->iommu->caps.sid_bits;

    if (dev->group && dev->group->on != on)
        return report_refusal(report, DMS_EINVAL,
                              "streams on two IOMMUs: one domain cannot serve both");
    if (bits < 32 && (stream.sid | stream.mask) >> bits)
        return report_refusal(report, DMS_ERANGE, "a stream ID wider than the IOMMU's");
    return 0;
}

static int granule_check(const struct dms_device *dev, const struct machine_iommu *on,
                         struct dms_report *report)
{
    unsigned lg2 = dev->cfg->granule_lg2;

    if (on->iommu->caps.granules == 0 ||
        (lg2 && (lg2 > 31 || !(on->iommu->caps.granules >> lg2 & 1))))
        return report_refusal(report, DMS_ENOTSUP, "a granule that the IOMMU lacks");
    return 0;
}

static int group_make(struct dms_device *dev, struct machine_iommu *on, struct dms_report *report)
{
    unsigned lg2 = dev->cfg->granule_lg2;
    struct dms_range bounds;
    int err = granule_check(dev, on, report);

    if (err)
        return err;
    if (!lg2)
        lg2 = (unsigned)__builtin_ctz(on->iommu->caps.granules);
    if (!aperture_of(dev, on->iommu, 0, atomic_load(&dev->mask_bits), (uint64_t)1 << lg2, &bounds))
        return report_refusal(report, DMS_EINVAL, "the DMA mask leaves no address");
    err = group_create(on, dev->cfg, bounds, &dev->group);
    return err ? report_refusal(report, err, "no memory for the device's address space") : 0;
}

static int group_share(struct dms_device *dev, struct machine_iommu *on, struct dms_report *report)
{
    const struct dms_device *with = dev->cfg->share_group_with;

    if (!with->group || with->group->on != on)
        return report_device(report, DMS_EINVAL, with->name, "is not behind the same IOMMU");
    if (dev->cfg->granule_lg2 && dev->cfg->granule_lg2 != with->group->granule_lg2)
        return report_device(report, DMS_EINVAL, with->name, "has a domain of another granule");
    dev->group = with->group;
    return 0;
}

static int group_get(struct dms_device *dev, struct machine_iommu *on, struct dms_report *report)
{
    int err;

    if (dev->group)
        return 0;
    err = dev->cfg->share_group_with ? group_share(dev, on, report) : group_make(dev, on, report);
    if (err)
        return err;
    group_join(dev->group, dev);
    port_lock(dev->group->port, &dev->group->lock);
    aperture_update(dev);
    port_unlock(dev->group->port, &dev->group->lock);
    return 0;
}

static bool streams_make_room(struct dms_device *dev)
{
    const struct dms_port *port = dev->machine->port;
    unsigned room = dev->stream_room ? dev->stream_room * 2 : FIRST_STREAMS;
    struct stream_owner **streams;

    if (dev->stream_count < dev->stream_room)
        return true;
    streams = port_alloc_array(port, room, sizeof(struct stream_owner *));
    if (!streams)
        return false;
    if (dev->stream_count)
        memcpy(streams, dev->streams, dev->stream_count * sizeof(struct stream_owner *));
    port_free_array(port, dev->streams, dev->stream_room, sizeof(struct stream_owner *));
    dev->streams = streams;
    dev->stream_room = room;
    return true;
}

/*
 * A stream may have several devices only within one group, and only as a whole. Under owners_lock.
 */
static int claim(struct dms_device *dev, struct dms_stream stream, struct dms_report *report)
{
    struct machine_iommu *on = dev->group->on;
    struct stream_owner *owner = owners_overlapping(&on->owners, stream, &dev->machine->work);

    if (owner) {
        bool same =
            owner->stream.sid == (stream.sid & ~stream.mask) && owner->stream.mask == stream.mask;

        if (owner->group != dev->group || !same)
            return report_stream(report, DMS_EEXIST, stream, owner);
        owner->devices++;
    } else {
        owner = owners_add(&on->owners, dev->machine->port, stream, dev, dev->group);
        if (!owner)
            return report_refusal(report, DMS_ENOMEM, "no memory for the stream's record");
    }
    dev->streams[dev->stream_count++] = owner;
    return 0;
}

int dms_configure_stream(struct dms_device *dev, struct dms_iommu *iommu, struct dms_stream stream,
                         struct dms_report *report)
{
    struct machine_iommu *on = machine_find_iommu(dev->machine, iommu);
    int err;

    if (!dev->cfg || !on)
        return report_refusal(report, DMS_EINVAL,
                              on ? "only a bus's dma_configure adds streams"
                                 : "the IOMMU is not part of this machine");
    err = stream_check(dev, on, stream, report);
    if (!err)
        err = group_get(dev, on, report);
    if (err || has_stream(dev, stream))
        return err;
    if (!streams_make_room(dev))
        return report_refusal(report, DMS_ENOMEM, "no memory for the device's streams");
    port_lock(dev->machine->port, &dev->machine->owners_lock);
    err = claim(dev, stream, report);
    port_unlock(dev->machine->port, &dev->machine->owners_lock);
    return err;
}
