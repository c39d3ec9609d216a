/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "base/lock.h"
#include "base/memory.h"
#include "device/report.h"

/* Another device of the group that has the stream, to name in reports. Under owners_lock. */
static struct dms_device *heir_of(const struct stream_owner *owner, const struct dms_device *dev)
{
    list_for_each(at, &owner->group->devices)
    {
        struct dms_device *other = container_of(at, struct dms_device, group_link);

        for (unsigned i = 0; other != dev && i < other->stream_count; i++) {
            if (other->streams[i] == owner)
                return other;
        }
    }
    return NULL;
}

static void streams_release(struct dms_device *dev)
{
    struct dms_machine *machine = dev->machine;

    port_lock(machine->port, &machine->owners_lock);
    while (dev->stream_count) {
        struct stream_owner *owner = dev->streams[--dev->stream_count];

        if (--owner->devices == 0)
            owners_remove(&dev->group->on->owners, machine->port, owner);
        else if (owner->device == dev)
            owner->device = heir_of(owner, dev);
    }
    port_unlock(machine->port, &machine->owners_lock);
}

void device_unmake(struct dms_device *dev)
{
    const struct dms_port *port = dev->machine->port;
    struct dms_group *group = dev->group;

    if (group) {
        port_lock(port, &group->lock);
        regions_drop(dev);
        port_unlock(port, &group->lock);
        streams_release(dev);
        group_leave(group, dev);
    }
    port_free_array(port, dev->streams, dev->stream_room, sizeof(struct stream_owner *));
    port_free(port, dev, sizeof(*dev) + dev->id_count * sizeof(uint32_t));
}

/* Takes every mapping of the domain out of the page table. Their IOVAs go back with the domain. */
static int unmap_all(struct dms_group *group, struct dms_range *first, uint64_t *count)
{
    struct dms_iommu_domain *domain = group_domain(group);
    struct withheld record = {0};
    struct dms_iova_cursor cursor = {0};
    struct dms_range range;
    int err;

    while (dms_iova_next_live(group->space, &cursor, &range)) {
        if (group->ops->unmap(domain, range.first, range.last - range.first + 1, false,
                              &record.gather) != 0)
            continue; /* not mapped: its record was lost earlier */
        if ((*count)++ == 0)
            *first = range;
    }
    group->withheld.lost += *count;
    err = group->ops->flush(domain, &record.gather);
    if (err)
        withheld_add(group, &record);
    return err;
}

/*
 * The device leaves a domain that others go on using: only what is mapped in its fixed regions
 * goes.
 */
static int unmap_fixed(struct dms_device *dev, struct dms_range *first, uint64_t *count)
{
    struct dms_group *group = dev->group;
    struct dms_iova_cursor cursor = {0};
    struct dms_range range;
    int err = 0;

    while (!err && dms_iova_next_live(group->space, &cursor, &range)) {
        struct withheld record = {.iova = range.first, .size = range.last - range.first + 1};
        struct dms_iova_place place;

        dms_iova_lookup(group->space, range.first, &place);
        if (!place.in_region || place.region.owner != dev ||
            group->ops->unmap(group_domain(group), record.iova, record.size, false,
                              &record.gather) != 0)
            continue;
        if ((*count)++ == 0)
            *first = range;
        err = group->ops->flush(group_domain(group), &record.gather);
        if (err)
            withheld_add(group, &record);
        else
            dms_iova_free(group->space, record.iova, record.size);
    }
    return err;
}

static int force_unmap(struct dms_device *dev, struct dms_report *report)
{
    struct dms_group *group = dev->group;
    struct dms_range first = {0, 0};
    uint64_t count = 0;
    int err = group_flush(group);

    if (!err)
        err = group->attached > 1 ? unmap_fixed(dev, &first, &count)
                                  : unmap_all(group, &first, &count);
    if (err)
        return report_refusal(report, err, "the IOMMU did not confirm that mappings are gone");
    if (count)
        report_mapping(report, 0, first, count);
    return 0;
}

static int release_domain(struct dms_device *dev, enum dms_destroy how, struct dms_report *report)
{
    struct dms_group *group = dev->group;
    int err = 0;

    port_lock(group->port, &group->lock);
    if (how == DMS_DESTROY_FORCE && device_attached(dev))
        err = force_unmap(dev, report);
    if (!err)
        err = device_detach(dev, report);
    port_unlock(group->port, &group->lock);
    return err;
}

/* Under machine->lock. */
static int refuse_parent(struct dms_device *dev, struct dms_report *report)
{
    list_for_each(at, &dev->machine->devices)
    {
        struct dms_device *child = container_of(at, struct dms_device, link);

        if (child->parent == dev)
            return report_device(report, DMS_EBUSY, child->name, "lives below the device");
    }
    return DMS_EBUSY;
}

static int has_children(struct dms_device *dev, struct dms_report *report)
{
    struct dms_machine *machine = dev->machine;
    int err = 0;

    port_lock(machine->port, &machine->lock);
    if (dev->children)
        err = refuse_parent(dev, report);
    port_unlock(machine->port, &machine->lock);
    return err;
}

int dms_device_destroy(struct dms_device *dev, enum dms_destroy how, struct dms_report *report)
{
    struct dms_machine *machine = dev->machine;
    int err = has_children(dev, report);

    if (!err && dev->group)
        err = release_domain(dev, how, report);
    if (err)
        return err;
    port_lock(machine->port, &machine->lock);
    list_remove(&dev->link);
    machine->device_count--;
    if (dev->parent)
        dev->parent->children--;
    port_unlock(machine->port, &machine->lock);
    device_unmake(dev);
    return 0;
}
