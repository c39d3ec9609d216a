/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Random numbers that a seed repeats: DMS_SEED from the environment, else one of this moment. */
#ifndef TESTS_OF_RANDOM_H
#define TESTS_OF_RANDOM_H

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

struct of_random {
    uint64_t seed;
    uint64_t state;
};

static inline struct of_random of_random_begin(void)
{
    const char *env = getenv("DMS_SEED");
    struct of_random random;

    random.seed = env ? strtoull(env, NULL, 0) : (uint64_t)time(NULL);
    random.state = random.seed * 2 + 1;
    return random;
}

/* xorshift64* */
static inline uint32_t of_random_u32(struct of_random *random)
{
    random->state ^= random->state >> 12;
    random->state ^= random->state << 25;
    random->state ^= random->state >> 27;
    return (uint32_t)(random->state * UINT64_C(0x2545f4914f6cdd1d) >> 32);
}

/* 0 .. bound - 1 */
static inline uint32_t of_random_below(struct of_random *random, uint32_t bound)
{
    return (uint32_t)((uint64_t)of_random_u32(random) * bound >> 32);
}

/* True once in `n` times. */
static inline int of_random_one_in(struct of_random *random, uint32_t n)
{
    return of_random_below(random, n) == 0;
}

#endif
