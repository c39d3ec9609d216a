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

/* builder_add() where it is not that simple. */
int builder_add_slow(struct builder *b, struct pages pages);

/* Adds pages that follow one another in memory. Most are a piece of their own, and there is room for it. */
static inline int builder_add(struct builder *b, struct pages pages)
{
    struct dms_iommu_piece *next = &b->pieces[b->count];

    if (b->count == 0 || b->count == BUILDER_PIECES ||
        next[-1].phys.addr + next[-1].size == pages.first ||
        pages.size > b->size - b->mapped - b->waiting)
        return builder_add_slow(b, pages);
    *next = (struct dms_iommu_piece){{pages.first}, pages.size};
    b->count++;
    b->waiting += pages.size;
    return 0;
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
