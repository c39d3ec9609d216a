/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Event records, section 7.3 of IHI 0070. */
#ifndef SMMUV3_EVENT_H
#define SMMUV3_EVENT_H

#include "base/bits.h"

#include <dmaspace/iommu.h>

enum smmu_event_type {
    F_UUT = 0x01,
    C_BAD_STREAMID = 0x02,
    F_STE_FETCH = 0x03,
    C_BAD_STE = 0x04,
    F_BAD_ATS_TREQ = 0x05,
    F_STREAM_DISABLED = 0x06,
    F_TRANSL_FORBIDDEN = 0x07,
    C_BAD_SUBSTREAMID = 0x08,
    F_CD_FETCH = 0x09,
    C_BAD_CD = 0x0a,
    F_WALK_EABT = 0x0b,
    F_TRANSLATION = 0x10,
    F_ADDR_SIZE = 0x11,
    F_ACCESS = 0x12,
    F_PERMISSION = 0x13,
    F_TLB_CONFLICT = 0x20,
    F_CFG_CONFLICT = 0x21,
};

#define EVENT_WORDS  4
#define EVENT_BYTES  32

#define EVENT_0_TYPE MASK64(7, 0)
#define EVENT_0_SID  MASK64(63, 32)
#define EVENT_1_PNU  BIT64(33)
#define EVENT_1_IND  BIT64(34)
#define EVENT_1_RNW  BIT64(35)

/*
 * A record, in the CPU's byte order, as the layers above want it. Whatever it holds, the result is
 * well-formed.
 */
struct dms_iommu_event smmu_event_decode(const uint64_t record[EVENT_WORDS]);

#endif
