/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What a flattened device tree says about DMA: which IOMMU a device sits behind, with which
 * specifiers, which I/O virtual addresses it may be handed, and whether it snoops.
 *
 * This room only reads. It has no heap, no port and no global state; a boot loader or RTOS can link
 * it alone (with libfdt). It does not decode specifiers: cells go to dms_iommu_type (iommu.h).
 *
 * Untrusted input: dms_of_open() checks the whole blob; after that no content of it can make a
 * function here crash, recurse or loop without bound. What it cannot make sense of is an error with
 * the node's path.
 *
 * Ownership: the caller owns the blob, struct dms_of and the index memory, and keeps blob and index
 * unchanged while the struct is in use. There is nothing to close.
 *
 * Thread-safety: all functions but dms_of_open() and dms_of_index() leave struct dms_of unchanged,
 * so any number of threads may share one. A cursor belongs to one thread.
 *
 * Errors and findings: an error stops the call, is returned, and is described in *diag. A finding
 * is something odd that Linux accepts; the call goes on as Linux does and the finding goes to
 * dms_of.on_finding. Both name node, property and cell. `diag` may be NULL everywhere. After an
 * error the output arguments are unchanged.
 *
 * Reference: Linux 7.2 (of_map_id, of_iommu_configure, of_iommu_get_resv_regions, of_dma_get_range,
 * of_dma_is_coherent) and the bindings pci-iommu.yaml, iommu.txt, reserved-memory.yaml.
 */
#ifndef DMASPACE_OF_H
#define DMASPACE_OF_H

#include <dmaspace/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A node: its offset in the structure block, the same number as libfdt's node offset. */
typedef int32_t dms_of_node_t;

#define DMS_OF_ROOT      0    /* the root node */
#define DMS_OF_NONE      (-1) /* no node */
#define DMS_OF_MAX_CELLS 16   /* most cells in a specifier (Linux: MAX_PHANDLE_ARGS) */
#define DMS_OF_MAX_DEPTH 64   /* deepest nesting, the root being depth 1 (Linux: FDT_MAX_DEPTH) */

/* Longest path and sentence of a report, NUL included. A longer path loses its beginning. */
#define DMS_OF_PATH_MAX 256
#define DMS_OF_TEXT_MAX 160

/* ---- reports --------------------------------------------------------------------------------- */

/* What Linux accepts and a person should look at. */
enum dms_of_finding {
    DMS_OF_FINDING_NONE,           /* the report is an error */
    DMS_OF_FINDING_LEGACY_MAP,     /* four-cell entries, two-cell IOMMU: one output cell is read */
    DMS_OF_FINDING_DUPLICATE_ID,   /* an id that an earlier entry of the map has too */
    DMS_OF_FINDING_EMPTY_ENTRY,    /* an iommu-map entry of length 0: it never matches */
    DMS_OF_FINDING_LONG_ENTRY,     /* length above 1, several output cells: ids do not resolve */
    DMS_OF_FINDING_WRAPPING_ENTRY, /* id-base or out-base plus length goes past 2^32 */
    DMS_OF_FINDING_NO_CELLS,       /* the iommu-map's target has no #iommu-cells: read as 1 */
    DMS_OF_FINDING_DISABLED_IOMMU, /* the target's status is not okay */
    DMS_OF_FINDING_EMPTY_RANGE,    /* an address range of length 0, skipped */
    DMS_OF_FINDING_REG_DIFFERS,    /* iommu-addresses is not reg: reserved, not mapped 1:1 */
    DMS_OF_FINDING_NO_REGION,      /* a memory-region phandle that leads nowhere, skipped */
    DMS_OF_FINDING_NO_DEVICE,      /* an iommu-addresses phandle that leads nowhere, skipped */
    DMS_OF_FINDING_BAD_MASK,       /* an iommu-map-mask shorter than a cell: read as all ones */
    DMS_OF_FINDING_DMA_LOOP,       /* dma-mem interconnects form a loop; the walk stopped there */
    DMS_OF_FINDING_BROKEN_ENTRY,   /* malformed iommus entry: it and those after it do not count */
    DMS_OF_FINDING_COUNT,          /* number of the above */
};

/*
 * The finding's short name, "legacy-map" for example. Never NULL; "none" for what is not in the
 * list.
 */
const char *dms_of_finding_name(enum dms_of_finding finding);

