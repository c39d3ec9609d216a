/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Devices: who owns which streams, and which part of the IOVA space each device may use.
 *
 * The order of a driver's life:
 *
 *     dms_machine_create(), dms_machine_add_iommu()          once
 *     dms_device_create()                                    the device that has a node
 *       dms_function_create(), for each hardware function    a device of its own, without a node
 *         dms_reserve(), dms_window()                        what it must never be handed
 *         dms_attach()                                       from here on its DMA is translated
 *           dms_map(), dms_unmap() ...                       see dma.h
 *         dms_detach(), dms_device_destroy()
 *     dms_machine_destroy()
 *
 * A function device is a device like any other: every call below takes it. It inherits nothing of
 * its parent's DMA properties; only the parent's iommu-map (and iommu-map-mask) is read, to turn
 * the function id into streams.
 *
 * Names. A *group* is what the IOMMU cannot tell apart, or what asked to share: its devices
 * translate through one *domain*, which is an IOVA space plus a page table. Almost every group has
 * one device.
 *
 * Errors. Functions that return int give 0 or a code of error.h (negative). Where a comment says no
 * more, nothing has changed after an error. A call that can be refused because of somebody else
 * takes a `struct dms_report *`, which may be NULL; after an error it names the other party.
 *
 * Threads. Calls for different devices may run at the same time, and so may any calls for one
 * device, except that dms_detach() and dms_device_destroy() run after the last map, unmap or flush
 * for that device has returned, and no call may use a device once its destroy has begun. Nothing
 * here may be called from an interrupt handler, except dms_machine_poll() if the port's `lock`
 * masks that interrupt.
 *
 * Source: semantics in ARCHITECTURE.md; Linux 7.2 of_iommu_configure(), of_dma_configure_id(),
 * iommu_probe_device().
 */
#ifndef DMASPACE_DEVICE_H
#define DMASPACE_DEVICE_H

#include <dmaspace/error.h>
#include <dmaspace/iommu.h>
#include <dmaspace/iova.h>
#include <dmaspace/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dms_port;
struct dms_fault;
struct dms_machine;
struct dms_device;

/* ---- reports: whom a refused call ran into --------------------------------------------------- */

#define DMS_REPORT_TEXT 256

enum dms_party {
    DMS_PARTY_NONE,     /* nobody else: the request itself is at fault */
    DMS_PARTY_DEVICE,   /* a device; range holds the SIDs in conflict, if it is about streams */
    DMS_PARTY_RESERVED, /* a reserved region of `name`; range in IOVAs, with kind and origin */
    DMS_PARTY_MAPPING,  /* a live mapping; range in IOVAs */
    DMS_PARTY_APERTURE, /* what the IOMMU, dma-ranges and the DMA mask leave; range in IOVAs */
    DMS_PARTY_NODE,     /* the device tree; `name` is the (end of the) node's path */
};

/*
 * Why a call was refused. Owned by the caller, written by the call, and free of pointers: it stays
 * valid when the other party is gone. Untouched when the call succeeds, unless the call says
 * otherwise.
 */
struct dms_report {
    int error; /* what the call returned */
    enum dms_party party;
    char name[DMS_NAME_MAX]; /* of the device that owns the other party; "" when there is none */
    bool has_range;
    struct dms_range range;
    enum dms_region_kind kind;     /* PARTY_RESERVED */
    enum dms_region_origin origin; /* PARTY_RESERVED */
    uint64_t count;             /* live mappings in the way, where the call counts them; else 0 */
    char text[DMS_REPORT_TEXT]; /* one line in English that says all this; no newline */
};

/* ---- machine --------------------------------------------------------------------------------- */

struct dms_machine_cfg {
    const struct dms_port *port; /* required */

    /*
     * A flattened device tree, `blob_size` bytes, checked on creation; NULL: there is none, and no
     * node can be named.
     */
    const void *blob;
    size_t blob_size;

    /*
     * Called for every fault, by the thread that calls dms_machine_poll(), without any lock held:
     * the callback may call any function of the library except dms_machine_poll(). *fault is valid
     * during the call only, and holds no pointers, so it may be copied. NULL: faults go to the
     * port's log, one line each, but for brief ones (DMS_FAULT_LOOKS), which are only counted.
     */
    void (*on_fault)(void *ctx, const struct dms_fault *fault);
    void *on_fault_ctx;
};

