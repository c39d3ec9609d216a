/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * An SMMUv3 at register level, Non-secure, stage 1 (Arm IHI 0070). It is written from the architecture a second
 * time, sharing no layout with the driver, so that the two check each other.
 *
 * It keeps what hardware may keep: a TLB tagged by ASID, a walk cache of table descriptors, and a configuration
 * cache of level-1 stream descriptors, STEs and CDs, invalid ones included. Nothing but the commands takes anything
 * out of these (or replacement, when they are full), and DMA uses what is there. A missing invalidation therefore
 * shows.
 *
 * Where the architecture leaves a choice, the model takes the one least kind to the driver:
 *  - An invalidation that was consumed takes effect when a following CMD_SYNC is (see invalidate_at_once).
 *  - Registers ignore writes while the unit that they configure is enabled.
 *  - TLBI with a TTL that is not the leaf's level, or with an Address not aligned for it, invalidates nothing.
 *  - Events of one stream are never merged.
 *
 * Absent, and said so in the ID registers: stage 2, EL2 and EL3, ATS, PRI, stall, MSI, HTTU, BTM, MPAM, SEV, ECMDQ.
 * F_UUT, F_BAD_ATS_TREQ and F_TRANSL_FORBIDDEN occur because an access can ask for what raises them (kind).
 *
 * Determinism: with the same configuration and the same sequence of calls, everything is the same, but for
 * SMMUV3_CMDS_THREAD. Thread-safety: everything may be called from several threads at once, except destroy.
 * Callbacks run in the thread that caused them, without any lock of the model held.
 */
#ifndef MODELS_SMMUV3_MODEL_H
#define MODELS_SMMUV3_MODEL_H

#include <dmaspace/port.h>

#include <models/memory.h>
#include <models/smmuv3/smmuv3_faults.h>

struct smmuv3_model;

/* When commands are taken from the command queue. */
enum smmuv3_commands {
    SMMUV3_CMDS_AT_ONCE,    /* all of them inside the register write that posts them, as in QEMU */
    SMMUV3_CMDS_PER_ACCESS, /* at most `burst` before each register access and each DMA access */
    SMMUV3_CMDS_STEPPED,    /* only by smmuv3_model_step() */
    SMMUV3_CMDS_THREAD,     /* by a thread of the model */
};

enum smmuv3_irq {
    SMMUV3_IRQ_EVENTQ, /* the event queue is no longer empty, or overflowed; gated by IRQ_CTRL */
    SMMUV3_IRQ_GERROR, /* a global error became active; gated by IRQ_CTRL */
    SMMUV3_IRQ_SYNC,   /* a CMD_SYNC with CS = SIG_IRQ completed */
};

struct smmuv3_model_cfg {
    struct model_memory memory;

    /* What the ID registers say. */
    uint8_t oas_bits;     /* output address size: 32, 36, 40, 42, 44, 48 or 52 */
    uint8_t sid_bits;     /* 0..32 */
    uint8_t ssid_bits;    /* 0..20; 0: no substreams */
    uint8_t asid_bits;    /* 8 or 16 */
    uint8_t cmdq_lg2_max; /* entries, 0..19 */
    uint8_t evtq_lg2_max; /* entries, 0..19 */
    uint8_t bbml; /* IDR3.BBML, 0..2; below 2, two entries for one address raise F_TLB_CONFLICT */
    uint32_t granules;   /* bits 12, 14, 16, as in struct dms_iommu_caps */
    bool two_level;      /* two-level stream tables (and context tables, if ssid_bits != 0) */
    bool ril;            /* range invalidation */
    bool coherent;       /* table walks snoop; the model's memory is coherent whatever this says */
    bool term_model;     /* CD.A = 0 (read as zero, writes ignored) is not offered */
    bool perms_override; /* STE.PRIVCFG and INSTCFG are used */

    /* What reset leaves. */
    bool gbpa_abort; /* GBPA.ABORT: with SMMUEN = 0, transactions abort instead of bypassing */
    bool
        unknown_caches; /* until CFGI_ALL / TLBI_NSNH_ALL, caches hold junk: C_BAD_STE / F_TLB_CONFLICT */

    /* Sizes of the caches in entries; a power of two. */
    uint32_t tlb_entries;
    uint32_t walk_entries;
    uint32_t config_entries;

    enum smmuv3_commands commands;
    uint32_t burst;          /* for PER_ACCESS; 0: 0 to 3, drawn from seed */
    bool invalidate_at_once; /* CFGI and TLBI take effect when consumed, not at the next CMD_SYNC */
    uint64_t seed;           /* of `burst` and of replacement in the caches */

    struct smmuv3_faults faults;