/* A report on one place of the tree. */
struct dms_of_diag {
    int error;                   /* the code that was returned, or 0 for a finding */
    enum dms_of_finding finding; /* DMS_OF_FINDING_NONE for an error */
    dms_of_node_t node;          /* DMS_OF_NONE: the blob as a whole */
    char path[DMS_OF_PATH_MAX];  /* the node's path; empty when node is DMS_OF_NONE */
    const char *property;        /* static string, or NULL */
    int32_t cell;                /* index of the cell in the property, or -1 */
    char text[DMS_OF_TEXT_MAX];  /* what is wrong, a sentence without full stop */
    const char *remedy;          /* what to do about it, static string, never NULL */
};

/*
 * Writes "PATH: PROPERTY[CELL]: TEXT; REMEDY" to `line` (NUL-terminated, cut at `size`). Returns
 * the length of the whole line without NUL, whatever `size` was. `line` may be NULL when size is 0.
 */
size_t dms_of_diag_line(const struct dms_of_diag *diag, char *line, size_t size);

/* ---- the tree -------------------------------------------------------------------------------- */

/* One entry of the optional node index. Its content belongs to this room. */
struct dms_of_index_entry {
    uint32_t offset;     /* of node i in tree order */
    uint32_t parent;     /* offset of its parent, DMS_OF_NONE for the root */
    uint32_t phandle;    /* the i-th smallest phandle */
    uint32_t by_phandle; /* offset of the node that has it */
};

/*
 * An open tree. Members up to on_finding are set by dms_of_open() and dms_of_index(), and read by
 * anyone.
 */
struct dms_of {
    const void *blob;
    const uint8_t *tokens; /* structure block */
    uint32_t tokens_size;
    const char *strings; /* strings block */
    uint32_t strings_size;
    uint32_t node_count;
    uint32_t phandle_count;
    const struct dms_of_index_entry *index; /* NULL: none */

    /*
     * Called for each finding; set by the caller after dms_of_open(). NULL: findings are dropped.
     */
    void (*on_finding)(void *ctx, const struct dms_of_diag *finding);
    void *finding_ctx;
};

/*
 * Opens the flattened tree at `blob`, of which `size` bytes may be read, and checks all of it.
 * `blob` is aligned to 8 bytes. Any version that libfdt reads and that has version-16 structure
 * (every dtc since 2005).
 *
 * DMS_EINVAL: NULL, misaligned, not a flattened device tree, truncated, or malformed. DMS_ERANGE:
 * nested deeper than DMS_OF_MAX_DEPTH. DMS_ENOTSUP: a version before 16 or one that needs a newer
 * reader. After an error *of is unusable and nothing is owed.
 */
int dms_of_open(struct dms_of *of, const void *blob, size_t size, struct dms_of_diag *diag);

/*
 * Gives the tree an index, so that looking up a phandle or a parent takes logarithmic time; without
 * one each such step reads the tree from its beginning. `entries` holds at least of->node_count
 * elements.
 *
 * DMS_ENOMEM: `count` is less than of->node_count; the tree is as before.
 */
int dms_of_index(struct dms_of *of, struct dms_of_index_entry *entries, size_t count);

/*
 * The node with this path ("/soc@0/video@1"), alias ("pcie0") or label ("apps_smmu", where the tree
 * was built with symbols); a path may go on after the latter two ("pcie0/dev@0"). A component
 * without unit address takes the first child of that name. DMS_ENOENT: no such node; DMS_EINVAL: an
 * empty name, or an alias that is no absolute path.
 */
int dms_of_find(const struct dms_of *of, const char *path, dms_of_node_t *node,
                struct dms_of_diag *diag);

/*
 * The first node with this phandle, DMS_OF_NONE when there is none or phandle is 0 or 0xffffffff.
 */
dms_of_node_t dms_of_by_phandle(const struct dms_of *of, uint32_t phandle);

/* The node's phandle, 0 when it has none. */
uint32_t dms_of_phandle(const struct dms_of *of, dms_of_node_t node);

/* The parent, DMS_OF_NONE for the root and for what is no node. */
dms_of_node_t dms_of_parent(const struct dms_of *of, dms_of_node_t node);

/*
 * The next node in tree order (first child, else next sibling, else up), DMS_OF_NONE after the
 * last. Start: the root.
 */
