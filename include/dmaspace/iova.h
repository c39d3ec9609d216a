/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * iova: which I/O virtual addresses of one domain are free.
 *
 * A space is an aperture, a set of reserved regions and the live allocations. It is a pure data structure: it knows
 * nothing of page tables, devices or device trees, and reaches the host only through the port.
 *
 * Units:   bytes. Bounds are inclusive (struct dms_range). Sizes are rounded up to the granule.
 * Cost:    every operation, also one that fails, is logarithmic in the number of live ranges and of regions, plus
 *          the number of ranges that it changes. Exceptions are named at the operation.
 * Memory:  at most 32 bytes per live range, 2 KiB per space and 2 KiB per thread that uses it, from port->alloc.
 * Threads: every function except create and destroy may be called by several threads at once on one space.
 *          An operation is atomic for all others.
 * Errors:  unless a comment says otherwise, an error leaves the space as it was.
 */
#ifndef DMASPACE_IOVA_H
#define DMASPACE_IOVA_H

#include <dmaspace/port.h>
#include <dmaspace/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dms_iova_space;

/* Bits of dms_iova_config.flags. */
enum dms_iova_space_flag {
    DMS_IOVA_NO_CACHES =
        1u << 0, /* every allocation and free goes to the tree: slower, checks every free */
    DMS_IOVA_SIZE_INDEX =
        1u << 1, /* also index gaps by size (56 bytes per gap): DMS_IOVA_BEST_FIT works */
};

#define DMS_IOVA_GRANULE_LG2_MIN 4u
#define DMS_IOVA_GRANULE_LG2_MAX 40u

struct dms_iova_config {
    const struct dms_port
        *port; /* alloc, free, the locks and thread_slot are used; kept, not copied */
    struct dms_range
        aperture;         /* rounded inward to the granule; IOVA 0's granule is never part of it */
    unsigned granule_lg2; /* DMS_IOVA_GRANULE_LG2_MIN..MAX; 12 for 4 KiB pages */
    unsigned flags;       /* enum dms_iova_space_flag */
    uint64_t
        cache_bytes; /* most bytes that all caches together withhold; 0: 1/32 of the aperture */
};

/*
 * Create a space with nothing live and nothing reserved. The caller owns *space until dms_iova_space_destroy().
 *   DMS_EINVAL  no port, granule_lg2 out of bounds, unknown flags, first > last, or no whole granule in the aperture
 *   DMS_ENOMEM  the port gave no memory; nothing was kept
 * *space is NULL after an error.
 */
int dms_iova_space_create(const struct dms_iova_config *config, struct dms_iova_space **space);

/* Free all of the space's memory, whatever is still live or reserved in it. NULL is allowed. */
void dms_iova_space_destroy(struct dms_iova_space *space);

/* The aperture after rounding, and the granule. They never change. */
struct dms_range dms_iova_aperture(const struct dms_iova_space *space);
unsigned dms_iova_granule_lg2(const struct dms_iova_space *space);

/* ---- Allocation ------------------------------------------------------------------------------------------ */

enum dms_iova_policy {
    DMS_IOVA_TOP_DOWN,  /* the highest address that fits: keeps large gaps low, wants no tuning */
    DMS_IOVA_BOTTOM_UP, /* the lowest address that fits */
    DMS_IOVA_BEST_FIT, /* in the smallest gap that fits, the highest of equals; needs DMS_IOVA_SIZE_INDEX */
    DMS_IOVA_LOW32_FIRST, /* top-down below 4 GiB; above it only when nothing fits below */
};

/* All zero except size is a plain request. */
struct dms_iova_request {
    uint64_t size;    /* > 0 */
    uint64_t align;   /* a power of two; 0 or anything below the granule: the granule */
    uint64_t lowest;  /* no byte below this */
    uint64_t highest; /* no byte above this; 0: no bound */
    enum dms_iova_policy policy;
};

