/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The IOMMU interface: what the device and dma rooms ask of an IOMMU, and what a driver (smmuv3)
 * implements. Nothing above this header knows which IOMMU it is.
 *
 * Two tables: a *type* says which device-tree nodes it stands for and decodes their specifiers (no
 * hardware needed, so `dmaspace inspect` uses it too); *ops* drive one instance.
 */
#ifndef DMASPACE_IOMMU_H
#define DMASPACE_IOMMU_H

#include <dmaspace/mapping.h>
#include <dmaspace/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dms_port;
struct dms_iommu;
struct dms_iommu_domain;

/* ---- types: which IOMMU a node is ----------------------------------------------------------- */

enum dms_iommu_family {
    DMS_FAMILY_GENERIC, /* unknown compatible: one-cell specifiers are read as SIDs */
    DMS_FAMILY_SMMUV3,
    DMS_FAMILY_SMMUV2, /* Arm SMMU v1 and v2 */
    DMS_FAMILY_OTHER,  /* another maker's; decode tells whether its specifiers name streams */
};

struct dms_iommu_type {
    const char *name; /* "arm,smmu-v3"; of a family, not of the SoC */
    enum dms_iommu_family family;
    const char *const *compatible; /* NULL-terminated; the first known name of the node wins */

    /*
     * Specifier -> streams. `cells` in the CPU's byte order, `ncells` of them (cells is not read
     * when it is 0). SMMUv3, riscv, virtio, Apple DART and generic: one cell, the ID. Arm SMMU
     * v1/v2: one cell, or two, SID and mask, 16 bits each; where #iommu-cells is 1 and the SMMU's
     * node has stream-match-mask, pass that as the second cell.
     * DMS_EINVAL: the number of cells does not fit this type.
     * DMS_ERANGE: a SID or mask wider than the type allows.
     * DMS_ENOTSUP: well-formed, but specifiers of this type are not stream IDs.
     * After an error *out is unchanged.
     */
    int (*decode)(const uint32_t *cells, unsigned ncells, struct dms_stream *out);
};

/*
 * The type for a `compatible` property (NUL-separated strings, `size` bytes; the last NUL may be
 * missing). Never NULL: the last resort is generic. Constant data, no hardware is touched.
 */
const struct dms_iommu_type *dms_iommu_type_of(const char *compatible, size_t size);

/* ---- what an instance can do ---------------------------------------------------------------- */

struct dms_iommu_caps {
    uint32_t granules;     /* bit n set: granule of 2^n bytes; bits 12, 14, 16 */
    uint8_t input_bits;    /* widest IOVA, 32..52 */
    uint8_t output_bits;   /* widest physical address, 32..52 */
    uint8_t sid_bits;      /* widest stream ID, 0..32 */
    bool coherent_walk;    /* table walks snoop the CPU's caches */
    bool range_invalidate; /* one command can invalidate a range */
};

struct dms_iommu_domain_cfg {
    uint8_t granule_lg2; /* 12, 14 or 16; 0: the smallest that the instance has */
    uint8_t input_bits;  /* bits of IOVA to translate, made 39 or 48; 0: what the instance has */
};

/* ---- faults, as the hardware tells them ----------------------------------------------------- */

enum dms_fault_reason {
    DMS_FAULT_UNKNOWN,       /* an event that this driver does not know */
    DMS_FAULT_BAD_STREAM,    /* the SID lies beyond the stream table, or its table is absent */
    DMS_FAULT_UNCONFIGURED,  /* the stream's entry is invalid: nobody owns it */
    DMS_FAULT_BAD_SUBSTREAM, /* a substream ID where none is allowed */
    DMS_FAULT_FORBIDDEN,     /* translated or special transaction that the stream may not make */
    DMS_FAULT_TRANSLATION,   /* nothing mapped there */
    DMS_FAULT_ADDRESS_SIZE,  /* an address in a table is wider than the output size */
    DMS_FAULT_ACCESS_FLAG,   /* mapping without its access flag */
    DMS_FAULT_PERMISSION,    /* mapped, but not for this kind of access */
    DMS_FAULT_WALK_ABORT,    /* the memory system refused a table read */
    DMS_FAULT_CONFIG,        /* a malformed stream-table entry or context descriptor */
    DMS_FAULT_CONFLICT,      /* TLB or configuration cache held two entries for one address */
};

/* One event of the hardware. */
struct dms_iommu_event {
    enum dms_fault_reason reason;
    dms_sid_t sid;
    dms_iova_t iova; /* 0 when has_iova is false */
    bool has_iova;
    uint32_t access; /* DMS_READ or DMS_WRITE, DMS_EXEC, DMS_PRIV */
    uint64_t raw[4]; /* the record itself */
};

/* ---- instance ------------------------------------------------------------------------------- */

/*
 * Every call may come from several threads. Calls of map/unmap on one domain may run at the same
 * time when their IOVA ranges do not overlap; domain_destroy runs alone.
 */
struct dms_iommu_ops {
    /*
     * A new, empty domain. DMS_ENOMEM; DMS_ENOSPC: no ASID left; DMS_ENOTSUP: granule or width that
     * the instance lacks. After an error nothing was taken.
     */
    int (*domain_create)(struct dms_iommu *iommu, const struct dms_iommu_domain_cfg *cfg,
                         struct dms_iommu_domain **out);

