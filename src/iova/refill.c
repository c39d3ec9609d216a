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

/* Locked; the bin is this size's and empty. */
static int refill(struct dms_iova_space *space, struct bin *bin, const struct query *query,
                  enum dms_iova_policy policy, uint64_t *page)
{
    unsigned count = bin->batch < bin->cap ? bin->batch : bin->cap;
    struct query batch;

    if (bin->batch < BATCH)
        bin->batch *= 2;
    if (!batch_query(query, count, &batch) || space_alloc(space, &batch, policy, count, page))
        return space_alloc(space, query, policy, 1, page);
    for (; count > 1; count--, *page += query->pages)
        bin->entry[bin->count++] = *page << space->granule_lg2;
    space->caches.refills++;
    return 0;
}

int cache_alloc(struct dms_iova_space *space, struct slot *slot, const struct query *query,
                enum dms_iova_policy policy, uint64_t *page)
{
    struct bin *bin = slot_bin(slot, query->pages);
    int error;

    if (bin->pages == query->pages) {
        if (bin->count == 0 && bin->cap >= BATCH &&
            depot_get(&space->caches, query->pages, bin->entry))
            bin->count = BATCH;
        if (bin_pop(space, bin, query, policy, page))
            return 0;
    }
    space_lock(space);
    if ((bin->pages == query->pages || bin_claim(space, slot, bin, query->pages)) &&
        bin->count == 0)
        error = refill(space, bin, query, policy, page);
    else
        error = space_alloc(space, query, policy, 1, page);
    space_unlock(space);
    return error;
}