/*
 * A machine: the IOMMUs and devices that belong together. There may be several in one process; they
 * share nothing. The port and the blob stay the caller's and must outlive the machine unchanged;
 * cfg is copied.
 *
 * DMS_EINVAL: no port, a port without its required callbacks, or a blob that is no valid device
 * tree. DMS_ENOMEM.
 */
int dms_machine_create(const struct dms_machine_cfg *cfg, struct dms_machine **out);

/*
 * DMS_EBUSY: a device lives. Otherwise the machine is gone, and its IOMMUs are free for another
 * one.
 */
int dms_machine_destroy(struct dms_machine *machine, struct dms_report *report);

/*
 * Makes `iommu` part of the machine, as the IOMMU that the node `path` describes
 * ("/soc/iommu@15000000"); NULL for one without a node, which only a bus of your own can reach.
 * Sets iommu->on_event. The instance stays the caller's and must outlive the machine.
 *
 * DMS_EINVAL: path without a device tree. DMS_ENOENT: no such node. DMS_EEXIST: that node or that
 * instance is there already. DMS_ENOMEM.
 */
int dms_machine_add_iommu(struct dms_machine *machine, struct dms_iommu *iommu, const char *path);

/*
 * Drains the event queues of every IOMMU and reports the faults. Returns the number of events seen.
 */
unsigned dms_machine_poll(struct dms_machine *machine);

/*
 * A domain has a lazy queue for each thread that unmaps lazily in it. One invalidation, for all
 * ranges in it, empties a queue when it holds so many of them, and at the first lazy unmap of the
 * same thread that finds its oldest so old.
 */
#define DMS_LAZY_MAX_COUNT 256
#define DMS_LAZY_MAX_NS    10000000

/*
 * Flushes every lazy queue whose oldest entry is at least DMS_LAZY_MAX_NS old. To be called
 * from the host's timer or idle loop, so that the bound on time holds for devices that have fallen
 * silent. 0, or the first error of a flush; all others have been tried.
 */
int dms_machine_flush_due(struct dms_machine *machine);

struct dms_machine_stats {
    uint64_t devices; /* alive */
    uint64_t groups;
    uint64_t streams;         /* specifiers owned; one with a mask counts once */
    uint64_t faults;          /* reported */
    uint64_t stream_probes;   /* hash slots looked at by all searches for a stream's owner */
    uint64_t stream_searches; /* how many searches that were */
};

void dms_machine_get_stats(struct dms_machine *machine, struct dms_machine_stats *out);

/* ---- buses: how a device finds its streams --------------------------------------------------- */

/*
 * Every device is on a bus, and every bus configures DMA through the same hook. The three buses
 * below cover platform devices, PCI-like requesters and function devices; a driver framework can
 * add its own.
 *
 * dma_configure is called once, by dms_device_create(), before anybody else can see the device. It
 * calls the dms_configure_...() functions, which are for hooks only, and returns the first error.
 * DMS_ENODEV means that no IOMMU translates for this device. After an error the caller undoes
 * whatever the hook has added.
 */
struct dms_bus {
    const char *name;

    /*
     * DMS_ENODEV from the hook is no error: the device exists, but has no streams, and dms_attach()
     * refuses it.
     */
    bool iommu_optional;

    int (*dma_configure)(struct dms_device *dev, struct dms_report *report);
};

/*
 * Streams from the node's `iommus`. A node with an iommu-map and no iommus has none, which is
 * normal: ENODEV.
 */
extern const struct dms_bus dms_platform_bus;

/*
 * Streams from the ids (PCI: requester ids) through the iommu-map of the node, which is the host
 * bridge's.
 */
extern const struct dms_bus dms_requester_bus;

/*
 * Streams from the ids through the iommu-map of the parent's node. The device itself must have no
 * node.
 */
extern const struct dms_bus dms_function_bus;

/*
 * Adds the streams of the device's own `iommus`. DMS_ENODEV: none. Errors of semantics.md, with the
 * node's path.
 */
int dms_configure_iommus(struct dms_device *dev, struct dms_report *report);

/*
 * Adds the streams of each of the device's ids through the iommu-map of `via` (the device itself or
 * its parent).
 * DMS_ENODEV: no map, or an id with no entry. DMS_EAGAIN: the IOMMU is not part of the machine yet.
 */
int dms_configure_map(struct dms_device *dev, struct dms_device *via, struct dms_report *report);

