/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What is behind the physical addresses of a modelled machine: the far side of an SMMU model, and the only way in
 * which models reach memory. Every access is bounds-checked; outside of memory it is an external abort.
 */
#ifndef MODELS_MEMORY_H
#define MODELS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * All callbacks return false for an external abort, with nothing moved. They may be called from several threads at
 * once. The 64-bit ones are single-copy atomic (acquire, release), take an address that is a multiple of 8, and see
 * memory as little-endian whatever the host is.
 */
struct model_memory {
    void *ctx;
    bool (*load64)(void *ctx, uint64_t pa, uint64_t *value);
    bool (*store64)(void *ctx, uint64_t pa, uint64_t value);
    bool (*read)(void *ctx, uint64_t pa, void *buf, size_t size);
    bool (*write)(void *ctx, uint64_t pa, const void *buf, size_t size);
};

/* One run of RAM at `base`, backed by host memory that the caller owns and keeps alive; host is 8-byte aligned. */
struct model_ram {
    uint64_t base;
    uint64_t size;
    void *host;
};

/* Memory that is one run of RAM and nothing else. *ram must stay where it is. */
struct model_memory model_ram_memory(struct model_ram *ram);

/* The host's pointer to [pa, pa + size), or NULL when any of it is outside. */
void *model_ram_at(const struct model_ram *ram, uint64_t pa, size_t size);

#endif
