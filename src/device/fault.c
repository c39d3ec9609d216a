/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From an event of the IOMMU to a report that names the culprit. */
#include <dmaspace/fault.h>

#include "base/lock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/range.h"
#include "base/text.h"
#include "device/object.h"

/* How far to look for owned streams next to one that nobody owns. */
#define NEIGHBOUR_SIDS 64u

static void name_copy(char out[DMS_NAME_MAX], const char *name)
{
    struct dms_text text;

    dms_text_init(&text, out, DMS_NAME_MAX);
    dms_text_str(&text, name);
}

static void fill_neighbours(struct dms_machine *machine, const struct owners *owners,
                            struct dms_fault *fault)
{
    for (uint32_t d = 1; d <= NEIGHBOUR_SIDS && !fault->has_below && fault->sid >= d; d++) {
        struct stream_owner *owner = owners_find(owners, fault->sid - d, &machine->work);

        if (owner) {
            fault->has_below = true;
            fault->sid_below = fault->sid - d;
            name_copy(fault->device_below, owner->device->name);
        }
    }
    for (uint32_t d = 1; d <= NEIGHBOUR_SIDS && !fault->has_above; d++) {
        struct stream_owner *owner;

        if (fault->sid > UINT32_MAX - d)
            return;
        owner = owners_find(owners, fault->sid + d, &machine->work);
        if (owner) {
            fault->has_above = true;
            fault->sid_above = fault->sid + d;
            name_copy(fault->device_above, owner->device->name);
        }
    }
}

static void fill_owner(struct dms_device *dev, struct dms_fault *fault)
{
    fault->has_owner = true;
    name_copy(fault->device, dev->name);
    if (dev->parent)
        name_copy(fault->parent, dev->parent->name);
    fault->has_id = dev->id_count == 1;
    if (fault->has_id)
        fault->id = dev->ids[0];
    fault->attached = device_attached(dev);
    atomic_fetch_add_explicit(&dev->faults, 1, memory_order_relaxed);
}

static void fill_region(struct dms_device *dev, struct dms_fault *fault)
{
    struct dms_range aperture = {atomic_load(&dev->lowest), atomic_load(&dev->highest)};
    struct dms_iova_place place;

    fault->aperture = aperture;
    fault->outside_aperture = !range_has(aperture, fault->iova);
    dms_iova_lookup(dev->group->space, fault->iova, &place);
    if (!place.in_region)
        return;
    fault->in_region = true;
    fault->region = place.region.range;
    fault->region_kind = place.region.kind;
    fault->region_origin = place.region.origin;
    group_owner_name(dev->group, place.region.owner, fault->region_owner);
}

static void take_nearest(struct dms_fault *fault, const struct dms_iommu_mapping *mapping)
{
    enum dms_nearest where = DMS_NEAREST_HERE;
    uint64_t distance = 0;

    if (mapping->iova.first > fault->iova) {
        where = DMS_NEAREST_ABOVE;
        distance = mapping->iova.first - fault->iova;
    } else if (mapping->iova.last < fault->iova) {
        where = DMS_NEAREST_BELOW;
        distance = fault->iova - mapping->iova.last;
    }
    if (fault->nearest != DMS_NEAREST_NONE && distance >= fault->distance)
        return;
    fault->nearest = where;
    fault->distance = distance;
    fault->mapping = mapping->iova;
    fault->mapping_access = mapping->access;
}

static void fill_nearest(struct dms_group *group, struct dms_fault *fault)
{
    struct dms_iommu_domain *domain = group_domain(group);
    struct dms_iommu_mapping mapping;
    uint64_t last = ((uint64_t)1 << domain->input_bits) - 1;
    uint64_t from = fault->iova < last ? fault->iova : last;

    if (group->ops->next_mapping(domain, from, false, &mapping) == 0)
        take_nearest(fault, &mapping);
    if (group->ops->next_mapping(domain, from, true, &mapping) == 0)
        take_nearest(fault, &mapping);
}

static void look_into(struct stream_owner *owner, struct dms_fault *fault)
{
    if (!fault->has_iova)
        return;
    fill_region(owner->device, fault);
    if (group_domain(owner->group))
        fill_nearest(owner->group, fault);
}

/* The lock keeps the owner, its group and the group's domain where they are. */
static void fill(struct machine_iommu *on, struct dms_fault *fault)
{
    struct dms_machine *machine = on->machine;
    uint64_t now = machine->port->now_ns(machine->port->ctx);
    struct stream_owner *owner;

    port_lock(machine->port, &machine->owners_lock);
    owner = owners_find(&on->owners, fault->sid, &machine->work);
    if (owner) {
        fill_owner(owner->device, fault);
        if (fault_budget_take(&owner->device->budget, now, fault))
            look_into(owner, fault);
    } else if (fault_budget_take(&on->budget, now, fault)) {
        fill_neighbours(machine, &on->owners, fault);
    }
    port_unlock(machine->port, &machine->owners_lock);
}

void machine_on_event(void *ctx, struct dms_iommu *iommu, const struct dms_iommu_event *event)
{
    struct machine_iommu *on = ctx;
    struct dms_machine *machine = on->machine;
    struct dms_fault fault = {
        .reason = event->reason,
        .sid = event->sid,
        .access = event->access,
        .has_iova = event->has_iova,
        .iova = event->iova,
    };

    name_copy(fault.iommu, iommu->name);
    memcpy(fault.raw, event->raw, sizeof(fault.raw));
    fill(on, &fault);
    atomic_fetch_add_explicit(&machine->faults, 1, memory_order_relaxed);
    if (machine->on_fault) {
        machine->on_fault(machine->on_fault_ctx, &fault);
    } else if (!fault.brief) {
        char line[DMS_FAULT_LINE];

        dms_fault_format(&fault, line, sizeof(line));
        port_log(machine->port, DMS_LOG_ERROR, line);
    }
}
