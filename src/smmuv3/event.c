/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "event.h"

/* What a type of record means, and which of its fields are there. */
struct event_kind {
    uint8_t type;
    uint8_t reason; /* enum dms_fault_reason */
    bool has_iova;
    bool has_access;
};

static const struct event_kind event_kinds[] = {
    {F_UUT, DMS_FAULT_FORBIDDEN, true, true},
    {C_BAD_STREAMID, DMS_FAULT_BAD_STREAM, false, false},
    {F_STE_FETCH, DMS_FAULT_WALK_ABORT, false, false},
    {C_BAD_STE, DMS_FAULT_UNCONFIGURED, false, false},
    {F_BAD_ATS_TREQ, DMS_FAULT_FORBIDDEN, true, false},
    {F_STREAM_DISABLED, DMS_FAULT_FORBIDDEN, false, false},
    {F_TRANSL_FORBIDDEN, DMS_FAULT_FORBIDDEN, true, true},
    {C_BAD_SUBSTREAMID, DMS_FAULT_BAD_SUBSTREAM, false, false},
    {F_CD_FETCH, DMS_FAULT_WALK_ABORT, false, false},
    {C_BAD_CD, DMS_FAULT_CONFIG, false, false},
    {F_WALK_EABT, DMS_FAULT_WALK_ABORT, true, true},
    {F_TRANSLATION, DMS_FAULT_TRANSLATION, true, true},
    {F_ADDR_SIZE, DMS_FAULT_ADDRESS_SIZE, true, true},
    {F_ACCESS, DMS_FAULT_ACCESS_FLAG, true, true},
    {F_PERMISSION, DMS_FAULT_PERMISSION, true, true},
    {F_TLB_CONFLICT, DMS_FAULT_CONFLICT, true, true},
    {F_CFG_CONFLICT, DMS_FAULT_CONFLICT, false, false},
};

static const struct event_kind *event_kind(uint8_t type)
{
    static const struct event_kind unknown = {0, DMS_FAULT_UNKNOWN, false, false};

    for (size_t i = 0; i < sizeof(event_kinds) / sizeof(event_kinds[0]); i++) {
        if (event_kinds[i].type == type)
            return &event_kinds[i];
    }
    return &unknown;
}

static uint32_t event_access(uint64_t word)
{
    uint32_t access = word & EVENT_1_RNW ? DMS_READ : DMS_WRITE;

    if (word & EVENT_1_IND)
        access |= DMS_EXEC;
    if (word & EVENT_1_PNU)
        access |= DMS_PRIV;
    return access;
}

struct dms_iommu_event smmu_event_decode(const uint64_t record[EVENT_WORDS])
{
    const struct event_kind *kind = event_kind((uint8_t)field_get(EVENT_0_TYPE, record[0]));

    return (struct dms_iommu_event){
        .reason = (enum dms_fault_reason)kind->reason,
        .sid = (dms_sid_t)field_get(EVENT_0_SID, record[0]),
        .has_iova = kind->has_iova,
        .iova = kind->has_iova ? record[2] : 0,
        .access = kind->has_access ? event_access(record[1]) : 0,
        .raw = {record[0], record[1], record[2], record[3]},
    };
}
