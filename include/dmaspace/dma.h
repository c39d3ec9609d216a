/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The DMA API: what a driver calls to make memory reachable for its device, and to take it away
 * again.
 *
 *     dms_iova_t iova;
 *     dms_map(dev, buffer, size, DMS_TO_DEVICE, NULL, &iova);     then tell the device `iova`
 *     dms_unmap(dev, iova, size, NULL);                           after the device has finished
 *
 * All calls need an attached device (device.h), else DMS_ENODEV. They may run at the same time on
 * any threads, for one device too, and take no lock that devices of different groups share.
 *
 * Granules. Memory is mapped in whole granules of dms_device_granule(). A buffer that shares its
 * first or last granule with other data shares that data with the device, too: where that matters,
 * align buffers and sizes to the granule.
 *
 * Direction. Page tables of the Arm architecture cannot forbid reading alone, so a device can also
 * read what is mapped DMS_FROM_DEVICE. It cannot write what is mapped DMS_TO_DEVICE.
 *
 * Caches. For a device that does not snoop, map cleans a buffer that has a CPU address. Before the
 * CPU reads what the device wrote, dms_sync_for_cpu(). For a coherent device neither does anything.
 *
 * Strict and lazy. A strict unmap returns after the invalidation has been completed: then no access
 * through the old IOVA succeeds, not even from a cached translation. A lazy one returns before; see
 * dms_unmap().
 *
 * Sizes in bytes. No call changes anything when it returns an error, unless its comment says
 * otherwise.
 *
 * Source: Linux 7.2 Documentation/core-api/dma-api.rst and drivers/iommu/dma-iommu.c for what the
 * calls mean.
 */
#ifndef DMASPACE_DMA_H
#define DMASPACE_DMA_H

#include <dmaspace/device.h>
#include <dmaspace/iova.h>
#include <dmaspace/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum dms_direction {
    DMS_TO_DEVICE = DMS_READ,    /* the device reads the buffer */
    DMS_FROM_DEVICE = DMS_WRITE, /* the device writes it */
    DMS_BIDIRECTIONAL = DMS_READ | DMS_WRITE,
};

/* Where to look for a free address. */
enum dms_place {
    DMS_PLACE_DEFAULT,  /* as dms_device_cfg.policy says */
    DMS_PLACE_TOP_DOWN, /* these four: see enum dms_iova_policy */
    DMS_PLACE_BOTTOM_UP,
    DMS_PLACE_BEST_FIT,
    DMS_PLACE_LOW32_FIRST,
};

/* Choices for one call. All zero, or NULL instead, is the plain case. */
struct dms_dma_opts {
    uint64_t align;     /* of the first granule of the mapping; a power of two; 0: the granule */
    dms_iova_t lowest;  /* no byte below */
    dms_iova_t highest; /* no byte above; 0: as far as the aperture goes */
    enum dms_place place;
    bool exec;          /* the device may fetch instructions from it */
    bool device_memory; /* registers or the like: device attributes in the page table */
    bool no_sync;       /* leave the caches alone: the caller does dms_sync_for_device() itself */
    bool take;          /* dms_map_fixed(): take a free range, no fixed region */
    bool strict;        /* unmap: invalidate before returning, on a lazy device too */
    struct dms_report *report; /* filled when the call is refused; NULL: not wanted */
};

/* ---- one buffer ------------------------------------------------------------------------------ */

/*
 * Maps [ptr, ptr + size) and returns where the device finds its first byte. The IOVA keeps the
 * offset of the buffer within its granule. It may wait for the IOMMU: where a request that finds no
 * room flushes first, and where tables that emptied give way to a block.
 *
 * DMS_EINVAL: size 0, a bad option, or memory whose physical runs do not join at granule
 * boundaries.
 * DMS_ERANGE: ptr + size wraps around, or the memory lies beyond the IOMMU's output range.
 * DMS_EFAULT: the port knows no physical address for it.
 * DMS_ENOSPC: no free range satisfies the request, even after the lazy queue and all caches were
 * flushed.
 * DMS_EAGAIN: the same, but IOVAs are withheld because an invalidation is unconfirmed: see
 * dms_flush().
 * DMS_ENOTSUP: the port cannot translate pointers; BEST_FIT, but dms_device_cfg.policy was another.
 * DMS_ENOMEM.
 * DMS_ETIMEDOUT, DMS_EIO: an attempt was undone and the hardware did not confirm that: nothing is
 * mapped, but treat the memory as after the same error of dms_unmap().
 */
