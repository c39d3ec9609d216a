/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Calls on an address space beside the model with one entry per page (tests/iova/oracle.c), which asks fuzz_rnd() where
 * the tests have it ask a seed. The first byte chooses the kind of space.
 */
#include "fuzz.h"

#include "../tests/iova/oracle.h"

enum {
    MOST_STEPS = 2000
};

static struct bytes bytes;
static struct oracle oracle;

uint64_t fuzz_rnd(uint64_t *state);
uint64_t fuzz_rnd_below(uint64_t *state, uint64_t limit);

/* After the last byte the state goes on, since the model may draw until something fits. */
uint64_t fuzz_rnd(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return bytes.at < bytes.size ? bytes_below(&bytes, UINT64_MAX) : *state >> 11;
}

uint64_t fuzz_rnd_below(uint64_t *state, uint64_t limit)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return bytes.at < bytes.size ? bytes_below(&bytes, limit) : (*state >> 11) % limit;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        unsigned flags, slots;
        bool fenced;
    } kinds[] = {
        {DMS_IOVA_NO_CACHES, 2, true},
        {DMS_IOVA_NO_CACHES | DMS_IOVA_SIZE_INDEX, 0, false},
        {DMS_IOVA_SIZE_INDEX, 2, false},
        {0, 2, true},
    };
    unsigned kind;

    bytes = (struct bytes){data, size, 0};
    kind = (unsigned)bytes_below(&bytes, sizeof(kinds) / sizeof(kinds[0]));
    oracle_init(&oracle, 1 + bytes_next(&bytes), kinds[kind].flags, kinds[kind].slots,
                kinds[kind].fenced);
    for (unsigned step = 0; step < MOST_STEPS && bytes.at < bytes.size; step++) {
        oracle_step(&oracle);
        if (step % 64 == 63)
            oracle_compare(&oracle);
    }
    oracle_compare(&oracle);
    oracle_fini(&oracle);
    return 0;
}
