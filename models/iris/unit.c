/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The unit's jobs: the codec, with every tile going out through the wiring and the SMMU. */
#include "codec.h"

#include <models/dma_engine.h>

#include <inttypes.h>
#include <stdio.h>

struct job {
    const struct iris_unit *unit;
    const struct iris_session *session;
    struct iris_result result;
};

static enum iris_kind kind_of(unsigned part)
{
    switch (part) {
    case IRIS_PART_BITSTREAM:
        return IRIS_BITSTREAM;
    case IRIS_PART_QUEUE:
        return IRIS_QUEUE;
    case IRIS_PART_SCRATCH:
    case IRIS_PART_LINE:
    case IRIS_PART_MOTION:
    case IRIS_PART_PERSIST:
        return IRIS_NON_PIXEL;
    default:
        return IRIS_PIXEL;
    }
}

static uint64_t base_of(const struct iris_buffers *at, unsigned part)
{
    switch (part) {
    case IRIS_PART_BITSTREAM:
        return at->bitstream;
    case IRIS_PART_SCRATCH:
        return at->scratch;
    case IRIS_PART_LINE:
        return at->line;
    case IRIS_PART_MOTION:
        return at->motion;
    case IRIS_PART_PERSIST:
        return at->persist;
    case IRIS_PART_QUEUE:
        return at->queue;
    default:
        return at->frame[part - IRIS_PART_FRAME];
    }
}

static enum iris_status status_of(const struct iris_route *route, enum smmuv3_outcome outcome)
{
    switch (route->hit) {
    case IRIS_HIT_IO:
        return IRIS_IO_REGISTERS;
    case IRIS_HIT_BEYOND:
        return IRIS_BEYOND;
    case IRIS_HIT_NONE:
        return IRIS_FAULT;
    case IRIS_HIT_STREAM:
        break;
    }
    if (outcome == SMMUV3_OK)
        return IRIS_OK;
    return outcome == SMMUV3_BUS_ERROR ? IRIS_BUS_ERROR : IRIS_FAULT;
}

/* One transaction. `access` says all but the stream, which the wiring decides. */
static struct iris_result issue(const struct iris_unit *unit, enum iris_kind kind,
                                struct smmuv3_access access, void *buf)
{
    struct iris_route route = iris_route(unit->soc, kind, access.iova);
    struct smmuv3_result r = {.outcome = SMMUV3_OK, .iova = access.iova};

    access.sid = route.sid;
    if (route.hit == IRIS_HIT_STREAM)
        r = smmuv3_model_access(unit->smmu, &access, buf);
    return (struct iris_result){
        .status = status_of(&route, r.outcome),
        .kind = kind,
        .sid = route.sid,
        .secure = route.secure,
        .write = access.write,
        .event = r.event,
        .recorded = r.recorded,
        .iova = r.iova,
    };
}

static bool move(struct job *job, unsigned part, unsigned tile, void *buf, bool write)
{
    uint64_t size = iris_part_size(&job->session->sizes, part);
    const struct smmuv3_access access = {
        .iova =
            base_of(&job->session->at, part) + iris_tile_offset(&job->session->format, size, tile),
        .size = IRIS_TILE,
        .write = write,
    };

    job->result = issue(job->unit, kind_of(part), access, buf);
    return job->result.status == IRIS_OK;
}

static bool move_in(void *ctx, unsigned part, unsigned tile, uint8_t out[IRIS_TILE])
{
    return move(ctx, part, tile, out, false);
}

/* The model reads from buf only, when it writes to memory. */
static bool move_out(void *ctx, unsigned part, unsigned tile, const uint8_t in[IRIS_TILE])
{
    return move(ctx, part, tile, (void *)(uintptr_t)in, true);
}

struct iris_result iris_start(const struct iris_unit *unit, const struct iris_session *session)
{
    struct job job = {.unit = unit, .session = session};
    const struct iris_mover mover = {&job, move_in, move_out};

    iris_codec_start(&mover, session->format.tiles);
    return job.result;
}

struct iris_result iris_decode(const struct iris_unit *unit, const struct iris_session *session,
                               unsigned out, int ref)
{
    struct job job = {.unit = unit, .session = session};
    const struct iris_mover mover = {&job, move_in, move_out};

    if (out >= session->format.frames || ref >= (int)session->format.frames || ref == (int)out) {
        job.result.status = IRIS_BAD_ARGUMENT;
        return job.result;
    }
    iris_codec_frame(&mover, session->format.tiles, out, ref);
    return job.result;
}

struct iris_result iris_load_firmware(const struct iris_unit *unit, uint64_t iova, size_t size,
                                      uint64_t *sum)
{
    struct iris_result result = {.status = IRIS_OK};
    uint8_t chunk[4096];

    *sum = DMA_ENGINE_SUM_START;
    for (size_t done = 0; done < size && result.status == IRIS_OK;) {
        size_t n = size - done < sizeof(chunk) ? size - done : sizeof(chunk);
        const struct smmuv3_access access = {.iova = iova + done, .size = n, .instr = unit->fetch};

        result = issue(unit, IRIS_FIRMWARE, access, chunk);
        *sum = dma_engine_sum_more(*sum, chunk, n);
        done += n;
    }
    return result;
}

const char *iris_result_print(const struct iris_result *r, char *buf, size_t size)
{
    const char *how[] = {
        [IRIS_OK] = "done",
        [IRIS_FAULT] = r->event ? smmuv3_event_name(r->event) : "aborted",
        [IRIS_BUS_ERROR] = "bus error",
        [IRIS_IO_REGISTERS] = "I/O registers hit",
        [IRIS_BEYOND] = "beyond 32 bits",
        [IRIS_BAD_ARGUMENT] = "bad argument",
    };

    snprintf(buf, size, "%s %s of 0x%" PRIx64 " by %sstream 0x%x: %s", iris_kind_name(r->kind),
             r->write ? "write" : "read", r->iova, r->secure ? "secure " : "", r->sid,
             how[r->status]);
    return buf;
}
