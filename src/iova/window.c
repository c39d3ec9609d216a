/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* An allow-list is a deny-list of its complement: regions of kind window, one for each stretch outside. */
#include "space.h"

#include "base/memory.h"
#include "base/range.h"

struct window {
    const struct dms_port *port;
    struct dms_range
        *allowed; /* whole granules inside the aperture, sorted by first; may overlap */
    size_t count, capacity;
};

static void sift_down(struct dms_range *heap, size_t at, size_t count)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        struct dms_range parent = heap[at];

        if (child + 1 < count && heap[child].first < heap[child + 1].first)
            child++;
        if (parent.first >= heap[child].first)
            return;
        heap[at] = heap[child];
        heap[child] = parent;
    }
}

static void sort_ranges(struct dms_range *ranges, size_t count)
{
    for (size_t at = count / 2; at-- > 0;)
        sift_down(ranges, at, count);
    while (count-- > 1) {
        struct dms_range top = ranges[0];

        ranges[0] = ranges[count];
        ranges[count] = top;
        sift_down(ranges, 0, count);
    }
}

static int window_init(struct window *window, const struct dms_iova_space *space,
                       const struct dms_range *ranges, size_t count)
{
    *window = (struct window){.port = space->port, .capacity = count};
    for (size_t i = 0; i < count; i++) {
        if (ranges[i].first > ranges[i].last)
            return DMS_EINVAL;
    }
    if (count == 0)
        return DMS_EINVAL;
    window->allowed = port_alloc_array(space->port, count, sizeof(*window->allowed));
    if (!window->allowed)
        return DMS_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        struct dms_range *slot = &window->allowed[window->count];

        if (range_round_in(ranges[i], BIT64(space->granule_lg2), slot) &&
            range_intersect(*slot, space->aperture, slot))
            window->count++;
    }
    sort_ranges(window->allowed, window->count);
    return 0;
}

static void window_fini(struct window *window)
{
    port_free_array(window->port, window->allowed, window->capacity, sizeof(*window->allowed));
}

/* The stretches of the aperture that no allowed range covers, one after the other, each as a region. */
struct outside_walk {
    const struct window *window;
    struct dms_range aperture;
    size_t index;  /* the first allowed range not looked at */
    uint64_t next; /* everything below is done */
    bool done;
    struct dms_iova_region region; /* the current one */
};

static void walk_init(struct outside_walk *walk, const struct window *window,
                      const struct dms_iova_space *space, enum dms_region_origin origin,
                      const void *owner)
{
    *walk = (struct outside_walk){
        .window = window,
        .aperture = space->aperture,
        .next = space->aperture.first,
        .region = {.kind = DMS_REGION_WINDOW, .origin = origin, .owner = owner},
    };
}

static bool walk_next(struct outside_walk *walk)
{
    while (!walk->done && walk->index < walk->window->count) {
        struct dms_range allowed = walk->window->allowed[walk->index++];
        uint64_t from = walk->next;

        if (allowed.last < from)
            continue;
        walk->done = allowed.last == walk->aperture.last;
        walk->next = allowed.last + 1;
        if (from < allowed.first) {
            walk->region.range = (struct dms_range){from, allowed.first - 1};
            return true;
        }
    }
    if (walk->done)
        return false;
    walk->done = true;
    walk->region.range = (struct dms_range){walk->next, walk->aperture.last};
    return true;
}

/* New nodes for all stretches, chained in address order. 0 or DMS_ENOMEM; *chain may be NULL: all is allowed. */
static int chain_create(struct dms_iova_space *space, struct outside_walk *walk,
                        struct region_node **chain)
{
    struct region_node **link = chain;

    for (*chain = NULL; walk_next(walk); link = &(*link)->chain) {
        *link = region_node_create(space->port, &walk->region, space->granule_lg2);
        if (!*link) {
            region_chain_destroy(space->port, *chain);
            return DMS_ENOMEM;
        }
    }
    return 0;
}

/* Locked. The nodes of the set for all stretches, chained. 0 or DMS_ENOENT: one is missing. */
static int chain_find(struct dms_iova_space *space, struct outside_walk *walk,
                      struct region_node **chain)
{
    struct region_node **link = chain;

    for (*chain = NULL; walk_next(walk); link = &(*link)->chain) {
        *link = regions_find(&space->regions, &walk->region);
        if (!*link)
            return DMS_ENOENT;
        (*link)->chain = NULL;
    }
    return 0;
}

int dms_iova_reserve_outside(struct dms_iova_space *space, const struct dms_range *ranges,
                             size_t count, enum dms_region_origin origin, const void *owner,
                             struct dms_iova_place *conflict)
{
    struct region_node *chain = NULL;
    struct outside_walk walk;
    struct window window;
    int error = window_init(&window, space, ranges, count);

    if (error)
        return error;
    walk_init(&walk, &window, space, origin, owner);
    error = chain_create(space, &walk, &chain);
    if (!error) {
        error = chain ? space_reserve_flushed(space, chain, conflict) : 0;
        if (error)
            region_chain_destroy(space->port, chain);
    }
    window_fini(&window);
    return error;
}

int dms_iova_unreserve_outside(struct dms_iova_space *space, const struct dms_range *ranges,
                               size_t count, enum dms_region_origin origin, const void *owner)
{
    struct region_node *chain = NULL;
    struct outside_walk walk;
    struct window window;
    int error = window_init(&window, space, ranges, count);

    if (error)
        return error;
    walk_init(&walk, &window, space, origin, owner);
    space_lock(space);
    error = chain_find(space, &walk, &chain);
    if (!error && chain)
        error = space_unreserve(space, chain, NULL);
    space_unlock(space);
    if (!error)
        region_chain_destroy(space->port, chain);
    window_fini(&window);
    return error;
}
