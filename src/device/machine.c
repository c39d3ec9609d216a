/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "device/machine.h"

#include "base/lock.h"
#include "base/memory.h"
#include "device/lazy.h"
#include "device/report.h"

static bool port_is_whole(const struct dms_port *port)
{
    bool locks = port->lock_init && port->lock_fini && port->lock && port->unlock;
    bool none = !port->lock_init && !port->lock_fini && !port->lock && !port->unlock;

    return port->alloc && port->free && port->table_alloc && port->table_free && port->now_ns &&
           (locks || none);
}

int dms_machine_create(const struct dms_machine_cfg *cfg, struct dms_machine **out)
{
    struct dms_machine *machine;
    int err;

    if (!cfg->port || !port_is_whole(cfg->port))
        return DMS_EINVAL;
    machine = port_alloc(cfg->port, sizeof(*machine));
    if (!machine)
        return DMS_ENOMEM;
    machine->port = cfg->port;
    machine->on_fault = cfg->on_fault;
    machine->on_fault_ctx = cfg->on_fault_ctx;
    err = machine_tree_open(machine, cfg->blob, cfg->blob_size);
    if (err) {
        port_free(cfg->port, machine, sizeof(*machine));
        return err;
    }
    list_init(&machine->iommus);
    list_init(&machine->devices);
    list_init(&machine->lazy_groups);
    port_lock_init(machine->port, &machine->lock);
    port_lock_init(machine->port, &machine->owners_lock);
    *out = machine;
    return 0;
}

static void iommus_drop(struct dms_machine *machine)
{
    struct list_node *node;

    while ((node = list_first(&machine->iommus)) != NULL) {
        struct machine_iommu *on = container_of(node, struct machine_iommu, link);

        on->iommu->on_event = NULL;
        on->iommu->on_event_ctx = NULL;
        list_remove(&on->link);
        port_free(machine->port, on, sizeof(*on));
    }
}

int dms_machine_destroy(struct dms_machine *machine, struct dms_report *report)
{
    const struct dms_port *port = machine->port;
    struct list_node *first;
    int err = 0;

    port_lock(port, &machine->lock);
    first = list_first(&machine->devices);
    if (first)
        err = report_device(report, DMS_EBUSY, container_of(first, struct dms_device, link)->name,
                            "is alive");
    port_unlock(port, &machine->lock);
    if (err)
        return err;
    iommus_drop(machine);
    machine_tree_close(machine);
    port_lock_fini(port, &machine->owners_lock);
    port_lock_fini(port, &machine->lock);
    port_free(port, machine, sizeof(*machine));
    return 0;
}

/* Under machine->lock. */
static struct machine_iommu *find_iommu(struct dms_machine *machine, const struct dms_iommu *iommu,
                                        dms_of_node_t node)
{
    list_for_each(at, &machine->iommus)
    {
        struct machine_iommu *on = container_of(at, struct machine_iommu, link);

        if (on->iommu == iommu || (node != DMS_OF_NONE && on->node == node))
            return on;
    }
    return NULL;
}

struct machine_iommu *machine_find_iommu(struct dms_machine *machine, const struct dms_iommu *iommu)
{
    struct machine_iommu *on;

    port_lock(machine->port, &machine->lock);
    on = find_iommu(machine, iommu, DMS_OF_NONE);
    port_unlock(machine->port, &machine->lock);
    return on;
}

struct machine_iommu *machine_iommu_at(struct dms_machine *machine, dms_of_node_t node)
{
    struct machine_iommu *on;

    port_lock(machine->port, &machine->lock);
    on = find_iommu(machine, NULL, node);
    port_unlock(machine->port, &machine->lock);
    return on;
}

int dms_machine_add_iommu(struct dms_machine *machine, struct dms_iommu *iommu, const char *path)
{
    struct machine_iommu *on;
    dms_of_node_t node = DMS_OF_NONE;
    bool known;

    if (path && !machine->has_tree)
        return DMS_EINVAL;
    if (path && dms_of_find(&machine->tree, path, &node, NULL) != 0)
        return DMS_ENOENT;
    on = port_alloc(machine->port, sizeof(*on));
    if (!on)
        return DMS_ENOMEM;
    on->machine = machine;
    on->iommu = iommu;
    on->node = node;
    port_lock(machine->port, &machine->lock);
    known = find_iommu(machine, iommu, node) != NULL;
    if (!known)
        list_push_back(&machine->iommus, &on->link);
    port_unlock(machine->port, &machine->lock);
    if (known) {
        port_free(machine->port, on, sizeof(*on));
        return DMS_EEXIST;
    }
    iommu->on_event_ctx = on;
    iommu->on_event = machine_on_event;
    return 0;
}

/* IOMMUs are only ever added, at the end: an index stays good without the lock. */
static struct dms_iommu *iommu_by_index(struct dms_machine *machine, unsigned index)
{
    struct dms_iommu *iommu = NULL;
    struct list_node *at;

    port_lock(machine->port, &machine->lock);
    at = list_first(&machine->iommus);
    for (; at && index; index--)
        at = list_next(&machine->iommus, at);
    if (at)
        iommu = container_of(at, struct machine_iommu, link)->iommu;
    port_unlock(machine->port, &machine->lock);
    return iommu;
}

unsigned dms_machine_poll(struct dms_machine *machine)
{
    struct dms_iommu *iommu;
    unsigned events = 0;

    /* Without the lock: callbacks may create and destroy devices. */
    for (unsigned i = 0; (iommu = iommu_by_index(machine, i)) != NULL; i++)
        events += iommu->ops->poll(iommu);
    return events;
}

int dms_machine_flush_due(struct dms_machine *machine)
{
    int first_err = 0;

    port_lock(machine->port, &machine->lock);
    list_for_each(at, &machine->lazy_groups)
    {
        int err = lazy_flush(container_of(at, struct dms_group, lazy_link), DMS_LAZY_MAX_NS);

        if (err && !first_err)
            first_err = err;
    }
    port_unlock(machine->port, &machine->lock);
    return first_err;
}

void dms_machine_get_stats(struct dms_machine *machine, struct dms_machine_stats *out)
{
    *out = (struct dms_machine_stats){.faults = atomic_load(&machine->faults)};
    port_lock(machine->port, &machine->lock);
    out->devices = machine->device_count;
    out->groups = machine->group_count;
    port_lock(machine->port, &machine->owners_lock);
    list_for_each(at, &machine->iommus) out->streams +=
        container_of(at, struct machine_iommu, link)->owners.count;
    out->stream_probes = machine->work.probes;
    out->stream_searches = machine->work.searches;
    port_unlock(machine->port, &machine->owners_lock);
    port_unlock(machine->port, &machine->lock);
}
