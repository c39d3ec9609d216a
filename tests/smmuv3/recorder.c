/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#define _DEFAULT_SOURCE
#include "recorder.h"

#include "../cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ARENA_BYTES (UINT64_C(8) << 30)

#define IDR0        0x00
#define IDR1        0x04
#define IDR3        0x0c
#define IDR5        0x14
#define CR0         0x20
#define CR0ACK      0x24
#define GBPA        0x44
#define IRQ_CTRL    0x50
#define IRQ_CTRLACK 0x54
#define GERROR      0x60
#define GERRORN     0x64
#define CMDQ_BASE   0x90
#define CMDQ_PROD   0x98
#define CMDQ_CONS   0x9c
#define EVENTQ_BASE 0xa0
#define EVENTQ_PROD 0x100a8
#define EVENTQ_CONS 0x100ac

static void record(struct recorder *rec, enum rec_kind kind, uint64_t a, uint64_t b)
{
    struct rec_entry entry = {kind, a, b};

    if (rec->count < REC_LOG_MAX)
        rec->log[rec->count++] = entry;
    if (rec->hook)
        rec->hook(rec->hook_ctx, &entry);
}

static uint32_t *reg_at(struct recorder *rec, uint32_t offset)
{
    return offset >= 0x10000 ? &rec->page1[(offset - 0x10000) / 4] : &rec->regs[offset / 4];
}

static uint32_t get(struct recorder *rec, uint32_t offset)
{
    return *reg_at(rec, offset);
}

static uint64_t get64(struct recorder *rec, uint32_t offset)
{
    return get(rec, offset) | (uint64_t)get(rec, offset + 4) << 32;
}

/* ---- the SMMU ---- */

static bool command_error_active(struct recorder *rec)
{
    return (get(rec, GERROR) ^ get(rec, GERRORN)) & 1;
}

/* Takes one command; false: there is none, or it failed. */
static bool take_command(struct recorder *rec)
{
    uint64_t base = get64(rec, CMDQ_BASE);
    uint32_t wrap = 2u << (base & 31);
    uint32_t cons = get(rec, CMDQ_CONS) & (wrap - 1);
    uint64_t at = (base & 0xfffffffffffe0) + (cons & (wrap / 2 - 1)) * 16;

    if (!(get(rec, CR0) & 8) || command_error_active(rec) || cons == get(rec, CMDQ_PROD))
        return false;
    rec->commands++;
    if (rec->fail_command && (rec->fail_command == rec->commands ||
                              (rec->fail_always && rec->commands > rec->fail_command))) {
        *reg_at(rec, CMDQ_CONS) = cons | rec->fail_code << 24;
        *reg_at(rec, GERROR) ^= 1;
        return false;
    }
    *reg_at(rec, CMDQ_CONS) = (get(rec, CMDQ_CONS) & 0x7f000000) | ((cons + 1) & (wrap - 1));
    record(rec, REC_COMMAND, recorder_load(rec, at), recorder_load(rec, at + 8));
    return true;
}

static void run(struct recorder *rec)
{
    if (rec->cmdq == REC_CMDQ_AT_ONCE) {
        while (take_command(rec))
            continue;
    }
}

static uint32_t mmio_read32(void *ctx, uint32_t offset)
{
    struct recorder *rec = ctx;

    if (offset == CMDQ_CONS && rec->cmdq == REC_CMDQ_ON_READ)
        take_command(rec);
    if (offset == GBPA && rec->gbpa_raz)
        return 0;
    return get(rec, offset);
}

static void mmio_write32(void *ctx, uint32_t offset, uint32_t value)
{
    struct recorder *rec = ctx;

    *reg_at(rec, offset) = value;
    record(rec, REC_WRITE, offset, value);
    if (offset == CR0 && rec->ack_lost != CR0ACK)
        *reg_at(rec, CR0ACK) = value;
    if (offset == IRQ_CTRL && rec->ack_lost != IRQ_CTRLACK)
        *reg_at(rec, IRQ_CTRLACK) = value;
    if (offset == GBPA)
        *reg_at(rec, GBPA) = rec->gbpa_stuck ? value : value & 0x7fffffff;
    if (offset == CMDQ_PROD || offset == GERRORN || offset == CR0)
        run(rec);
}

static void mmio_write64(void *ctx, uint32_t offset, uint64_t value)
{
    struct recorder *rec = ctx;

    *reg_at(rec, offset) = (uint32_t)value;
    *reg_at(rec, offset + 4) = (uint32_t)(value >> 32);
    record(rec, REC_WRITE, offset, value);
}

void recorder_event(struct recorder *rec, const uint64_t words[4])
{
    uint64_t base = get64(rec, EVENTQ_BASE);
    uint32_t wrap = 2u << (base & 31);
    uint32_t prod = get(rec, EVENTQ_PROD);
    uint64_t at = (base & 0xfffffffffffe0) + (prod & (wrap / 2 - 1)) * 32;

    memcpy(recorder_at(rec, at), words, 32);
    *reg_at(rec, EVENTQ_PROD) = (prod & 0x80000000) | ((prod + 1) & (wrap - 1));
}

