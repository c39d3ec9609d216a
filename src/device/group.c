/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "device/group.h"

#include "base/lock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "device/lazy.h"
#include "device/object.h"

/*
 * Caches of the space may withhold a part of what the first device can address, not of the whole
 * input range.
 */
#define CACHE_SHARE 32u

static uint8_t smallest_granule(const struct dms_iommu *iommu)
{
    return iommu->caps.granules ? (uint8_t)__builtin_ctz(iommu->caps.granules) : 0;
}

static int space_create(struct dms_group *group, const struct dms_device_cfg *cfg,
                        struct dms_range bounds)
{
    unsigned bits = group->on->iommu->caps.input_bits;
    struct dms_iova_config config = {
        .port = group->port,
        .aperture = {0, bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX},
        .granule_lg2 = group->granule_lg2,
        .flags = cfg->policy == DMS_IOVA_BEST_FIT ? DMS_IOVA_SIZE_INDEX : 0,
        .cache_bytes = (bounds.last - bounds.first) / CACHE_SHARE + 1,
    };

    return dms_iova_space_create(&config, &group->space);
}

int group_create(struct machine_iommu *on, const struct dms_device_cfg *cfg,
                 struct dms_range bounds, struct dms_group **out)
{
    struct dms_machine *machine = on->machine;
    struct dms_group *group = port_alloc(machine->port, sizeof(*group));
    int err;

    if (!group)
        return DMS_ENOMEM;
    group->machine = machine;
    group->on = on;
    group->port = machine->port;
    group->ops = on->iommu->ops;
    group->granule_lg2 = cfg->granule_lg2 ? cfg->granule_lg2 : smallest_granule(on->iommu);
    group->granule = (uint64_t)1 << group->granule_lg2;
    err = space_create(group, cfg, bounds);
    if (err) {
        port_free(machine->port, group, sizeof(*group));
        return err;
    }
    list_init(&group->devices);
    atomic_store(&group->direct_first, UINT64_MAX);
    port_lock_init(group->port, &group->lock);
    withheld_init(group);
    port_lock(group->port, &machine->lock);
    machine->group_count++;
    port_unlock(group->port, &machine->lock);
    *out = group;
    return 0;
}

void group_destroy(struct dms_group *group)
{
    struct dms_machine *machine = group->machine;

    port_lock(group->port, &machine->lock);
    lazy_disable(group);
    machine->group_count--;
    port_unlock(group->port, &machine->lock);
    withheld_fini(group);
    port_lock_fini(group->port, &group->lock);
    dms_iova_space_destroy(group->space);
    port_free(machine->port, group, sizeof(*group));
}

void group_join(struct dms_group *group, struct dms_device *dev)
{
    port_lock(group->port, &group->lock);
    port_lock(group->port, &group->machine->owners_lock);
    list_push_back(&group->devices, &dev->group_link);
    port_unlock(group->port, &group->machine->owners_lock);
    port_unlock(group->port, &group->lock);
}

void group_leave(struct dms_group *group, struct dms_device *dev)
{
    bool empty;

    port_lock(group->port, &group->lock);
    port_lock(group->port, &group->machine->owners_lock);
    list_remove(&dev->group_link);
    port_unlock(group->port, &group->machine->owners_lock);
    empty = list_is_empty(&group->devices);
    port_unlock(group->port, &group->lock);
    if (empty)
        group_destroy(group);
}

void group_owner_name(const struct dms_group *group, const void *owner, char name[DMS_NAME_MAX])
{
    struct dms_text text;

    dms_text_init(&text, name, DMS_NAME_MAX);
    list_for_each(at, &group->devices)
    {
        const struct dms_device *dev = container_of(at, struct dms_device, group_link);

        if (dev == owner)
            dms_text_str(&text, dev->name);
    }
}

/* Seen by the fault path, which must find either the whole domain or none. */
static void domain_publish(struct dms_group *group, struct dms_iommu_domain *domain)
{
    port_lock(group->port, &group->machine->owners_lock);
    atomic_store_explicit(&group->domain, domain, memory_order_release);
    port_unlock(group->port, &group->machine->owners_lock);
}

int group_domain_create(struct dms_group *group, unsigned bits)
{
    struct dms_iommu *iommu = group->on->iommu;
    struct dms_iommu_domain_cfg cfg = {
        .granule_lg2 = group->granule_lg2,
        /* Fewer bits, fewer levels to walk; a device with a narrow mask has no use for more. */
        .input_bits = bits <= 39 && iommu->caps.input_bits >= 39 ? 39 : 0,
    };
    struct dms_iommu_domain *domain;
    int err = group->ops->domain_create(iommu, &cfg, &domain);

    if (!err)
        domain_publish(group, domain);
    return err;
}

/* What is still taken now has no mapping and no record: see withheld_list.lost. */
static void lost_give_back(struct dms_group *group)
{
    struct dms_iova_cursor cursor = {0};
    struct dms_range range;

    if (group->withheld.lost == 0)
        return;
    while (dms_iova_next_live(group->space, &cursor, &range))
        dms_iova_free(group->space, range.first, range.last - range.first + 1);
    group->withheld.lost = 0;
}

static void domain_destroy(struct dms_group *group)
{
    struct dms_iommu_domain *domain = group_domain(group);
    int err;

    domain_publish(group, NULL);
    atomic_store(&group->direct_first, UINT64_MAX);
    atomic_store(&group->direct_last, 0);
    err = group->ops->domain_destroy(domain);
    if (err)
        port_log(
            group->port, DMS_LOG_WARNING,
            "the IOMMU did not confirm the end of an empty domain: its tables are kept for ever");
    else
        lost_give_back(group);
}

int group_domain_drop(struct dms_group *group)
{
    int err;

    if (group->attached || !group_domain(group))
        return 0;
    err = group_flush(group);
    if (!err)
        domain_destroy(group);
    return err;
}

int group_flush(struct dms_group *group)
{
    int lazy_err = lazy_flush(group, 0);
    int err = withheld_retry(group);

    return lazy_err ? lazy_err : err;
}