int dms_map(struct dms_device *dev, void *ptr, size_t size, enum dms_direction dir,
            const struct dms_dma_opts *opts, dms_iova_t *iova);

/*
 * The same for physical memory that has no CPU address here: registers of another device, on-chip
 * RAM.
 */
int dms_map_phys(struct dms_device *dev, dms_phys_t phys, uint64_t size, enum dms_direction dir,
                 const struct dms_dma_opts *opts, dms_iova_t *iova);

/*
 * Removes one mapping: iova and size are those of the call that made it (dms_map, dms_map_phys,
 * dms_map_fixed...).
 *
 * Strict: when it returns 0, the device has lost access, and the memory and the IOVA can be used
 * again.
 * Lazy (dms_device_cfg.lazy): when it returns 0, the device may keep access for a while:
 * until dms_flush(), or until the queue holds DMS_LAZY_MAX_COUNT ranges or is DMS_LAZY_MAX_NS old
 * (device.h). The IOVA is withheld till then; the memory is the caller's, who trusts the device not
 * to touch it. Whoever does not trust the device unmaps strictly.
 *
 * DMS_EINVAL: size 0, or iova + size past 2^64.
 * DMS_ENOENT: a page of it is not mapped.
 * DMS_EBUSY: it is not one whole mapping, but a part of one or several side by side; the report
 * (opts->report) names the first one there, or the direct region whose mapping it is.
 * DMS_EAGAIN: an earlier invalidation is still unconfirmed and the hardware did not answer now
 * either; the mapping is untouched and live. Retry, dms_flush(), or dms_device_destroy(FORCE).
 * DMS_ETIMEDOUT, DMS_EIO: the mapping is gone from the page table, but the hardware did not confirm
 * the invalidation. The device may still reach the memory: leave it pinned and unused. The IOVA is
 * withheld. When a later dms_flush(), unmap or detach of the same device returns 0, both are free.
 * Do not unmap again: that is DMS_ENOENT.
 */
int dms_unmap(struct dms_device *dev, dms_iova_t iova, uint64_t size,
              const struct dms_dma_opts *opts);

/* ---- scatter lists --------------------------------------------------------------------------- */

/* One piece of memory. */
struct dms_sg {
    void *ptr; /* in */
    size_t size;
    dms_iova_t iova; /* out: where the device finds it */
};

/*
 * Maps list[0..n) into one run of IOVAs, in order, each entry from a granule boundary on (plus its
 * own offset within it). Where one entry ends and the next begins at granule boundaries, the device
 * sees them as one: *segments (may be NULL) counts the pieces that it sees. Errors as dms_map(),
 * and DMS_EINVAL for n 0; the list's iova members are undefined then.
 */
int dms_map_sg(struct dms_device *dev, struct dms_sg *list, unsigned n, enum dms_direction dir,
               const struct dms_dma_opts *opts, unsigned *segments);

/* Removes what dms_map_sg() mapped; the same list, unchanged, and n. Errors as dms_unmap(). */
int dms_unmap_sg(struct dms_device *dev, const struct dms_sg *list, unsigned n,
                 const struct dms_dma_opts *opts);

/* ---- coherent buffers ------------------------------------------------------------------------ */

/*
 * Allocates zeroed memory that CPU and device see alike without sync calls, and maps it both ways.
 * `size` is rounded up to the granule; the memory is physically contiguous and shares its granules
 * with nothing.
 *
 * Errors as dms_map(); DMS_ENOTSUP also when the device does not snoop and the port does cache
 * maintenance.
 */
