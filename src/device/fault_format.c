/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A fault as one line. Tools parse it: see fault.h before changing a word. */
#include <dmaspace/fault.h>

#include "base/text.h"

const char *dms_fault_reason_text(enum dms_fault_reason reason)
{
    switch (reason) {
    case DMS_FAULT_UNKNOWN:
        break;
    case DMS_FAULT_BAD_STREAM:
        return "stream ID beyond the stream table";
    case DMS_FAULT_UNCONFIGURED:
        return "stream not configured";
    case DMS_FAULT_BAD_SUBSTREAM:
        return "substream not allowed";
    case DMS_FAULT_FORBIDDEN:
        return "transaction not allowed";
    case DMS_FAULT_TRANSLATION:
        return "not mapped";
    case DMS_FAULT_ADDRESS_SIZE:
        return "address too wide";
    case DMS_FAULT_ACCESS_FLAG:
        return "access flag clear";
    case DMS_FAULT_PERMISSION:
        return "permission denied";
    case DMS_FAULT_WALK_ABORT:
        return "page table unreadable";
    case DMS_FAULT_CONFIG:
        return "malformed configuration";
    case DMS_FAULT_CONFLICT:
        return "conflicting cached entries";
    }
    return "unknown reason";
}

static void put_access(struct dms_text *text, uint32_t access)
{
    if (access & DMS_PRIV)
        dms_text_str(text, "privileged ");
    if (access & DMS_EXEC)
        dms_text_str(text, "fetch");
    else if (access & DMS_WRITE)
        dms_text_str(text, "write");
    else if (access & DMS_READ)
        dms_text_str(text, "read");
    else
        dms_text_str(text, "access");
}

static void put_address(struct dms_text *text, const struct dms_fault *fault)
{
    put_access(text, fault->access);
    if (fault->has_iova) {
        dms_text_str(text, fault->access & DMS_WRITE ? " to " : " of ");
        dms_text_hex(text, fault->iova);
    }
    dms_text_str(text, ": ");
    dms_text_str(text, dms_fault_reason_text(fault->reason));
}

static void put_owner(struct dms_text *text, const struct dms_fault *fault)
{
    dms_text_str(text, fault->device);
    if (fault->has_id) {
        dms_text_str(text, fault->parent[0] ? " (function " : " (id ");
        dms_text_hex(text, fault->id);
        if (fault->parent[0]) {
            dms_text_str(text, " of ");
            dms_text_str(text, fault->parent);
        }
        dms_text_char(text, ')');
    }
    dms_text_str(text, " stream ");
    dms_text_hex(text, fault->sid);
    dms_text_str(text, " on ");
    dms_text_str(text, fault->iommu);
    dms_text_char(text, ' ');
}

static void put_region(struct dms_text *text, const struct dms_fault *fault)
{
    if (fault->outside_aperture && fault->aperture.first <= fault->aperture.last) {
        dms_text_str(text, "; outside the aperture ");
        dms_text_range(text, fault->aperture);
    }
    if (!fault->in_region)
        return;
    dms_text_str(text, "; reserved ");
    dms_text_range(text, fault->region);
    dms_text_str(text, " (");
    dms_text_str(text, dms_region_kind_name(fault->region_kind));
    dms_text_str(text, fault->region_origin == DMS_ORIGIN_DEVICETREE ? ", devicetree" : ", api");
    if (fault->region_owner[0]) {
        dms_text_str(text, ", by ");
        dms_text_str(text, fault->region_owner);
    }
    dms_text_char(text, ')');
}

static void put_nearest(struct dms_text *text, const struct dms_fault *fault)
{
    if (fault->nearest == DMS_NEAREST_NONE) {
        dms_text_str(text, "; nothing is mapped");
        return;
    }
    dms_text_str(text, fault->nearest == DMS_NEAREST_HERE ? "; in mapping " : "; nearest mapping ");
    dms_text_range(text, fault->mapping);
    if (fault->nearest == DMS_NEAREST_HERE) {
        bool write = (fault->mapping_access & DMS_WRITE) != 0;

        dms_text_str(text, write ? " (read-write)" : " (read-only)");
        return;
    }
    dms_text_str(text, ", ");
    dms_text_hex(text, fault->distance);
    dms_text_str(text, fault->nearest == DMS_NEAREST_BELOW ? " below" : " above");
}

static void put_neighbours(struct dms_text *text, const struct dms_fault *fault)
{
    if (fault->has_below) {
        dms_text_str(text, "; below is ");
        dms_text_hex(text, fault->sid_below);
        dms_text_str(text, " of ");
        dms_text_str(text, fault->device_below);
    }
    if (fault->has_above) {
        dms_text_str(text, "; above is ");
        dms_text_hex(text, fault->sid_above);
        dms_text_str(text, " of ");
        dms_text_str(text, fault->device_above);
    }
}

static void put_unowned(struct dms_text *text, const struct dms_fault *fault)
{
    dms_text_str(text, "nobody owns stream ");
    dms_text_hex(text, fault->sid);
    dms_text_str(text, " on ");
    dms_text_str(text, fault->iommu);
    dms_text_str(text, ", ");
    put_address(text, fault);
    put_neighbours(text, fault);
}

static void put_owned(struct dms_text *text, const struct dms_fault *fault)
{
    put_owner(text, fault);
    put_address(text, fault);
    if (!fault->attached) {
        dms_text_str(text, "; the device is not attached");
    } else if (fault->has_iova && !fault->brief) {
        put_region(text, fault);
        put_nearest(text, fault);
    }
}

static void put_fault(struct dms_text *text, const struct dms_fault *fault)
{
    dms_text_str(text, "fault: ");
    if (fault->has_owner)
        put_owned(text, fault);
    else
        put_unowned(text, fault);
    if (fault->brief_before == 0)
        return;
    dms_text_str(text, "; ");
    dms_text_dec(text, fault->brief_before);
    dms_text_str(text, " before it were brief");
}

size_t dms_fault_format(const struct dms_fault *fault, char *buf, size_t size)
{
    char line[DMS_FAULT_LINE * 2];
    struct dms_text whole;
    struct dms_text text;

    /* The whole line first: callers want to know its length even when it does not fit. */
    dms_text_init(&whole, line, sizeof(line));
    put_fault(&whole, fault);
    dms_text_init(&text, buf, size);
    dms_text_str(&text, line);
    return whole.length;
}
