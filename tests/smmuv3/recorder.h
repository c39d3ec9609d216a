/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A port and an SMMU that write down what the driver does, in one ordered log: stores to tables,
 * barriers, register writes, and the commands that the SMMU took. It translates nothing.
 *
 * Stores are seen through the cache-clean callback, which the driver calls for each of them when
 * the SMMU says that it does not snoop (the recorder's default). A hook runs after every entry of
 * the log, with the SMMU's view of memory at that moment.
 */
#ifndef TESTS_SMMUV3_RECORDER_H
#define TESTS_SMMUV3_RECORDER_H

#include <dmaspace/port.h>
#include <dmaspace/smmuv3.h>

enum rec_kind {
    REC_STORE,      /* a: physical address, b: value of the word there */
    REC_BARRIER,    /* a: enum dms_barrier */
    REC_WRITE,      /* a: register offset, b: value */
    REC_COMMAND,    /* a, b: the two words */
    REC_INVALIDATE, /* a: physical address, b: size of what the CPU dropped from its cache */
};

struct rec_entry {
    enum rec_kind kind;
    uint64_t a;
    uint64_t b;
};

/* How the command queue answers. */
enum rec_cmdq {
    REC_CMDQ_AT_ONCE, /* commands are taken inside the write of PROD */
    REC_CMDQ_ON_READ, /* one command before each read of CONS */
    REC_CMDQ_STUCK,   /* never */
};

#define REC_LOG_MAX    4096
#define REC_BLOCKS_MAX 2048
#define REC_PHYS_BASE  UINT64_C(0x40000000)

struct recorder {
    struct dms_port port;
    struct dms_mmio mmio;

    /* The registers that tests preset: ID registers, GBPA, CR0, ... (page 0), and page 1. */
    uint32_t regs[0x200];
    uint32_t page1[0x40];

    /* Behaviour. */
    enum rec_cmdq cmdq;
    uint64_t fail_command; /* this command (from 1 on) fails with `fail_code`; 0: none */
    uint32_t fail_code;
    bool fail_always;  /* every command from fail_command on */
    bool gbpa_stuck;   /* GBPA.UPDATE never clears */
    bool gbpa_raz;     /* GBPA reads as zero, as in QEMU 7.2 */
    uint32_t ack_lost; /* CR0ACK or IRQ_CTRLACK: the offset of the one that never follows */
    uint64_t tick_ns;  /* what each look at the clock adds */
    void (*hook)(void *ctx, const struct rec_entry *entry);
    void *hook_ctx;

    /* What happened. */
    struct rec_entry log[REC_LOG_MAX];
    unsigned count;
    uint64_t commands; /* taken since the beginning */
    uint64_t now;
    unsigned locked; /* locks held now */
    unsigned logged; /* lines of the port's log */
    char last_line[256];
    bool verbose; /* ... are printed too */

    /* Memory. */
    uint8_t *arena;
    uint64_t used;
    uint64_t free_tables[32];
    unsigned live_objects;
    unsigned live_tables;
    unsigned live_locks;
    struct rec_block {
        void *ptr;
        size_t size;
    } blocks[REC_BLOCKS_MAX];      /* what is allocated; ptr NULL: free slot */
    bool abandoned;                /* the SMMU did not stop, so tables are left at the end */
    void (*alloc_hook)(void *ctx); /* inside the next table_alloc, once, with hook_ctx */
    uint64_t calls;                /* of alloc and table_alloc */
    uint64_t fail_call;            /* this call (from 1 on) gives NULL; 0: none */
    uint64_t table_base;           /* added to physical addresses: tables beyond the output size */
};

/* Memory, ID registers of a small but complete SMMU (not coherent), everything answers at once. */
void recorder_init(struct recorder *rec);
/* Everything was given back. */
void recorder_fini(struct recorder *rec);

struct dms_smmuv3_cfg recorder_cfg(struct recorder *rec);

/* Creates an instance, which has to succeed, and empties the log. */
struct dms_iommu *recorder_create(struct recorder *rec);

void recorder_clear(struct recorder *rec);

/* The host's pointer to a physical address. */
void *recorder_at(struct recorder *rec, uint64_t phys);
uint64_t recorder_load(struct recorder *rec, uint64_t phys);

/* Index of the first entry from `from` on with this kind and a; -1: none. */
int recorder_find(const struct recorder *rec, unsigned from, enum rec_kind kind, uint64_t a);
unsigned recorder_count(const struct recorder *rec, enum rec_kind kind);
/* The n-th command in the log; it has to be there. */
const struct rec_entry *recorder_command(const struct recorder *rec, unsigned n);

/* Puts a record into the event queue as the SMMU would. */
void recorder_event(struct recorder *rec, const uint64_t record[4]);

/* Toggles bits of GERROR. */
void recorder_gerror(struct recorder *rec, uint32_t bits);

#endif
