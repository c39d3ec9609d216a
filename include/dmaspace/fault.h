/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Fault reports: who did it, with which stream, to which address, and why that address was not
 * usable.
 *
 * A fault is made from one event of the IOMMU by dms_machine_poll() and handed to
 * dms_machine_cfg.on_fault. It is a plain copy without pointers, so it stays true when the device
 * that it names has been destroyed meanwhile. What it says of the address space is the state when
 * the report was made, a moment after the access.
 */
#ifndef DMASPACE_FAULT_H
#define DMASPACE_FAULT_H

#include <dmaspace/iommu.h>
#include <dmaspace/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Room for the longest line of dms_fault_format(). */
#define DMS_FAULT_LINE 768

/*
 * A flood of one function's faults must not keep those of the others from being told. So of each
 * device, and of all streams that nobody owns behind one IOMMU, so many faults in a row are looked
 * into, and one more for each DMS_FAULT_LOOK_NS that passes. All others are brief: they are handed
 * on as well, with reason, stream, address and owner, but what lies at and around the address is
 * left out.
 */
#define DMS_FAULT_LOOKS   32
#define DMS_FAULT_LOOK_NS 10000000

/* Where the nearest mapping lies, seen from the fault's IOVA. */
enum dms_nearest {
    DMS_NEAREST_NONE, /* nothing is mapped at all; meaningless in a brief fault */
    DMS_NEAREST_HERE, /* the IOVA is mapped (by now, or for another kind of access) */
    DMS_NEAREST_BELOW,
    DMS_NEAREST_ABOVE,
};

struct dms_fault {
    enum dms_fault_reason reason;

    char iommu[DMS_NAME_MAX]; /* name of the instance */
    dms_sid_t sid;
    uint32_t access; /* DMS_READ or DMS_WRITE; DMS_EXEC, DMS_PRIV; 0: the event does not say */
    bool has_iova;
    dms_iova_t iova;

    /* Who owns the stream. */
    bool has_owner;
    char device[DMS_NAME_MAX]; /* "" without an owner */
    char parent[DMS_NAME_MAX]; /* of a function; "" for a device without parent */
    bool has_id;
    uint32_t id; /* its function id or requester id */
    bool attached;

    /* See DMS_FAULT_LOOKS: has_below, has_above and all about the address are 0 in a brief one. */
    bool brief;
    uint64_t brief_before; /* of a fault that is not: the brief ones since the last that was not */

    /* Without an owner: the owned streams next to it, which often tell what went wrong. */
    bool has_below;
    bool has_above;
    dms_sid_t sid_below;
    dms_sid_t sid_above;
    char device_below[DMS_NAME_MAX];
    char device_above[DMS_NAME_MAX];

    /* The address, when has_owner, attached and has_iova, and not brief. */
    bool outside_aperture; /* beyond the aperture, or in the granule of IOVA 0 */
    struct dms_range aperture;

    bool in_region; /* a reserved region covers the address */
    struct dms_range region;
    enum dms_region_kind region_kind;
    enum dms_region_origin region_origin;
    char region_owner[DMS_NAME_MAX]; /* the device of the group that reserved it */

    enum dms_nearest nearest;
    struct dms_range mapping; /* the nearest one */
    uint32_t mapping_access;
    uint64_t distance; /* bytes from the IOVA to the nearest byte of that mapping; 0 when HERE */

    uint64_t raw[4]; /* the hardware's record */
};

/*
 * One line, without newline, NUL-terminated, cut to `size`. Its form is stable: parts may be added
 * at its end, and nothing else changes. Line breaks are only here:
 *
 *   fault: iris:non-pixel (function 0x101 of iris) stream 0x1940 on smmu write to 0x24fff000:
 *     not mapped;
 *     reserved 0x1000-0x257fffff (window, api, by iris:non-pixel);
 *     nearest mapping 0x25800000-0x2580ffff, 0x801000 above
 *
 *   fault: nobody owns stream 0x1941 on smmu, read of 0x1000: stream not configured;
 *     below is 0x1940 of iris:non-pixel; above is 0x1943 of iris:pixel
 *
 * After brief faults, the next one that is not ends with "; 999 before it were brief".
 *
 * Returns the length of the whole line without its NUL. buf may be NULL when size is 0.
 */
size_t dms_fault_format(const struct dms_fault *fault, char *buf, size_t size);

/* "not mapped", "permission denied"... Never NULL. */
const char *dms_fault_reason_text(enum dms_fault_reason reason);

#ifdef __cplusplus
}
#endif

#endif