dms_of_node_t dms_of_next(const struct dms_of *of, dms_of_node_t node);

/*
 * The next node after `node`, in tree order, that describes a DMA master: one with iommus,
 * iommu-map or iommu-ranges, or with a memory-region that has iommu-addresses. DMS_OF_NONE after
 * the last. Start: DMS_OF_NONE. Disabled nodes are included.
 */
dms_of_node_t dms_of_next_master(const struct dms_of *of, dms_of_node_t node);

/*
 * The node's name with unit address, "" for the root and for what is no node. Points into the blob.
 */
const char *dms_of_name(const struct dms_of *of, dms_of_node_t node);

/*
 * Writes the node's path to `path` (NUL-terminated; one that does not fit loses its beginning and
 * starts with "..."). Returns the length of the whole path without NUL, whatever `size` was. `path`
 * may be NULL when size is 0.
 */
size_t dms_of_path(const struct dms_of *of, dms_of_node_t node, char *path, size_t size);

/*
 * The value of a property and its size in bytes, NULL (and *size unchanged) when there is none.
 * Points into the blob.
 */
const void *dms_of_prop(const struct dms_of *of, dms_of_node_t node, const char *name,
                        uint32_t *size);

/*
 * The first cell of a property. DMS_ENOENT: no such property; DMS_EINVAL: shorter than a cell.
 * *value unchanged then.
 */
int dms_of_u32(const struct dms_of *of, dms_of_node_t node, const char *name, uint32_t *value);

/*
 * The node's compatible list: strings with their NULs, *size bytes of them; NULL and 0 when it has
 * none.
 */
const char *dms_of_compatible(const struct dms_of *of, dms_of_node_t node, uint32_t *size);

/*
 * Whether the node's own status is absent, "okay" or "ok". Ancestors are not asked
 * (of_device_is_available).
 */
bool dms_of_available(const struct dms_of *of, dms_of_node_t node);

/* ---- streams: iommus and iommu-map ----------------------------------------------------------- */

/* What one entry asks of an IOMMU. cells[0 .. ncells - 1] are meant for that IOMMU alone. */
struct dms_of_spec {
    dms_of_node_t iommu;
    uint32_t ncells; /* 0..DMS_OF_MAX_CELLS */
    uint32_t cells[DMS_OF_MAX_CELLS];
};

/*
 * The index-th entry of `iommus`. All entries of one node share one domain.
 *
 * DMS_ENOENT: past the end, or no iommus (with index 0: the node itself masters no IOMMU).
 * DMS_ENODEV: the phandle leads nowhere, or the target is disabled and so no IOMMU. DMS_EINVAL: the
 * target has no #iommu-cells or more than DMS_OF_MAX_CELLS, or the property is truncated.
 *
 * A malformed entry after the first ends the list (of_iommu_configure_device): it and those behind
 * it are DMS_ENOENT, with the finding DMS_OF_FINDING_BROKEN_ENTRY. An entry after a disabled target
 * can still be read.
 */
int dms_of_iommus(const struct dms_of *of, dms_of_node_t node, uint32_t index,
                  struct dms_of_spec *spec, struct dms_of_diag *diag);

/* One entry of iommus, as it stands there. */
struct dms_of_iommus_entry {
    struct dms_of_spec spec;
    bool iommu_available; /* false: the target is disabled, and so no IOMMU */
    uint32_t cell;        /* where the entry begins in the property */
};

/* Reads iommus entry by entry. Members belong to this room. */
struct dms_of_iommus {
    const struct dms_of *of;
    dms_of_node_t node;
    const uint8_t *cells;
    uint32_t size;         /* of the property, bytes */
    uint32_t cell;         /* the next entry begins here */
    uint32_t last_phandle; /* the target that was looked up last */
    dms_of_node_t last_iommu;
    uint32_t last_ncells;
    bool last_has_cells;
    bool ends_at_broken; /* a malformed entry after the first ends the list */
};

/* DMS_ENOENT: the node has no iommus. */
int dms_of_iommus_begin(const struct dms_of *of, dms_of_node_t node, struct dms_of_iommus *iommus,
                        struct dms_of_diag *diag);

/*
 * The next entry as it stands there, for listing. DMS_ENOENT: no more. DMS_ENODEV, DMS_EINVAL: as
 * in dms_of_iommus(), where a disabled target is a finding here, and a malformed entry an error
 * wherever it stands. After an error the rest of the list cannot be read: the next call returns the
 * same error.
 */
