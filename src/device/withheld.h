/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What was taken out of a page table while the hardware did not confirm the invalidation. Until it
 * does, the device may still reach the memory; so the IOVAs stay taken, and memory of the library's
 * stays allocated.
 */
#ifndef DEVICE_WITHHELD_H
#define DEVICE_WITHHELD_H

#include <dmaspace/mapping.h>
#include <dmaspace/port.h>
#include <stdatomic.h>

struct dms_group;

/* Records that need no memory at the moment of failure. More come from the port. */
#define WITHHELD_RESERVE 4u

struct withheld {
    struct withheld *next;
    dms_iova_t iova;
    uint64_t size; /* 0: no IOVA to give back (a direct mapping) */
    void *table;   /* memory for port->table_free, or NULL */
    size_t table_size;
    struct dms_iommu_gather gather;
};

struct withheld_list {
    dms_lock_t lock;
    struct withheld *first;
    atomic_uint count;
    uint64_t lost; /* records that found no memory: their ranges stay taken until detach */
    struct withheld reserve[WITHHELD_RESERVE];
    struct withheld *unused; /* of the reserve */
};

void withheld_init(struct dms_group *group);
void withheld_fini(struct dms_group *group);

/* Keeps what->iova, table and gather back. *what is copied. */
void withheld_add(struct dms_group *group, const struct withheld *what);

/*
 * Tries every invalidation again, and gives back what is confirmed. 0 when nothing is withheld any
 * more.
 */
int withheld_retry(struct dms_group *group);

/* Adds to *ranges and *bytes what is withheld, and sets *lost. */
void withheld_count(struct dms_group *group, uint64_t *ranges, uint64_t *bytes, uint64_t *lost);

static inline bool withheld_any(const struct withheld_list *list)
{
    return atomic_load_explicit(&list->count, memory_order_relaxed) != 0;
}

#endif
