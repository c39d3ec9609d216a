/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A port that gives table memory from an arena with made-up physical addresses, fails on demand,
 * counts, and shows memory as a walker sees it: when the walker does not snoop, only what was
 * cleaned.
 */
#ifndef TESTS_PGTABLE_FIXTURE_H
#define TESTS_PGTABLE_FIXTURE_H

#include <dmaspace/error.h>
#include <dmaspace/pgtable.h>

#define FIXTURE_PHYS UINT64_C(0x40000000)
#define FIXTURE_SIZE UINT64_C(0x10000000)

struct fixture {
    struct dms_port port;
    struct dms_pgtable_guard guard;
    struct dms_pgtable pt;
    unsigned char *cpu;    /* the arena as the CPU sees it */
    unsigned char *device; /* as the walker sees it; the same unless it does not snoop */
    uint64_t used;         /* bytes of the arena ever handed out */
    void *reuse[32];       /* freed blocks by log2 of their size */
    long fail_after;       /* allocations that still succeed; negative: all */
    long tables;           /* live, the root included */
    long objects;          /* live */
    long barriers;
    long cleans;
    long locks;  /* taken */
    long fences; /* fence_all called */
    void *mutex;
    void *(*near_alloc)(void *ctx, size_t size, size_t align, dms_phys_t *phys);
    void (*on_event)(
        struct fixture *f); /* at each barrier and clean: what would a walker see now? */
    void (*late_clean)(struct fixture *f); /* once, before a clean has taken effect */
};

/* What a configuration leaves open: 4 KiB, 48 bits in and out, coherent, no guard, nothing kept. */
struct dms_pgtable_cfg fixture_cfg(void);

/* cfg.port is set here; with_guard gives it the fixture's guard. Ends the test when init fails. */
void fixture_start(struct fixture *f, struct dms_pgtable_cfg cfg, bool with_guard);

/* fini, and nothing may be left. */
void fixture_stop(struct fixture *f);

/* For f->port.fence_all, before the first call: membarrier(2). False: this kernel has none. */
bool fixture_fence_all(struct fixture *f);

/* From now on, this thread is the one with this slot number; 8 and more have none. */
void fixture_become(unsigned slot);

/*
 * map and unmap with the usual arguments: writable, coherent, a mapping of its own; exact. Must
 * succeed.
 */
void fixture_map(struct fixture *f, uint64_t iova, uint64_t phys, uint64_t size);
void fixture_unmap(struct fixture *f, uint64_t iova, uint64_t size,
                   struct dms_iommu_gather *gather);

/* 64 bits of table memory as the walker sees them. Ends the test outside the arena. */
uint64_t fixture_read(const struct fixture *f, uint64_t phys);

/* Reproducible numbers: DMS_SEED, or else `fallback`. */
uint64_t fixture_seed(uint64_t fallback);
uint64_t fixture_random(uint64_t *state);

#endif