int dms_of_iommus_next(struct dms_of_iommus *iommus, struct dms_of_iommus_entry *entry,
                       struct dms_of_diag *diag);

/*
 * The specifier for function `id` of `node`: the nth entry of iommu-map, counted from 0, that holds
 * the masked id. nth 0 is what Linux uses; a device with several entries for one id asks until
 * DMS_ENOENT. With one output cell it is out-base + (masked id - id-base), modulo 2^32.
 *
 * Entries are read up to the one asked for, and each of these can be the error: DMS_ENODEV: no
 * iommu-map, no entry for the id (nth is 0), an entry whose phandle leads nowhere, or the matching
 * entry's target is disabled. DMS_ENOENT: fewer than nth + 1 entries hold the id (nth > 0).
 * DMS_EFAULT: an id-base has bits outside iommu-map-mask. DMS_EINVAL: truncated; more than
 * DMS_OF_MAX_CELLS output cells; or the matching entry has several output cells and a length above
 * 1.
 */
int dms_of_map_id(const struct dms_of *of, dms_of_node_t node, uint32_t id, uint32_t nth,
                  struct dms_of_spec *spec, struct dms_of_diag *diag);

/* One entry of iommu-map, as it stands there. */
struct dms_of_map_entry {
    uint32_t id_base;
    uint32_t length;        /* number of ids; may be 0 */
    struct dms_of_spec out; /* for id_base */
    bool iommu_available;   /* false: its ids have no IOMMU */
    uint32_t cell;          /* where the entry begins in the property */
};

/* Reads iommu-map entry by entry. Members are for reading only. */
struct dms_of_map {
    const struct dms_of *of;
    dms_of_node_t node;
    uint32_t mask;  /* iommu-map-mask, all ones when absent */
    bool legacy;    /* four-cell entries against a two-cell target; known after the first entry */
    uint32_t cell;  /* the next entry begins here */
    uint32_t count; /* cells in the property */
    const uint8_t *cells;
    uint32_t last_phandle; /* the target that was looked up last */
    dms_of_node_t last_iommu;
    uint32_t last_ncells;
    bool last_has_cells;
};

/* DMS_ENOENT: the node has no iommu-map. DMS_EINVAL: its size is no multiple of a cell. */
int dms_of_map_begin(const struct dms_of *of, dms_of_node_t node, struct dms_of_map *map,
                     struct dms_of_diag *diag);

/*
 * The next entry. DMS_ENOENT: no more. DMS_EFAULT, DMS_ENODEV, DMS_EINVAL: as in dms_of_map_id(),
 * where a disabled target and a long entry are findings here. After an error the rest of the map
 * cannot be read, since the width of an entry follows its target: the next call returns the same
 * error.
 */
int dms_of_map_next(struct dms_of_map *map, struct dms_of_map_entry *entry,
                    struct dms_of_diag *diag);

/*
 * Whether an entry before `entry` of the same map has one of its ids; Linux then uses that one.
 * Sets *earlier to the first such and reports DMS_OF_FINDING_DUPLICATE_ID. Reads the map from its
 * beginning.
 */
bool dms_of_map_duplicate(const struct dms_of *of, dms_of_node_t node,
                          const struct dms_of_map_entry *entry, struct dms_of_map_entry *earlier);

/* ---- addresses: iommu-addresses, iommu-ranges, dma-ranges ------------------------------------ */

/* How addresses on a bus are written. */
struct dms_of_bus_cells {
    uint32_t address;
    uint32_t size;
    uint32_t flags; /* how many of the address cells lead and are no address (PCI: 1) */
};

/*
 * #address-cells and #size-cells of `bus` or, where it has none, of the nearest ancestor; 1 and 1
 * at last (of_bus_n_addr_cells, of_bus_n_size_cells). False: not 1 to 4 of each; *cells is set all
 * the same.
 */
bool dms_of_bus_cells(const struct dms_of *of, dms_of_node_t bus, struct dms_of_bus_cells *cells);

/* A region that this device must not be handed. */
struct dms_of_region {
    struct dms_range range;
    enum dms_region_kind kind; /* DMS_REGION_RESERVED or DMS_REGION_DIRECT */
    dms_of_node_t memory;      /* the reserved-memory node */
    uint32_t cell;             /* where the entry begins in its iommu-addresses */
};

