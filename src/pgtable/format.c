/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pgtable/format.h"

#define LEAF(access, memory)                                                                       \
    (DESC_VALID | LEAF_AF | LEAF_NG | LEAF_JOINED | ((access)&DMS_PRIV ? 0 : LEAF_AP_UNPRIV) |     \
     ((access)&DMS_WRITE ? 0 : LEAF_AP_READ_ONLY) |                                                \
     ((access)&DMS_EXEC ? 0 : LEAF_PXN | LEAF_UXN) | (memory))

/* Neither DMS_PRIV alone nor nothing is an access. */
#define LEAVES(memory)                                                                             \
    0, LEAF(1, memory), LEAF(2, memory), LEAF(3, memory), LEAF(4, memory), LEAF(5, memory),        \
        LEAF(6, memory), LEAF(7, memory), 0, LEAF(9, memory), LEAF(10, memory), LEAF(11, memory),  \
        LEAF(12, memory), LEAF(13, memory), LEAF(14, memory), LEAF(15, memory)

/* What is not write-back is outer shareable anyway (DDI 0487, D8.6.2). */
const uint64_t format_leaf[PROT_LEAF + 1] = {
    LEAVES(ATTR_NON_CACHEABLE << 2 | SH_OUTER << 8),
    LEAVES(ATTR_WRITE_BACK << 2 | SH_INNER << 8), /* DMS_PROT_COHERENT */
    LEAVES(ATTR_DEVICE << 2 | SH_OUTER << 8),     /* DMS_PROT_DEVICE, with either */
    LEAVES(ATTR_DEVICE << 2 | SH_OUTER << 8),
};

uint32_t format_access(uint64_t leaf)
{
    uint32_t access = DMS_READ;

    if (!(leaf & LEAF_AP_READ_ONLY))
        access |= DMS_WRITE;
    if (!(leaf & LEAF_UXN))
        access |= DMS_EXEC;
    if (!(leaf & LEAF_AP_UNPRIV))
        access |= DMS_PRIV;
    return access;
}
