/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The instance, and what its files offer each other. Lock order: strtab.lock or asids.lock, then
 * nothing; cmdq.lock and evtq.lock are leaves. No lock is held while waiting for the SMMU, while
 * logging, or while calling on_event.
 */
#ifndef SMMUV3_INTERNAL_H
#define SMMUV3_INTERNAL_H

#include "base/barrier.h"
#include "base/list.h"
#include "base/lock.h"
#include "base/memory.h"
#include "smmuv3/command.h"
#include "smmuv3/event.h"
#include "smmuv3/features.h"
#include "smmuv3/regs.h"
#include "smmuv3/tables.h"

#include <dmaspace/error.h>
#include <dmaspace/pgtable.h>
#include <dmaspace/smmuv3.h>
#include <stdatomic.h>

struct smmu_domain;

/*
 * A circular queue in memory (3.5.1). Positions count up for ever; PROD and CONS are their lowest
 * bits.
 */
struct smmu_queue {
    dms_le64_t *entries;
    dms_phys_t phys;
    size_t bytes;
    uint32_t mask; /* twice the number of entries, less one: index and wrap bit of a position */
};

#define CMDQ_FAILURES 8
#define CMDQ_KINDS    256

/* Fields of smmu_cmdq.history. */
#define HISTORY_FAILURES MASK64(31, 0)
#define HISTORY_DISORDER BIT64(32) /* the lowest bit of the epoch */

/*
 * The command queue. Producers share `prod` and the memory of free entries, under `lock`: a few
 * dozen instructions per batch, one register write, no wait. `cons` is shared without it: it only
 * grows, by compare and exchange, see smmu_cmdq_refresh().
 */
struct smmu_cmdq {
    struct smmu_queue queue;
    dms_lock_t lock;
    _Atomic uint64_t prod; /* position of the next command; written under lock */
    _Atomic uint64_t cons; /* every command before it was consumed */

    uint64_t failed_at[CMDQ_FAILURES]; /* positions of the last commands that failed; under lock */

    /*
     * What ever went wrong, in one word: as long as it is the same, nothing did. Written under lock.
     * Lower half: how many commands failed; grows after failed_at was written. Upper half, the epoch:
     * odd while the queue is out of order (Service Failure Mode, or a recover under way or failed),
     * and every submission is DMS_EIO. It grows with each change, so commands of an earlier even
     * value are lost.
     */
    _Atomic uint64_t history;

    uint32_t gerrorn; /* what GERRORN holds; under lock */

    /* Work done; under lock. */
    uint64_t batches; /* but for those of `pages` */
    uint64_t pages;   /* batches of one invalidation and its sync, not in `posted` */
    uint64_t queue_full;
    uint64_t posted[CMDQ_KINDS]; /* commands, by smmu_cmd_kind() */
};

struct smmu_evtq {
    struct smmu_queue queue;
    dms_lock_t lock; /* the rest, and the CONS register */
    uint64_t cons;
    uint32_t ovack; /* EVENTQ_OVERFLOW as acknowledged last */
};

/* Counters outside of any lock. */
struct smmu_counters {
    _Atomic uint64_t timeouts;
    _Atomic uint64_t command_errors;
    _Atomic uint64_t global_errors;
    _Atomic uint64_t recoveries;
    _Atomic uint64_t events;
    _Atomic uint64_t events_dropped;
    _Atomic uint64_t overflows;
    _Atomic uint64_t bogus;
    _Atomic uint64_t asids_withheld;
};

#define SPAN_LG2  8u
#define SPAN_SIDS (1u << SPAN_LG2)

/* 256 neighbouring streams: their entries, and who owns them. */
struct smmu_span {
    struct smmu_ste *stes;
    dms_phys_t phys; /* of a second-level table; unused when the stream table is linear */
    _Atomic bool
        settled; /* no cache can hold the level-1 descriptor from before this table was there */
    struct smmu_domain *owner[SPAN_SIDS]; /* under strtab.lock */
    uint64_t busy[SPAN_SIDS / 64]; /* being attached or detached by one thread; under strtab.lock */
};

