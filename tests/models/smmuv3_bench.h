/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A model of the SMMUv3 with a megabyte of RAM, and nothing of the driver: what the tests put into
 * memory and registers are words written out by hand from the architecture (IHI 0070; the clause is
 * beside them), so that a mistake that model and driver share is seen.
 */
#ifndef TESTS_MODELS_SMMUV3_BENCH_H
#define TESTS_MODELS_SMMUV3_BENCH_H

#include "../cmocka_all.h"

#include <models/smmuv3/smmuv3_model.h>

/* Where things lie. */
#define BENCH_RAM    UINT64_C(0x80000000)
#define BENCH_SIZE   UINT64_C(0x100000)
#define BENCH_CMDQ   UINT64_C(0x80000000) /* 16 commands */
#define BENCH_EVENTQ UINT64_C(0x80001000) /* 4 events */
#define BENCH_STRTAB UINT64_C(0x80002000) /* linear, streams 0 to 7 */
#define BENCH_CD     UINT64_C(0x80003000) /* of streams 1 and 2, 64 bytes each */
#define BENCH_L0     UINT64_C(0x80010000) /* 4 KiB granule, 48 bits */
#define BENCH_L1     UINT64_C(0x80011000)
#define BENCH_L2     UINT64_C(0x80012000)
#define BENCH_L3     UINT64_C(0x80013000)
#define BENCH_PAGE   UINT64_C(0x80020000)

/* Leads to BENCH_PAGE: index 1 of L0, 2 of L1, 3 of L2, 4 of L3. */
#define BENCH_IOVA UINT64_C(0x8080604000)

/*
 * 5.2: V, Config = stage 1 translates, S1ContextPtr; cacheable, inner shareable, SHCFG incoming.
 * 5.4: T0SZ 16, 4 KiB, EPD1, V, IPS 48, AA64, R, A, ASET.
 */
#define BENCH_STE_0(cd)  ((cd) | UINT64_C(0xb))
#define BENCH_STE_1      UINT64_C(0x00001000000000d4)
#define BENCH_CD_0(asid) ((uint64_t)(asid) << 48 | UINT64_C(0x0000e205c0003510))
#define BENCH_ASID       7
#define BENCH_SID        1
/* Page: valid, inner shareable, AF, nG, AP[1], UXN and PXN. */
#define BENCH_LEAF       UINT64_C(0x0060000000000f43)
#define BENCH_LEAF_BLOCK UINT64_C(0x0060000000000f41)
#define BENCH_TABLE      UINT64_C(3)

enum bench_register {
    R_IDR0 = 0x0,
    R_IDR1 = 0x4,
    R_IDR3 = 0xc,
    R_IDR5 = 0x14,
    R_CR0 = 0x20,
    R_CR0ACK = 0x24,
    R_CR1 = 0x28,
    R_CR2 = 0x2c,
    R_GBPA = 0x44,
    R_IRQ_CTRL = 0x50,
    R_IRQ_CTRLACK = 0x54,
    R_GERROR = 0x60,
    R_GERRORN = 0x64,
    R_STRTAB_BASE = 0x80,
    R_STRTAB_BASE_CFG = 0x88,
    R_CMDQ_BASE = 0x90,
    R_CMDQ_PROD = 0x98,
    R_CMDQ_CONS = 0x9c,
    R_EVENTQ_BASE = 0xa0,
    R_EVENTQ_PROD = 0x100a8,
    R_EVENTQ_CONS = 0x100ac,
};

struct bench {
    struct smmuv3_model_cfg cfg; /* the default; change before bench_start */
    struct model_ram ram;
    struct smmuv3_model *smmu;
    struct dms_mmio mmio;
    unsigned irqs[3]; /* by enum smmuv3_irq */
};

/* Memory, the default configuration without unknown caches; nothing runs yet. */
void bench_init(struct bench *b);
/* Creates the model. Queues and stream table are set, all is enabled, and stream 1 translates. */
void bench_start(struct bench *b);
/* Only creates it: nothing is enabled. */
void bench_create(struct bench *b);
void bench_end(struct bench *b);

/* The bench of a test with these set-ups: not running; running; running with 4-bit substream IDs. */
extern struct bench bench;
int bench_prepare(void **state);
int bench_setup(void **state);
int bench_setup_substreams(void **state);
int bench_teardown(void **state);

uint32_t bench_read(struct bench *b, uint32_t reg);
void bench_write(struct bench *b, uint32_t reg, uint32_t value);
void bench_poke(struct bench *b, uint64_t pa, uint64_t value);
uint64_t bench_peek(struct bench *b, uint64_t pa);

/* Writes the tables that lead from BENCH_IOVA to BENCH_PAGE for stream 1. */
void bench_tables(struct bench *b);
/* Another stream with a context descriptor of its own, and the same tables. */
void bench_stream(struct bench *b, uint32_t sid, uint64_t cd, uint16_t asid);

/* Posts a command, whatever becomes of it; bench_sync posts a CMD_SYNC as well. */
void bench_command(struct bench *b, uint64_t word0, uint64_t word1);
void bench_sync(struct bench *b, uint64_t word0, uint64_t word1);

/* One access of 8 bytes of stream 1 without further attributes. */
struct smmuv3_result bench_access(struct bench *b, uint64_t iova, bool write);
/* The event number, 0 when it succeeds. */
uint8_t bench_event_of(struct bench *b, uint64_t iova, bool write);
bool bench_reaches(struct bench *b, uint32_t sid, uint64_t iova, uint64_t pa);

/* Takes the oldest event out of the queue, which must have one, and compares it. */
void bench_expect(struct bench *b, const uint64_t record[4]);
/* The queue is empty. */
void bench_expect_none(struct bench *b);

#endif
