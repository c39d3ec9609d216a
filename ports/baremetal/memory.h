/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Memory: a buddy allocator over what RAM the image leaves, and small objects on top. Any CPU, one lock. Physical and
 * virtual addresses are the same.
 */
#ifndef BAREMETAL_MEMORY_H
#define BAREMETAL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* Whether ptr points into the image or into memory from here. *run: how many of `size` bytes lie there, from ptr on. */
bool memory_contains(const void *ptr, size_t size, size_t *run);

#endif