struct smmu_strtab {
    bool two_level;
    uint8_t sid_bits;
    void *table; /* STEs, or level-1 descriptors */
    dms_phys_t phys;
    size_t bytes;
    dms_lock_t lock; /* spans, what they hold, and streams of every domain */
    struct smmu_span **spans;
    size_t span_count;
};

#define ASID_WORDS 1024u /* of 64 bits: 16-bit ASIDs */
#define CD_LG2     6u    /* context descriptors are allocated 64 at a time, one page of 4 KiB */

/* ASIDs, and one context descriptor for each of them, indexed by it. */
struct smmu_asids {
    dms_lock_t lock;
    uint32_t count; /* 2^8 or 2^16 */
    /* A tree of three levels; a set bit at level n says that the word below it has a free ASID. */
    uint64_t top;
    uint64_t middle[ASID_WORDS / 64];
    uint64_t free[ASID_WORDS];
    struct smmu_cd *cds[ASID_WORDS];
    dms_phys_t cds_phys[ASID_WORDS];
    struct list withheld; /* domains whose ASID the SMMU may still hold */
};

struct smmu {
    struct dms_iommu iommu;
    struct dms_mmio mmio;
    struct smmu_features features;
    uint64_t timeout_ns;
    bool irq;
    uint32_t cr0;   /* as written last; bring-up, recover and destroy only */
    bool abandoned; /* it does not stop, and may use table memory for ever */
    _Atomic bool recovering;
    _Atomic uint32_t domains; /* that exist for the caller */

    struct smmu_cmdq cmdq;
    struct smmu_evtq evtq;
    struct smmu_strtab strtab;
    struct smmu_asids asids;
    struct dms_pgtable_guard guard;
    struct smmu_counters counters;
};

struct smmu_domain {
    struct dms_iommu_domain domain;
    struct dms_pgtable pt;
    struct smmu_cd *cd;
    dms_phys_t cd_phys;
    uint16_t asid;
    struct smmu_cmd tlbi_page;    /* invalidates the page at address 0 */
    uint64_t page_mask;           /* granule - 1 */
    uint64_t block_size;          /* bytes of the smallest leaf above the granule */
    uint32_t streams;             /* SIDs attached; under strtab.lock */
    _Atomic bool stale;           /* a cached stream table entry may lead here, attached or not */
    _Atomic bool room_taken;      /* a thread has what follows */
    struct dms_iommu_gather room; /* tables that gave way to blocks, if not confirmed yet */
    struct list_node withheld;    /* under asids.lock */
};

static inline struct smmu *smmu_of(struct dms_iommu *iommu)
{
    return container_of(iommu, struct smmu, iommu);
}

static inline struct smmu_domain *smmu_domain_of(struct dms_iommu_domain *domain)
{
    return container_of(domain, struct smmu_domain, domain);
}

static inline struct smmu *smmu_domain_smmu(const struct smmu_domain *domain)
{
    return smmu_of(domain->domain.iommu);
}

static inline void smmu_count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* For a walker that does not snoop: what the CPU stored there reaches memory. */
static inline void smmu_clean(const struct smmu *smmu, const void *ptr, size_t size)
{
    if (!smmu->features.coherent)
        port_cache_clean(smmu->iommu.port, ptr, size);
}

static inline uint32_t smmu_read32(const struct smmu *smmu, uint32_t reg)
{
    return smmu->mmio.read32(smmu->mmio.ctx, reg);
}

static inline void smmu_write32(const struct smmu *smmu, uint32_t reg, uint32_t value)
{
    smmu->mmio.write32(smmu->mmio.ctx, reg, value);
}

/* mmio.c */
void smmu_write64(struct smmu *smmu, uint32_t reg, uint64_t value);
/* Waits until the bits of mask in reg have this value. DMS_ETIMEDOUT. */
int smmu_wait32(struct smmu *smmu, uint32_t reg, uint32_t mask, uint32_t value);
/* Writes reg and waits until ack shows the same value. DMS_ETIMEDOUT. */
int smmu_write_ack(struct smmu *smmu, uint32_t reg, uint32_t ack, uint32_t value);