/*
 * Takes over what the device's own node says of its addresses: iommu-addresses, iommu-ranges,
 * dma-ranges of the bus above it, dma-coherent. Without a node: 0, and nothing is added.
 * DMS_EINVAL: malformed, or nothing usable is left.
 * DMS_ERANGE: an address past 2^64. DMS_ENOMEM.
 */
int dms_configure_node(struct dms_device *dev, struct dms_report *report);

/*
 * The same for a device below the bus node that the device was created with: dma-ranges and
 * dma-coherent of that.
 */
int dms_configure_bus(struct dms_device *dev, struct dms_report *report);

/*
 * Adds one stream. DMS_EEXIST: a SID of it belongs to another group already, which is named.
 * DMS_EINVAL: `iommu` is not of this machine, or is another instance than that of the device's
 * earlier streams. DMS_ERANGE: a SID wider than iommu->caps.sid_bits. DMS_ENOMEM.
 */
int dms_configure_stream(struct dms_device *dev, struct dms_iommu *iommu, struct dms_stream stream,
                         struct dms_report *report);

/* ---- devices and functions ------------------------------------------------------------------- */

enum dms_coherence {
    DMS_COHERENCE_NODE,   /* what dma-coherent of the node says; without a node: not coherent */
    DMS_COHERENCE_SNOOPS, /* the device's accesses snoop the CPU's caches */
    DMS_COHERENCE_NONE,   /* they do not: dma.h does cache maintenance */
};

/* When several entries of an iommu-map match one id. */
enum dms_streams {
    DMS_STREAMS_FIRST, /* the first entry, as Linux has it */
    DMS_STREAMS_ALL,   /* every entry: all those streams belong to the device */
};

/* A region for dms_device_cfg; the same rules as dms_reserve(). */
struct dms_region {
    dms_iova_t base;
    uint64_t size;
    enum dms_region_kind kind; /* RESERVED, DIRECT, FIXED or MSI */
};

/* All zero but for the name is a valid platform device's beginning. Everything is copied. */
struct dms_device_cfg {
    const char *name; /* required, 1 .. DMS_NAME_MAX - 1 bytes; for people, so need not be unique */

    const struct dms_bus *bus; /* NULL: dms_platform_bus */
    const char *node; /* path of its own node (requester bus: the host bridge's); NULL: none */
    struct dms_device *parent; /* NULL: none. Outlives this device */
    const uint32_t *ids;       /* function ids or requester ids */
    unsigned nids;
    enum dms_streams streams;

    uint8_t dma_mask_bits; /* how wide an IOVA the device can send, 1..64; 0: 32, as in Linux */
    enum dms_coherence coherence;
    uint8_t granule_lg2; /* page size of its domain: 12, 14, 16; 0: the IOMMU's smallest */
    bool lazy;           /* dms_unmap() batches invalidations unless told otherwise; see dma.h */

    /*
     * Where dms_map() looks for an address unless told otherwise. BEST_FIT costs memory in the
     * group's space.
     */
    enum dms_iova_policy policy;

    /* In force before the device can be attached: there is no moment without them. Origin API. */
    const struct dms_region *regions;
    unsigned nregions;
    const struct dms_range *window; /* one allow-list, as for dms_window() */
    unsigned nwindow;               /* 0: none */

    /*
     * Join that device's group: one domain for both. On the same IOMMU, with the same granule.
     * NULL: a new group.
     */
    struct dms_device *share_group_with;

    void *driver_data;
};

/*
 * Creates a device and configures its DMA through its bus. It owns its streams from here on, but
 * they abort until dms_attach(). The cost does not depend on how many devices there are.
 *
 * DMS_EINVAL: a malformed cfg or property, streams on more than one IOMMU, a window that leaves
 * nothing.
 * DMS_ERANGE: name too long, a region past 2^64, a SID beyond the IOMMU's.
 * DMS_ENOENT: no such node.
 * DMS_ENODEV: no IOMMU, on a bus that wants one: no iommu-map, an id without an entry, a disabled
 * IOMMU.
 * DMS_EAGAIN: its IOMMU is described but has not been added to the machine.
 * DMS_EEXIST: a SID belongs to another group; the report names the owner and the SIDs.
 * DMS_EBUSY: joining a group in use: a region of the new device overlaps what is live there; that
 * is named.
 * DMS_ENOTSUP: granule that the IOMMU lacks, or specifiers that are no stream IDs.
 * DMS_ENOMEM.
 * After an error no device exists, no stream has a new owner, and *out is unchanged.
 */
int dms_device_create(struct dms_machine *machine, const struct dms_device_cfg *cfg,
                      struct dms_device **out, struct dms_report *report);

