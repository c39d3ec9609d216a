/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * This library's page table, with the posix port and what the SMMUv3 driver asks for: a guard, and
 * half a MiB of kept tables.
 */
#include "ours.h"

#include <dmaspace/posix.h>

#include <stdlib.h>

struct ours {
    struct dms_posix *posix;
    struct dms_port port;
    struct dms_pgtable_guard guard;
    struct dms_pgtable pt;
};

/* What the peer's wmb() is on this machine, so that both pay the same. */
static void barrier(void *ctx, enum dms_barrier what)
{
    (void)ctx, (void)what;
#if defined(__x86_64__)
    __asm__ volatile("sfence" ::: "memory");
#else
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

static void check(int error)
{
    if (error)
        abort();
}

static void *create(void)
{
    struct ours *ours = aligned_alloc(64, (sizeof(*ours) + 63) & ~63ul);
    struct dms_pgtable_cfg cfg = {.granule_lg2 = 12,
                                  .input_bits = 48,
                                  .output_bits = 48,
                                  .coherent = true,
                                  .keep_empty = 128};

    check(ours == NULL);
    check(dms_posix_create(NULL, &ours->posix));
    ours->port = *dms_posix_port(ours->posix);
    ours->port.barrier = barrier;
    check(dms_pgtable_guard_init(&ours->guard, &ours->port));
    cfg.port = &ours->port;
    cfg.guard = &ours->guard;
    check(dms_pgtable_init(&ours->pt, &cfg));
    return ours;
}

static void destroy(void *table)
{
    struct ours *ours = table;

    dms_pgtable_fini(&ours->pt);
    dms_pgtable_guard_fini(&ours->guard);
    dms_posix_destroy(ours->posix);
    free(ours);
}

static int map(void *table, uint64_t iova, uint64_t phys, uint64_t page, uint64_t pages)
{
    struct ours *ours = table;

    return dms_pgtable_map(&ours->pt, iova, (dms_phys_t){phys}, page * pages,
                           DMS_READ | DMS_WRITE | DMS_PROT_COHERENT | DMS_PROT_BEGIN |
                               DMS_PROT_END);
}

static int unmap(void *table, uint64_t iova, uint64_t page, uint64_t pages)
{
    struct ours *ours = table;
    struct dms_iommu_gather gather = {0};
    int error = dms_pgtable_unmap(&ours->pt, iova, page * pages, true, &gather);

    if (gather.freed) {
        while (dms_pgtable_release(&ours->pt, &gather))
            ;
    }
    return error;
}

struct dms_pgtable *ours_table(void *table)
{
    return &((struct ours *)table)->pt;
}

const struct pgtable_impl pgtable_ours = {
    .name = "ours",
    .create = create,
    .destroy = destroy,
    .map = map,
    .unmap = unmap,
    .unmap_lazy = unmap,
};