/* log.c: "name: message", "name: message 0xvalue" */
void smmu_log(const struct smmu *smmu, enum dms_log_level level, const char *message);
void smmu_log_value(const struct smmu *smmu, enum dms_log_level level, const char *message,
                    uint64_t value);
void smmu_log_setup(const struct smmu *smmu);

/* table.c: zeroed table memory that the SMMU can address. NULL: none. */
void *smmu_table_alloc(struct smmu *smmu, size_t size, size_t align, dms_phys_t *phys);
/* table may be NULL. Not given back when the instance is abandoned. */
void smmu_table_free(struct smmu *smmu, void *table, size_t size);

/* queue.c */
int smmu_queue_init(struct smmu *smmu, struct smmu_queue *queue, uint8_t lg2, unsigned words);
void smmu_queue_fini(struct smmu *smmu, struct smmu_queue *queue);
uint64_t smmu_queue_base(const struct smmu_queue *queue);

static inline uint64_t smmu_queue_size(const struct smmu_queue *queue)
{
    return queue->mask / 2 + 1;
}

/* PROD or CONS of a position: the index and, above it, the wrap bit. */
static inline uint32_t smmu_queue_reg(const struct smmu_queue *queue, uint64_t position)
{
    return (uint32_t)position & queue->mask;
}

/* Entries from `position` on to the place that a register names: 0 to twice the size, less one. */
static inline uint64_t smmu_queue_distance(const struct smmu_queue *queue, uint64_t position,
                                           uint32_t reg)
{
    return (reg - (uint32_t)position) & queue->mask;
}

/* words: 64-bit words in an entry. */
static inline dms_le64_t *smmu_queue_entry(const struct smmu_queue *queue, uint64_t position,
                                           unsigned words)
{
    return queue->entries + (position & queue->mask / 2) * words;
}

/* cmdq.c */
int smmu_cmdq_init(struct smmu *smmu, uint8_t lg2);
void smmu_cmdq_fini(struct smmu *smmu);
/*
 * Posts n commands and a CMD_SYNC and waits for that to complete. n may be 0. DMS_ETIMEDOUT;
 * DMS_EIO: one of the commands failed, or the queue is out of order. After an error any of the
 * commands may have had its effect.
 */
int smmu_cmdq_submit(struct smmu *smmu, const struct smmu_cmd *cmds, unsigned n);
/* The same for the invalidation of one page. */
int smmu_cmdq_submit_page(struct smmu *smmu, struct smmu_cmd cmd);
/* Reads CMDQ_CONS and moves cons forward. Returns the register. */
uint32_t smmu_cmdq_refresh(struct smmu *smmu);

/* Under cmdq.lock. Back in order: whoever waits learns that its commands are lost. */
void smmu_cmdq_set_order(struct smmu *smmu, bool in_order);

/* cmdq_error.c */
/*
 * Gets the queue going again after a command error; under cmdq.lock, with GERROR.CMDQ_ERR active.
 * Returns CERROR.
 */
enum smmu_cerror smmu_cmdq_repair(struct smmu *smmu);
/* Did a command at a position in [first, end) fail, of those after `history`? */
bool smmu_cmdq_failed(struct smmu *smmu, uint64_t first, uint64_t end, uint64_t history);

/* gerror.c: handles and acknowledges what is active. */
void smmu_gerror_handle(struct smmu *smmu);

/* evtq.c */
int smmu_evtq_init(struct smmu *smmu, uint8_t lg2);
void smmu_evtq_fini(struct smmu *smmu);
unsigned smmu_evtq_drain(struct smmu *smmu);

/* ste.c, cd.c: pure makers, and the writers that publish. See there. */
struct smmu_ste smmu_ste_make(const struct smmu *smmu, dms_phys_t cd);
enum smmu_ste_step {
    STE_BREAK, /* V = 0, if more than word 0 has to change */
    STE_FILL,  /* the words without V */
    STE_MAKE,  /* word 0 */
};
bool smmu_ste_step(const struct smmu *smmu, struct smmu_ste *live, const struct smmu_ste *target,
                   enum smmu_ste_step step);
