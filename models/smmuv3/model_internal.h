/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The model's parts and what they share.
 *
 * Locks, in the order in which they are taken:
 *   regs_lock     the register file but what out_lock has, and the command queue
 *   the gate      one lane: a translation and its move of bytes, no longer than one page. All lanes: whatever a
 *                 translation depends on changes (registers, invalidations). So a CMD_SYNC waits for the
 *                 transactions that use what it invalidates (4.7.3). gate_lock comes before the lanes.
 *   a cache shard
 *   out_lock      what the SMMU tells software: event queue, GERROR, IRQ_CTRL
 */
#ifndef MODELS_SMMUV3_INTERNAL_H
#define MODELS_SMMUV3_INTERNAL_H

#include <models/smmuv3/smmuv3_model.h>

#include "bits.h"
#include "config_cache.h"
#include "range_cache.h"
#include "registers.h"

#include <pthread.h>
#include <stdatomic.h>

#define LANES 8u

struct lane {
    pthread_mutex_t lock;
    atomic_bool used;             /* by a thread, ever; becomes true under gate_lock */
    struct smmuv3_counters count; /* of what was done in this lane */
    char pad[64];                 /* keeps the next lane's lock in a cache line of its own */
};

/* Register contents. What is written is what is read back; *_ack and `effective` values follow (6.3.9). */
struct register_file {
    uint32_t idr[6];
    uint32_t aidr;
    uint32_t cr0;
    uint32_t cr0ack; /* gate: what is in force */
    uint32_t cr1;
    uint32_t cr2;  /* gate */
    uint32_t gbpa; /* gate */
    uint32_t irq_ctrl;
    uint32_t irq_ctrlack;     /* out_lock */
    _Atomic uint32_t gerror;  /* written under out_lock; its CMDQ bit under regs_lock, too */
    _Atomic uint32_t gerrorn; /* likewise */
    uint64_t strtab_base;     /* gate */
    uint32_t strtab_cfg;      /* gate */
    uint64_t cmdq_base;
    uint32_t cmdq_prod;
    uint32_t cmdq_cons;
    uint64_t evtq_base;         /* out_lock */
    _Atomic uint32_t evtq_prod; /* written under out_lock */
    _Atomic uint32_t evtq_cons; /* likewise */
};

/* How often each kind of thing has happened that struct smmuv3_faults can hit; its first members, in its order. */
#define FAULT_KINDS 13u

/* Invalidations that were consumed and wait for a CMD_SYNC. When full, they take effect early. */
#define PENDING_MAX 256u

struct smmuv3_model {
    struct smmuv3_model_cfg cfg; /* constant, but for faults: regs_lock and gate */
    pthread_mutex_t regs_lock;
    pthread_mutex_t gate_lock; /* held while the gate is closed, and to use a lane for the first time */
    struct lane lanes[LANES];
    pthread_mutex_t out_lock;
    struct register_file regs;

    struct range_cache tlb;
    struct range_cache walks;
    struct config_cache config;
    bool config_unknown; /* gate: caches still hold what reset left */
    bool tlb_unknown;

    /* Command queue: regs_lock. */
    uint64_t pending[PENDING_MAX][2];
    unsigned npending;
    bool stuck;          /* until set_faults */
    bool fault_counted;  /* the command at CONS has been counted as an occurrence */
    uint32_t slow_reads; /* register reads since the last command */
    uint32_t ack_reads;  /* of CR0ACK, IRQ_CTRLACK or GBPA since the last change of theirs */
    bool ack_lost;
    uint64_t burst_random;
    struct smmuv3_counters count; /* what is done under regs_lock */
    pthread_t worker;
    pthread_cond_t work; /* with regs_lock: there may be something for the worker */
    bool stop;

    atomic_uint irqs;                  /* bit n: enum smmuv3_irq n is to be delivered */
    atomic_uint occurred[FAULT_KINDS]; /* occurrences of each fault kind */
    _Atomic uint64_t faults;           /* of these, those that came to pass */
};

