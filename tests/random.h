/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Seeded random numbers for tests. A failing test prints its seed, and DMS_SEED replays it. */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

struct test_random {
    uint64_t seed;
    uint64_t state;
};

/* From DMS_SEED when that is set, else another one each time. */
static inline struct test_random test_random_start(void)
{
    const char *text = getenv("DMS_SEED");
    uint64_t seed =
        text ? strtoull(text, NULL, 0) : (uint64_t)time(NULL) * 2654435761u + (uint64_t)clock();

    return (struct test_random){seed, seed};
}

/* splitmix64 */
static inline uint64_t test_random_u64(struct test_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 .. bound - 1 */
static inline uint64_t test_random_below(struct test_random *random, uint64_t bound)
{
    return test_random_u64(random) % bound;
}

#endif
