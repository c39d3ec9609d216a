/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A decoder that has no SMMU and no way to the unit's memory but the packet that it is given. */
#include "codec.h"

#include <stdlib.h>
#include <string.h>

struct iris_reference {
    struct iris_session session;
    const uint8_t *bitstream; /* of the packet in work */
    uint8_t tiles[IRIS_MAX_PARTS][IRIS_MAX_TILES][IRIS_TILE];
};

static bool read_tile(void *ctx, unsigned part, unsigned tile, uint8_t out[IRIS_TILE])
{
    struct iris_reference *r = ctx;
    const struct iris_format *format = &r->session.format;

    if (part == IRIS_PART_BITSTREAM)
        memcpy(out, r->bitstream + iris_tile_offset(format, r->session.sizes.bitstream, tile),
               IRIS_TILE);
    else
        memcpy(out, r->tiles[part][tile], IRIS_TILE);
    return true;
}

static bool write_tile(void *ctx, unsigned part, unsigned tile, const uint8_t in[IRIS_TILE])
{
    struct iris_reference *r = ctx;

    memcpy(r->tiles[part][tile], in, IRIS_TILE);
    return true;
}

struct iris_reference *iris_reference_new(const struct iris_session *session)
{
    struct iris_reference *r = calloc(1, sizeof(*r));
    const struct iris_mover mover = {r, read_tile, write_tile};

    if (!r)
        return NULL;
    r->session = *session;
    iris_codec_start(&mover, session->format.tiles);
    return r;
}

void iris_reference_free(struct iris_reference *r)
{
    free(r);
}

void iris_reference_frame(struct iris_reference *r, const uint8_t *bitstream, unsigned out, int ref)
{
    const struct iris_mover mover = {r, read_tile, write_tile};

    r->bitstream = bitstream;
    iris_codec_frame(&mover, r->session.format.tiles, out, ref);
}

int64_t iris_reference_compare(const struct iris_reference *r, const uint8_t *frame, unsigned index)
{
    const struct iris_format *format = &r->session.format;

    for (unsigned t = 0; t < format->tiles; t++) {
        uint64_t at = iris_tile_offset(format, r->session.sizes.frame, t);

        for (unsigned i = 0; i < IRIS_TILE; i++) {
            if (frame[at + i] != r->tiles[IRIS_PART_FRAME + index][t][i])
                return (int64_t)(at + i);
        }
    }
    return -1;
}

void iris_make_packet(const struct iris_session *session, uint8_t *bitstream, uint64_t seed,
                      uint32_t number)
{
    uint64_t state = seed * UINT64_C(0x2545f4914f6cdd1d) + number + 1;

    for (unsigned t = 0; t < session->format.tiles; t++) {
        uint8_t *tile = bitstream + iris_tile_offset(&session->format, session->sizes.bitstream, t);

        for (unsigned i = 0; i < IRIS_TILE; i++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            tile[i] = (uint8_t)(state >> 32);
        }
    }
}
