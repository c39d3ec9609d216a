/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How large a session's buffers are. Orders of magnitude are those of real drivers; the formulas are this model's. */
#include <models/iris.h>

#define PAGE UINT64_C(4096)

static uint64_t pages(uint64_t bytes)
{
    return (bytes + PAGE - 1) & ~(PAGE - 1);
}

bool iris_sizes_of(const struct iris_format *format, struct iris_sizes *out)
{
    uint64_t pixels = (uint64_t)format->width * format->height;

    if (format->width < 16 || format->width > 16384 || format->height < 16 ||
        format->height > 16384 || format->frames < 1 || format->frames > IRIS_MAX_FRAMES ||
        format->tiles < 1 || format->tiles > IRIS_MAX_TILES)
        return false;
    out->frame = pages(pixels + pixels / 2); /* 4:2:0, 8 bits */
    out->bitstream = pages(pixels / 2);
    out->scratch = pages(pixels * 2);
    out->line = pages((uint64_t)format->width * 256);
    out->motion = pages(pixels / 16) * format->frames;
    out->persist = 16 * PAGE;
    out->queue = 64 * PAGE;
    return true;
}

/* Evenly spread, on multiples of a tile, so that no two tiles of one buffer overlap where they fit at all. */
uint64_t iris_tile_offset(const struct iris_format *format, uint64_t size, unsigned i)
{
    uint64_t room = size - IRIS_TILE;

    if (format->tiles == 1 || i == 0)
        return 0;
    if (i == format->tiles - 1u)
        return room;
    return room / (format->tiles - 1u) * i / IRIS_TILE * IRIS_TILE;
}
