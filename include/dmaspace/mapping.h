/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a page table and the IOMMU interface share: protection, what unmap leaves over, listings. */
#ifndef DMASPACE_MAPPING_H
#define DMASPACE_MAPPING_H

#include <dmaspace/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bits beside enum dms_access in map's `prot`. */
enum dms_prot {
    DMS_PROT_COHERENT = 1u << 4, /* the master snoops: cacheable memory attributes */
    DMS_PROT_DEVICE = 1u << 5,   /* device memory: no speculation (MMIO, on-chip RAM) */
    DMS_PROT_BEGIN = 1u << 6,    /* the first page is the beginning of a mapping */
    DMS_PROT_END = 1u << 7,      /* the last page is the end of a mapping */
};

/* One run of memory in a list. */
struct dms_iommu_piece {
    dms_phys_t phys;
    uint64_t size; /* bytes */
};

/*
 * What unmap has removed and flush has still to make true. Start with all zero. One gather serves
 * one domain; several unmaps may share it. Between unmap and the flush that returns 0, the device
 * can still reach the memory.
 */
struct dms_iommu_gather {
    uint64_t first; /* hull of what was removed; valid when pages != 0 or tables is true */
    uint64_t last;
    uint64_t pages;     /* leaf entries removed */
    uint8_t stride_lg2; /* smallest leaf removed, bytes; 0 when pages is 0 */
    bool tables;        /* a table was removed too: walk caches must go */
    void *freed;        /* removed tables, owned by the gather until flush */
};

/* The addresses from a DMS_PROT_BEGIN to a DMS_PROT_END: what a driver calls one mapping. */
struct dms_iommu_mapping {
    struct dms_range iova;
    dms_phys_t phys; /* of iova.first */
    uint32_t access; /* DMS_READ | DMS_WRITE | DMS_EXEC, as the table enforces it at iova.first */
};

#ifdef __cplusplus
}
#endif

#endif
