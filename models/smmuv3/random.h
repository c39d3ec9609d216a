/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Seeded randomness: xorshift64*, and the mixing step of splitmix64 for hashes. */
#ifndef MODELS_SMMUV3_RANDOM_H
#define MODELS_SMMUV3_RANDOM_H

#include <stdint.h>

static inline uint64_t random_mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* The state must not be zero. */
static inline uint64_t random_next(uint64_t *state)
{
    uint64_t x = *state;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * UINT64_C(0x2545f4914f6cdd1d);
}

static inline uint64_t random_seed(uint64_t seed, uint64_t which)
{
    return random_mix(seed ^ random_mix(which)) | 1;
}

#endif
