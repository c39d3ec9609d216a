/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The toy codec's arithmetic, once for the unit and for the reference. The two differ only in how they reach memory,
 * which is what is under test.
 */
#ifndef MODELS_IRIS_CODEC_H
#define MODELS_IRIS_CODEC_H

#include <models/iris.h>

/* The buffers of a session; a frame is IRIS_PART_FRAME + its index. */
enum iris_part {
    IRIS_PART_BITSTREAM,
    IRIS_PART_SCRATCH,
    IRIS_PART_LINE,
    IRIS_PART_MOTION,
    IRIS_PART_PERSIST,
    IRIS_PART_QUEUE,
    IRIS_PART_FRAME,
};

#define IRIS_MAX_PARTS (IRIS_PART_FRAME + IRIS_MAX_FRAMES)

uint64_t iris_part_size(const struct iris_sizes *sizes, unsigned part);

/* How the codec moves one tile. False ends the job. */
struct iris_mover {
    void *ctx;
    bool (*read)(void *ctx, unsigned part, unsigned tile, uint8_t out[IRIS_TILE]);
    bool (*write)(void *ctx, unsigned part, unsigned tile, const uint8_t in[IRIS_TILE]);
};

/* Initial state of scratch, line, motion, persist and queue. */
bool iris_codec_start(const struct iris_mover *mover, unsigned tiles);

/* One packet; ref < 0: a key frame. */
bool iris_codec_frame(const struct iris_mover *mover, unsigned tiles, unsigned out, int ref);

#endif
