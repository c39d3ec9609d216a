/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef POSIX_INTERNAL_H
#define POSIX_INTERNAL_H

#include "pages.h"

#include <dmaspace/posix.h>

#include <pthread.h>
#include <stdatomic.h>

/* Chunks: tables smaller than a page, 64 << n bytes. */
#define CHUNK_MIN_LG2 6
#define CHUNK_CLASSES (PAGE_LG2 - CHUNK_MIN_LG2)

/*
 * Runs of 2^n pages that a thread keeps for itself: 16 single pages, 4 of each larger size up to 2
 * MiB.
 */
#define CACHE_ORDERS  10
#define CACHE_SINGLES 16
#define CACHE_LARGER  4

struct run_cache {
    uint8_t count[CACHE_ORDERS];
    uint32_t run[CACHE_ORDERS][CACHE_SINGLES];
};

enum count_kind {
    COUNT_OBJECTS,
    COUNT_TABLES,
    COUNT_BUFFERS,
    COUNT_KINDS,
};

/* Live things, as differences: one thread may free what another took. */
struct counts {
    _Atomic uint64_t live[COUNT_KINDS];
    _Atomic uint64_t bytes[COUNT_KINDS];
    _Atomic uint64_t calls;
};

/* What one thread has for itself, cache lines included. Others only read the counts. */
struct slot {
    _Alignas(128) struct counts counts;
    struct run_cache cache;
};

struct dms_posix {
    struct dms_port port;

    unsigned char *ram; /* virtual address of ram_base; both are equal modulo 1 GiB */
    uint64_t ram_base;
    uint64_t ram_size;
    void *reserved; /* the mapping that holds ram */
    size_t reserved_size;

    /* Protects pages and chunk_head; a leaf: nothing else is taken under it. */
    pthread_mutex_t lock;
    struct pages pages;
    uint32_t chunk_head[CHUNK_CLASSES]; /* PAGE_CHUNKS pages that have a free chunk */

    struct slot *slots; /* port.thread_slots of them, and one more that all other threads share */
    _Atomic uint64_t fail_in; /* calls until one must fail; 0: none must */
    _Atomic bool failed;

    void (*log)(void *ctx, enum dms_log_level level, const char *line);
    void *log_ctx;
};

/* arena.c. DMS_ENOMEM: nothing was taken. */
int arena_create(struct dms_posix *posix, uint64_t base, uint64_t size);
void arena_destroy(struct dms_posix *posix);

/* Bytes of the arena at `align`, not zeroed; NULL when there are none. */
void *arena_alloc(struct dms_posix *posix, size_t size, size_t align);

/* Aborts when ptr is not the start of an allocation of `size` bytes. */
void arena_free(struct dms_posix *posix, void *ptr, size_t size);

/* runs.c: whole pages, through the thread's cache. */
uint32_t run_alloc(struct dms_posix *posix, uint32_t length, uint32_t align);
void run_free(struct dms_posix *posix, uint32_t first, uint32_t length);

/* chunks.c: parts of a page. Offsets in the arena; CHUNK_NONE when there is none. */
#define CHUNK_NONE UINT64_MAX
uint64_t chunk_alloc(struct dms_posix *posix, unsigned size_lg2);
void chunk_free(struct dms_posix *posix, uint64_t offset, size_t size);

/* slots.c */
int slots_create(struct dms_posix *posix, unsigned count);
void slots_destroy(struct dms_posix *posix);

/* The calling thread's slot, or NULL when it has none. */
struct slot *slot_mine(struct dms_posix *posix);

/* Adds `things` and `bytes` (negative: modulo 2^64) and one call when things > 0. */
void slot_count(struct dms_posix *posix, enum count_kind kind, int64_t things, int64_t bytes);

/* fence.c: whether this kernel has it, and the callback. */
bool fence_available(void);
void port_fence_all(void *ctx);

/* port.c: the callbacks; the arena and the slots exist already. */
void port_fill(struct dms_posix *posix);

/* arena.c: says what was done wrong, and aborts. */
_Noreturn void posix_misuse(const char *what, const void *ptr, size_t size);

#endif
