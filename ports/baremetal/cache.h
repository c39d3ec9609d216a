/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Data caches to the point of coherency, for masters that do not snoop. */
#ifndef BAREMETAL_CACHE_H
#define BAREMETAL_CACHE_H

#include <stddef.h>
#include <stdint.h>

/* What was stored to [first, first + size) is in memory when this returns. */
void cache_clean_range(uintptr_t first, size_t size);

/* Loads of [first, first + size) that follow come from memory. Whole lines: what shares one with others is cleaned. */
void cache_invalidate_range(uintptr_t first, size_t size);

#endif
