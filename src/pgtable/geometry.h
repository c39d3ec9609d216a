/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Which bits of an IOVA choose the entry at each level. Level 3 holds pages, level start_level is
 * the root.
 */
#ifndef PGTABLE_GEOMETRY_H
#define PGTABLE_GEOMETRY_H

#include "pgtable/format.h"

#define LEAF_LEVEL 3u

static inline uint64_t granule(const struct dms_pgtable *pt)
{
    return pt->page_mask + 1;
}

/* Entries of a table below the root; the root can have fewer. */
static inline unsigned table_entries(const struct dms_pgtable *pt)
{
    return pt->index_mask + 1;
}

/* What one entry of a table at `level` covers, as a logarithm. */
static inline unsigned entry_lg2(const struct dms_pgtable *pt, unsigned level)
{
    return pt->level_lg2[level + 1];
}

static inline uint64_t entry_bytes(const struct dms_pgtable *pt, unsigned level)
{
    return UINT64_C(1) << entry_lg2(pt, level);
}

/* What a table at `level` covers, as a logarithm. At level 0 this can pass input_bits. */
static inline unsigned table_lg2(const struct dms_pgtable *pt, unsigned level)
{
    return pt->level_lg2[level];
}

static inline unsigned entry_index(const struct dms_pgtable *pt, unsigned level, uint64_t iova)
{
    return (unsigned)(iova >> entry_lg2(pt, level)) & pt->index_mask;
}

static inline uint64_t entry_last(const struct dms_pgtable *pt, unsigned level, uint64_t iova)
{
    return iova | (entry_bytes(pt, level) - 1);
}

static inline uint64_t table_first(const struct dms_pgtable *pt, unsigned level, uint64_t iova)
{
    return iova >> table_lg2(pt, level) << table_lg2(pt, level);
}

static inline uint64_t table_last(const struct dms_pgtable *pt, unsigned level, uint64_t iova)
{
    return iova | ((UINT64_C(1) << table_lg2(pt, level)) - 1);
}

static inline bool level_has_leaves(const struct dms_pgtable *pt, unsigned level)
{
    return pt->leaf_sizes >> entry_lg2(pt, level) & 1;
}

/* Where a leaf at `level` leads. */
static inline uint64_t leaf_phys(const struct dms_pgtable *pt, unsigned level, uint64_t leaf)
{
    return leaf & DESC_ADDRESS & ~(entry_bytes(pt, level) - 1);
}

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Entries that [iova, last] has in the table at `level` that holds iova. */
static inline unsigned run_length(const struct dms_pgtable *pt, unsigned level, uint64_t iova,
                                  uint64_t last)
{
    uint64_t end = min_u64(last, table_last(pt, level, iova));

    return (unsigned)((end - iova) >> entry_lg2(pt, level)) + 1;
}

#endif