/*
 * Take a free range. It is the caller's until dms_iova_free(), overlaps no live range and no reserved region, and
 * lies in the aperture. A range that the caches hold is preferred over the policy's place whenever it satisfies
 * size, align, lowest and highest; without caches the place is exactly the policy's.
 *   DMS_EINVAL   size 0, align not a power of two, or an unknown policy
 *   DMS_ENOTSUP  DMS_IOVA_BEST_FIT in a space without DMS_IOVA_SIZE_INDEX
 *   DMS_ENOSPC   no gap satisfies the request, also not after the caches of all threads were flushed
 *   DMS_ENOMEM   the port gave no memory for a tree node
 * After an error *iova is untouched and nothing was taken; after DMS_ENOSPC the caches are empty.
 * Cost beyond logarithmic: when align is neither the granule nor `size` rounded up to a power of two, or with
 * DMS_IOVA_BEST_FIT and a bound, gaps that are long enough but misplaced may have to be looked at.
 * Source: alloc_iova_fast, iova_find_free (Linux drivers/iommu/iova.c) for the meaning of the bounds.
 */
int dms_iova_alloc(struct dms_iova_space *space, const struct dms_iova_request *request,
                   dms_iova_t *iova);

/*
 * Give back exactly one live allocation. size is what was asked for, or that rounded up to the granule.
 *   DMS_EINVAL  size 0; or iova is the first byte of a live allocation of another size: still live
 *   DMS_ENOENT  no live allocation begins at iova; nothing changed
 * A space with caches checks a free when the range reaches the tree. A range of a cached size that was never
 * allocated, or that is freed twice, can be accepted before, and handed out although someone else has it; if it
 * reaches the tree instead, it is dropped and counted in bad_frees. So with caches the caller must know what is live,
 * as a page table does; without it, set DMS_IOVA_NO_CACHES.
 */
int dms_iova_free(struct dms_iova_space *space, dms_iova_t iova, uint64_t size);

/* ---- Reserved regions ------------------------------------------------------------------------------------ */

struct dms_iova_region {
    struct dms_range
        range; /* bytes as given; what it reserves is this rounded outward to the granule */
    enum dms_region_kind kind;
    enum dms_region_origin origin;
    const void *owner; /* a tag of the caller's: compared and reported, never dereferenced */
};

/* What lies at an address, or is in the way. */
enum dms_iova_what {
    DMS_IOVA_IS_FREE,     /* free, in the tree or in a cache */
    DMS_IOVA_IS_LIVE,     /* a live allocation */
    DMS_IOVA_IS_RESERVED, /* a reserved region */
    DMS_IOVA_IS_OUTSIDE,  /* outside the aperture, or the granule of IOVA 0 */
};

struct dms_iova_place {
    enum dms_iova_what what;
    struct dms_range
        range; /* the whole gap, the whole allocation, the whole region as given, or the
                                      stretch outside the aperture */
    struct dms_iova_region
        region;     /* of a reserved place the first region that covers it; of a live one the
                                      first region around it, when it was taken inside a fixed region; else 0 */
    bool in_region; /* region is filled */
};

/*
 * Add a region. Regions may overlap and repeat: what is reserved is their union, and removing one leaves what the
 * others cover. Parts outside the aperture are kept on record and cost no space.
 *   DMS_EINVAL  first > last; or with a region of kind window, nothing of the aperture would remain in all windows
 *   DMS_EBUSY   a live allocation overlaps; *conflict (unless NULL) is filled with the lowest one. Nothing was
 *                reserved; the caches are empty.
 *   DMS_ENOMEM  the port gave no memory; nothing was reserved
 */
int dms_iova_reserve(struct dms_iova_space *space, const struct dms_iova_region *region,
                     struct dms_iova_place *conflict);

/*
 * Remove one region that equals *region in every member.
 *   DMS_ENOENT  there is none
 *   DMS_EBUSY   a live allocation was taken inside it (DMS_IOVA_IN_FIXED) and no other region covers that;
 *                *conflict (unless NULL) is filled; the region stays
 *   DMS_ENOMEM  the port gave no memory; the region stays
 */
int dms_iova_unreserve(struct dms_iova_space *space, const struct dms_iova_region *region,
                       struct dms_iova_place *conflict);

/*
 * An allow-list: reserve the part of the aperture that no range covers, as regions of kind DMS_REGION_WINDOW.
 * Ranges may come in any order and overlap, and are rounded inward. Windows of several calls intersect.
 *   DMS_EINVAL  count 0, a range with first > last, or nothing of the aperture would remain in all windows
 *   DMS_EBUSY   a live allocation lies outside the ranges; *conflict (unless NULL) is filled
 *   DMS_ENOMEM  the port gave no memory
 * After an error nothing of this call is reserved.
 */
int dms_iova_reserve_outside(struct dms_iova_space *space, const struct dms_range *ranges,
                             size_t count, enum dms_region_origin origin, const void *owner,
                             struct dms_iova_place *conflict);

