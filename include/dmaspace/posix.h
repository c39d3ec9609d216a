/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The Linux user-space port: an arena of emulated physical memory, and a struct dms_port over it.
 * Not part of the freestanding library; link libdmaspace_posix.
 *
 * The arena is one anonymous mapping without reserved swap: only pages that were touched cost
 * memory. Its physical addresses are linear, so physical - ram_base is the offset in the arena.
 */
#ifndef DMASPACE_POSIX_H
#define DMASPACE_POSIX_H

#include <dmaspace/error.h>
#include <dmaspace/port.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DMS_POSIX_RAM_BASE UINT64_C(0x80000000)
#define DMS_POSIX_RAM_SIZE (UINT64_C(1) << 30)
#define DMS_POSIX_PAGE     4096u

/* All zero is a good configuration. */
struct dms_posix_cfg {
    uint64_t ram_size;     /* bytes, a multiple of 4096, at most 256 GiB; 0: DMS_POSIX_RAM_SIZE */
    uint64_t ram_base;     /* physical address, a multiple of 2 MiB; 0: DMS_POSIX_RAM_BASE */
    unsigned thread_slots; /* threads with caches of their own, at most 256; 0: 64 */

    /* Where log lines go; called by any thread. NULL: stderr. */
    void (*log)(void *ctx, enum dms_log_level level, const char *line);
    void *log_ctx;
};

struct dms_posix;

/*
 * cfg NULL: the default configuration. 0; DMS_EINVAL: size or base malformed; DMS_ERANGE: too
 * large, or past 2^64; DMS_ENOMEM: the system gave no memory. After an error nothing was taken and
 * *out is unchanged.
 */
int dms_posix_create(const struct dms_posix_cfg *cfg, struct dms_posix **out);

/* Gives everything back, the arena's content included. NULL is allowed. Runs alone. */
void dms_posix_destroy(struct dms_posix *posix);

/*
 * The port. Valid and constant until dms_posix_destroy. A caller may copy it and replace callbacks
 * in the copy.
 */
const struct dms_port *dms_posix_port(const struct dms_posix *posix);

/* The arena as a physical range. */
struct dms_range dms_posix_ram(const struct dms_posix *posix);

/*
 * A buffer for a driver: size bytes (rounded up to pages), contiguous, at a physical address that
 * is a multiple of align (a power of two; 0: 4096). Its content is undefined. phys may be NULL.
 * NULL: no such piece of the arena is free, or size is 0. Thread-safe.
 */
void *dms_posix_ram_alloc(struct dms_posix *posix, size_t size, size_t align, dms_phys_t *phys);

/*
 * size as given to dms_posix_ram_alloc. NULL is allowed. A second free of the same buffer aborts
 * the process, unless another thread freed it first and its page is still in that thread's cache.
 */
void dms_posix_ram_free(struct dms_posix *posix, void *ptr, size_t size);

/*
 * For emulated hardware: the pointer to [phys, phys + size). NULL: a part of it is not RAM, or size
 * is 0. Any RAM, allocated or not: hardware does not know.
 */
void *dms_posix_phys_ptr(const struct dms_posix *posix, dms_phys_t phys, uint64_t size);

/* Physical address of a pointer into the arena. 0; DMS_EFAULT: outside, *phys unchanged. */
int dms_posix_ptr_phys(const struct dms_posix *posix, const void *ptr, dms_phys_t *phys);

/*
 * What is live now, and what was asked for since create. Exact when no other thread is inside the
 * port.
 */
struct dms_posix_stats {
    uint64_t objects, object_bytes; /* port->alloc */
    uint64_t tables, table_bytes;   /* port->table_alloc */
    uint64_t buffers, buffer_bytes; /* dms_posix_ram_alloc */
    uint64_t calls;                 /* alloc, table_alloc and ram_alloc ever called */
};

void dms_posix_stats(const struct dms_posix *posix, struct dms_posix_stats *out);

/*
 * For fail-nth tests: of the calls of port->alloc and port->table_alloc that follow, the n-th
 * returns NULL (1: the next one), the others are served. 0: none fails. Replaces an earlier
 * request.
 */
void dms_posix_fail_nth(struct dms_posix *posix, uint64_t n);

/* True when the call that dms_posix_fail_nth asked for has come and failed. */
bool dms_posix_has_failed(const struct dms_posix *posix);

#ifdef __cplusplus
}
#endif

#endif
