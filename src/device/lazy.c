/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "device/lazy.h"

#include "base/lock.h"
#include "base/memory.h"

int lazy_enable(struct dms_group *group)
{
    unsigned count = group->port->thread_slots + 1;

    if (group->lazy)
        return 0;
    group->lazy = port_alloc_array(group->port, count, sizeof(*group->lazy));
    if (!group->lazy)
        return DMS_ENOMEM;
    group->lazy_count = count;
    list_push_back(&group->machine->lazy_groups, &group->lazy_link);
    return 0;
}

static struct lazy_queue *queue_at(struct dms_group *group, unsigned i)
{
    return atomic_load_explicit(&group->lazy[i], memory_order_acquire);
}

static void queue_free(const struct dms_port *port, struct lazy_queue *queue)
{
    port_lock_fini(port, &queue->lock);
    port_free(port, queue, sizeof(*queue));
}

void lazy_disable(struct dms_group *group)
{
    if (!group->lazy)
        return;
    list_remove(&group->lazy_link);
    for (unsigned i = 0; i < group->lazy_count; i++) {
        if (queue_at(group, i))
            queue_free(group->port, queue_at(group, i));
    }
    port_free_array(group->port, group->lazy, group->lazy_count, sizeof(*group->lazy));
    group->lazy = NULL;
}

/* The first unmap of a thread makes its queue. Only threads without a slot can race for one. */
static struct lazy_queue *own_queue(struct dms_group *group)
{
    unsigned slot = port_thread_slot(group->port);
    unsigned i = slot < group->lazy_count ? slot : group->lazy_count - 1;
    struct lazy_queue *there = queue_at(group, i);
    struct lazy_queue *queue;

    if (there)
        return there;
    queue = port_alloc(group->port, sizeof(*queue));
    if (!queue)
        return NULL;
    port_lock_init(group->port, &queue->lock);
    if (atomic_compare_exchange_strong(&group->lazy[i], &there, queue))
        return queue;
    queue_free(group->port, queue);
    return there;
}

/* IOVAs go back only here, after the hardware has confirmed. Under the queue's lock. */
static int queue_flush(struct dms_group *group, struct lazy_queue *queue)
{
    int err;

    if (queue->count == 0)
        return 0;
    err = group->ops->flush(group_domain(group), &queue->gather);
    if (err)
        return err;
    for (unsigned i = 0; i < queue->count; i++)
        dms_iova_free(group->space, queue->ranges[i].iova, queue->ranges[i].size);
    queue->count = 0;
    atomic_fetch_add_explicit(&group->lazy_flushes, 1, memory_order_relaxed);
    return 0;
}

int lazy_unmap(struct dms_group *group, dms_iova_t iova, uint64_t size)
{
    struct lazy_queue *queue = own_queue(group);
    uint64_t now = group->port->now_ns(group->port->ctx);
    int err;

    if (!queue)
        return DMS_ENOMEM;
    port_lock(group->port, &queue->lock);
    if (queue->count == DMS_LAZY_MAX_COUNT ||
        (queue->count && now - queue->oldest_ns >= DMS_LAZY_MAX_NS)) {
        err = queue_flush(group, queue) ? DMS_EAGAIN : 0;
        if (err)
            goto out;
    }
    err = group->ops->unmap(group_domain(group), iova, size, true, &queue->gather);
    if (err)
        goto out;
    if (queue->count == 0)
        queue->oldest_ns = now;
    queue->ranges[queue->count++] = (struct lazy_range){iova, size};
out:
    port_unlock(group->port, &queue->lock);
    return err;
}

int lazy_flush(struct dms_group *group, uint64_t min_age_ns)
{
    uint64_t now = group->port->now_ns(group->port->ctx);
    int first_err = 0;

    for (unsigned i = 0; i < group->lazy_count; i++) {
        struct lazy_queue *queue = queue_at(group, i);
        int err = 0;

        if (!queue)
            continue;
        port_lock(group->port, &queue->lock);
        /*
         * A queue begun after `now` was read is younger than nothing: signed, or it would look
         * ancient.
         */
        if (queue->count && (int64_t)(now - queue->oldest_ns) >= (int64_t)min_age_ns)
            err = queue_flush(group, queue);
        port_unlock(group->port, &queue->lock);
        if (err && !first_err)
            first_err = err;
    }
    return first_err;
}

void lazy_held(struct dms_group *group, uint64_t *ranges, uint64_t *bytes)
{
    for (unsigned i = 0; i < group->lazy_count; i++) {
        struct lazy_queue *queue = queue_at(group, i);

        if (!queue)
            continue;
        port_lock(group->port, &queue->lock);
        *ranges += queue->count;
        for (unsigned r = 0; r < queue->count; r++)
            *bytes += queue->ranges[r].size;
        port_unlock(group->port, &queue->lock);
    }
}