/*
 * Creates a function device: dms_device_create() on dms_function_bus with `parent` and the one id.
 * cfg's bus, node, parent and ids are ignored. The parent needs an iommu-map in its node, but no
 * stream of its own.
 */
int dms_function_create(struct dms_device *parent, uint32_t id, const struct dms_device_cfg *cfg,
                        struct dms_device **out, struct dms_report *report);

enum dms_destroy {
    DMS_DESTROY_IDLE,  /* only if nothing is mapped */
    DMS_DESTROY_FORCE, /* whatever is mapped is unmapped and invalidated */
};

/*
 * Detaches and destroys a device. Its streams abort and are free for another owner.
 *
 * Mappings belong to the group: only the last attached device has to see to them, or takes them
 * along (FORCE). What a device has mapped in its own fixed regions goes with that device.
 *
 * DMS_EBUSY: mappings live (IDLE): the report has their count and the first one; or a device lives
 * below it, which is named. Nothing changed.
 * DMS_ETIMEDOUT, DMS_EIO: the hardware did not confirm that it has let go. The device still exists
 * and still owns its streams, so nobody else can be given them; mappings may be gone already. Call
 * again to retry.
 *
 * A forced destroy that found mappings returns 0 and fills the report all the same: error 0, count,
 * first mapping.
 */
int dms_device_destroy(struct dms_device *dev, enum dms_destroy how, struct dms_report *report);

/* What was given or found at creation. Constant, so these need no lock. */
const char *dms_device_name(const struct dms_device *dev);
struct dms_machine *dms_device_machine(const struct dms_device *dev);
struct dms_device *dms_device_parent(const struct dms_device *dev); /* NULL: none */
void *dms_device_driver_data(const struct dms_device *dev);
const uint32_t *dms_device_ids(const struct dms_device *dev, unsigned *count);
bool dms_device_is_coherent(const struct dms_device *dev);

/* NULL when no IOMMU translates for the device. */
struct dms_iommu *dms_device_iommu(const struct dms_device *dev);

/* Number of streams; 0 for a parent that only has an iommu-map. */
unsigned dms_device_stream_count(const struct dms_device *dev);
/* index < count. */
struct dms_stream dms_device_stream(const struct dms_device *dev, unsigned index);

/* Bytes; 0 without an IOMMU. */
uint64_t dms_device_granule(const struct dms_device *dev);

/* Both translate through one domain. */
bool dms_device_same_group(const struct dms_device *a, const struct dms_device *b);

bool dms_device_is_attached(struct dms_device *dev);

/* Faults of this device's streams reported so far. */
uint64_t dms_device_fault_count(struct dms_device *dev);

/*
 * The owner of stream `sid` on `iommu`, by name, into name[DMS_NAME_MAX]. DMS_ENOENT: nobody; name
 * is "". (By name, since a pointer could be stale before you use it.)
 */
int dms_stream_owner(struct dms_machine *machine, struct dms_iommu *iommu, dms_sid_t sid,
                     char *name);

/* ---- attach and detach ----------------------------------------------------------------------- */

/*
 * The device's streams translate through its group's domain from here on. The first device of a
 * group creates the domain. Regions and windows are in force before; direct regions are mapped 1:1
 * before the first stream can reach the domain. Attached already: 0.
 *
 * DMS_ENODEV: it has no streams.
 * DMS_EINVAL: nothing is left of the aperture (PARTY_APERTURE).
 * DMS_ERANGE: a direct region does not lie in the domain's input range, or in the IOMMU's output
 * range.
 * DMS_ENOMEM; DMS_ENOSPC: no ASID left; DMS_ENOTSUP: the IOMMU cannot do the domain's granule or
 * width.
 * DMS_ETIMEDOUT, DMS_EIO: the hardware did not confirm.
 * After an error the device is detached and all its streams abort; where even that could not be
 * confirmed, the device cannot be destroyed until it is.
 */
int dms_attach(struct dms_device *dev, struct dms_report *report);

/*
 * The device's streams abort from here on. Its regions stay recorded and come back with the next
 * attach. Streams that another attached device of the group owns too go on. The last device to
 * leave takes the domain with it. Detached already: 0.
 *
 * DMS_EBUSY: it is the last one and mappings live (count and first one in the report), or mappings
 * live in its fixed regions; or one of its direct regions cannot be taken apart from that of
 * another device, because both lie in one block of the page table. Nothing changed.
 * DMS_ETIMEDOUT, DMS_EIO: the hardware did not confirm. The device counts as attached, though its
 * streams may abort already; call again to retry.
 */
