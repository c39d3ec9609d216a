/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Memory: a buddy allocator over what RAM the image leaves, and small objects on top. Any CPU, one lock. Physical and
 * virtual addresses are the same.
 */
#ifndef BAREMETAL_MEMORY_H
#define BAREMETAL_MEMORY_H

#include <dmaspace/types.h>

/* Hands [first, last] over, rounded inwards to pages of 4 KiB. Once. */
void memory_init(uintptr_t first, uintptr_t last);

/* An object of `size` bytes, zeroed, aligned for anything. NULL: no memory. */
void *memory_alloc(size_t size);
void memory_free(void *ptr, size_t size);

/* Whole pages, zeroed, contiguous, aligned to `align`, a power of two. NULL: no such piece. */
void *memory_alloc_pages(size_t size, size_t align);
void memory_free_pages(void *ptr, size_t size);

/* Pieces that have not been given back. */
uint64_t memory_live(void);

/* virt_to_phys of struct dms_port, for what lies in the image or in memory from here. The MMU is off. */
int memory_phys(void *ctx, const void *ptr, size_t size, dms_phys_t *phys, size_t *run);

#endif
