/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The driver of an Arm SMMUv3 (IHI 0070), stage 1, non-secure. It touches the hardware only through
 * struct dms_mmio and the memory that the port gives, so a register-level model and the real thing
 * look the same to it.
 *
 * Everything else is done through iommu->ops (dmaspace/iommu.h).
 *
 * Promises
 *  - A stream that nobody attached is aborted and reported (DMS_FAULT_UNCONFIGURED, or
 *    DMS_FAULT_BAD_STREAM where no table covers it).
 *  - No call reports success before the SMMU has completed it, and no call waits longer than a
 *    small multiple of command_timeout_ns.
 *  - What the SMMU says (ID registers, queue indices, events, error codes) is not trusted: it can
 *    make calls fail, but not write or read outside the driver's memory.
 *
 * Thread-safety: dms_smmuv3_create and dms_smmuv3_destroy run alone; everything else may run at any
 * time from any thread. The locks of the port are taken for a few dozen instructions, and never
 * while waiting for the SMMU.
 */
#ifndef DMASPACE_SMMUV3_H
#define DMASPACE_SMMUV3_H

#include <dmaspace/iommu.h>
#include <dmaspace/port.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How the stream table is laid out (IHI 0070 3.3.2). */
enum dms_smmuv3_strtab {
    DMS_SMMUV3_STRTAB_AUTO,      /* two levels where the SMMU has them, for over 256 streams */
    DMS_SMMUV3_STRTAB_LINEAR,    /* one array of 2^sid_bits entries of 64 bytes */
    DMS_SMMUV3_STRTAB_TWO_LEVEL, /* tables of 256 streams, allocated at the first attach */
};

/* struct dms_smmuv3_cfg.flags */
enum dms_smmuv3_flag {
    DMS_SMMUV3_NO_RANGE = 1u << 0, /* do not use range invalidation, even if the SMMU has it */
    DMS_SMMUV3_IRQ = 1u << 1,      /* raise wired interrupts for events and global errors */
};

/*
 * Widest stream ID that the two stream table formats are used for; wider ones are reported as
 * DMS_FAULT_BAD_STREAM.
 */
#define DMS_SMMUV3_LINEAR_SID_BITS    16
#define DMS_SMMUV3_TWO_LEVEL_SID_BITS 24

struct dms_smmuv3_cfg {
    const struct dms_port *port; /* stays with the caller, unchanged until destroy */
    struct dms_mmio mmio;        /* copied; covers register pages 0 and 1, 128 KiB */
    const char *name;            /* for messages; as port. NULL: "smmuv3" */
    enum dms_smmuv3_strtab strtab;
    uint8_t sid_bits; /* log2 of the streams to serve. 0: as many as SMMU and limits allow */
    uint8_t cmdq_lg2; /* log2 of the commands in the queue, 1..19. 0: 8 */
    uint8_t evtq_lg2; /* log2 of the events in the queue, 1..19. 0: 9 */
    uint32_t flags;   /* enum dms_smmuv3_flag */

    /*
     * Longest wait for a command batch, for queue space or for a register to acknowledge. 0: one
     * second.
     */
    uint64_t command_timeout_ns;
};

/*
 * Brings the SMMU up from whatever state it is in and hands out the instance. Every stream aborts
 * until it is attached. Queue and stream table sizes are cut down to what the SMMU can hold; what
 * was found and decided is logged.
 *
 * DMS_EINVAL: a port or MMIO callback that is required is missing, or a field of cfg is out of
 * range.
 * DMS_ENOTSUP: an SMMU that this driver cannot drive (no stage 1, no AArch64 tables, big-endian
 *   tables, queues or tables at preset addresses, no granule, stalls that cannot be turned off, a
 *   command queue of one entry), or two-level tables asked of an SMMU without them. The log says
 *   which.
 * DMS_ENOMEM.
 * In these cases no register was written.
 * DMS_ETIMEDOUT, DMS_EIO: the SMMU did not acknowledge, or refused the first commands. It was told
 *   to stop; if it did not, tables that it may still be using were not given back.
 * After an error *out is unchanged.
 */
int dms_smmuv3_create(const struct dms_smmuv3_cfg *cfg, struct dms_iommu **out);

/*
 * Stops the SMMU and frees everything. Afterwards transactions abort where the SMMU can be told so
 * (GBPA), and bypass translation where it cannot.
 * DMS_EBUSY: a domain still exists; nothing changed.
 * DMS_ETIMEDOUT: the SMMU did not stop. The instance is gone for the caller; tables and queues
 *   that the SMMU may still be reading or writing were not given back.
 */
int dms_smmuv3_destroy(struct dms_iommu *iommu);

/*
 * For an interrupt handler of any of the SMMU's interrupts, or a poll loop: the same as
 * iommu->ops->poll. Handles global errors, then hands at most one queue length of events to
 * on_event. Returns the number of events read. It takes the port's locks: on a port whose locks do
 * not mask interrupts, call it from a thread, not from the handler.
 */
unsigned dms_smmuv3_interrupt(struct dms_iommu *iommu);

/*
 * After DMS_ETIMEDOUT, when the command queue may be stuck for good: restarts the command queue,
 * and drops every cached configuration and translation. Streams keep their domains; a transaction
 * may stall meanwhile. Callers that wait for commands at that moment get DMS_EIO.
 * DMS_EBUSY: another thread is recovering it. Nothing changed.
 * DMS_ETIMEDOUT, DMS_EIO: it does not answer to that either. From then on every call that needs the
 *   SMMU fails with DMS_EIO, until a recover succeeds. Where GBPA can be written, the SMMU is told to
 *   abort all traffic; where it cannot, translation stays on, since off would mean bypass.
 */
int dms_smmuv3_recover(struct dms_iommu *iommu);

/*
 * What happened since create. Counters of work, for benches and tests; and of trouble, for people.
 */
struct dms_smmuv3_stats {
    uint64_t batches;        /* submissions, each with at most one sync */
    uint64_t commands;       /* commands posted, syncs included */
    uint64_t syncs;          /* CMD_SYNC */
    uint64_t tlbi_va;        /* CMD_TLBI_NH_VA of one address */
    uint64_t tlbi_range;     /* CMD_TLBI_NH_VA of a range */
    uint64_t tlbi_asid;      /* CMD_TLBI_NH_ASID */
    uint64_t tlbi_all;       /* CMD_TLBI_NSNH_ALL and CMD_TLBI_EL2_ALL */
    uint64_t cfgi;           /* CMD_CFGI_* */
    uint64_t queue_full;     /* times a batch found no space and waited */
    uint64_t timeouts;       /* waits that passed their deadline */
    uint64_t command_errors; /* CERROR_ILL, CERROR_ABT, CERROR_ATC_INV_SYNC and unknown ones */
    uint64_t global_errors;  /* GERROR bits other than the command queue's */
    uint64_t recoveries;     /* dms_smmuv3_recover that succeeded */
    uint64_t events;         /* event records read */
    uint64_t events_dropped; /* of those, records that on_event was not there for */
    uint64_t overflows;      /* times the SMMU said it lost events (not how many) */
    uint64_t bogus;          /* indices and codes of the SMMU that made no sense */
    uint64_t asids_withheld; /* ASIDs given up: the SMMU may still hold them */
};

/* A snapshot; counters that move meanwhile may belong to different moments. */
void dms_smmuv3_stats(struct dms_iommu *iommu, struct dms_smmuv3_stats *out);

#ifdef __cplusplus
}
#endif

#endif
