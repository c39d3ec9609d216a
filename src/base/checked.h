/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Arithmetic on sizes and addresses that may come from outside. The checked_ functions return true
 * and set *out when the exact result fits; otherwise they return false and leave *out alone.
 */
#ifndef BASE_CHECKED_H
#define BASE_CHECKED_H

#include <dmaspace/error.h>
#include <dmaspace/types.h>

static inline bool checked_add(uint64_t a, uint64_t b, uint64_t *out)
{
    uint64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *out = sum;
    return true;
}

static inline bool checked_sub(uint64_t a, uint64_t b, uint64_t *out)
{
    if (b > a)
        return false;
    *out = a - b;
    return true;
}

static inline bool checked_mul(uint64_t a, uint64_t b, uint64_t *out)
{
    uint64_t product;

    if (__builtin_mul_overflow(a, b, &product))
        return false;
    *out = product;
    return true;
}

/* The same for sizes of objects in the CPU's memory. */
static inline bool checked_add_size(size_t a, size_t b, size_t *out)
{
    size_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *out = sum;
    return true;
}

static inline bool checked_mul_size(size_t a, size_t b, size_t *out)
{
    size_t product;

    if (__builtin_mul_overflow(a, b, &product))
        return false;
    *out = product;
    return true;
}

/* a << shift, without losing a bit. shift may be 64 and more. */
static inline bool checked_shl(uint64_t a, unsigned shift, uint64_t *out)
{
    if (a != 0 && (shift > 63 || (a << shift) >> shift != a))
        return false;
    *out = a == 0 ? 0 : a << shift;
    return true;
}

/* The smallest multiple of align, a power of two, that is >= x. */
static inline bool checked_align_up(uint64_t x, uint64_t align, uint64_t *out)
{
    uint64_t sum;

    if (!checked_add(x, align - 1, &sum))
        return false;
    *out = sum & ~(align - 1);
    return true;
}

/*
 * [base, base + size) as an inclusive range. 0; DMS_EINVAL: size 0; DMS_ERANGE: base + size > 2^64.
 * *out is unchanged after an error.
 */
static inline int range_from_size(uint64_t base, uint64_t size, struct dms_range *out)
{
    uint64_t last;

    if (size == 0)
        return DMS_EINVAL;
    if (!checked_add(base, size - 1, &last))
        return DMS_ERANGE;
    *out = (struct dms_range){base, last};
    return 0;
}

/* Bytes in the range. False for the full 64-bit space, whose size does not fit. */
static inline bool checked_range_size(struct dms_range range, uint64_t *out)
{
    return checked_add(range.last - range.first, 1, out);
}

#endif
