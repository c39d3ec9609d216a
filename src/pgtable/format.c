/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pgtable/format.h"

#define LEAF(access)                                                                               \
    (DESC_VALID | LEAF_AF | LEAF_NG | LEAF_JOINED | ((access)&DMS_PRIV ? 0 : LEAF_AP_UNPRIV) |     \
     ((access)&DMS_WRITE ? 0 : LEAF_AP_READ_ONLY) | ((access)&DMS_EXEC ? 0 : LEAF_PXN | LEAF_UXN))

/* Neither DMS_PRIV alone nor nothing is an access. */
const uint64_t format_leaf[16] = {
    0, LEAF(1), LEAF(2),  LEAF(3),  LEAF(4),  LEAF(5),  LEAF(6),  LEAF(7),
    0, LEAF(9), LEAF(10), LEAF(11), LEAF(12), LEAF(13), LEAF(14), LEAF(15),
};

/* What is not write-back is outer shareable anyway (DDI 0487, D8.6.2). */
const uint16_t format_memory[4] = {
    ATTR_NON_CACHEABLE << 2 | SH_OUTER << 8,
    ATTR_WRITE_BACK << 2 | SH_INNER << 8,
    ATTR_DEVICE << 2 | SH_OUTER << 8,
    ATTR_DEVICE << 2 | SH_OUTER << 8,
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