int dms_coherent_alloc(struct dms_device *dev, size_t size, const struct dms_dma_opts *opts,
                       void **ptr, dms_iova_t *iova);

/*
 * Frees it; the same size. Always strict. Errors as dms_unmap(); after DMS_ETIMEDOUT and DMS_EIO
 * the memory is withheld with the IOVA, and goes back to the port once the invalidation is
 * confirmed. The caller is done with it.
 */
int dms_coherent_free(struct dms_device *dev, void *ptr, size_t size, dms_iova_t iova);

/* ---- addresses of your own choice ------------------------------------------------------------ */

/*
 * Maps [ptr, ptr + size) at `iova`, inside a FIXED region of this device or, with opts->take, in a
 * free range that is taken in the same step. iova and ptr have the same offset within a granule.
 * dms_unmap() undoes it, and gives a taken range back.
 *
 * DMS_EBUSY: not all of it lies in FIXED regions of this device, something is mapped there already,
 * or (take) not all of it is free: the report names the lowest thing in the way. DMS_ERANGE:
 * outside what device and domain can address. DMS_EINVAL: offsets differ. Otherwise as dms_map().
 */
int dms_map_fixed(struct dms_device *dev, dms_iova_t iova, void *ptr, size_t size,
                  enum dms_direction dir, const struct dms_dma_opts *opts);

/* The same for physical memory. */
int dms_map_fixed_phys(struct dms_device *dev, dms_iova_t iova, dms_phys_t phys, uint64_t size,
                       enum dms_direction dir, const struct dms_dma_opts *opts);

/*
 * Lets the allocator choose a free range of `size` bytes and makes it a FIXED region of the device:
 * a place for several dms_map_fixed(). dms_release(dev, *base, size, DMS_REGION_FIXED) gives it
 * back. Errors as dms_map().
 */
int dms_reserve_any(struct dms_device *dev, uint64_t size, const struct dms_dma_opts *opts,
                    dms_iova_t *base);

/* ---- caches ---------------------------------------------------------------------------------- */

/*
 * Hands a mapped buffer over: to the device after the CPU wrote it, or to the CPU after the device
 * did. Nothing to do for a coherent device.
 */
void dms_sync_for_device(struct dms_device *dev, void *ptr, size_t size, enum dms_direction dir);
void dms_sync_for_cpu(struct dms_device *dev, void *ptr, size_t size, enum dms_direction dir);

/* ---- lazy queue ------------------------------------------------------------------------------ */

/*
 * Completes every invalidation of the device's domain that is outstanding, lazy or failed earlier.
 * When it returns 0, the device can reach nothing that was unmapped before the call, and all those
 * IOVAs are free again.
 * DMS_ETIMEDOUT, DMS_EIO: not confirmed; what is outstanding stays so, and the call can be
 * repeated.
 */
int dms_flush(struct dms_device *dev);

struct dms_dma_stats {
    uint64_t live; /* mappings in the domain; counted by walking them */
    uint64_t live_bytes;
    uint64_t withheld; /* ranges unmapped, but not yet invalidated */
    uint64_t withheld_bytes;
    uint64_t lost;    /* ranges withheld until detach, for want of memory */
    uint64_t flushes; /* invalidation batches completed for the lazy queue */
};

/* Numbers of the device's domain at one moment. DMS_ENODEV: not attached. */
int dms_dma_get_stats(struct dms_device *dev, struct dms_dma_stats *out);

/* ---- looking --------------------------------------------------------------------------------- */

/* Where the device's access to `iova` leads. DMS_ENOENT: nowhere. */
int dms_iova_to_phys(struct dms_device *dev, dms_iova_t iova, dms_phys_t *phys);

/*
 * The mapping that holds `from`, or else the first one above it, for listings: start with 0, go on
 * with out->iova.last + 1 unless that wraps to 0. DMS_ENOENT: no more.
 */
int dms_next_mapping(struct dms_device *dev, dms_iova_t from, struct dms_iommu_mapping *out);

#ifdef __cplusplus
}
#endif

#endif