int dms_detach(struct dms_device *dev, struct dms_report *report);

/* ---- reserved regions and windows ------------------------------------------------------------ */

/*
 * Keeps [base, base + size) out of what the device, or any device of its group, is ever handed.
 * Regions belong to the device: they are in force from this call on, attached or not, until
 * dms_release() or the end of the device. They are rounded outwards to granules. Overlapping and
 * repeated reservations are a union; each call is undone by one dms_release(). Parts outside the
 * aperture cost nothing and are no error.
 *
 * kind: RESERVED and MSI: nothing is mapped there. DIRECT: mapped 1:1, readable and writable, while
 * the device is attached. FIXED: nobody but this device maps there, with dms_map_fixed().
 *
 * DMS_EINVAL: size 0, or kind WINDOW (see dms_window()). DMS_ERANGE: base + size is past 2^64; or
 * kind is DIRECT, the device is attached, and the domain cannot translate all of it. DMS_EBUSY: a
 * live mapping overlaps; it is named.
 * DMS_ENODEV: the device has no streams, so there is nothing to keep out of. DMS_ENOMEM.
 */
int dms_reserve(struct dms_device *dev, dms_iova_t base, uint64_t size, enum dms_region_kind kind,
                struct dms_report *report);

/*
 * Undoes one dms_reserve() with the same base, size and kind. What other regions cover stays
 * reserved.
 *
 * DMS_ENOENT: this device has no such region from the API (those of the device tree stay); if a
 * region overlaps, it is named.
 * DMS_EBUSY: dms_map_fixed() mappings live in it; or (DIRECT) it cannot be taken apart from another
 * direct region, because both lie in one block of the page table.
 * DMS_ETIMEDOUT, DMS_EIO (DIRECT, attached): it is unmapped, but stays reserved until its
 * invalidation is confirmed; call again to retry.
 * DMS_ENOMEM: it stays reserved, though a DIRECT one is unmapped; call again to retry.
 */
int dms_release(struct dms_device *dev, dms_iova_t base, uint64_t size, enum dms_region_kind kind,
                struct dms_report *report);

/*
 * An allow-list: everything outside the union of ranges[0..n) is reserved, below, between and
 * above. Ranges are rounded inwards to granules. Windows of several calls, and of several devices
 * in one group, intersect. A window stays as long as the device.
 *
 * DMS_EINVAL: n is 0, a range has first > last, or nothing of the aperture is left in all windows
 * together.
 * DMS_EBUSY: a live mapping lies outside; it is named. DMS_ENODEV: the device has no streams.
 * DMS_ENOMEM.
 */
int dms_window(struct dms_device *dev, const struct dms_range *ranges, unsigned n,
               struct dms_report *report);

/*
 * How wide an IOVA the device can send. Concerns later calls that hand out IOVAs; what is mapped
 * stays. A domain that was made for at most 39 bits stays so until the group is detached: up to
 * then more bits have no effect.
 * DMS_EINVAL: bits not in 1..64, or nothing would be left of the aperture.
 */
int dms_set_dma_mask(struct dms_device *dev, unsigned bits, struct dms_report *report);

/*
 * What the device can be handed at best: IOMMU input range, hull of dma-ranges and DMA mask,
 * without the page at IOVA 0, rounded to granules; regions and windows not subtracted. DMS_ENODEV:
 * no IOMMU. DMS_EINVAL: nothing left.
 */
int dms_aperture(struct dms_device *dev, struct dms_range *out);

/* One reserved region as dms_regions() lists it. */
struct dms_region_info {
    struct dms_range range; /* as given; windows: the part that the windows leave out */
    enum dms_region_kind kind;
    enum dms_region_origin origin;
};

/*
 * The device's own regions in address order (first, then last, then kind), at most `max` of them
 * into out; out may be NULL when max is 0. Returns how many there are, which may be more than max.
 */
size_t dms_regions(struct dms_device *dev, struct dms_region_info *out, size_t max);

/*
 * The same as text, one line each, in the form of Linux's sysfs reserved_regions:
 * "0x0000000000000000 0x00000000257fffff reserved\n". NUL-terminated; cut off after a whole line
 * when it does not fit. Returns the length that the whole text has, without its NUL. buf may be
 * NULL when size is 0.
 */
size_t dms_regions_text(struct dms_device *dev, char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif
