/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A fuzz target is one file with LLVMFuzzerTestOneInput(). Linked with libFuzzer it searches; linked with replay.c it
 * runs the inputs that are kept, in every test run.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Something that must hold whatever the input is. */
#define must_hold(condition)                                                                       \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* An input that is read as a row of choices. */
struct bytes {
    const uint8_t *data;
    size_t size;
    size_t at;
};

static inline uint8_t bytes_next(struct bytes *bytes)
{
    return bytes->at < bytes->size ? bytes->data[bytes->at++] : 0;
}

/* 0 .. bound - 1; as many bytes as the bound needs. */
static inline uint64_t bytes_below(struct bytes *bytes, uint64_t bound)
{
    uint64_t value = 0;

    for (uint64_t left = bound - 1; left; left >>= 8)
        value = value << 8 | bytes_next(bytes);
    return value % bound;
}

#endif
