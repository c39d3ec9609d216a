/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Allocation by a thread whose bin has nothing that serves: a batch from the depot, or from the tree. */
#include "space.h"

/* A batch of small ranges begins at such a boundary: 8 page-table entries share a cache line, and a thread's own. */
#define LINE_PAGES 8u

static bool serves(const struct dms_iova_space *space, const struct query *query,
                   enum dms_iova_policy policy, dms_iova_t iova)
{
    uint64_t page = iova >> space->granule_lg2;

    return is_aligned(page, query->align) && page >= query->lowest &&
           page + query->pages <= query->end &&
           (policy != DMS_IOVA_LOW32_FIRST || iova <= UINT32_MAX);
}

/* The bin's next range, if it serves. */
static bool bin_pop(const struct dms_iova_space *space, struct bin *bin, const struct query *query,
                    enum dms_iova_policy policy, uint64_t *page)
{
    if (bin->count == 0 || !serves(space, query, policy, bin->entry[bin->count - 1]))
        return false;
    *page = bin->entry[--bin->count] >> space->granule_lg2;
    return true;
}

/* The query for `count` ranges side by side. False: the second one would not be aligned. */
static bool batch_query(const struct query *one, unsigned count, struct query *batch)
{
    uint64_t align = one->align;

    if (one->pages < LINE_PAGES && align < LINE_PAGES)
        align = LINE_PAGES;
    if (count < 2 || !is_aligned(one->pages, one->align))
        return false;
    query_init(batch, one->pages * count, align, one->lowest, one->end);
    return true;
}

/* Locked. An empty bin that cannot be filled is of no use, and would make the caches look as if they held something. */
static int alloc_without_bin(struct dms_iova_space *space, struct slot *slot, struct bin *bin,
                             const struct query *query, enum dms_iova_policy policy, uint64_t *page)
{
    unsigned one = 1;
    int error = space_alloc(space, query, policy, &one, page);

    if (error != DMS_EAGAIN)
        return error;
    bin_give_up(space, slot, bin);
    return caches_are_empty(space) ? DMS_ENOSPC : DMS_EAGAIN;
}

/* Locked; the bin is this size's and empty. */
static int refill(struct dms_iova_space *space, struct slot *slot, struct bin *bin,
                  const struct query *query, enum dms_iova_policy policy, uint64_t *page)
{
    unsigned count = bin->batch < bin->cap ? bin->batch : bin->cap;
    struct query batch;

    bin->strangers = 0;
    if (bin->batch < TAKE_MAX && query->pages <= space->caches.batched_pages)
        bin->batch *= 2;
    if (!batch_query(query, count, &batch) || space_alloc(space, &batch, policy, &count, page))
        return alloc_without_bin(space, slot, bin, query, policy, page);
    for (; count > 1; count--, *page += query->pages)
        bin->entry[bin->count++] = *page << space->granule_lg2;
    space->caches.refills++;
    return 0;
}

int cache_alloc(struct dms_iova_space *space, struct slot *slot, const struct query *query,
                enum dms_iova_policy policy, uint64_t *page)
{
    uint64_t bytes = query->pages << space->granule_lg2;
    struct bin *bin = slot_bin(&space->caches, slot, bytes);
    unsigned one = 1;
    int error;

    if (bin->bytes == bytes) {
        if (bin->count == 0 && bin->cap >= BATCH &&
            depot_get(&space->caches, slot, bytes, bin->entry))
            bin->count = BATCH;
        if (bin_pop(space, bin, query, policy, page))
            return 0;
    }
    space_lock(space);
    if ((bin->bytes == bytes || bin_claim(space, slot, bin, bytes)) && bin->count == 0)
        error = refill(space, slot, bin, query, policy, page);
    else
        error = space_alloc(space, query, policy, &one, page);
    space_unlock(space);
    return error;
}
