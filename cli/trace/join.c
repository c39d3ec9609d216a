/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../array.h"
#include "source.h"

#include <stdlib.h>

enum {
    HELD = 1024, /* a power of two: events that wait at most */
};

/* Longer than any dma call takes between its iommu:map and its own event, on a slow and busy machine. */
#define PATIENCE_NS UINT64_C(1000000000)

struct held {
    struct trace_event event;
    bool waits;   /* an iommu:map for its dma event, or a dma_unmap_sg for its iommu:unmap */
    bool dropped; /* claimed */
};

/* A queue: what waits keeps everything after it from leaving, and so in order. */
struct join {
    trace_fn *event;
    void *ctx;
    uint64_t claimed;
    unsigned head; /* next to leave */
    unsigned tail; /* next free */
    struct held ring[HELD];
};

static struct held *at(struct join *join, unsigned index)
{
    return &join->ring[index % HELD];
}

static uint64_t last_of(const struct trace_event *event)
{
    return event->iova + (event->size - 1);
}

static bool overlap(const struct trace_event *a, const struct trace_event *b)
{
    return a->iova <= last_of(b) && b->iova <= last_of(a);
}

static bool is_iommu(const struct trace_event *event)
{
    return event->device[0] == '\0';
}

static void leave(struct join *join)
{
    struct held *held = at(join, join->head++);

    if (!held->dropped)
        join->event(join->ctx, &held->event);
}

static void push(struct join *join, const struct trace_event *event, bool waits)
{
    if (join->tail - join->head == HELD)
        leave(join);
    *at(join, join->tail++) = (struct held){.event = *event, .waits = waits};
}

static void let_go(struct join *join)
{
    while (join->head != join->tail && !at(join, join->head)->waits)
        leave(join);
}

static void expire(struct join *join, uint64_t now)
{
    for (unsigned i = join->head; i != join->tail; i++) {
        struct held *held = at(join, i);

        if (held->event.time > now || now - held->event.time < PATIENCE_NS)
            break;
        held->waits = false;
    }
}

/* A scatter list's iommu:map events also tell what its dma event does not: padding, and entries past the 128th. */
static void widen(struct trace_event *event, const struct trace_event *part)
{
    uint64_t first = event->iova < part->iova ? event->iova : part->iova;
    uint64_t last = last_of(event) > last_of(part) ? last_of(event) : last_of(part);

    if (last - first == UINT64_MAX)
        return;
    event->iova = first;
    event->size = last - first + 1;
}

static void claim(struct join *join, struct trace_event *event)
{
    for (unsigned i = join->head; i != join->tail; i++) {
        struct held *held = at(join, i);

        if (!held->waits || held->event.kind != TRACE_MAP || held->event.pid != event->pid ||
            !overlap(&held->event, event))
            continue;
        widen(event, &held->event);
        held->waits = false;
        held->dropped = true;
        event->claimed = true;
        join->claimed++;
    }
}

/* iommu_map_sg: one event per physically contiguous piece, in ascending order without a gap. */
static bool append(struct join *join, const struct trace_event *event)
{
    for (unsigned i = join->tail; i != join->head;) {
        struct held *held = at(join, --i);

        if (held->event.pid != event->pid)
            continue;
        if (!held->waits || held->event.kind != TRACE_MAP || last_of(&held->event) == UINT64_MAX ||
            last_of(&held->event) + 1 != event->iova)
            return false;
        held->event.size += event->size;
        return true;
    }
    return false;
}

static void settle(struct join *join, const struct trace_event *unmap)
{
    for (unsigned i = join->head; i != join->tail; i++) {
        struct held *held = at(join, i);

        if (held->waits && held->event.kind == TRACE_MAP && overlap(&held->event, unmap))
            held->waits = false;
    }
}

/* dma_unmap_sg tells no IOVA, and is traced before the iommu:unmap that does. */
static bool complete(struct join *join, const struct trace_event *unmap)
{
    for (unsigned i = join->head; i != join->tail; i++) {
        struct trace_event *event = &at(join, i)->event;

        if (!at(join, i)->waits || event->kind != TRACE_UNMAP_SG || event->pid != unmap->pid)
            continue;
        event->kind = TRACE_UNMAP;
        event->iova = unmap->iova;
        event->size = unmap->size;
        at(join, i)->waits = false;
        return true;
    }
    return false;
}

static void take_iommu(struct join *join, const struct trace_event *event)
{
    if (event->kind == TRACE_MAP) {
        if (!append(join, event))
            push(join, event, true);
    } else if (!complete(join, event)) {
        settle(join, event);
        push(join, event, false);
    }
}

struct join *join_begin(trace_fn *event, void *ctx)
{
    struct join *join = calloc(1, sizeof(*join));

    if (!join)
        array_no_memory();
    join->event = event;
    join->ctx = ctx;
    return join;
}

void join_event(void *ctx, const struct trace_event *told)
{
    struct join *join = ctx;
    struct trace_event event = *told;

    expire(join, event.time);
    if (is_iommu(&event)) {
        take_iommu(join, &event);
    } else {
        if (event.kind == TRACE_MAP)
            claim(join, &event);
        push(join, &event, event.kind == TRACE_UNMAP_SG);
    }
    let_go(join);
}

uint64_t join_end(struct join *join)
{
    uint64_t claimed = join->claimed;

    while (join->head != join->tail)
        leave(join);
    free(join);
    return claimed;
}