/* A page's worth of a transaction, with the attributes that the STE leaves (13.1.2). */
struct request {
    uint32_t sid;
    uint32_t ssid;
    bool ssv;
    bool write;
    bool instr;
    bool priv;
    enum smmuv3_kind kind;
    uint64_t iova;
};

enum fault_class {
    CLASS_CD = 0,
    CLASS_TT = 1,
    CLASS_IN = 2,
};

/* Why a request is terminated. */
struct fault {
    uint8_t event; /* 0: silently */
    bool quiet;    /* the event is not recorded (CD.R, RECINVSID) */
    bool razwi;    /* completed as if it had succeeded (CD.A) */
    enum fault_class class;
    uint64_t fetch; /* address of the structure that could not be read */
};

enum event_number {
    F_UUT = 0x01,
    C_BAD_STREAMID = 0x02,
    F_STE_FETCH = 0x03,
    C_BAD_STE = 0x04,
    F_BAD_ATS_TREQ = 0x05,
    F_STREAM_DISABLED = 0x06,
    F_TRANSL_FORBIDDEN = 0x07,
    C_BAD_SUBSTREAMID = 0x08,
    F_CD_FETCH = 0x09,
    C_BAD_CD = 0x0a,
    F_WALK_EABT = 0x0b,
    F_TRANSLATION = 0x10,
    F_ADDR_SIZE = 0x11,
    F_ACCESS = 0x12,
    F_PERMISSION = 0x13,
    F_TLB_CONFLICT = 0x20,
    F_CFG_CONFLICT = 0x21,
};

enum leaf_attr {
    LEAF_READ_ONLY = 1u << 0,
    LEAF_USER = 1u << 1, /* unprivileged access allowed */
    LEAF_UXN = 1u << 2,
    LEAF_PXN = 1u << 3,
};

/* Commands of a Non-secure, stage 1 unit (4.1.1). */
enum opcode {
    CMD_PREFETCH_CONFIG = 0x01,
    CMD_PREFETCH_ADDR = 0x02,
    CMD_CFGI_STE = 0x03,
    CMD_CFGI_STE_RANGE = 0x04,
    CMD_CFGI_CD = 0x05,
    CMD_CFGI_CD_ALL = 0x06,
    CMD_TLBI_NH_ALL = 0x10,
    CMD_TLBI_NH_ASID = 0x11,
    CMD_TLBI_NH_VA = 0x12,
    CMD_TLBI_NH_VAA = 0x13,
    CMD_TLBI_NSNH_ALL = 0x30,
    CMD_SYNC = 0x46,
};

/* ---- gate.c ------------------------------------------------------------------------------------------------ */

void gate_init(struct smmuv3_model *m);
void gate_fini(struct smmuv3_model *m);
struct lane *gate_enter(struct smmuv3_model *m);
void gate_leave(struct lane *lane);
void gate_close(struct smmuv3_model *m);
void gate_open(struct smmuv3_model *m);

/* ---- faults.c ---------------------------------------------------------------------------------------------- */

/* Counts an occurrence of the thing that `when`, a member of m->cfg.faults, stands for: is it hit? */
bool fault_hits(struct smmuv3_model *m, const struct smmuv3_when *when);

/* ---- id_registers.c ---------------------------------------------------------------------------------------- */

bool id_cfg_valid(const struct smmuv3_model_cfg *cfg);
void id_registers_fill(struct smmuv3_model *m);

/* ---- registers.c, guards.c: all with regs_lock ------------------------------------------------------------- */

uint32_t register_read(struct smmuv3_model *m, uint32_t offset);
void register_write(struct smmuv3_model *m, uint32_t offset, uint32_t value);
bool register_is_64bit(uint32_t offset);
void registers_reset(struct smmuv3_model *m);

/* May `offset` be written now, as far as the enables that guard it go? */
bool register_writable(const struct smmuv3_model *m, uint32_t offset);

