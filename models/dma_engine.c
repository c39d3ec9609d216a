/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "dma_engine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The largest burst: a copy never has more than this in flight. */
#define CHUNK     4096u

#define FNV_PRIME UINT64_C(0x100000001b3)

struct dma_engine dma_engine_of(struct smmuv3_model *smmu, uint32_t sid)
{
    return (struct dma_engine){.smmu = smmu, .sid = sid};
}

static struct dma_result transfer(const struct dma_engine *e, uint64_t iova, void *buf, size_t size,
                                  bool write)
{
    const struct smmuv3_access access = {
        .sid = e->sid,
        .ssid = e->ssid,
        .ssid_valid = e->ssid_valid,
        .priv = e->priv,
        .write = write,
        .iova = iova,
        .size = size,
    };
    struct smmuv3_result r = smmuv3_model_access(e->smmu, &access, buf);

    return (struct dma_result){
        .ok = r.outcome == SMMUV3_OK,
        .write = write,
        .event = r.event,
        .bus_error = r.outcome == SMMUV3_BUS_ERROR,
        .iova = r.iova,
        .done = r.done,
    };
}

struct dma_result dma_engine_read(const struct dma_engine *e, uint64_t iova, void *buf, size_t size)
{
    return transfer(e, iova, buf, size, false);
}

/* The model only reads from buf when it writes to memory; its one entry for both directions takes a plain pointer. */
struct dma_result dma_engine_write(const struct dma_engine *e, uint64_t iova, const void *buf,
                                   size_t size)
{
    return transfer(e, iova, (void *)(uintptr_t)buf, size, true);
}

/* Does `step` for each chunk; `done` of the result counts from the beginning. */
static struct dma_result in_chunks(const struct dma_engine *e, uint64_t iova, size_t size,
                                   struct dma_result (*step)(const struct dma_engine *e,
                                                             uint64_t iova, size_t offset,
                                                             size_t size, void *arg),
                                   void *arg)
{
    struct dma_result r = {.ok = true, .iova = iova};

    for (size_t offset = 0; offset < size;) {
        size_t n = size - offset < CHUNK ? size - offset : CHUNK;

        r = step(e, iova + offset, offset, n, arg);
        r.done += offset;
        if (!r.ok)
            return r;
        offset += n;
    }
    r.iova = iova;
    r.done = size;
    return r;
}

static struct dma_result copy_step(const struct dma_engine *e, uint64_t iova, size_t offset,
                                   size_t size, void *arg)
{
    const uint64_t *src = arg;
    uint8_t chunk[CHUNK];
    struct dma_result r = dma_engine_read(e, *src + offset, chunk, size);

    if (!r.ok) {
        size_t read = r.done;
        struct dma_result w = dma_engine_write(e, iova, chunk, read);

        /* What was read before the failure is written: that is what `done` promises. */
        return w.ok ? r : w;
    }
    return dma_engine_write(e, iova, chunk, size);
}

struct dma_result dma_engine_copy(const struct dma_engine *e, uint64_t dst, uint64_t src,
                                  size_t size)
{
    return in_chunks(e, dst, size, copy_step, &src);
}

static struct dma_result fill_step(const struct dma_engine *e, uint64_t iova, size_t offset,
                                   size_t size, void *arg)
{
    uint8_t chunk[CHUNK];

    (void)offset;
    memset(chunk, *(const uint8_t *)arg, size);
    return dma_engine_write(e, iova, chunk, size);
}

struct dma_result dma_engine_fill(const struct dma_engine *e, uint64_t iova, uint8_t byte,
                                  size_t size)
{
    return in_chunks(e, iova, size, fill_step, &byte);
}

uint64_t dma_engine_sum_more(uint64_t sum, const void *buf, size_t size)
{
    const uint8_t *bytes = buf;

    for (size_t i = 0; i < size; i++)
        sum = (sum ^ bytes[i]) * FNV_PRIME;
    return sum;
}

static struct dma_result sum_step(const struct dma_engine *e, uint64_t iova, size_t offset,
                                  size_t size, void *arg)
{
    uint64_t *sum = arg;
    uint8_t chunk[CHUNK];
    struct dma_result r = dma_engine_read(e, iova, chunk, size);

    (void)offset;
    if (r.ok)
        *sum = dma_engine_sum_more(*sum, chunk, size);
    return r;
}

struct dma_result dma_engine_sum(const struct dma_engine *e, uint64_t iova, size_t size,
                                 uint64_t *sum)
{
    *sum = DMA_ENGINE_SUM_START;
    return in_chunks(e, iova, size, sum_step, sum);
}

uint64_t dma_engine_sum_of(const void *buf, size_t size)
{
    return dma_engine_sum_more(DMA_ENGINE_SUM_START, buf, size);
}

const char *dma_result_print(const struct dma_engine *e, const struct dma_result *result, char *buf,
                             size_t size)
{
    const char *how = result->bus_error ? "bus error"
                      : result->event   ? smmuv3_event_name(result->event)
                                        : "aborted";

    snprintf(buf, size, "%s of 0x%" PRIx64 " by stream 0x%x: %s", result->write ? "write" : "read",
             result->iova, e->sid, result->ok ? "done" : how);
    return buf;
}