void smmu_ste_clear(const struct smmu *smmu, struct smmu_ste *live);
struct smmu_cd smmu_cd_make(const struct smmu *smmu, const struct dms_pgtable *pt, uint16_t asid);
void smmu_cd_publish(const struct smmu *smmu, struct smmu_cd *live, const struct smmu_cd *target);
void smmu_cd_clear(const struct smmu *smmu, struct smmu_cd *live);

/* strtab.c */
int smmu_strtab_init(struct smmu *smmu, bool two_level, uint8_t sid_bits);
void smmu_strtab_fini(struct smmu *smmu);
uint32_t smmu_strtab_cfg(const struct smmu_strtab *strtab);
/* The span of `sid`, made if need be. NULL: no memory. */
struct smmu_span *smmu_strtab_span(struct smmu *smmu, dms_sid_t sid);

/* asid.c */
void smmu_asids_init(struct smmu *smmu, unsigned bits);
void smmu_asids_fini(struct smmu *smmu);
/* An ASID with its context descriptor, which is clear. DMS_ENOSPC, DMS_ENOMEM. */
int smmu_asid_alloc(struct smmu *smmu, uint16_t *asid, struct smmu_cd **cd, dms_phys_t *cd_phys);
void smmu_asid_free(struct smmu *smmu, uint16_t asid);

/* tlbi.c */
#define TLBI_MAX 64 /* more single commands than this cost more than refilling the address space */
struct smmu_tlbi {
    bool range; /* the SMMU has range invalidation */
    uint8_t granule_lg2;
    uint16_t asid;
};
unsigned smmu_tlbi_make(const struct smmu_tlbi *tlbi, const struct dms_iommu_gather *gather,
                        struct smmu_cmd out[TLBI_MAX]);

/* stream.c */
int smmu_attach(struct dms_iommu_domain *domain, struct dms_stream stream);
int smmu_detach(struct dms_iommu_domain *domain, struct dms_stream stream);

/*
 * domain.c, withheld.c. Withheld: gone for the caller, but the SMMU may still hold its ASID and
 * read its tables.
 */
int smmu_domain_create(struct dms_iommu *iommu, const struct dms_iommu_domain_cfg *cfg,
                       struct dms_iommu_domain **out);
int smmu_domain_destroy(struct dms_iommu_domain *domain);
void smmu_domain_free(struct smmu_domain *domain);
void smmu_withhold(struct smmu_domain *domain);
/* Takes all that is withheld; give it to one of the two below. */
void smmu_withheld_take(struct smmu *smmu, struct list *out);
void smmu_withheld_put_back(struct smmu *smmu, struct list *taken);
void smmu_withheld_free(struct list *taken);

/* map.c */
int smmu_map(struct dms_iommu_domain *domain, dms_iova_t iova, dms_phys_t phys, uint64_t size,
             uint32_t prot);
int smmu_map_list(struct dms_iommu_domain *domain, dms_iova_t iova,
                  const struct dms_iommu_piece *pieces, unsigned n, uint32_t prot,
                  uint64_t *mapped);
int smmu_unmap(struct dms_iommu_domain *domain, dms_iova_t iova, uint64_t size, bool exact,
               struct dms_iommu_gather *gather);
int smmu_flush(struct dms_iommu_domain *domain, struct dms_iommu_gather *gather);
int smmu_iova_to_phys(struct dms_iommu_domain *domain, dms_iova_t iova, dms_phys_t *phys);
int smmu_next_mapping(struct dms_iommu_domain *domain, dms_iova_t from, bool down,
                      struct dms_iommu_mapping *out);

/* reset.c */
int smmu_start(struct smmu *smmu);
/* Writes CR0 and waits. DMS_ETIMEDOUT. */
int smmu_set_cr0(struct smmu *smmu, uint32_t value);
int smmu_stop(struct smmu *smmu);
/* GBPA.ABORT. False: it cannot be set. */
bool smmu_set_abort(struct smmu *smmu);
/* Drops every cached configuration and translation. As smmu_cmdq_submit. */
int smmu_invalidate_all(struct smmu *smmu);

#endif
