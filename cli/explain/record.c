/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* SMMUv3 event records (IHI 0070, 7.3 Event records). */
#include "fault.h"

#include <string.h>

struct event {
    uint8_t type;
    const char *name;
    enum dms_fault_reason reason;
    bool has_iova; /* the record has InputAddr, RnW, InD and PnU */
    const char *detail;
};

static const struct event events[] = {
    {0x01, "F_UUT", DMS_FAULT_FORBIDDEN, true,
     "a transaction of a kind that the SMMU does not support"},
    {0x02, "C_BAD_STREAMID", DMS_FAULT_BAD_STREAM, false,
     "the stream ID lies beyond the stream table, or its part of the table does not exist"},
    {0x03, "F_STE_FETCH", DMS_FAULT_WALK_ABORT, false,
     "the stream-table entry could not be read from memory"},
    {0x04, "C_BAD_STE", DMS_FAULT_UNCONFIGURED, false,
     "the stream-table entry is invalid: nobody has set this stream up"},
    {0x05, "F_BAD_ATS_TREQ", DMS_FAULT_FORBIDDEN, true,
     "an ATS translation request from a stream that may not make one"},
    {0x06, "F_STREAM_DISABLED", DMS_FAULT_FORBIDDEN, false,
     "the stream is set to abort transactions without substream"},
    {0x07, "F_TRANSL_FORBIDDEN", DMS_FAULT_FORBIDDEN, true,
     "an already translated transaction from a stream that may not send one"},
    {0x08, "C_BAD_SUBSTREAMID", DMS_FAULT_BAD_SUBSTREAM, false,
     "a substream ID that is too large, or where none is allowed"},
    {0x09, "F_CD_FETCH", DMS_FAULT_WALK_ABORT, false,
     "the context descriptor could not be read from memory"},
    {0x0a, "C_BAD_CD", DMS_FAULT_CONFIG, false, "the context descriptor is invalid"},
    {0x0b, "F_WALK_EABT", DMS_FAULT_WALK_ABORT, true, "a page table could not be read from memory"},
    {0x10, "F_TRANSLATION", DMS_FAULT_TRANSLATION, true, "nothing is mapped at that address"},
    {0x11, "F_ADDR_SIZE", DMS_FAULT_ADDRESS_SIZE, true,
     "the address, or one in a table, is wider than the SMMU was set up for"},
    {0x12, "F_ACCESS", DMS_FAULT_ACCESS_FLAG, true, "a mapping whose access flag is clear"},
    {0x13, "F_PERMISSION", DMS_FAULT_PERMISSION, true, "mapped, but not for this kind of access"},
    {0x20, "F_TLB_CONFLICT", DMS_FAULT_CONFLICT, true,
     "the TLB held two entries for that address: an invalidation is missing"},
    {0x21, "F_CFG_CONFLICT", DMS_FAULT_CONFLICT, false,
     "the configuration cache held two entries for the stream: an invalidation is missing"},
    {0x24, "E_PAGE_REQUEST", DMS_FAULT_UNKNOWN, true, "a hint that a page will be needed"},
    {0x25, "F_VMS_FETCH", DMS_FAULT_WALK_ABORT, false,
     "the virtual-machine structure could not be read from memory"},
};

static void set_event(struct fault *fault, const struct event *event)
{
    fault->event = event->name;
    fault->detail = event->detail;
    fault->reason = event->reason;
}

bool event_by_name(const char *name, size_t length, struct fault *fault)
{
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        if (strlen(events[i].name) != length || strncmp(events[i].name, name, length) != 0)
            continue;
        set_event(fault, &events[i]);
        return true;
    }
    return false;
}

static void set_access(struct fault *fault, uint64_t word)
{
    fault->access = word & (UINT64_C(1) << 35) ? DMS_READ : DMS_WRITE;
    if (word & (UINT64_C(1) << 34))
        fault->access |= DMS_EXEC;
    if (word & (UINT64_C(1) << 33))
        fault->access |= DMS_PRIV;
}

struct fault fault_of_record(const uint64_t words[EVENT_WORDS])
{
    struct fault fault = {.event = "unknown event",
                          .detail = "an event that the specification leaves to the implementation",
                          .has_sid = true,
                          .sid = (uint32_t)(words[0] >> 32)};

    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        if (events[i].type != (words[0] & 0xff))
            continue;
        set_event(&fault, &events[i]);
        fault.has_iova = events[i].has_iova;
        fault.iova = fault.has_iova ? words[2] : 0;
        if (fault.has_iova)
            set_access(&fault, words[1]);
    }
    return fault;
}

bool read_event_name(struct reader *reader, const char *line)
{
    const char *name = line + strspn(line, " \t");
    size_t length = strcspn(name, " \t\r");
    struct fault fault = {0};

    if (name[length + strspn(name + length, " \t\r")] != '\0' ||
        !event_by_name(name, length, &fault))
        return false;
    reader_add(reader, &fault);
    return true;
}