/* ---- control.c: registers whose writes take effect by a handshake; with regs_lock -------------------------- */

void control_write_cr0(struct smmuv3_model *m, uint32_t value);
void control_write_irq_ctrl(struct smmuv3_model *m, uint32_t value);
void control_write_gbpa(struct smmuv3_model *m, uint32_t value);
/* A read of an ACK register, or of GBPA: lets a slow acknowledgement come nearer. */
void control_ack_read(struct smmuv3_model *m);

/* ---- command_queue.c: with regs_lock ----------------------------------------------------------------------- */

/* Takes at most `max` commands. Returns how many were consumed. */
unsigned cmdq_run(struct smmuv3_model *m, unsigned max);
/* What the configured mode does at a register or DMA access. */
void cmdq_at_access(struct smmuv3_model *m);
void cmdq_kick(struct smmuv3_model *m);

/* ---- commands.c -------------------------------------------------------------------------------------------- */

/* False: illegal. With regs_lock. */
bool command_legal(const struct smmuv3_model *m, const uint64_t command[2]);
/* A legal command takes its course. With regs_lock. */
void command_execute(struct smmuv3_model *m, const uint64_t command[2]);

/* ---- invalidate.c: with regs_lock and the gate closed ------------------------------------------------------ */

void invalidate_config(struct smmuv3_model *m, const uint64_t command[2]);
void invalidate_tlb(struct smmuv3_model *m, const uint64_t command[2]);
/* Illegal combinations of the range fields (4.4.1.1). */
bool range_fields_legal(const struct smmuv3_model *m, const uint64_t command[2]);

/* ---- event_queue.c, events.c, errors.c --------------------------------------------------------------------- */

void event_record(const struct request *r, const struct fault *f, uint64_t record[4]);
/* Appends to the event queue. False: lost. In a lane. */
bool event_post(struct smmuv3_model *m, struct lane *lane, const uint64_t record[4]);
/* With out_lock. */
void gerror_raise(struct smmuv3_model *m, uint32_t error);
bool gerror_active(const struct smmuv3_model *m, uint32_t error);
void irq_raise(struct smmuv3_model *m, enum smmuv3_irq which);
/* Without any lock. */
void irq_deliver(struct smmuv3_model *m);

/* Free running index of a queue of 2^lg2 entries with its wrap bit (3.5.1). */
static inline bool queue_full(uint32_t prod, uint32_t cons, unsigned lg2)
{
    uint32_t used = (prod - cons) & (uint32_t)below_lg2(lg2 + 1);

    return used >= UINT32_C(1) << lg2;
}

/* ---- translation, in a lane: false with *f filled ----------------------------------------------------------- */

bool memory_load(struct smmuv3_model *m, uint64_t pa, uint64_t *words, unsigned n);

bool stream_find(struct smmuv3_model *m, struct lane *lane, uint32_t sid, struct stream *out,
                 struct fault *f);
void stream_decode(const struct smmuv3_model *m, const uint64_t ste[8], struct stream *out);

bool context_find(struct smmuv3_model *m, struct lane *lane, const struct stream *stream,
                  uint32_t sid, uint32_t ssid, struct context *out, struct fault *f);
void context_decode(const struct smmuv3_model *m, const uint64_t cd[8], struct context *out);

/* TLB first, then tables. */
bool address_find(struct smmuv3_model *m, struct lane *lane, const struct context *context,
                  uint64_t iova, struct range_entry *out, struct fault *f);
bool table_walk(struct smmuv3_model *m, struct lane *lane, const struct context *context,
                const struct context_half *half, uint64_t va, struct range_entry *out,
                struct fault *f);
bool permitted(const struct context *context, const struct request *r, uint32_t attrs);

/* The whole way for one request; r's attributes are overridden as the STE says. */
bool translate(struct smmuv3_model *m, struct lane *lane, struct request *r, uint64_t *pa,
               struct fault *f);

#endif
