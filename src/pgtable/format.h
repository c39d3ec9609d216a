/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * VMSAv8-64 stage 1 descriptors (DDI 0487, D8.3 "Translation table descriptor formats") and what
 * this room stores in the bits that they leave to software.
 */
#ifndef PGTABLE_FORMAT_H
#define PGTABLE_FORMAT_H

#include "base/bits.h"

#include <dmaspace/pgtable.h>

/* All descriptors. An invalid one is software's altogether: 0, or a pointer (see reclaim.h). */
#define DESC_VALID   BIT64(0)
#define DESC_TABLE   BIT64(1) /* levels 0..2: a table, not a block. Level 3: must be 1 */
#define DESC_ADDRESS MASK64(47, 12)

/* Leaves. Bits 58..55 are software's. */
#define LEAF_ATTR_INDEX   MASK64(4, 2)
#define LEAF_AP_UNPRIV    BIT64(6)
#define LEAF_AP_READ_ONLY BIT64(7)
#define LEAF_SH           MASK64(9, 8)
#define LEAF_AF           BIT64(10)
#define LEAF_NG           BIT64(11)
#define LEAF_PXN          BIT64(53)
#define LEAF_UXN          BIT64(54)
#define LEAF_BELOW        BIT64(55) /* the mapping goes on below this leaf */
#define LEAF_ABOVE        BIT64(56) /* and above it */
#define LEAF_JOINED       (LEAF_BELOW | LEAF_ABOVE)

#define SH_OUTER          UINT64_C(2)
#define SH_INNER          UINT64_C(3)

/* Links to tables. Bits 58..51 and 11..2 are software's. */
#define LINK_CLEANED                                                                               \
    BIT64(55) /* the link has reached memory; set only for walkers that do not snoop */
#define LINK_FROZEN  BIT64(56) /* about to be removed, or not: take the lock to know */
#define LINK_KEPT    BIT64(57) /* in the list of keep.h: known, whether empty or not */
#define LINK_HINT_LO MASK64(11, 2)
#define LINK_HINT_HI MASK64(54, 52)

/* MAIR fields by attribute index (DDI 0487, MAIR_EL1). */
enum attr_index {
    ATTR_WRITE_BACK,    /* 0xff: inner and outer write-back, read and write allocate */
    ATTR_NON_CACHEABLE, /* 0x44 */
    ATTR_DEVICE,        /* 0x04: nGnRE */
};
#define FORMAT_MAIR UINT64_C(0x0444ff)

#define PROT_LEAF   UINT32_C(0x3f) /* enum dms_access, DMS_PROT_COHERENT, DMS_PROT_DEVICE */
#define PROT_BOUNDS UINT32_C(0xc0) /* DMS_PROT_BEGIN, DMS_PROT_END */

extern const uint64_t format_leaf[PROT_LEAF + 1]; /* by PROT_LEAF; 0: no access */

/*
 * The bits of a leaf in the middle of a mapping, but for its address and level. 0: prot is no valid
 * set of bits.
 */
static inline uint64_t format_attributes(uint32_t prot)
{
    return prot & ~(PROT_LEAF | PROT_BOUNDS) ? 0 : format_leaf[prot & PROT_LEAF];
}

/* LEAF_BELOW and LEAF_ABOVE, where a mapping begins and ends. */
static inline uint64_t format_bounds(uint32_t prot)
{
    return (uint64_t)(prot & PROT_BOUNDS) * (LEAF_BELOW / DMS_PROT_BEGIN);
}

/* enum dms_access of a valid leaf. */
uint32_t format_access(uint64_t leaf);

static inline bool word_is_valid(uint64_t word)
{
    return word & DESC_VALID;
}

/* Levels 0..2 only. */
static inline bool word_is_block(uint64_t word)
{
    return (word & (DESC_VALID | DESC_TABLE)) == DESC_VALID;
}

/* A link that may be followed without the lock. Levels 0..2 only. */
static inline bool link_is_plain(uint64_t word)
{
    return (word & (DESC_VALID | DESC_TABLE | LINK_FROZEN)) == (DESC_VALID | DESC_TABLE);
}

static inline bool link_is_table(uint64_t word)
{
    return (word & (DESC_VALID | DESC_TABLE)) == (DESC_VALID | DESC_TABLE);
}

/*
 * The hint is the index of an entry that was in use when last looked for one: 13 bits, enough for
 * 64K tables.
 */
static inline unsigned link_hint(uint64_t link)
{
    return (unsigned)(field_get(LINK_HINT_HI, link) << 10 | field_get(LINK_HINT_LO, link));
}

static inline uint64_t link_with_hint(uint64_t link, unsigned index)
{
    return field_set(field_set(link, LINK_HINT_LO, index), LINK_HINT_HI, index >> 10);
}

/* Two leaves side by side belong to different mappings. */
static inline bool leaf_boundary(uint64_t lower, uint64_t upper)
{
    return !word_is_valid(lower) || !word_is_valid(upper) || !(lower & LEAF_ABOVE) ||
           !(upper & LEAF_BELOW);
}

#endif