/* Reads the iommu-addresses of all memory-regions of one device. Members belong to this room. */
struct dms_of_regions {
    const struct dms_of *of;
    dms_of_node_t node;
    uint32_t region;      /* next cell of memory-region */
    dms_of_node_t memory; /* being read, or DMS_OF_NONE */
    uint32_t cell;        /* next cell of its iommu-addresses */
};

/* Never fails: a device without memory-region has no regions. */
void dms_of_regions_begin(const struct dms_of *of, dms_of_node_t node,
                          struct dms_of_regions *regions);

/*
 * The next region. Addresses and sizes have the cells of the device's DMA parent. Without reg:
 * reserved. With reg of the same address and size: direct. With any other reg: reserved, and a
 * finding. Length 0 and phandles that lead nowhere are skipped, with a finding; entries for other
 * devices are skipped whole.
 *
 * DMS_ENOENT: no more. DMS_EINVAL: a property is truncated, or cells wider than 64 bits.
 * DMS_ERANGE: base + size goes past 2^64, or an address is wider than 64 bits. The next call goes
 * on: after DMS_EINVAL with the next memory-region, after DMS_ERANGE with the next entry.
 */
int dms_of_regions_next(struct dms_of_regions *regions, struct dms_of_region *region,
                        struct dms_of_diag *diag);

/* Reads iommu-ranges or dma-ranges. Members are for reading only. */
struct dms_of_ranges {
    const struct dms_of *of;
    dms_of_node_t node; /* that has the property */
    const char *property;
    const uint8_t *cells;
    uint32_t count;        /* cells in the property */
    uint32_t cell;         /* next */
    uint32_t entry;        /* where the entry that came last begins */
    uint8_t flag_cells;    /* leading cells of an address that are no address (PCI: 1) */
    uint8_t address_cells; /* without flag_cells */
    uint8_t parent_cells;  /* between address and size, 0 in iommu-ranges */
    uint8_t size_cells;
};

/*
 * The device's own iommu-ranges: the only addresses it can use, <base size> with the cells of its
 * DMA parent. Not inherited. DMS_ENOENT: none, no restriction. DMS_EINVAL: empty, truncated, or
 * cells that cannot be read.
 */
int dms_of_iommu_ranges(const struct dms_of *of, dms_of_node_t node, struct dms_of_ranges *ranges,
                        struct dms_of_diag *diag);

/*
 * The dma-ranges in force on `bus`: its own, or those of the nearest DMA parent above as long as
 * empty ones lead there (of_dma_get_range; the first step may be without the property). For a
 * device with a node of its own, `bus` is dms_of_dma_parent(); for a function device or PCI
 * requester, it is the node that has the iommu-map.
 *
 * DMS_ENOENT: none, no restriction. DMS_EINVAL: truncated, or cells that cannot be read.
 */
int dms_of_dma_ranges(const struct dms_of *of, dms_of_node_t bus, struct dms_of_ranges *ranges,
                      struct dms_of_diag *diag);

/*
 * The next range, in the device's addresses. Length 0 is skipped, with a finding. DMS_ENOENT: no
 * more. DMS_ERANGE: base + size goes past 2^64, or an address is wider than 64 bits; the next call
 * goes on with the next range.
 */
int dms_of_ranges_next(struct dms_of_ranges *ranges, struct dms_range *range,
                       struct dms_of_diag *diag);

/*
 * The hull of the dma-ranges in force on `bus`: what bounds the aperture. Without dma-ranges 0 ..
 * 2^64 - 1. DMS_EINVAL, DMS_ERANGE: as above, or none of the ranges has a length.
 */
int dms_of_dma_aperture(const struct dms_of *of, dms_of_node_t bus, struct dms_range *aperture,
                        struct dms_of_diag *diag);

/*
 * The node through which this one's DMA goes: the "dma-mem" interconnect where there is one, else
 * the parent. DMS_OF_NONE for the root.
 */
dms_of_node_t dms_of_dma_parent(const struct dms_of *of, dms_of_node_t node);

/*
 * Whether the nearest of the node and its DMA parents that says anything says dma-coherent, not
 * dma-noncoherent.
 */
bool dms_of_dma_coherent(const struct dms_of *of, dms_of_node_t node);

#ifdef __cplusplus
}
#endif

#endif
