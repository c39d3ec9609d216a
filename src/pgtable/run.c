/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pgtable/run.h"

#include "pgtable/word.h"

bool run_is_zero(const uint64_t *entry, unsigned n)
{
    uint64_t any = 0;

    for (unsigned i = 0; i < n; i++)
        any |= word_load(&entry[i]);
    return any == 0;
}

bool run_is_valid(const uint64_t *entry, unsigned n)
{
    uint64_t all = DESC_VALID;

    for (unsigned i = 0; i < n; i++)
        all &= word_load(&entry[i]);
    return all & DESC_VALID;
}

void run_fill(uint64_t *entry, unsigned n, uint64_t leaf, uint64_t step)
{
    for (unsigned i = 0; i < n; i++, leaf += step)
        word_store(&entry[i], leaf);
}

void run_clear(uint64_t *entry, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        word_store(&entry[i], 0);
}

unsigned run_find_valid(const uint64_t *table, unsigned n, unsigned index)
{
    for (unsigned i = 0; i < n; i++) {
        unsigned at = index >= i ? index - i : index + n - i;

        if (word_is_valid(word_load(&table[at])))
            return at;
    }
    return n;
}
