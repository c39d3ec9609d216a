/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Page tables in the format that an Arm IOMMU walks: VMSAv8-64 stage 1 (Arm DDI 0487, "Translation
 * tables"; IHI 0070, SMMUv3, section 3.4), granules of 4, 16 and 64 KiB, inputs of 25 to 48 bits,
 * outputs of up to 48 bits, blocks of 2 MiB and 1 GiB, 32 MiB, 512 MiB.
 *
 * A page table only writes tables. It knows no IOMMU and invalidates nothing: what a caller has to
 * invalidate is gathered (struct dms_iommu_gather), and tables that became empty are freed when the
 * caller has done so.
 *
 * Directions. The format has no write-only page: DMS_WRITE alone maps for reading and writing, as
 * Linux does. All else is enforced as asked. DMS_READ alone is read-only; without DMS_EXEC,
 * instruction fetch faults; with DMS_PRIV, unprivileged transactions fault.
 *
 * Memory types, as indices into `mair`: normal write-back (DMS_PROT_COHERENT), normal non-cacheable
 * (neither bit), device nGnRE (DMS_PROT_DEVICE, which wins over DMS_PROT_COHERENT). All pages are
 * non-global: tagged by ASID.
 *
 * Boundaries. A mapping may be built by several calls of map (a scatter list); DMS_PROT_BEGIN on
 * the first and DMS_PROT_END on the last mark where it begins and ends, in entry bits that the
 * format leaves to software. Two neighbouring pages belong to different mappings when the lower was
 * marked as an end, or the upper as a beginning.
 *
 * Thread-safety. All calls but init and fini may run at the same time on one table, as long as the
 * IOVA ranges of map and unmap calls that run at the same time do not overlap, and one gather is
 * used by one thread at a time. With a guard, map, unmap and iova_to_phys take no lock and write no
 * memory that another thread writes, unless a table has to be added or removed.
 */
#ifndef DMASPACE_PGTABLE_H
#define DMASPACE_PGTABLE_H

#include <dmaspace/mapping.h>
#include <dmaspace/port.h>
#include <dmaspace/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What one thread tells the others, and what it remembers. Private; two cache lines, so that no two
 * threads share one.
 */
struct dms_pgtable_slot {
    uint64_t owner; /* the page table that the thread is in; 0: none */
    uint64_t first; /* what it touches there */
    uint64_t last;
    uint64_t generation; /* of what it remembers; 0: nothing */
    struct {
        uint64_t first; /* IOVA */
        uint64_t *table;
        uint64_t *link;
    } recent[2]; /* the last tables that a walk went through: of level 3, of level 2 */
    uint64_t entries;
    uint64_t barriers;
    uint64_t cleans;
    uint64_t pages; /* mapped the quick way: an entry and a barrier each */
    uint64_t unused[2];
};

/*
 * Where each thread says which part of which page table it is in, so that nobody frees the tables
 * it walks. One guard serves any number of page tables of the same port (an IOMMU instance has
 * one); 128 bytes per thread slot. Content is private. A call from a thread without a slot takes
 * the page table's lock instead.
 */
struct dms_pgtable_guard {
    const struct dms_port *port;
    struct dms_pgtable_slot *slots; /* aligned to a cache line, inside `memory` */
    unsigned count;                 /* 0 when the port has no thread slots */
    unsigned used;                  /* no slot from this one on has ever been used */
    ptrdiff_t number_offset;        /* thread_slot_offset of the port */
    void *memory;
    uint64_t generations;
};

/* 0. DMS_ENOMEM: nothing was taken, and fini must not be called. Keeps `port`. */
int dms_pgtable_guard_init(struct dms_pgtable_guard *guard, const struct dms_port *port);

/* Every page table made with it is gone. */
void dms_pgtable_guard_fini(struct dms_pgtable_guard *guard);

/* Most emptied tables that can be kept, see keep_empty. */
#define DMS_PGTABLE_KEEP_MAX 1024

struct dms_pgtable_cfg {
    const struct dms_port *port;     /* required: memory, locks, barriers, cache maintenance */
    struct dms_pgtable_guard *guard; /* NULL: every call takes the table's lock */
    uint8_t granule_lg2;             /* 12, 14 or 16 */
    uint8_t input_bits;              /* 25..48 */
    uint8_t output_bits;             /* 32 and more; taken down to 32, 36, 40, 42, 44 or 48 */
    bool coherent;                   /* the walker snoops; else what is written is cleaned */

    /*
     * How many emptied tables stay linked, so that pages mapped and unmapped again and again do not
     * allocate and free their tables each time, nor make walk caches go: that many, and the tables
     * above them. When one more empties, the oldest are removed until half as many (rounded up) are
     * left: one fence of all threads and one invalidation for all of them. Those that are in use
     * again by then only lose their place; those that a thread is inside stay, beyond the bound if
     * need be. What is kept also goes when a block could take its place (dms_pgtable_make_room),
     * and on dms_pgtable_trim. 0: tables go as they empty. At most DMS_PGTABLE_KEEP_MAX.
     */
    uint16_t keep_empty;
};

/* One page table. The facts are constant after init; what follows them is private. */
struct dms_pgtable {
    struct dms_pgtable_cfg cfg;

    dms_phys_t root;      /* TTB0; aligned to its own size, at least 64 bytes */
    uint64_t mair;        /* memory attributes, three of the eight used */
    uint64_t input_last;  /* the highest IOVA, 2^input_bits - 1 */
    uint64_t output_last; /* the highest physical address */
    uint8_t t0sz;         /* 64 - input_bits */
    uint8_t tg0;          /* TG0 encoding: 0 4K, 1 64K, 2 16K */
    uint8_t ips;          /* IPS encoding of output_bits: 0 32, 1 36, 2 40, 3 42, 4 44, 5 48 bits */
    uint8_t start_level;  /* level of the root, 0..3 */
    uint64_t leaf_sizes;  /* bit n set: a leaf of 2^n bytes exists */

    /* Private. */
    uint64_t *root_entries;
    size_t root_bytes;
    uint64_t page_mask;   /* granule - 1 */
    uint32_t index_mask;  /* entries of a table below the root, - 1 */
    uint8_t index_bits;   /* input bits that one level translates: granule_lg2 - 3 */
    uint8_t level_lg2[5]; /* [n]: what a table at level n covers; [n + 1]: what its entry covers */
    unsigned slot_count;  /* of the guard */
    ptrdiff_t number_offset; /* of the guard; 0: the quick way in is barred, see guard.h */
    struct dms_pgtable_slot *slots;
    unsigned kept_count;
    void *kept_first; /* oldest */
    void *kept_last;
    uint64_t generation; /* advances when a table is about to be removed */
    uint64_t tables;
    uint64_t removed;
    /* Removing tables and linking them again. The last lock that is taken, but for the port's. */
    dms_lock_t lock;
    struct dms_pgtable_slot own; /* of the thread that holds the lock */
};

/*
 * An empty table: one root. Keeps cfg->port and cfg->guard.
 *
 * DMS_EINVAL: no port, a granule, width or keep_empty outside what the fields above allow, or a
 * guard of another port. DMS_ENOMEM. After an error nothing was taken, and fini must not be called.
 */
int dms_pgtable_init(struct dms_pgtable *pt, const struct dms_pgtable_cfg *cfg);

/* Frees every table, mapped or not. Nobody walks it any more, and every gather was released. */
void dms_pgtable_fini(struct dms_pgtable *pt);

/*
 * Maps [iova, iova + size) to phys with the largest leaves that alignment allows. prot: enum
 * dms_access, at least one of DMS_READ, DMS_WRITE, DMS_EXEC, and enum dms_prot. When it returns 0
 * the entries are visible to the walker before any later store of the caller's (DMS_BARRIER_TABLE).
 *
 * DMS_EINVAL: size 0, iova, phys or size not a multiple of the granule, or prot without access or
 * with unknown bits. DMS_ERANGE: iova + size or phys + size passes input_last or output_last.
 * DMS_EEXIST: a page is mapped already. DMS_ENOMEM. After an error no entry was written and no
 * table added.
 *
 * A block is used only where no table stands. Where pages were mapped before, their table may still
 * be linked (keep_empty) or wait for release; then its place is filled with pages, since exchanging
 * a table for a block needs an invalidation in between (DDI 0487, break-before-make): see
 * dms_pgtable_make_room.
 */
int dms_pgtable_map(struct dms_pgtable *pt, dms_iova_t iova, dms_phys_t phys, uint64_t size,
                    uint32_t prot);

/*
 * Maps n pieces of memory side by side, from iova on: as dms_pgtable_map of each, with
 * DMS_PROT_BEGIN for the first and DMS_PROT_END for the last, but entered once and with one
 * DMS_BARRIER_TABLE at the end. *mapped: the bytes that are mapped now.
 *
 * DMS_EINVAL: n is 0. DMS_ERANGE: the sum of their sizes passes 2^64. Other errors as there; the
 * pieces before the one that failed are mapped.
 */
int dms_pgtable_map_list(struct dms_pgtable *pt, dms_iova_t iova,
                         const struct dms_iommu_piece *pieces, unsigned n, uint32_t prot,
                         uint64_t *mapped);

/*
 * Removes [iova, iova + size) and adds it to `gather`. exact: the range must be one whole mapping,
 * neither a part of one nor several side by side. The caller's invalidation commands order
 * themselves after these stores (DMS_BARRIER_TABLE).
 *
 * DMS_EINVAL, DMS_ERANGE: as for map. DMS_ENOENT: a page of it is not mapped. DMS_EBUSY: it is not
 * one whole mapping (exact), or cuts a block (always: blocks are not split, since the rest of the
 * block would fault meanwhile). After an error nothing was removed and `gather` is unchanged.
 *
 * A mapping that was cut counts as ended where its pages are missing. A table that became empty
 * while there was no memory to remember it, or, with keep_empty 0, while another thread was inside
 * it, stays until an unmap there or dms_pgtable_trim.
 */
int dms_pgtable_unmap(struct dms_pgtable *pt, dms_iova_t iova, uint64_t size, bool exact,
                      struct dms_iommu_gather *gather);

/*
 * Frees the tables that `gather` holds, after the caller invalidated everything the gather names,
 * and empties it. Until then a removed table is unreachable for the walker but intact, and mapping
 * there links it again.
 *
 * True: with them gone, tables further up turned out empty. The gather holds those now, so
 * invalidate and call again; at most three times in a row. It takes another thread's gather, or a
 * lack of memory, to keep a table from going together with the last one beneath it.
 */
bool dms_pgtable_release(struct dms_pgtable *pt, struct dms_iommu_gather *gather);

/*
 * To be called before a map of the same arguments: removes the kept tables that are empty and in
 * whose place that map could write blocks, and adds them to `gather`. True: the gather holds
 * tables; invalidate and release, then map. False at once, without a lock, where size is less than
 * a block or nothing is kept. Whatever happens, map does what it promises: a place that is not free
 * by then is filled with pages. Arguments that map refuses remove nothing.
 */
bool dms_pgtable_make_room(struct dms_pgtable *pt, dms_iova_t iova, dms_phys_t phys, uint64_t size,
                           struct dms_iommu_gather *gather);

/*
 * Removes every empty table, kept ones too, and adds them to `gather`. Walks all tables: for idle
 * moments and destroy.
 */
void dms_pgtable_trim(struct dms_pgtable *pt, struct dms_iommu_gather *gather);

/* Where `iova` leads. DMS_ENOENT: nowhere, *phys is unchanged. */
int dms_pgtable_iova_to_phys(struct dms_pgtable *pt, dms_iova_t iova, dms_phys_t *phys);

/*
 * The mapping that holds `from`, or else the first one above it (below it if `down`). DMS_ENOENT:
 * none, *out is unchanged. Parts without tables are skipped whole; the cost grows with the tables
 * in the gap and with the pages of the mapping found. Takes the table's lock. A mapping that is
 * being changed may be seen as before, after or in part.
 */
int dms_pgtable_next(struct dms_pgtable *pt, dms_iova_t from, bool down,
                     struct dms_iommu_mapping *out);

/* Work done so far, in events. */
struct dms_pgtable_stats {
    uint64_t tables;   /* linked now, the root included */
    uint64_t kept;     /* of those: emptied since they were last looked at, see keep_empty */
    uint64_t removed;  /* unreachable, waiting for release */
    uint64_t entries;  /* entries written, leaves and links */
    uint64_t barriers; /* DMS_BARRIER_TABLE */
    uint64_t cleans;   /* cache_clean calls */
};

/*
 * With a guard, entries, barriers and cleans include what its threads did in other page tables.
 * While other threads are at work the numbers need not belong to one moment.
 */
void dms_pgtable_stats(struct dms_pgtable *pt, struct dms_pgtable_stats *out);

#ifdef __cplusplus
}
#endif

#endif
