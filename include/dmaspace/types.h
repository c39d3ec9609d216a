/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The words that every room shares. The glossary in ARCHITECTURE.md binds these names.
 *
 * Bounds:  first/last are inclusive, so that a full 64-bit space fits; start/end are half-open.
 * Units:   bytes, unless the name says _pages, _cells or _lg2 (a base-2 logarithm).
 */
#ifndef DMASPACE_TYPES_H
#define DMASPACE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An I/O virtual address: what a device puts on the bus, and what the IOMMU translates. */
typedef uint64_t dms_iova_t;

/*
 * A physical address. A struct, so that the compiler refuses to take one for an IOVA: with an IOMMU
 * in between the two look alike and never mean the same.
 */
typedef struct dms_phys {
    uint64_t addr;
} dms_phys_t;

/* A stream ID: what a transaction carries to the IOMMU. */
typedef uint32_t dms_sid_t;

/* A 64-bit word that hardware reads or writes as little-endian, in that byte order. */
typedef struct dms_le64 {
    uint64_t raw;
} dms_le64_t;

/* An inclusive range. first <= last always; there is no empty range. */
struct dms_range {
    uint64_t first;
    uint64_t last;
};

/*
 * The streams that one specifier names: every SID s with (s & ~mask) == (sid & ~mask). mask 0 is
 * one stream. Source: arm,smmu.yaml (two-cell specifier), arm,smmu-v3.yaml (one cell).
 */
struct dms_stream {
    dms_sid_t sid;
    uint32_t mask;
};

/* What a reserved region is for. The allocator hands out none of them. */
enum dms_region_kind {
    DMS_REGION_RESERVED, /* never mapped */
    DMS_REGION_DIRECT,   /* mapped 1:1 while the device is attached */
    DMS_REGION_FIXED,    /* only the owner maps there, at addresses of its choice */
    DMS_REGION_MSI,      /* interrupt doorbell: never mapped by this library */
    DMS_REGION_WINDOW,   /* outside a window: reserved because an allow-list leaves it out */
};

/* Where a reserved region comes from. */
enum dms_region_origin {
    DMS_ORIGIN_API,        /* a call of the driver */
    DMS_ORIGIN_DEVICETREE, /* iommu-addresses, iommu-ranges, dma-ranges */
};

/* What a transaction may do, or did. A set of bits. */
enum dms_access {
    DMS_READ = 1u << 0,  /* the device reads memory */
    DMS_WRITE = 1u << 1, /* the device writes memory */
    DMS_EXEC = 1u << 2,  /* the device fetches instructions */
    DMS_PRIV = 1u << 3,  /* privileged transaction */
};

/* Longest device or function name, terminating NUL included. */
#define DMS_NAME_MAX 64

/* The class of a region as text: "reserved", "direct", "fixed", "msi", "window". Never NULL. */
const char *dms_region_kind_name(enum dms_region_kind kind);

#ifdef __cplusplus
}
#endif

#endif