    /*
     * Frees a detached domain, what is still mapped in it, its ASID and its tables, after
     * invalidating what caches hold of it.
     * DMS_EBUSY: a stream is attached, nothing changed.
     * DMS_ETIMEDOUT, DMS_EIO: the domain is gone for the caller; its ASID and tables are withheld,
     *   since hardware may still hold them, until the instance is recovered or destroyed.
     */
    int (*domain_destroy)(struct dms_iommu_domain *domain);

    /*
     * All SIDs of `stream` translate through `domain` once this returns 0: from abort, or from
     * another domain of the same instance, without an abort in between. At no point does a stream
     * see a mixture.
     * DMS_ERANGE: a SID beyond sid_bits; DMS_ENOMEM; DMS_EBUSY: another thread is attaching or
     *   detaching one of them right now. Nothing changed.
     * DMS_ETIMEDOUT, DMS_EIO: every SID of `stream` is detached again, but until a later call
     *   succeeds the IOMMU may still use the domain it had or was to have; domain_destroy of both
     *   takes that into account.
     */
    int (*attach)(struct dms_iommu_domain *domain, struct dms_stream stream);

    /*
     * Every SID of `stream` aborts once this returns 0.
     * DMS_ERANGE, DMS_EBUSY: as above; DMS_ENOENT: one of them is not attached to `domain`. Nothing
     * changed.
     * DMS_ETIMEDOUT, DMS_EIO: they are detached, but the IOMMU may still use the domain, as above.
     */
    int (*detach)(struct dms_iommu_domain *domain, struct dms_stream stream);

    /*
     * Maps [iova, iova + size) to phys. All three are multiples of the granule, size > 0. prot:
     * enum dms_access and enum dms_prot. DMS_EINVAL: not aligned or size 0; DMS_ERANGE: beyond
     * input or output width; DMS_EEXIST: a page is mapped already; DMS_ENOMEM. After an error no
     * entry differs from before the call. A map of a block and more may wait for the IOMMU, as
     * flush does, where emptied tables have to give way first; if that is not confirmed, pages
     * are mapped instead.
     */
    int (*map)(struct dms_iommu_domain *domain, dms_iova_t iova, dms_phys_t phys, uint64_t size,
               uint32_t prot);

    /*
     * Maps n pieces of memory side by side, from iova on: as a map of each, with DMS_PROT_BEGIN for
     * the first and DMS_PROT_END for the last. DMS_EINVAL: n is 0. Errors as of map; the pieces
     * before the one that failed are mapped. *mapped: the bytes that are mapped now.
     */
    int (*map_list)(struct dms_iommu_domain *domain, dms_iova_t iova,
                    const struct dms_iommu_piece *pieces, unsigned n, uint32_t prot,
                    uint64_t *mapped);

    /*
     * Removes [iova, iova + size) and adds it to `gather`. DMS_EINVAL as above; DMS_ENOENT: a page
     * of it is not mapped; DMS_EBUSY: it is not one whole mapping (see DMS_PROT_BEGIN), as `exact`
     * asks, or cuts a block. After an error nothing was removed.
     */
    int (*unmap)(struct dms_iommu_domain *domain, dms_iova_t iova, uint64_t size, bool exact,
                 struct dms_iommu_gather *gather);

    /*
     * Invalidates what `gather` holds and waits: when it returns 0, no access through the removed
     * entries succeeds and every earlier one has finished, the removed tables are freed, and the
     * gather is empty again.
     * DMS_ETIMEDOUT, DMS_EIO: the gather is unchanged and may be flushed again; until then memory
     * and IOVA must not be used for anything else.
     */
    int (*flush)(struct dms_iommu_domain *domain, struct dms_iommu_gather *gather);

    /* Where `iova` leads. DMS_ENOENT: nowhere. */
    int (*iova_to_phys)(struct dms_iommu_domain *domain, dms_iova_t iova, dms_phys_t *phys);

    /*
     * The mapping that holds `from`, or else the first one above it (below it if `down`).
     * DMS_ENOENT: none. A mapping being changed by another thread may be shown as before or after.
     */
    int (*next_mapping)(struct dms_iommu_domain *domain, dms_iova_t from, bool down,
                        struct dms_iommu_mapping *out);

    /*
     * Drains error registers and the event queue, at most one queue length of events per call, so
     * that a flood cannot keep the caller. From a poll loop or an interrupt; on_event runs inside.
     * Returns the number of events read.
     */
    unsigned (*poll)(struct dms_iommu *iommu);
};

/*
 * First member of every driver's instance. Filled by the driver's create function, then constant
 * but for on_event.
 */
struct dms_iommu {
    const struct dms_iommu_ops *ops;
    const struct dms_port *port;
    const char *name; /* for messages; owned by the caller of the create function */
    struct dms_iommu_caps caps;

    /*
     * Called by poll for each event, without any of the driver's locks held. NULL: events are
     * counted and dropped.
     */
    void (*on_event)(void *ctx, struct dms_iommu *iommu, const struct dms_iommu_event *event);
    void *on_event_ctx;
};

/* First member of every driver's domain. Constant after domain_create. */
struct dms_iommu_domain {
    struct dms_iommu *iommu;
    uint8_t granule_lg2;
    uint8_t input_bits; /* IOVAs 0 .. 2^input_bits - 1 can be translated */
};

#ifdef __cplusplus
}
#endif

#endif
