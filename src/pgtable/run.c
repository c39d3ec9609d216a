/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Loops over runs, a cache line of eight entries at a time, since compilers unroll nothing by
 * themselves. Reading is plain, the entries being the caller's own. Writing must look atomic to the
 * walker, entry by entry: x86 writes an aligned pair with one store that does not tear within a
 * word (AMD64 APM volume 2, 7.3.2; SDM volume 3, 9.1.1). ThreadSanitizer does not know that, and
 * sees single stores.
 */
#include "pgtable/run.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SINGLE_STORES
#endif
#endif
#if defined(__SANITIZE_THREAD__) || !defined(__x86_64__)
#define SINGLE_STORES
#endif

typedef uint64_t pair __attribute__((vector_size(16), may_alias));

/* How many of n entries come before the first whole line. */
static inline unsigned ragged(const uint64_t *entry, unsigned n)
{
    unsigned before = -(unsigned)((uintptr_t)entry / sizeof(*entry)) % LINE_WORDS;

    return before < n ? before : n;
}

bool run_is_zero_many(const uint64_t *entry, unsigned n)
{
    uint64_t any = 0;
    pair even = {0}, odd = {0};

    for (unsigned i = ragged(entry, n); i; i--, n--)
        any |= *entry++;
    for (; n >= LINE_WORDS; n -= LINE_WORDS, entry += LINE_WORDS) {
        const pair *line = (const void *)entry;

        even |= line[0] | line[1];
        odd |= line[2] | line[3];
    }
    for (; n; n--)
        any |= *entry++;
    even |= odd;
    return (any | even[0] | even[1]) == 0;
}

uint64_t run_common_many(const uint64_t *entry, unsigned n)
{
    uint64_t all = ~UINT64_C(0);
    pair even = {all, all}, odd = {all, all};

    for (unsigned i = ragged(entry, n); i; i--, n--)
        all &= *entry++;
    for (; n >= LINE_WORDS; n -= LINE_WORDS, entry += LINE_WORDS) {
        const pair *line = (const void *)entry;

        even &= line[0] & line[1];
        odd &= line[2] & line[3];
    }
    for (; n; n--)
        all &= *entry++;
    even &= odd;
    return le64_swap(all & even[0] & even[1]);
}

#ifdef SINGLE_STORES

static inline void fill_lines(uint64_t *entry, unsigned lines, uint64_t leaf, uint64_t step)
{
    for (; lines; lines--, entry += LINE_WORDS, leaf += step) {
        word_store(&entry[0], leaf);
        word_store(&entry[1], leaf += step);
        word_store(&entry[2], leaf += step);
        word_store(&entry[3], leaf += step);
        word_store(&entry[4], leaf += step);
        word_store(&entry[5], leaf += step);
        word_store(&entry[6], leaf += step);
        word_store(&entry[7], leaf += step);
    }
}

static inline void clear_lines(uint64_t *entry, unsigned lines)
{
    fill_lines(entry, lines, 0, 0);
}

#else

static inline void fill_lines(uint64_t *entry, unsigned lines, uint64_t leaf, uint64_t step)
{
    pair leaves = {leaf, leaf + step}, steps = {2 * step, 2 * step};

    for (; lines; lines--, entry += LINE_WORDS) {
        pair *line = (void *)entry;

        line[0] = leaves;
        line[1] = leaves += steps;
        line[2] = leaves += steps;
        line[3] = leaves += steps;
        leaves += steps;
    }
}

static inline void clear_lines(uint64_t *entry, unsigned lines)
{
    for (; lines; lines--, entry += LINE_WORDS) {
        pair *line = (void *)entry;

        line[0] = line[1] = line[2] = line[3] = (pair){0};
    }
}

#endif

/* The last entry, at least, is left to the end: it differs. */
void run_fill(uint64_t *entry, unsigned n, uint64_t leaf, uint64_t step, uint64_t end)
{
    unsigned lines;

    for (unsigned i = ragged(entry, n - 1); i; i--, n--, leaf += step)
        word_store(entry++, leaf);
    lines = (n - 1) / LINE_WORDS;
    fill_lines(entry, lines, leaf, step);
    entry += lines * LINE_WORDS;
    leaf += lines * LINE_WORDS * step;
    for (n -= lines * LINE_WORDS; n > 1; n--, leaf += step)
        word_store(entry++, leaf);
    word_store(entry, leaf ^ end);
}

void run_clear_many(uint64_t *entry, unsigned n)
{
    unsigned lines;

    for (unsigned i = ragged(entry, n); i; i--, n--)
        word_store(entry++, 0);
    lines = n / LINE_WORDS;
    clear_lines(entry, lines);
    entry += lines * LINE_WORDS;
    for (n -= lines * LINE_WORDS; n; n--)
        word_store(entry++, 0);
}
