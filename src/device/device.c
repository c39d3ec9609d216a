/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Looking at a device. */
#include "device/object.h"

#include "base/lock.h"
#include "base/mem.h"

const char *dms_device_name(const struct dms_device *dev)
{
    return dev->name;
}

struct dms_machine *dms_device_machine(const struct dms_device *dev)
{
    return dev->machine;
}

struct dms_device *dms_device_parent(const struct dms_device *dev)
{
    return dev->parent;
}

void *dms_device_driver_data(const struct dms_device *dev)
{
    return dev->driver_data;
}

const uint32_t *dms_device_ids(const struct dms_device *dev, unsigned *count)
{
    *count = dev->id_count;
    return dev->ids;
}

bool dms_device_is_coherent(const struct dms_device *dev)
{
    return dev->coherent;
}

struct dms_iommu *dms_device_iommu(const struct dms_device *dev)
{
    return dev->group ? dev->group->on->iommu : NULL;
}

unsigned dms_device_stream_count(const struct dms_device *dev)
{
    return dev->stream_count;
}

struct dms_stream dms_device_stream(const struct dms_device *dev, unsigned index)
{
    return dev->streams[index]->stream;
}

uint64_t dms_device_granule(const struct dms_device *dev)
{
    return dev->group ? group_granule(dev->group) : 0;
}

bool dms_device_same_group(const struct dms_device *a, const struct dms_device *b)
{
    return a->group && a->group == b->group;
}

bool dms_device_is_attached(struct dms_device *dev)
{
    return device_attached(dev);
}

uint64_t dms_device_fault_count(struct dms_device *dev)
{
    return atomic_load(&dev->faults);
}

int dms_stream_owner(struct dms_machine *machine, struct dms_iommu *iommu, dms_sid_t sid,
                     char *name)
{
    struct machine_iommu *on = machine_find_iommu(machine, iommu);
    struct stream_owner *owner = NULL;

    name[0] = '\0';
    if (!on)
        return DMS_ENOENT;
    port_lock(machine->port, &machine->owners_lock);
    owner = owners_find(&on->owners, sid, &machine->work);
    if (owner)
        memcpy(name, owner->device->name, DMS_NAME_MAX);
    port_unlock(machine->port, &machine->owners_lock);
    return owner ? 0 : DMS_ENOENT;
}
