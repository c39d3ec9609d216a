/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What Linux's arm-smmu (v1, v2, MMU-500) prints. Registers: IHI 0062, SMMU_CBn_FSR,
 * SMMU_CBn_FSYNR0, SMMU_CBFRSYNRAn, SMMU_sGFSR, SMMU_sGFSYNR0/1.
 *
 *   Unhandled context fault: fsr=0x402, iova=0x00001000, fsynr=0x11, cbfrsynra=0x1940, cb=3
 *   Blocked unknown Stream ID 0x1941; boot with ...
 *   Unexpected global fault, this could be serious
 *           GFSR 0x00000002, GFSYNR0 0x00000002, GFSYNR1 0x00001941, GFSYNR2 0x00000000
 */
#include "fault.h"

#include <stdio.h>
#include <string.h>

#define FSR_TF     (1u << 1)
#define FSR_AFF    (1u << 2)
#define FSR_PF     (1u << 3)
#define FSR_EF     (1u << 4)
#define FSR_TLBMCF (1u << 5)
#define FSR_ASF    (1u << 7)
#define FSYNR_WNR  (1u << 4)
#define FSYNR_PNU  (1u << 5)
#define FSYNR_IND  (1u << 6)
#define GFSR_USF   (1u << 1)
#define GFSR_SMCF  (1u << 2)
#define GFSYNR_WNR (1u << 1)
#define SID_BITS   0xffff

struct cause {
    uint32_t bit;
    const char *event;
    enum dms_fault_reason reason;
    const char *detail;
};

static const struct cause context_causes[] = {
    {FSR_TF, "context fault, translation", DMS_FAULT_TRANSLATION,
     "nothing is mapped at that address"},
    {FSR_PF, "context fault, permission", DMS_FAULT_PERMISSION,
     "mapped, but not for this kind of access"},
    {FSR_AFF, "context fault, access flag", DMS_FAULT_ACCESS_FLAG,
     "a mapping whose access flag is clear"},
    {FSR_ASF, "context fault, address size", DMS_FAULT_ADDRESS_SIZE,
     "the address, or one in a table, is wider than the SMMU was set up for"},
    {FSR_TLBMCF, "context fault, TLB conflict", DMS_FAULT_CONFLICT,
     "the TLB held two entries for that address: an invalidation is missing"},
    {FSR_EF, "context fault, external", DMS_FAULT_WALK_ABORT,
     "the memory system refused the access or a table read"},
    {0, "context fault", DMS_FAULT_UNKNOWN, "the fault status names no cause that is known"},
};

static const struct cause global_causes[] = {
    {GFSR_USF, "unidentified stream", DMS_FAULT_UNCONFIGURED,
     "no stream-match entry has this stream: nobody has set it up"},
    {GFSR_SMCF, "stream match conflict", DMS_FAULT_CONFLICT,
     "two stream-match entries have this stream"},
    {0, "global fault", DMS_FAULT_UNKNOWN, "a fault outside of any context"},
};

static void set_cause(struct fault *fault, const struct cause *causes, uint64_t status)
{
    while (causes->bit && !(status & causes->bit))
        causes++;
    fault->event = causes->event;
    fault->reason = causes->reason;
    fault->detail = causes->detail;
}

static bool read_context(struct reader *reader, const char *iommu, const char *rest)
{
    struct fault fault = {0};
    uint64_t status;
    uint64_t syndrome = 0;
    uint64_t sid = 0;

    if (!strstr(rest, "context fault") || !number_after(rest, "fsr=0x", &status) ||
        !number_after(rest, "iova=0x", &fault.iova))
        return false;
    fault.has_iova = true;
    set_cause(&fault, context_causes, status);
    if (number_after(rest, "fsynr=0x", &syndrome)) {
        fault.access = syndrome & FSYNR_WNR ? DMS_WRITE : DMS_READ;
        fault.access |= syndrome & FSYNR_PNU ? DMS_PRIV : 0;
        fault.access |= syndrome & FSYNR_IND ? DMS_EXEC : 0;
    }
    fault.has_sid = number_after(rest, "cbfrsynra=0x", &sid);
    fault.sid = (uint32_t)sid & SID_BITS;
    snprintf(fault.iommu, sizeof(fault.iommu), "%s", iommu);
    reader_add(reader, &fault);
    return true;
}

static bool read_blocked(struct reader *reader, const char *iommu, const char *rest)
{
    struct fault fault = {.has_sid = true};
    uint64_t sid;

    if (!number_after(rest, "unknown Stream ID 0x", &sid))
        return false;
    set_cause(&fault, global_causes, GFSR_USF);
    fault.sid = (uint32_t)sid & SID_BITS;
    snprintf(fault.iommu, sizeof(fault.iommu), "%s", iommu);
    reader_add(reader, &fault);
    return true;
}

/* The registers after either of the two lines; the first has told the stream already. */
static bool read_global(struct reader *reader, const char *iommu, const char *rest)
{
    struct fault *last = reader_last(reader, iommu, 1);
    struct fault fault = {.has_sid = true};
    uint64_t status;
    uint64_t access = 0;
    uint64_t sid;

    if (!number_after(rest, "GFSR 0x", &status) || !number_after(rest, "GFSYNR1 0x", &sid))
        return false;
    set_cause(&fault, global_causes, status);
    fault.sid = (uint32_t)sid & SID_BITS;
    if (number_after(rest, "GFSYNR0 0x", &access))
        fault.access = access & GFSYNR_WNR ? DMS_WRITE : DMS_READ;
    if (last && last->event == fault.event && last->sid == fault.sid && last->access == 0) {
        last->access = fault.access;
        return true;
    }
    snprintf(fault.iommu, sizeof(fault.iommu), "%s", iommu);
    reader_add(reader, &fault);
    return true;
}

bool read_v2(struct reader *reader, const char *iommu, const char *rest)
{
    return read_context(reader, iommu, rest) || read_blocked(reader, iommu, rest) ||
           read_global(reader, iommu, rest);
}
