/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A machine from inside. Locks, in the order in which they are taken; none is global:
 *
 *   machine->lock         the lists of IOMMUs, devices and lazy groups, and every device's count of
 *                         children.
 *   group->lock           who is attached, direct mappings, the group's domain. Held while the
 *                         IOMMU is asked.
 *   machine->owners_lock  who owns which stream, which devices a group has, group->domain. Held
 *                         while a fault is filled in, so that what it looks at cannot go away;
 *                         never held while the IOMMU is asked.
 *   lazy queue's lock     one queue of a group. Held while that queue is flushed.
 *   group->withheld_lock  the list of failed invalidations. Held while they are tried again.
 *
 * What is protected by two locks is written under both and may be read under either. map and unmap
 * take none of the first three; the last two belong to one group.
 */
#ifndef DEVICE_MACHINE_H
#define DEVICE_MACHINE_H

#include "base/list.h"
#include "device/fault_budget.h"
#include "device/owners.h"

#include <dmaspace/device.h>
#include <dmaspace/of.h>
#include <dmaspace/port.h>
#include <stdatomic.h>

/* An IOMMU that was added to a machine. Lives as long as the machine. */
struct machine_iommu {
    struct list_node link; /* machine->iommus */
    struct dms_machine *machine;
    struct dms_iommu *iommu;
    dms_of_node_t node; /* DMS_OF_NONE: none */
    struct owners owners;
    struct fault_budget budget; /* of streams that nobody owns */
};

struct dms_machine {
    const struct dms_port *port;
    void (*on_fault)(void *ctx, const struct dms_fault *fault);
    void *on_fault_ctx;

    bool has_tree;
    struct dms_of tree;
    struct dms_of_index_entry *index; /* tree.node_count entries */
    atomic_uint findings_logged;      /* bit n: finding n of enum dms_of_finding */

    dms_lock_t lock;
    struct list iommus;
    struct list devices;
    struct list lazy_groups;
    uint64_t device_count;
    uint64_t group_count;

    dms_lock_t owners_lock;
    struct owners_work work; /* owners_lock */

    atomic_uint_fast64_t faults;
};

/* machine_tree.c: opens the blob, if there is one, and makes its index. */
int machine_tree_open(struct dms_machine *machine, const void *blob, size_t size);
void machine_tree_close(struct dms_machine *machine);

/*
 * The machine's record of an IOMMU, by instance or by node. NULL: not added. Takes machine->lock.
 */
struct machine_iommu *machine_find_iommu(struct dms_machine *machine,
                                         const struct dms_iommu *iommu);
struct machine_iommu *machine_iommu_at(struct dms_machine *machine, dms_of_node_t node);

/* fault.c: dms_iommu.on_event; ctx is the struct machine_iommu. */
void machine_on_event(void *ctx, struct dms_iommu *iommu, const struct dms_iommu_event *event);

#endif
