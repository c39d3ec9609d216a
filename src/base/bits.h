/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Powers of two, bit fields of registers and table words, and the byte order of the device. */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include <dmaspace/types.h>

/*
 * Constant expressions: bit n, and bits high..low (inclusive), of a 64-bit word. 0 <= low <= high
 * <= 63.
 */
#define BIT64(n)          (UINT64_C(1) << (n))
#define MASK64(high, low) ((~UINT64_C(0) >> (63 - (high))) & (~UINT64_C(0) << (low)))

static inline bool is_pow2(uint64_t x)
{
    return x != 0 && (x & (x - 1)) == 0;
}

/* Number of zero bits below the lowest set bit. x != 0. */
static inline unsigned ctz64(uint64_t x)
{
    return (unsigned)__builtin_ctzll(x);
}

/* Number of zero bits above the highest set bit. x != 0. */
static inline unsigned clz64(uint64_t x)
{
    return (unsigned)__builtin_clzll(x);
}

/* The largest n with 2^n <= x. x != 0. */
static inline unsigned ilog2(uint64_t x)
{
    return 63 - clz64(x);
}

/* The smallest n with 2^n >= x; 64 when x > 2^63. x != 0. */
static inline unsigned ilog2_ceil(uint64_t x)
{
    return x == 1 ? 0 : ilog2(x - 1) + 1;
}

/*
 * Number of bits that are set. The compiler's builtin would call its runtime library on most CPUs.
 */
static inline unsigned popcount64(uint64_t x)
{
    x -= (x >> 1) & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + ((x >> 2) & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (unsigned)((x * UINT64_C(0x0101010101010101)) >> 56);
}

/* align is a power of two. Upwards can overflow: see checked.h. */
static inline uint64_t align_down(uint64_t x, uint64_t align)
{
    return x & ~(align - 1);
}

static inline bool is_aligned(uint64_t x, uint64_t align)
{
    return (x & (align - 1)) == 0;
}

/*
 * Fields are named by their mask, one contiguous run of bits. The value of the field `mask` of
 * `word`.
 */
static inline uint64_t field_get(uint64_t mask, uint64_t word)
{
    return (word & mask) >> ctz64(mask);
}

/*
 * `value` put where the field is, other bits 0. Bits of value that the field cannot hold are
 * dropped.
 */
static inline uint64_t field_make(uint64_t mask, uint64_t value)
{
    return (value << ctz64(mask)) & mask;
}

/* `word` with the field replaced. */
static inline uint64_t field_set(uint64_t word, uint64_t mask, uint64_t value)
{
    return (word & ~mask) | field_make(mask, value);
}

static inline bool field_fits(uint64_t mask, uint64_t value)
{
    return value <= mask >> ctz64(mask);
}

static inline uint64_t le64_swap(uint64_t x)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(x);
#else
    return x;
#endif
}

static inline dms_le64_t cpu_to_le64(uint64_t x)
{
    return (dms_le64_t){le64_swap(x)};
}

static inline uint64_t le64_to_cpu(dms_le64_t x)
{
    return le64_swap(x.raw);
}

#endif
