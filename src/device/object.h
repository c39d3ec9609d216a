/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A device from inside. */
#ifndef DEVICE_OBJECT_H
#define DEVICE_OBJECT_H

#include "device/group.h"

struct dms_device {
    /* Constant once dms_device_create() has returned. */
    struct dms_machine *machine;
    const struct dms_bus *bus;
    struct dms_device *parent;
    dms_of_node_t node;      /* DMS_OF_NONE: none */
    struct dms_group *group; /* NULL: no streams */
    struct stream_owner **streams;
    unsigned stream_count;
    unsigned stream_room;
    struct dms_range dma_limit; /* hull of dma-ranges */
    enum dms_iova_policy policy;
    bool coherent;
    bool lazy;
    void *driver_data;
    char name[DMS_NAME_MAX];

    /* During creation only, for the dms_configure_ functions; NULL otherwise. */
    const struct dms_device_cfg *cfg;

    struct list_node link;       /* machine->devices */
    struct list_node group_link; /* group->devices */
    unsigned children;           /* machine->lock */

    /* The group's while the device is attached, else NULL. Written under group->lock. */
    _Atomic(struct dms_iommu_domain *) domain;

    /* What calls may hand out at most; lowest > highest: nothing. Written under group->lock. */
    atomic_uint mask_bits;
    atomic_uint_fast64_t lowest;
    atomic_uint_fast64_t highest;

    atomic_uint_fast64_t faults;
    struct fault_budget budget; /* machine->owners_lock */

    unsigned id_count;
    uint32_t ids[];
};

/* aperture.c: what the device can address with `mask_bits` bits on `iommu`. False: nothing. */
bool aperture_of(const struct dms_device *dev, const struct dms_iommu *iommu, unsigned input_bits,
                 unsigned mask_bits, uint64_t granule, struct dms_range *out);

/*
 * Recomputes lowest and highest from the mask and the domain. False: nothing is left. Under
 * group->lock.
 */
bool aperture_update(struct dms_device *dev);

/*
 * window.c: whether all windows of the group together leave something of every device's aperture.
 */
bool window_leaves_room(struct dms_group *group);

/* Adds an allow-list with its origin; dms_window() is this with the API's. Under group->lock. */
int window_add(struct dms_device *dev, const struct dms_range *ranges, size_t n,
               enum dms_region_origin origin, struct dms_report *report);

/* reserve.c: adds one region. Under group->lock. */
int region_add(struct dms_device *dev, struct dms_range range, enum dms_region_kind kind,
               enum dms_region_origin origin, struct dms_report *report);

/*
 * Removes every region and window of a device that is leaving. It is detached. Under group->lock.
 */
void regions_drop(struct dms_device *dev);

/* direct.c: maps the device's direct regions 1:1, or takes them away again. Under group->lock. */
int direct_map_all(struct dms_device *dev, struct dms_report *report);
int direct_unmap_all(struct dms_device *dev);
int direct_map(struct dms_device *dev, struct dms_range range, struct dms_report *report);
int direct_unmap(struct dms_device *dev, struct dms_range range);

/* attach.c: the part of dms_detach() under group->lock. */
int device_detach(struct dms_device *dev, struct dms_report *report);

/*
 * destroy.c: undoes what creation has done so far, in reverse. The device is detached and not
 * listed.
 */
void device_unmake(struct dms_device *dev);

/* What the device's calls work on. NULL: it is not attached. */
static inline struct dms_iommu_domain *device_domain(const struct dms_device *dev)
{
    return atomic_load_explicit(&dev->domain, memory_order_acquire);
}

static inline bool device_attached(const struct dms_device *dev)
{
    return device_domain(dev) != NULL;
}

#endif
