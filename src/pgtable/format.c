/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pgtable/format.h"

#define ACCESS_BITS ((uint32_t)(DMS_READ | DMS_WRITE | DMS_EXEC))
#define KNOWN_BITS                                                                                 \
    (ACCESS_BITS |                                                                                 \
     (uint32_t)(DMS_PRIV | DMS_PROT_COHERENT | DMS_PROT_DEVICE | DMS_PROT_BEGIN | DMS_PROT_END))

/* Non-cacheable and device memory is outer shareable whatever SH says (DDI 0487, D8.6.2); say the same. */
static uint64_t memory_type(uint32_t prot)
{
    if (prot & DMS_PROT_DEVICE)
        return field_make(LEAF_ATTR_INDEX, ATTR_DEVICE) | field_make(LEAF_SH, SH_OUTER);
    if (prot & DMS_PROT_COHERENT)
        return field_make(LEAF_ATTR_INDEX, ATTR_WRITE_BACK) | field_make(LEAF_SH, SH_INNER);
    return field_make(LEAF_ATTR_INDEX, ATTR_NON_CACHEABLE) | field_make(LEAF_SH, SH_OUTER);
}

uint64_t format_attributes(uint32_t prot)
{
    uint64_t bits = DESC_VALID | LEAF_AF | LEAF_NG | memory_type(prot);

    if (!(prot & ACCESS_BITS) || (prot & ~KNOWN_BITS))
        return 0;
    if (!(prot & DMS_PRIV))
        bits |= LEAF_AP_UNPRIV;
    if (!(prot & DMS_WRITE))
        bits |= LEAF_AP_READ_ONLY;
    if (!(prot & DMS_EXEC))
        bits |= LEAF_PXN | LEAF_UXN;
    return bits;
}

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
