/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "smmuv3_bench.h"

#include <stdlib.h>
#include <string.h>

#define CMDQ_LG2   4u
#define EVENTQ_LG2 2u
#define INDEX(lg2) ((2u << (lg2)) - 1u) /* index and wrap bit */

static void on_irq(void *ctx, enum smmuv3_irq which)
{
    ((struct bench *)ctx)->irqs[which]++;
}

void bench_init(struct bench *b)
{
    memset(b, 0, sizeof(*b));
    b->ram = (struct model_ram){
        .base = BENCH_RAM, .size = BENCH_SIZE, .host = calloc(1, (size_t)BENCH_SIZE)};
    assert_non_null(b->ram.host);
    b->cfg = smmuv3_model_default_cfg();
    b->cfg.unknown_caches = false;
    b->cfg.memory = model_ram_memory(&b->ram);
    b->cfg.irq = on_irq;
    b->cfg.ctx = b;
}

void bench_create(struct bench *b)
{
    assert_int_equal(smmuv3_model_create(&b->cfg, &b->smmu), 0);
    b->mmio = smmuv3_model_mmio(b->smmu);
}

static void write64(struct bench *b, uint32_t reg, uint64_t value)
{
    b->mmio.write64(b->mmio.ctx, reg, value);
}

void bench_start(struct bench *b)
{
    bench_create(b);
    bench_tables(b);
    write64(b, R_STRTAB_BASE, BENCH_STRTAB);
    bench_write(b, R_STRTAB_BASE_CFG, 3);
    write64(b, R_CMDQ_BASE, BENCH_CMDQ | CMDQ_LG2);
    bench_write(b, R_CMDQ_PROD, 0);
    bench_write(b, R_CMDQ_CONS, 0);
    write64(b, R_EVENTQ_BASE, BENCH_EVENTQ | EVENTQ_LG2);
    bench_write(b, R_EVENTQ_PROD, 0);
    bench_write(b, R_EVENTQ_CONS, 0);
    bench_write(b, R_CR2, 0x2); /* RECINVSID */
    bench_write(b, R_IRQ_CTRL, 0x5);
    bench_write(b, R_CR0, 0xd);
    assert_int_equal(bench_read(b, R_CR0ACK), 0xd);
}

void bench_end(struct bench *b)
{
    smmuv3_model_destroy(b->smmu);
    free(b->ram.host);
}

struct bench bench;

int bench_prepare(void **state)
{
    (void)state;
    bench_init(&bench);
    return 0;
}

int bench_setup(void **state)
{
    bench_prepare(state);
    bench_start(&bench);
    return 0;
}

int bench_setup_substreams(void **state)
{
    bench_prepare(state);
    bench.cfg.ssid_bits = 4;
    bench_start(&bench);
    return 0;
}

int bench_teardown(void **state)
{
    (void)state;
    bench_end(&bench);
    return 0;
}

uint32_t bench_read(struct bench *b, uint32_t reg)
{
    return b->mmio.read32(b->mmio.ctx, reg);
}

void bench_write(struct bench *b, uint32_t reg, uint32_t value)
{
    b->mmio.write32(b->mmio.ctx, reg, value);
}

void bench_poke(struct bench *b, uint64_t pa, uint64_t value)
{
    assert_true(b->cfg.memory.store64(b->cfg.memory.ctx, pa, value));
}

uint64_t bench_peek(struct bench *b, uint64_t pa)
{
    uint64_t value;

    assert_true(b->cfg.memory.load64(b->cfg.memory.ctx, pa, &value));
    return value;
}

void bench_stream(struct bench *b, uint32_t sid, uint64_t cd, uint16_t asid)
{
    bench_poke(b, BENCH_STRTAB + 64 * sid, BENCH_STE_0(cd));
    bench_poke(b, BENCH_STRTAB + 64 * sid + 8, BENCH_STE_1);
    bench_poke(b, cd, BENCH_CD_0(asid));
    bench_poke(b, cd + 8, BENCH_L0);
    bench_poke(b, cd + 24, 0xff);
}

void bench_tables(struct bench *b)
{
    bench_stream(b, BENCH_SID, BENCH_CD, BENCH_ASID);
    bench_poke(b, BENCH_L0 + 8 * 1, BENCH_L1 | BENCH_TABLE);
    bench_poke(b, BENCH_L1 + 8 * 2, BENCH_L2 | BENCH_TABLE);
    bench_poke(b, BENCH_L2 + 8 * 3, BENCH_L3 | BENCH_TABLE);
    bench_poke(b, BENCH_L3 + 8 * 4, BENCH_PAGE | BENCH_LEAF);
}

void bench_command(struct bench *b, uint64_t word0, uint64_t word1)
{
    uint32_t prod = bench_read(b, R_CMDQ_PROD);
    uint64_t at = BENCH_CMDQ + 16 * (prod & ((1u << CMDQ_LG2) - 1));

    bench_poke(b, at, word0);
    bench_poke(b, at + 8, word1);
    bench_write(b, R_CMDQ_PROD, (prod + 1) & INDEX(CMDQ_LG2));
}

void bench_sync(struct bench *b, uint64_t word0, uint64_t word1)
{
    bench_command(b, word0, word1);
    bench_command(b, 0x46, 0);
    assert_int_equal(bench_read(b, R_CMDQ_CONS), bench_read(b, R_CMDQ_PROD));
}

struct smmuv3_result bench_access(struct bench *b, uint64_t iova, bool write)
{
    const struct smmuv3_access access = {.sid = BENCH_SID, .iova = iova, .size = 8, .write = write};

    return smmuv3_model_access(b->smmu, &access, NULL);
}

uint8_t bench_event_of(struct bench *b, uint64_t iova, bool write)
{
    struct smmuv3_result result = bench_access(b, iova, write);

    assert_int_equal(result.outcome == SMMUV3_ABORTED, result.event != 0);
    return result.event;
}

bool bench_reaches(struct bench *b, uint32_t sid, uint64_t iova, uint64_t pa)
{
    const struct smmuv3_access access = {.sid = sid, .iova = iova, .size = 8};
    struct smmuv3_result result = smmuv3_model_access(b->smmu, &access, NULL);

    return result.outcome == SMMUV3_OK && result.pa == pa;
}

void bench_expect(struct bench *b, const uint64_t record[4])
{
    uint32_t cons = bench_read(b, R_EVENTQ_CONS);
    uint32_t prod = bench_read(b, R_EVENTQ_PROD);
    uint64_t at = BENCH_EVENTQ + 32 * (cons & ((1u << EVENTQ_LG2) - 1));

    assert_int_not_equal((cons ^ prod) & INDEX(EVENTQ_LG2), 0);
    for (unsigned i = 0; i < 4; i++) {
        if (bench_peek(b, at + 8 * i) != record[i])
            print_message("# word %u of the record is 0x%llx\n", i,
                          (unsigned long long)bench_peek(b, at + 8 * i));
        assert_true(bench_peek(b, at + 8 * i) == record[i]);
    }
    bench_write(b, R_EVENTQ_CONS, ((cons + 1) & INDEX(EVENTQ_LG2)) | (cons & UINT32_C(0x80000000)));
}

void bench_expect_none(struct bench *b)
{
    assert_int_equal(
        (bench_read(b, R_EVENTQ_CONS) ^ bench_read(b, R_EVENTQ_PROD)) & INDEX(EVENTQ_LG2), 0);
}
