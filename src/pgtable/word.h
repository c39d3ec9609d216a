/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Table words. The walker reads them at any time, so each is written with one 64-bit store; other
 * threads read and change links, so those are atomic. In memory they are little-endian, in
 * registers they have the CPU's order.
 */
#ifndef PGTABLE_WORD_H
#define PGTABLE_WORD_H

#include "base/bits.h"

/*
 * For what the compiler would not inline at two places, though it dissolves there: the level is a
 * constant.
 */
#define INLINE_ALWAYS static inline __attribute__((always_inline))
#define LIKELY(x)     __builtin_expect(!!(x), 1)

static inline uint64_t word_load(const uint64_t *word)
{
    return le64_swap(__atomic_load_n(word, __ATOMIC_ACQUIRE));
}

#define LINE_WORDS 8u /* entries of a cache line */

static inline uint64_t word_peek(const uint64_t *word)
{
    return __atomic_load_n(word, __ATOMIC_RELAXED);
}

/*
 * The bits that any of LINE_WORDS entries has, for a search that then looks closer. Written out, as
 * compilers unroll no atomic loads, and such a search is most of what an emptied table costs.
 */
static inline uint64_t word_any_of_line(const uint64_t *line)
{
    uint64_t low =
        word_peek(&line[0]) | word_peek(&line[1]) | word_peek(&line[2]) | word_peek(&line[3]);
    uint64_t high =
        word_peek(&line[4]) | word_peek(&line[5]) | word_peek(&line[6]) | word_peek(&line[7]);

    return le64_swap(low | high);
}

/* For leaves: nothing is reached through them by the CPU. */
static inline void word_store(uint64_t *word, uint64_t value)
{
    __atomic_store_n(word, le64_swap(value), __ATOMIC_RELAXED);
}

/* For links: whoever follows it finds what was written before. */
static inline void word_publish(uint64_t *word, uint64_t value)
{
    __atomic_store_n(word, le64_swap(value), __ATOMIC_RELEASE);
}

/* False, and nothing written, when the word is not `expected`. */
static inline bool word_exchange(uint64_t *word, uint64_t expected, uint64_t value)
{
    expected = le64_swap(expected);
    return __atomic_compare_exchange_n(word, &expected, le64_swap(value), false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

#endif
