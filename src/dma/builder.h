/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A mapping of memory in several pieces, under construction: a run of IOVAs that is taken already,
 * filled from below. Pieces that adjoin physically become one, and many are mapped in one go.
 */
#ifndef DMA_BUILDER_H
#define DMA_BUILDER_H

#include "dma/dma_internal.h"

#define BUILDER_PIECES 32u

struct builder {
    struct dms_device *dev;
    struct dms_iommu_domain *domain;
    uint64_t first; /* the whole mapping: [first, first + size) */
    uint64_t size;
    uint64_t mapped;  /* bytes of it that are in the page table */
    uint64_t waiting; /* bytes after those, in `pieces` */
    uint32_t prot;
    unsigned count; /* pieces */
    struct dms_iommu_piece pieces[BUILDER_PIECES];
};

/* Errors of dma_begin(). */
int builder_init(struct builder *b, struct dms_device *dev, enum dms_direction dir,
                 const struct dms_dma_opts *opts);

/* The IOVAs to fill. */
static inline void builder_place(struct builder *b, dms_iova_t first, uint64_t size)
{
    b->first = first;
    b->size = size;
}

/* Maps the pieces that wait. */
int builder_flush(struct builder *b);

/* Adds the pages that hold one run of memory. Inline, as it is done for each entry of a list. */
static inline int builder_run(struct builder *b, uint64_t phys, uint64_t size)
{
    struct dms_iommu_piece *next = &b->pieces[b->count];
    struct pages pages;
    int err = pages_of(phys, size, group_granule(b->dev->group), &pages);

    if (err)
        return err;
    if (pages.size > b->size - b->mapped - b->waiting)
        return DMS_EFAULT; /* more than was measured: the port gives two answers */
    if (b->count && next[-1].phys.addr + next[-1].size == pages.first) {
        next[-1].size += pages.size;
    } else {
        if (b->count == BUILDER_PIECES)
            err = builder_flush(b);
        b->pieces[b->count++] = (struct dms_iommu_piece){{pages.first}, pages.size};
    }
    b->waiting += pages.size;
    return err;
}

/* Adds the pages that hold a buffer. `phys` and `run` are what the port says of its first byte. */
int builder_buffer(struct builder *b, const void *ptr, size_t size, dms_phys_t phys, size_t run);

/* Maps what is left. */
int builder_finish(struct builder *b);

/*
 * Undoes everything, after `err`, and gives the IOVAs back. Returns err, or the error of an
 * invalidation that was not confirmed; then they are withheld.
 */
int builder_undo(struct builder *b, int err);

#endif
