/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Lazy invalidation: ranges that were taken out of the page table wait in a queue until one
 * invalidation covers them all. Only then do their IOVAs go back to the space. Each thread slot of
 * a group has its own queue, so threads do not meet; threads without a slot share the last one.
 */
#ifndef DEVICE_LAZY_H
#define DEVICE_LAZY_H

#include "device/group.h"

#include <dmaspace/device.h>

struct lazy_range {
    dms_iova_t iova;
    uint64_t size;
};

struct lazy_queue {
    dms_lock_t lock;
    uint64_t oldest_ns; /* when the first range of the batch came; valid when count != 0 */
    struct dms_iommu_gather gather;
    unsigned count;
    struct lazy_range ranges[DMS_LAZY_MAX_COUNT];
};

/*
 * Gives the group places for queues, if it has none. Under machine->lock. DMS_ENOMEM: nothing
 * changed.
 */
int lazy_enable(struct dms_group *group);

/* Frees the queues, which are empty. Under machine->lock. */
void lazy_disable(struct dms_group *group);

/*
 * Removes [iova, iova + size), exactly one mapping, and queues it. When the queue is full or old,
 * it is flushed first: DMS_EAGAIN when that fails. DMS_ENOMEM: no memory for the thread's queue.
 * Errors of ops->unmap. After an error nothing was removed.
 */
int lazy_unmap(struct dms_group *group, dms_iova_t iova, uint64_t size);

/* Flushes every queue that is at least min_age_ns old. The first error; all are tried. */
int lazy_flush(struct dms_group *group, uint64_t min_age_ns);

/* Adds to *ranges and *bytes what the queues hold. */
void lazy_held(struct dms_group *group, uint64_t *ranges, uint64_t *bytes);

#endif
