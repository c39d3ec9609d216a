/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A DMA engine behind an SMMU model: reads, writes, copies, fills and sums memory by IOVA, as one stream. It has no
 * way to memory but the SMMU.
 *
 * Thread-safety: an engine is constant after initialisation; any number of threads may use one.
 */
#ifndef MODELS_DMA_ENGINE_H
#define MODELS_DMA_ENGINE_H

#include <models/smmuv3/smmuv3_model.h>

struct dma_engine {
    struct smmuv3_model *smmu;
    uint32_t sid;
    uint32_t ssid; /* used when ssid_valid */
    bool ssid_valid;
    bool priv;
};

/* An engine that sends `sid` and no substream. */
struct dma_engine dma_engine_of(struct smmuv3_model *smmu, uint32_t sid);

struct dma_result {
    bool ok;
    bool write;     /* the failing access was a write */
    uint8_t event;  /* event number, 0 when the SMMU recorded none or memory itself refused */
    bool bus_error; /* translated, but no memory there */
    uint64_t iova;  /* first failing address */
    size_t done;    /* bytes completed before it */
};

/* Memory to buf. After a failure, buf holds `done` bytes. */
struct dma_result dma_engine_read(const struct dma_engine *e, uint64_t iova, void *buf,
                                  size_t size);

/* buf to memory. */
struct dma_result dma_engine_write(const struct dma_engine *e, uint64_t iova, const void *buf,
                                   size_t size);

/* Memory to memory, upwards in chunks of at most 4 KiB. Overlapping ranges copy as such a loop would. */
struct dma_result dma_engine_copy(const struct dma_engine *e, uint64_t dst, uint64_t src,
                                  size_t size);

/* Every byte becomes `byte`. */
struct dma_result dma_engine_fill(const struct dma_engine *e, uint64_t iova, uint8_t byte,
                                  size_t size);

/* FNV-1a (64 bit) over the range; *sum is undefined after a failure. */
struct dma_result dma_engine_sum(const struct dma_engine *e, uint64_t iova, size_t size,
                                 uint64_t *sum);

/* The same sum over the CPU's memory. */
uint64_t dma_engine_sum_of(const void *buf, size_t size);

/* The same in steps: begin with DMA_ENGINE_SUM_START, give each result to the next call. */
#define DMA_ENGINE_SUM_START UINT64_C(0xcbf29ce484222325)
uint64_t dma_engine_sum_more(uint64_t sum, const void *buf, size_t size);

/* "read of 0x1000 by stream 0x1940: F_TRANSLATION", for messages; buf has `size` bytes. Returns buf. */
const char *dma_result_print(const struct dma_engine *e, const struct dma_result *result, char *buf,
                             size_t size);

#endif