void recorder_gerror(struct recorder *rec, uint32_t bits)
{
    *reg_at(rec, GERROR) ^= bits;
}

/* ---- the port ---- */

static bool fails(struct recorder *rec)
{
    return ++rec->calls == rec->fail_call;
}

static void keep_block(struct recorder *rec, void *ptr, size_t size)
{
    struct rec_block *block = rec->blocks;

    while (block->ptr)
        block++;
    assert_true(block < rec->blocks + REC_BLOCKS_MAX - 1);
    *block = (struct rec_block){ptr, size};
}

/* It was allocated, with this size. */
static void drop_block(struct recorder *rec, void *ptr, size_t size)
{
    struct rec_block *block = rec->blocks;

    while (block->ptr != ptr && block < rec->blocks + REC_BLOCKS_MAX)
        block++;
    assert_true(block < rec->blocks + REC_BLOCKS_MAX);
    assert_int_equal(block->size, size);
    block->ptr = NULL;
}

static void *port_alloc_object(void *ctx, size_t size)
{
    struct recorder *rec = ctx;
    void *ptr;

    if (fails(rec))
        return NULL;
    ptr = calloc(1, size);
    keep_block(rec, ptr, size);
    rec->live_objects++;
    return ptr;
}

static void port_free_object(void *ctx, void *ptr, size_t size)
{
    struct recorder *rec = ctx;

    drop_block(rec, ptr, size);
    memset(ptr, 0xdd, size);
    free(ptr);
    rec->live_objects--;
}

static unsigned class_of(size_t size)
{
    unsigned lg2 = 6;

    while ((size_t)1 << lg2 < size)
        lg2++;
    return lg2;
}

static void run_alloc_hook(struct recorder *rec)
{
    void (*hook)(void *ctx) = rec->alloc_hook;

    rec->alloc_hook = NULL;
    if (hook)
        hook(rec->hook_ctx);
}

/* Blocks of a power of two, aligned to it; freed ones are chained through their first word. */
static void *port_alloc_table(void *ctx, size_t size, size_t align, dms_phys_t *phys)
{
    struct recorder *rec = ctx;
    unsigned lg2 = class_of(size > align ? size : align);
    uint64_t offset;
    uint64_t bytes = UINT64_C(1) << lg2;

    if (fails(rec))
        return NULL;
    run_alloc_hook(rec);
    offset = rec->free_tables[lg2];
    if (offset) {
        memcpy(&rec->free_tables[lg2], rec->arena + offset, sizeof(uint64_t));
    } else {
        offset = (rec->used + bytes - 1) & ~(bytes - 1);
        rec->used = offset + bytes;
        assert_true(rec->used <= ARENA_BYTES);
    }
    memset(rec->arena + offset, 0, size);
    keep_block(rec, rec->arena + offset, size);
    rec->live_tables++;
    phys->addr = REC_PHYS_BASE + rec->table_base + offset;
    return rec->arena + offset;
}

static void port_free_table(void *ctx, void *ptr, size_t size)
{
    struct recorder *rec = ctx;
    uint64_t offset = (uint64_t)((uint8_t *)ptr - rec->arena);
    unsigned lg2 = class_of(size);

    drop_block(rec, ptr, size);
    memset(ptr, 0xdd, size);
    memcpy(ptr, &rec->free_tables[lg2], sizeof(uint64_t));
    rec->free_tables[lg2] = offset;
    rec->live_tables--;
}

/* words[0] of a lock that exists. */
#define FREE  0xf4eeu
#define TAKEN 0x7a4eu

static void port_make_lock(void *ctx, dms_lock_t *lock)
{
    struct recorder *rec = ctx;

    lock->words[0] = FREE;
    rec->live_locks++;
}

static void port_end_lock(void *ctx, dms_lock_t *lock)
{
    struct recorder *rec = ctx;

    assert_int_equal(lock->words[0], FREE);
    lock->words[0] = 0;
    rec->live_locks--;
}

static void port_take_lock(void *ctx, dms_lock_t *lock)
{
    struct recorder *rec = ctx;

    assert_int_equal(lock->words[0], FREE);
    lock->words[0] = TAKEN;
    rec->locked++;
}

static void port_drop_lock(void *ctx, dms_lock_t *lock)
{
    struct recorder *rec = ctx;

    assert_int_equal(lock->words[0], TAKEN);
    lock->words[0] = FREE;
    rec->locked--;
}

/* Only wait loops look at the clock, and nobody may hold a lock while waiting. */
static uint64_t port_now(void *ctx)
{
    struct recorder *rec = ctx;

    assert_int_equal(rec->locked, 0);
    rec->now += rec->tick_ns;
    return rec->now;
}

static void port_barrier_seen(void *ctx, enum dms_barrier what)
{
    record(ctx, REC_BARRIER, what, 0);
}

static void port_clean(void *ctx, const void *ptr, size_t size)
{
    struct recorder *rec = ctx;

    if (size > 64)
        return;
    for (size_t at = 0; at < size; at += 8) {
        uint64_t phys = REC_PHYS_BASE + (uint64_t)((const uint8_t *)ptr + at - rec->arena);

        record(rec, REC_STORE, phys, recorder_load(rec, phys));
    }
}

