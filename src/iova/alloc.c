/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Allocation by policy, and free, at the tree. */
#include "space.h"

#include "base/range.h"

/* The request in pages. False: no place in the aperture can serve it. */
static bool request_query(const struct dms_iova_space *space,
                          const struct dms_iova_request *request, struct query *query)
{
    uint64_t granule = BIT64(space->granule_lg2);
    uint64_t pages = space_pages(space, request->size);
    uint64_t align = request->align > granule ? request->align >> space->granule_lg2 : 1;
    uint64_t last = request->highest ? request->highest : UINT64_MAX;
    struct dms_range bounds;

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

static int alloc_locked(struct dms_iova_space *space, const struct query *query,
                        enum dms_iova_policy policy, uint64_t *page)
{
    struct path path;

    space->tree_ops++;
    if (policy == DMS_IOVA_BEST_FIT && gaps_complete(&space->gaps, &space->tree))
        return DMS_ENOMEM;
    if (!search(space, query, policy, &path, page))
        return DMS_ENOSPC;
    return space_take(space, &path, *page, *page + query->pages, SEG_LIVE);
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

int dms_iova_alloc(struct dms_iova_space *space, const struct dms_iova_request *request,
                   dms_iova_t *iova)
{
    int error = request_check(space, request);
    struct query query;
    uint64_t page;

    if (error)
        return error;
    if (!request_query(space, request, &query))
        return DMS_ENOSPC;
    space_lock(space);
    error = alloc_locked(space, &query, request->policy, &page);
    space_unlock(space);
    if (!error)
        *iova = page << space->granule_lg2;
    return error;
}

static int free_locked(struct dms_iova_space *space, uint64_t page, uint64_t pages)
{
    struct path path;
    struct segment segment;

    space->tree_ops++;
    tree_find(&space->tree, page, &path);
    segment = path_segment(&path);
    if (segment.start != page || !seg_is_live(segment.type))
        return DMS_ENOENT;
    if (segment.end - segment.start != pages)
        return DMS_EINVAL;
    space_release(space, &path);
    return 0;
}

int dms_iova_free(struct dms_iova_space *space, dms_iova_t iova, uint64_t size)
{
    uint64_t page = iova >> space->granule_lg2;
    int error;

    if (size == 0)
        return DMS_EINVAL;
    if (!is_aligned(iova, BIT64(space->granule_lg2)) || !range_has(space->aperture, iova))
        return DMS_ENOENT;
    space_lock(space);
    error = free_locked(space, page, space_pages(space, size));
    space_unlock(space);
    return error;
}
