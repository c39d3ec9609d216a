/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "device/withheld.h"

#include "base/lock.h"
#include "base/log.h"
#include "base/memory.h"
#include "device/group.h"

void withheld_init(struct dms_group *group)
{
    struct withheld_list *list = &group->withheld;

    port_lock_init(group->port, &list->lock);
    for (unsigned i = 0; i < WITHHELD_RESERVE; i++) {
        list->reserve[i].next = list->unused;
        list->unused = &list->reserve[i];
    }
}

void withheld_fini(struct dms_group *group)
{
    port_lock_fini(group->port, &group->withheld.lock);
}

static bool is_reserve(const struct withheld_list *list, const struct withheld *record)
{
    return (uintptr_t)record >= (uintptr_t)list->reserve &&
           (uintptr_t)record < (uintptr_t)(list->reserve + WITHHELD_RESERVE);
}

/* Memory first, so that the reserve is there when memory is not. */
static struct withheld *record_get(struct dms_group *group)
{
    struct withheld *record = port_alloc(group->port, sizeof(*record));

    if (!record && group->withheld.unused) {
        record = group->withheld.unused;
        group->withheld.unused = record->next;
    }
    return record;
}

static void record_put(struct dms_group *group, struct withheld *record)
{
    struct withheld_list *list = &group->withheld;

    if (!is_reserve(list, record)) {
        port_free(group->port, record, sizeof(*record));
        return;
    }
    record->next = list->unused;
    list->unused = record;
}

void withheld_add(struct dms_group *group, const struct withheld *what)
{
    struct withheld_list *list = &group->withheld;
    struct withheld *record;

    port_lock(group->port, &list->lock);
    record = record_get(group);
    if (record) {
        *record = *what;
        record->next = list->first;
        list->first = record;
        atomic_fetch_add_explicit(&list->count, 1, memory_order_relaxed);
    } else {
        list->lost++;
    }
    port_unlock(group->port, &list->lock);
    if (!record)
        port_log(
            group->port, DMS_LOG_ERROR,
            "no memory to remember an unconfirmed invalidation: its IOVAs stay taken until detach");
}

static void give_back(struct dms_group *group, const struct withheld *record)
{
    if (record->size)
        dms_iova_free(group->space, record->iova, record->size);
    port_table_free(group->port, record->table, record->table_size);
}

int withheld_retry(struct dms_group *group)
{
    struct withheld_list *list = &group->withheld;
    struct dms_iommu_domain *domain = group_domain(group);
    int err = 0;

    port_lock(group->port, &list->lock);
    while (list->first) {
        struct withheld *record = list->first;

        err = group->ops->flush(domain, &record->gather);
        if (err)
            break;
        list->first = record->next;
        give_back(group, record);
        record_put(group, record);
        atomic_fetch_sub_explicit(&list->count, 1, memory_order_relaxed);
    }
    port_unlock(group->port, &list->lock);
    return err;
}

void withheld_count(struct dms_group *group, uint64_t *ranges, uint64_t *bytes, uint64_t *lost)
{
    struct withheld_list *list = &group->withheld;

    port_lock(group->port, &list->lock);
    *lost = list->lost;
    for (const struct withheld *at = list->first; at; at = at->next) {
        *ranges += 1;
        *bytes += at->size;
    }
    port_unlock(group->port, &list->lock);
}
