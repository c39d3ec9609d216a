/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Fields by the bit numbers that the architecture gives them. */
#ifndef MODELS_SMMUV3_BITS_H
#define MODELS_SMMUV3_BITS_H

#include <stdbool.h>
#include <stdint.h>

/* All ones below bit `lg2`; everything from 64 on. */
static inline uint64_t below_lg2(unsigned lg2)
{
    return lg2 >= 64 ? UINT64_MAX : (UINT64_C(1) << lg2) - 1;
}

static inline uint64_t bits(uint64_t word, unsigned high, unsigned low)
{
    return (word >> low) & below_lg2(high - low + 1);
}

static inline bool bit(uint64_t word, unsigned n)
{
    return (word >> n) & 1;
}

/* The same bits where they are: an address field. */
static inline uint64_t bits_in_place(uint64_t word, unsigned high, unsigned low)
{
    return word & below_lg2(high + 1) & ~below_lg2(low);
}

#endif
