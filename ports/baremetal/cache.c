/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cache.h"

#include "cpu.h"

/* CTR_EL0.DminLine: log2 of the words in the smallest line. */
static size_t line_bytes(void)
{
    return (size_t)4 << (CPU_READ(ctr_el0) >> 16 & 0xf);
}

void cache_clean_range(uintptr_t first, size_t size)
{
    size_t line = line_bytes();

    for (uintptr_t at = first & ~(line - 1); at < first + size; at += line)
        __asm__ volatile("dc cvac, %0" ::"r"(at) : "memory");
    CPU_DSB(sy);
}

/* Clean and invalidate: a bare invalidation would lose a neighbour's stores in the first and last line. */
void cache_invalidate_range(uintptr_t first, size_t size)
{
    size_t line = line_bytes();

    for (uintptr_t at = first & ~(line - 1); at < first + size; at += line)
        __asm__ volatile("dc civac, %0" ::"r"(at) : "memory");
    CPU_DSB(sy);
}
