/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A group: the devices that translate through one domain. It exists from the first stream of its
 * first device to the end of its last device; its page table only while a device is attached. Its
 * IOVA space lives as long as the group, and so the regions in it survive detach: the space is the
 * only record of what is reserved.
 */
#ifndef DEVICE_GROUP_H
#define DEVICE_GROUP_H

#include "device/machine.h"
#include "device/withheld.h"

#include <dmaspace/iova.h>

struct lazy_queue;

struct dms_group {
    struct dms_machine *machine;
    struct machine_iommu *on;
    const struct dms_port *port;
    const struct dms_iommu_ops *ops;
    struct dms_iova_space *space;
    uint8_t granule_lg2;
    uint64_t granule; /* bytes */

    /* NULL while nobody is attached and nothing is withheld. Written under lock and owners_lock. */
    _Atomic(struct dms_iommu_domain *) domain;

    dms_lock_t lock;
    struct list devices; /* lock and owners_lock */
    unsigned attached;   /* devices; lock */

    /*
     * Hull of the direct mappings; first > last when there is none. Written under lock, read by
     * unmap without.
     */
    atomic_uint_fast64_t direct_first;
    atomic_uint_fast64_t direct_last;

    struct withheld_list withheld;

    /*
     * Lazy queues, one per thread slot and one for the rest. NULL: no device of the group wants
     * them.
     */
    struct list_node lazy_link; /* machine->lazy_groups */
    _Atomic(struct lazy_queue *) *lazy;
    unsigned lazy_count;
    atomic_uint_fast64_t lazy_flushes;
};

/* NULL: no memory. `cfg` gives granule and policy, `bounds` what its first device can address. */
int group_create(struct machine_iommu *on, const struct dms_device_cfg *cfg,
                 struct dms_range bounds, struct dms_group **out);

/* The group has no devices and no domain. */
void group_destroy(struct dms_group *group);

void group_join(struct dms_group *group, struct dms_device *dev);
void group_leave(struct dms_group *group, struct dms_device *dev);

/*
 * Copies the name of the device behind an owner tag of the IOVA space; "" when it is gone. Under
 * lock or owners_lock.
 */
void group_owner_name(const struct dms_group *group, const void *owner, char name[DMS_NAME_MAX]);

/* Creates the page table, for addresses of `bits` bits. Under lock. */
int group_domain_create(struct dms_group *group, unsigned bits);

/*
 * Destroys it, if there is one that no device uses any more; it is empty then. Under lock. The
 * error of a flush: an invalidation is unconfirmed, and the domain stays until it is.
 */
int group_domain_drop(struct dms_group *group);

/*
 * Completes all invalidations of the group, lazy and failed ones. Takes no lock that a caller may
 * hold here.
 */
int group_flush(struct dms_group *group);

static inline struct dms_iommu_domain *group_domain(struct dms_group *group)
{
    return atomic_load_explicit(&group->domain, memory_order_acquire);
}

static inline uint64_t group_granule(const struct dms_group *group)
{
    return group->granule;
}

#endif