static void port_invalidate(void *ctx, void *ptr, size_t size)
{
    struct recorder *rec = ctx;

    record(rec, REC_INVALIDATE, REC_PHYS_BASE + (uint64_t)((uint8_t *)ptr - rec->arena), size);
}

static unsigned port_slot(void *ctx)
{
    (void)ctx;
    return 0;
}

static void port_log_line(void *ctx, enum dms_log_level level, const char *line)
{
    struct recorder *rec = ctx;

    (void)level;
    assert_int_equal(rec->locked, 0);
    rec->logged++;
    snprintf(rec->last_line, sizeof(rec->last_line), "%s", line);
    if (rec->verbose)
        printf("# %s\n", line);
}

/* ---- for tests ---- */

void *recorder_at(struct recorder *rec, uint64_t phys)
{
    assert_true(phys >= REC_PHYS_BASE && phys - REC_PHYS_BASE < ARENA_BYTES);
    return rec->arena + (phys - REC_PHYS_BASE);
}

uint64_t recorder_load(struct recorder *rec, uint64_t phys)
{
    uint64_t value;

    memcpy(&value, recorder_at(rec, phys), sizeof(value));
    return value;
}

void recorder_init(struct recorder *rec)
{
    memset(rec, 0, sizeof(*rec));
    rec->arena = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(rec->arena != MAP_FAILED);
    rec->used = 64; /* offset 0 ends the chains of free blocks */
    rec->tick_ns = 1000;
    rec->port = (struct dms_port){
        .ctx = rec,
        .alloc = port_alloc_object,
        .free = port_free_object,
        .table_alloc = port_alloc_table,
        .table_free = port_free_table,
        .table_offset = (uint64_t)(uintptr_t)rec->arena - REC_PHYS_BASE,
        .lock_init = port_make_lock,
        .lock_fini = port_end_lock,
        .lock = port_take_lock,
        .unlock = port_drop_lock,
        .thread_slot = port_slot,
        .thread_slots = 2,
        .now_ns = port_now,
        .barrier = port_barrier_seen,
        .cache_clean = port_clean,
        .cache_invalidate = port_invalidate,
        .log = port_log_line,
    };
    rec->mmio = (struct dms_mmio){
        .ctx = rec,
        .read32 = mmio_read32,
        .write32 = mmio_write32,
        .write64 = mmio_write64,
    };
    /* S1P, AArch64, ASID16, no stall, two-level; 16-bit SIDs, queues of 2^19; RIL; 48 bits, all granules. */
    rec->regs[IDR0 / 4] = 1u << 1 | 2u << 2 | 1u << 12 | 2u << 21 | 1u << 24 | 1u << 27;
    rec->regs[IDR1 / 4] = 16 | 19u << 16 | 19u << 21;
    rec->regs[IDR3 / 4] = 1u << 10;
    rec->regs[IDR5 / 4] = 5 | 7u << 4;
    /* What a boot loader left behind. */
    rec->regs[CMDQ_PROD / 4] = 3;
    rec->regs[CMDQ_CONS / 4] = 0x01000005;
    *reg_at(rec, EVENTQ_PROD) = 7;
    *reg_at(rec, EVENTQ_CONS) = 4;
}

void recorder_fini(struct recorder *rec)
{
    assert_int_equal(rec->live_objects, 0);
    if (!rec->abandoned) {
        assert_int_equal(rec->live_tables, 0);
        assert_int_equal(rec->live_locks, 0);
    }
    munmap(rec->arena, ARENA_BYTES);
}

struct dms_smmuv3_cfg recorder_cfg(struct recorder *rec)
{
    return (struct dms_smmuv3_cfg){
        .port = &rec->port,
        .mmio = rec->mmio,
        .name = "smmu",
        .cmdq_lg2 = 4,
        .evtq_lg2 = 4,
        .command_timeout_ns = 1000000,
    };
}

struct dms_iommu *recorder_create(struct recorder *rec)
{
    struct dms_smmuv3_cfg cfg = recorder_cfg(rec);
    struct dms_iommu *iommu = NULL;

    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), 0);
    recorder_clear(rec);
    return iommu;
}

void recorder_clear(struct recorder *rec)
{
    rec->count = 0;
}

int recorder_find(const struct recorder *rec, unsigned from, enum rec_kind kind, uint64_t a)
{
    for (unsigned i = from; i < rec->count; i++) {
        if (rec->log[i].kind == kind && rec->log[i].a == a)
            return (int)i;
    }
    return -1;
}

unsigned recorder_count(const struct recorder *rec, enum rec_kind kind)
{
    unsigned count = 0;

    for (unsigned i = 0; i < rec->count; i++)
        count += rec->log[i].kind == kind;
    return count;
}

const struct rec_entry *recorder_command(const struct recorder *rec, unsigned n)
{
    for (unsigned i = 0; i < rec->count; i++) {
        if (rec->log[i].kind == REC_COMMAND && n-- == 0)
            return &rec->log[i];
    }
    fail_msg("the SMMU took fewer commands");
    return NULL;
}
