/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <dmaspace/types.h>

const char *dms_region_kind_name(enum dms_region_kind kind)
{
    switch (kind) {
    case DMS_REGION_RESERVED:
        return "reserved";
    case DMS_REGION_DIRECT:
        return "direct";
    case DMS_REGION_FIXED:
        return "fixed";
    case DMS_REGION_MSI:
        return "msi";
    case DMS_REGION_WINDOW:
        return "window";
    }
    return "unknown";
}
