/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dmaspace's allocator over the POSIX port. */
#include "impl.h"

#include <dmaspace/iova.h>
#include <dmaspace/posix.h>

#include <stdio.h>
#include <stdlib.h>

struct domain {
    struct dms_iova_space *space;
    struct dms_posix *posix;
    enum dms_iova_policy policy;
    bool aligned;
    uint64_t packed; /* from this page on */
};

static enum dms_iova_policy policy_of(unsigned flags)
{
    if (flags & IMPL_BEST_FIT)
        return DMS_IOVA_BEST_FIT;
    if (flags & IMPL_LOW32)
        return DMS_IOVA_LOW32_FIRST;
    return flags & IMPL_BOTTOM_UP ? DMS_IOVA_BOTTOM_UP : DMS_IOVA_TOP_DOWN;
}

static void *ours_create(uint64_t limit, unsigned flags)
{
    struct domain *domain = calloc(1, sizeof(*domain));
    struct dms_posix_cfg posix = {.thread_slots = BENCH_THREADS + 2};
    struct dms_iova_config config = {
        .aperture = {0, limit * 4096 - 1},
        .granule_lg2 = 12,
        .flags = (flags & IMPL_BARE ? DMS_IOVA_NO_CACHES : 0u) |
                 (flags & IMPL_BEST_FIT ? DMS_IOVA_SIZE_INDEX : 0u),
    };

    if (!domain || dms_posix_create(&posix, &domain->posix))
        abort();
    config.port = dms_posix_port(domain->posix);
    if (dms_iova_space_create(&config, &domain->space))
        abort();
    domain->packed = limit;
    domain->aligned = flags & IMPL_ALIGNED;
    domain->policy = policy_of(flags);
    return domain;
}

static void ours_destroy(void *ptr)
{
    struct domain *domain = ptr;

    dms_iova_space_destroy(domain->space);
    dms_posix_destroy(domain->posix);
    free(domain);
}

static uint64_t natural_align(uint64_t pages)
{
    return pages > 1 ? UINT64_C(4096) << (64 - __builtin_clzll(pages - 1)) : 4096;
}

static uint64_t ours_alloc(void *ptr, uint64_t pages)
{
    struct domain *domain = ptr;
    struct dms_iova_request request = {.size = pages * 4096, .policy = domain->policy};
    dms_iova_t iova;

    if (domain->aligned)
        request.align = natural_align(pages);
    return dms_iova_alloc(domain->space, &request, &iova) ? 0 : iova / 4096;
}

static uint64_t ours_pack(void *ptr, uint64_t pages)
{
    struct domain *domain = ptr;

    if (domain->packed <= pages || dms_iova_alloc_at(domain->space, (domain->packed - pages) * 4096,
                                                     pages * 4096, 0, NULL, NULL))
        return 0;
    domain->packed -= pages;
    return domain->packed;
}

static void ours_free(void *ptr, uint64_t page, uint64_t pages)
{
    struct domain *domain = ptr;

    if (dms_iova_free(domain->space, page * 4096, pages * 4096))
        abort();
}

static void ours_reserve(void *ptr, uint64_t page, uint64_t pages)
{
    struct domain *domain = ptr;
    struct dms_iova_region region = {.range = {page * 4096, (page + pages) * 4096 - 1}};

    if (dms_iova_reserve(domain->space, &region, NULL))
        abort();
}

static void ours_unreserve(void *ptr, uint64_t page, uint64_t pages)
{
    struct domain *domain = ptr;
    struct dms_iova_region region = {.range = {page * 4096, (page + pages) * 4096 - 1}};

    if (dms_iova_unreserve(domain->space, &region, NULL))
        abort();
}

static void ours_enter(unsigned thread)
{
    (void)thread; /* the port numbers threads itself */
}

static void ours_gaps(void *ptr, uint64_t *longest, uint64_t *free_pages)
{
    struct domain *domain = ptr;
    struct dms_iova_stats stats;

    dms_iova_flush(domain->space);
    dms_iova_get_stats(domain->space, &stats);
    *longest = stats.largest_gap / 4096;
    *free_pages = stats.free_bytes / 4096;
}

static uint64_t ours_memory(void *ptr)
{
    struct domain *domain = ptr;
    struct dms_iova_stats stats;

    dms_iova_get_stats(domain->space, &stats);
    return stats.memory;
}

static uint64_t ours_visited(void *ptr)
{
    struct domain *domain = ptr;
    struct dms_iova_stats stats;

    dms_iova_get_stats(domain->space, &stats);
    return stats.nodes_visited;
}

const struct iova_impl ours_impl = {
    .name = "ours",
    .create = ours_create,
    .destroy = ours_destroy,
    .alloc = ours_alloc,
    .free = ours_free,
    .pack = ours_pack,
    .reserve = ours_reserve,
    .unreserve = ours_unreserve,
    .enter = ours_enter,
    .gaps = ours_gaps,
    .memory = ours_memory,
    .visited = ours_visited,
};