    /* Each may be NULL. on_command: when a command is consumed, in order. on_event: for each event, lost or not. */
    void *ctx;
    void (*irq)(void *ctx, enum smmuv3_irq which);
    void (*on_command)(void *ctx, const uint64_t command[2]);
    void (*on_event)(void *ctx, const uint64_t record[4], bool recorded);
};

/*
 * What a driver should meet by default: OAS 48, 16-bit SIDs, 16-bit ASIDs, all granules, two-level tables, RIL,
 * coherent, GBPA.ABORT, unknown caches, commands at once with effect at CMD_SYNC, no faults. memory is left empty.
 */
struct smmuv3_model_cfg smmuv3_model_default_cfg(void);

/*
 * *cfg is copied. 0; DMS_EINVAL: a field outside its range, or no memory callbacks; DMS_ENOMEM. After an error
 * *out is unchanged.
 */
int smmuv3_model_create(const struct smmuv3_model_cfg *cfg, struct smmuv3_model **out);

/* Ends the model's thread, if any, and frees it. Nobody else may be inside the model. NULL is allowed. */
void smmuv3_model_destroy(struct smmuv3_model *m);

/* The registers: two 64 KiB pages. Valid as long as the model is. */
struct dms_mmio smmuv3_model_mmio(struct smmuv3_model *m);

/* ---- transactions ----------------------------------------------------------------------------------------- */

enum smmuv3_kind {
    SMMUV3_UNTRANSLATED,   /* what every DMA is */
    SMMUV3_ATS_TRANSLATED, /* claims to be translated already: F_TRANSL_FORBIDDEN */
    SMMUV3_ATS_REQUEST,    /* F_BAD_ATS_TREQ */
    SMMUV3_UNSUPPORTED,    /* F_UUT */
};

struct smmuv3_access {
    uint32_t sid;
    uint32_t ssid; /* used when ssid_valid */
    bool ssid_valid;
    bool write;
    bool instr; /* instruction fetch */
    bool priv;
    enum smmuv3_kind kind;
    uint64_t iova;
    size_t size; /* bytes; 0 does nothing and succeeds */
};

enum smmuv3_outcome {
    SMMUV3_OK,
    SMMUV3_ABORTED,   /* by the SMMU, for the reason in `event` (0: one that records none) */
    SMMUV3_BUS_ERROR, /* translated, but nothing is at the physical address */
};

struct smmuv3_result {
    enum smmuv3_outcome outcome;
    uint8_t event; /* event number of the architecture, 0x10 for F_TRANSLATION; 0: none */
    bool recorded; /* the event is in the event queue */
    uint64_t iova; /* first address that failed; the access's own when it did not */
    uint64_t pa;   /* of `iova`, when translated */
    size_t done;   /* bytes moved: everything before `iova` */
};

/*
 * One transaction of any size, page by page, as a device's burst would be. Moves bytes to buf (read) or from it
 * (write); buf NULL: translates only. Stops at the first failure. A read that CD.A = 0 terminates gives zeros and
 * succeeds.
 */
struct smmuv3_result smmuv3_model_access(struct smmuv3_model *m, const struct smmuv3_access *access,
                                         void *buf);

/* ---- commands --------------------------------------------------------------------------------------------- */

/* Takes at most n commands from the queue, in any mode. Returns how many were consumed. */
unsigned smmuv3_model_step(struct smmuv3_model *m, unsigned n);

/* Replaces the fault settings and starts counting occurrences anew. What is stuck comes free if no longer set. */
void smmuv3_model_set_faults(struct smmuv3_model *m, const struct smmuv3_faults *faults);

/* ---- counters --------------------------------------------------------------------------------------------- */

struct smmuv3_counters {
    uint64_t commands[256]; /* consumed, by opcode */
    uint64_t syncs;
    uint64_t command_errors;
    uint64_t translations; /* one per page of an access */
    uint64_t tlb_hits;
    uint64_t tlb_misses;
    uint64_t walks;
    uint64_t walk_loads; /* descriptors read from memory */
    uint64_t config_hits;
    uint64_t config_misses;
    uint64_t events;      /* raised, recorded or not */
    uint64_t events_lost; /* of these, not in the queue: full, aborted, or EVENTQEN = 0 */
    uint64_t register_accesses;
    uint64_t faults; /* of smmuv3_faults, those that came to pass */
};

void smmuv3_model_counters(struct smmuv3_model *m, struct smmuv3_counters *out);
void smmuv3_model_clear_counters(struct smmuv3_model *m);

/* Does the TLB hold a translation of `iova` for `asid` (global entries count)? For tests. */
bool smmuv3_model_tlb_holds(struct smmuv3_model *m, uint16_t asid, uint64_t iova);

/* "F_TRANSLATION" for 0x10; "unknown event" for what is none. Never NULL. */
const char *smmuv3_event_name(uint8_t event);

#endif
