/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Linux's io-pgtable-arm.c, unmodified, behind the benchmark's table of functions. Built into a
 * shared object outside the checkout, by bench/pgtable/build-peer; the kernel's file is included so
 * that all of it is one unit, as there.
 */
#include PEER_SOURCE

#include "../impl.h"

u64 peer_phys_offset;

static void flush_walk(unsigned long iova, size_t size, size_t granule, void *cookie)
{
    (void)iova, (void)size, (void)granule, (void)cookie;
}

/* What the SMMUv3 driver of Linux does: widen the range to invalidate. */
static void add_page(struct iommu_iotlb_gather *gather, unsigned long iova, size_t granule,
                     void *cookie)
{
    unsigned long end = iova + granule - 1;

    (void)cookie;
    if (gather->pgsize &&
        (gather->pgsize != granule || end + 1 < gather->start || iova > gather->end + 1))
        *gather = (struct iommu_iotlb_gather){.start = ~0ul, .queued = gather->queued};
    gather->pgsize = granule;
    if (gather->start > iova)
        gather->start = iova;
    if (gather->end < end)
        gather->end = end;
}

static const struct iommu_flush_ops flush_ops = {
    .tlb_flush_walk = flush_walk,
    .tlb_add_page = add_page,
};

static void *peer_create(void)
{
    struct io_pgtable_cfg cfg = {
        .pgsize_bitmap = SZ_4K | SZ_2M | SZ_1G,
        .ias = 48,
        .oas = 48,
        .coherent_walk = true,
        .tlb = &flush_ops,
    };
    struct io_pgtable *table;

    peer_phys_offset = 0x10000;
    table = arm_64_lpae_alloc_pgtable_s1(&cfg, NULL);
    if (!table)
        abort();
    table->fmt = ARM_64_LPAE_S1;
    table->cookie = NULL;
    table->cfg = cfg;
    return table;
}

static void peer_destroy(void *table)
{
    arm_lpae_free_pgtable(table);
}

static int peer_map(void *table, uint64_t iova, uint64_t phys, uint64_t page, uint64_t pages)
{
    struct io_pgtable *iop = table;
    size_t mapped = 0;

    return iop->ops.map_pages(&iop->ops, iova, phys, page, pages,
                              IOMMU_READ | IOMMU_WRITE | IOMMU_CACHE | IOMMU_NOEXEC, GFP_ATOMIC,
                              &mapped);
}

static uint64_t unmap(void *table, uint64_t iova, uint64_t page, uint64_t pages, bool queued)
{
    struct iommu_iotlb_gather gather = {.start = ~0ul, .queued = queued};
    struct io_pgtable *iop = table;

    return iop->ops.unmap_pages(&iop->ops, iova, page, pages, &gather);
}

static int peer_unmap(void *table, uint64_t iova, uint64_t page, uint64_t pages)
{
    return unmap(table, iova, page, pages, false) == page * pages ? 0 : -1;
}

static int peer_unmap_lazy(void *table, uint64_t iova, uint64_t page, uint64_t pages)
{
    return unmap(table, iova, page, pages, true) == page * pages ? 0 : -1;
}

__attribute__((visibility("default"))) const struct pgtable_impl peer_impl = {
    .name = "linux",
    .create = peer_create,
    .destroy = peer_destroy,
    .map = peer_map,
    .unmap = peer_unmap,
    .unmap_lazy = peer_unmap_lazy,
};
