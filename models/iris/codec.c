/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "codec.h"

uint64_t iris_part_size(const struct iris_sizes *sizes, unsigned part)
{
    switch (part) {
    case IRIS_PART_BITSTREAM:
        return sizes->bitstream;
    case IRIS_PART_SCRATCH:
        return sizes->scratch;
    case IRIS_PART_LINE:
        return sizes->line;
    case IRIS_PART_MOTION:
        return sizes->motion;
    case IRIS_PART_PERSIST:
        return sizes->persist;
    case IRIS_PART_QUEUE:
        return sizes->queue;
    default:
        return sizes->frame;
    }
}

/* An invertible step: no input byte can change without changing the state. */
static uint64_t mix(uint64_t state, uint8_t byte)
{
    state = (state ^ byte) * UINT64_C(0x9e3779b97f4a7c15);
    return state ^ state >> 29;
}

static void generate(uint64_t state, uint8_t out[IRIS_TILE])
{
    for (unsigned i = 0; i < IRIS_TILE; i++) {
        state = mix(state, (uint8_t)i);
        out[i] = (uint8_t)(state >> 56);
    }
}

bool iris_codec_start(const struct iris_mover *mover, unsigned tiles)
{
    uint8_t tile[IRIS_TILE];

    for (unsigned part = IRIS_PART_SCRATCH; part <= IRIS_PART_QUEUE; part++) {
        for (unsigned t = 0; t < tiles; t++) {
            generate(part * 1000u + t, tile);
            if (!mover->write(mover->ctx, part, t, tile))
                return false;
        }
    }
    return true;
}

static bool absorb(const struct iris_mover *mover, unsigned part, unsigned t, uint64_t *state)
{
    uint8_t tile[IRIS_TILE];

    if (!mover->read(mover->ctx, part, t, tile))
        return false;
    for (unsigned i = 0; i < IRIS_TILE; i++)
        *state = mix(*state, tile[i]);
    return true;
}

/* What was decoded so far lives in memory only: each part is read, stirred in, and written back changed. */
static bool churn(const struct iris_mover *mover, unsigned part, unsigned t, uint64_t *state)
{
    uint8_t tile[IRIS_TILE];

    if (!absorb(mover, part, t, state))
        return false;
    generate(*state + part, tile);
    return mover->write(mover->ctx, part, t, tile);
}

bool iris_codec_frame(const struct iris_mover *mover, unsigned tiles, unsigned out, int ref)
{
    uint64_t state = UINT64_C(0x1d15);
    uint8_t tile[IRIS_TILE];

    for (unsigned t = 0; t < tiles; t++) {
        if (!absorb(mover, IRIS_PART_BITSTREAM, t, &state))
            return false;
        if (ref >= 0 && !absorb(mover, IRIS_PART_FRAME + (unsigned)ref, t, &state))
            return false;
        for (unsigned part = IRIS_PART_SCRATCH; part <= IRIS_PART_QUEUE; part++) {
            if (!churn(mover, part, t, &state))
                return false;
        }
        generate(state, tile);
        if (!mover->write(mover->ctx, IRIS_PART_FRAME + out, t, tile))
            return false;
    }
    return true;
}
