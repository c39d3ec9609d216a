/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Allocation by policy. */
#include "space.h"

#include "base/range.h"

/* Any free range of the size will do. */
static inline bool request_is_plain(const struct dms_iova_request *request)
{
    return (request->align | request->lowest | request->highest | (uint64_t)request->policy) == 0;
}

/* The request in pages. False: no place in the aperture can serve it. */
static bool request_query(const struct dms_iova_space *space,
                          const struct dms_iova_request *request, struct query *query)
{
    uint64_t granule = BIT64(space->granule_lg2);
    uint64_t pages = space_pages(space, request->size);
    uint64_t align = request->align > granule ? request->align >> space->granule_lg2 : 1;
    uint64_t last = request->highest ? request->highest : UINT64_MAX;
    struct dms_range bounds;

    if (request_is_plain(request)) {
        *query = (struct query){pages, 1, 0, space->tree.start, space->tree.end};
        return pages <= query->end - query->lowest;
    }
    if (request->lowest > last ||
        !range_round_in((struct dms_range){request->lowest, last}, granule, &bounds) ||
        !range_intersect(bounds, space->aperture, &bounds))
        return false;
    query_init(query, pages, align, bounds.first >> space->granule_lg2,
               (bounds.last >> space->granule_lg2) + 1);
    return pages <= query->end - query->lowest;
}

static bool search_low32_first(struct tree *tree, const struct query *query, unsigned granule_lg2,
                               struct path *path, uint64_t *page)
{
    uint64_t limit = granule_lg2 < 32 ? UINT64_C(1) << (32 - granule_lg2) : 1;
    struct query low = *query;

    if (low.end > limit)
        low.end = limit;
    if (low.end > low.lowest && tree_search_down(tree, &low, path, page))
        return true;
    return tree_search_down(tree, query, path, page);
}

/* Locked. The place that the policy wants, with the path to its gap. */
static bool search(struct dms_iova_space *space, const struct query *query,
                   enum dms_iova_policy policy, struct path *path, uint64_t *page)
{
    struct tree *tree = &space->tree;

    switch (policy) {
    case DMS_IOVA_TOP_DOWN:
        return tree_search_down(tree, query, path, page);
    case DMS_IOVA_BOTTOM_UP:
        return tree_search_up(tree, query, path, page);
    case DMS_IOVA_LOW32_FIRST:
        return search_low32_first(tree, query, space->granule_lg2, path, page);
    case DMS_IOVA_BEST_FIT:
        if (!gaps_search(&space->gaps, query, page))
            return false;
        tree_find(tree, *page, path);
        return true;
    }
    return false;
}

int space_alloc(struct dms_iova_space *space, const struct query *query,
                enum dms_iova_policy policy, unsigned *count, uint64_t *page)
{
    uint64_t pages = query->pages / *count;
    unsigned room;
    struct path path;

    space->tree_ops++;
    if (policy == DMS_IOVA_BEST_FIT && gaps_complete(&space->gaps, &space->tree))
        return DMS_ENOMEM;
    if (!search(space, query, policy, &path, page))
        return caches_are_empty(space) ? DMS_ENOSPC : DMS_EAGAIN;
    room = tree_room(&path);
    if (*count > room)
        *count = room;
    return space_take(space, &path, *page, pages, *count, SEG_LIVE);
}

static int request_check(const struct dms_iova_space *space, const struct dms_iova_request *request)
{
    if (request->size == 0 || (request->align & (request->align - 1)) ||
        (unsigned)request->policy > DMS_IOVA_LOW32_FIRST)
        return DMS_EINVAL;
    if (request->policy == DMS_IOVA_BEST_FIT && !(space->flags & DMS_IOVA_SIZE_INDEX))
        return DMS_ENOTSUP;
    return 0;
}

/*
 * Cached ranges lie about in what would be long gaps. A long request that takes a good part of the free space gets
 * them out of its way first: placed between them, it would strand what they leave later.
 */
static bool wants_empty_caches(struct dms_iova_space *space, const struct query *query)
{
    return !pages_are_cacheable(query->pages) &&
           query->pages >= space->tree.pages[SEG_FREE] / 1024 && !caches_are_empty(space);
}

static int alloc_from_tree(struct dms_iova_space *space, const struct query *query,
                           enum dms_iova_policy policy, uint64_t *page)
{
    unsigned one = 1;
    int error;

    space_lock(space);
    error = wants_empty_caches(space, query) ? DMS_EAGAIN
                                             : space_alloc(space, query, policy, &one, page);
    space_unlock(space);
    return error;
}

/* Decide with everything back in the tree that the caches hold. */
static int alloc_flushed(struct dms_iova_space *space, const struct query *query,
                         enum dms_iova_policy policy, uint64_t *page)
{
    unsigned one = 1;
    int error;

    space_freeze(space);
    space_flush(space);
    error = space_alloc(space, query, policy, &one, page);
    space_thaw(space);
    return error;
}

__attribute__((noinline)) static int
alloc_slow(struct dms_iova_space *space, const struct dms_iova_request *request, dms_iova_t *iova)
{
    int error = request_check(space, request);
    struct query query;
    struct slot *slot;
    uint64_t page;

    if (error)
        return error;
    if (!request_query(space, request, &query))
        return DMS_ENOSPC;
    slot = pages_are_cacheable(query.pages) ? slot_enter_first(space) : NULL;
    if (slot) {
        error = cache_alloc(space, slot, &query, request->policy, &page);
        slot_leave(slot);
    } else {
        error = alloc_from_tree(space, &query, request->policy, &page);
    }
    if (error == DMS_EAGAIN)
        error = alloc_flushed(space, &query, request->policy, &page);
    if (!error)
        *iova = page << space->granule_lg2;
    return error;
}

/* No byte of it lies outside the request's bounds. No range ends at 0, so a missing upper bound, 0, becomes the highest. */
static inline bool is_within(const struct dms_iova_request *request, uint64_t first)
{
    return first >= request->lowest && first + (request->size - 2) <= request->highest - 1;
}

/* Few instructions, no call: a size that is not a whole number of pages is left to the slow path. */
int dms_iova_alloc(struct dms_iova_space *space, const struct dms_iova_request *request,
                   dms_iova_t *iova)
{
    bool quick = (request->align | (uint64_t)request->policy) == 0;
    struct slot *slot = quick ? slot_enter_quickly(space, space->caches.quick_allocs) : NULL;

    if (slot) {
        struct bin *bin = slot_bin(&space->caches, slot, request->size);
        uint64_t count = bin->count;
        dms_iova_t first;

        if (bin->bytes == request->size && count > 0 &&
            is_within(request, first = bin->entry[count - 1])) {
            bin->count = (uint8_t)(count - 1);
            *iova = first;
            slot_leave(slot);
            return 0;
        }
        slot_leave(slot);
    }
    return alloc_slow(space, request, iova);
}