/*
 * Undo dms_iova_reserve_outside() with the same ranges, origin and owner.
 *   DMS_EINVAL  count 0 or a range with first > last
 *   DMS_ENOENT  no such window; nothing changed
 *   DMS_ENOMEM  the port gave no memory; the window stays
 */
int dms_iova_unreserve_outside(struct dms_iova_space *space, const struct dms_range *ranges,
                               size_t count, enum dms_region_origin origin, const void *owner);

/* ---- Allocation at a chosen address ---------------------------------------------------------------------- */

enum dms_iova_at_flag {
    DMS_IOVA_IN_FIXED =
        1u << 0, /* inside the caller's own fixed regions, instead of in free space */
};

/*
 * Take exactly [iova, iova + size), exclusively. Without DMS_IOVA_IN_FIXED all of it must be free; owner is ignored.
 * With it, all of it must be covered by regions of kind DMS_REGION_FIXED with this owner and by no other region.
 * dms_iova_free() gives it back: a part of a fixed region becomes reserved again.
 *   DMS_EINVAL  size 0, iova or size not a multiple of the granule, or unknown flags
 *   DMS_ERANGE  iova + size goes past 2^64
 *   DMS_EBUSY   something is in the way; *conflict (unless NULL) is filled with the lowest such place, which is a
 *                free one when DMS_IOVA_IN_FIXED was asked for where no region is
 *   DMS_ENOMEM  the port gave no memory
 * After an error nothing was taken; after DMS_EBUSY the caches are empty.
 */
int dms_iova_alloc_at(struct dms_iova_space *space, dms_iova_t iova, uint64_t size, unsigned flags,
                      const void *owner, struct dms_iova_place *conflict);

/* ---- Looking --------------------------------------------------------------------------------------------- */

/* What lies at iova, for fault reports. Always fills *place. Flushes the caches, so that only live is live. */
void dms_iova_lookup(struct dms_iova_space *space, dms_iova_t iova, struct dms_iova_place *place);

/* A position in a listing. All zero: the beginning. It stays good when the space changes in between. */
struct dms_iova_cursor {
    uint64_t next;
    uint64_t serial;
    bool done;
};

/*
 * The next live allocation, free gap or region in address order (regions: by first, then by age). True and filled,
 * or false at the end. A gap is as long as it can be; live ranges and gaps are seen with empty caches. A step costs
 * what lies between the two items as well: a whole listing is linear.
 */
bool dms_iova_next_live(struct dms_iova_space *space, struct dms_iova_cursor *cursor,
                        struct dms_range *range);
bool dms_iova_next_gap(struct dms_iova_space *space, struct dms_iova_cursor *cursor,
                       struct dms_range *range);
bool dms_iova_next_region(struct dms_iova_space *space, struct dms_iova_cursor *cursor,
                          struct dms_iova_region *region);

/* Give all ranges that the caches of all threads hold back to the tree. */
void dms_iova_flush(struct dms_iova_space *space);

struct dms_iova_stats {
    uint64_t free_bytes;   /* free in the tree; without what the caches hold */
    uint64_t cached_bytes; /* free, held in caches */
    uint64_t cached_count;
    uint64_t live_bytes;
    uint64_t live_count;
    uint64_t reserved_bytes; /* of the aperture, not counting live ranges inside fixed regions */
    uint64_t region_count;
    uint64_t largest_gap; /* bytes; in the tree */
    uint64_t
        largest_fit; /* bytes: the largest size that still fits aligned to itself rounded up to 2^n */
    /* Work so far; monotonic. */
    uint64_t nodes_visited; /* tree nodes read, all operations */
    uint64_t tree_ops;      /* allocations, frees and reservations that reached the tree */
    uint64_t refills;       /* times a cache took a batch */
    uint64_t spills;        /* times a cache gave a batch back */
    uint64_t flushes;       /* times all caches were emptied */
    uint64_t bad_frees;     /* ranges that came back from a cache and were not live */
    /* Memory held, in bytes. */
    uint64_t memory;       /* all of it: nodes, regions, caches, the space itself */
    uint64_t memory_fixed; /* of that: the space itself and its caches, whatever is live */
};

/*
 * Numbers at one moment. Sums that do not fit 64 bits (the full 64-bit space) saturate.
 */
void dms_iova_get_stats(struct dms_iova_space *space, struct dms_iova_stats *stats);

#ifdef __cplusplus
}
#endif

#endif
