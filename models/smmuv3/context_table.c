/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From a stream and a substream to a CD: one CD, linear and two-level tables (5.2 S1Fmt, 5.3). */
#include "model_internal.h"

#define CD_WORDS    8u
#define CD_SIZE_LG2 6u
#define L1_SIZE_LG2 3u

static bool fetch(struct smmuv3_model *m, uint64_t pa, uint64_t *words, unsigned n, struct fault *f)
{
    if (memory_load(m, pa, words, n))
        return true;
    f->event = F_CD_FETCH;
    f->fetch = pa;
    return false;
}

/* The level-1 descriptor of `ssid`; `split` substreams (base-2 logarithm) per second-level table. */
static bool level1(struct smmuv3_model *m, struct lane *lane, const struct stream *stream, uint32_t sid, uint32_t ssid,
                   unsigned split, struct config_table *out, struct fault *f)
{
    struct config_entry e = {.kind = CONFIG_L1CD, .first = sid, .sid = sid, .index_lg2 = (uint8_t)split};
    uint64_t word;

    if (config_cache_find(&m->config, CONFIG_L1CD, sid, ssid, &e)) {
        lane->count.config_hits++;
        *out = e.u.table;
        return true;
    }
    lane->count.config_misses++;
    if (!fetch(m, stream->context + ((uint64_t)(ssid >> split) << L1_SIZE_LG2), &word, 1, f))
        return false;
    e.index = ssid & ~(uint32_t)below_lg2(split);
    e.u.table.span = bit(word, 0);
    e.u.table.pointer = bits_in_place(word, 55, 12);
    config_cache_put(&m->config, &e);
    *out = e.u.table;
    return true;
}

static bool address_of(struct smmuv3_model *m, struct lane *lane, const struct stream *stream, uint32_t sid,
                       uint32_t ssid, uint64_t *pa, struct fault *f)
{
    unsigned split = stream->s1_format == 1 ? 6 : 10;
    struct config_table l1;

    if (stream->s1_format == 0 || stream->s1_cd_lg2 == 0) {
        *pa = stream->context + ((uint64_t)ssid << CD_SIZE_LG2);
        return true;
    }
    if (!level1(m, lane, stream, sid, ssid, split, &l1, f))
        return false;
    if (!l1.span || l1.pointer & ~below_lg2(m->cfg.oas_bits)) { /* 7.3.9; 3.4.3, note 3 */
        f->event = C_BAD_SUBSTREAMID;
        return false;
    }
    *pa = (l1.pointer & ~below_lg2(split + CD_SIZE_LG2)) + ((ssid & below_lg2(split)) << CD_SIZE_LG2);
    return true;
}

bool context_find(struct smmuv3_model *m, struct lane *lane, const struct stream *stream, uint32_t sid, uint32_t ssid,
                  struct context *out, struct fault *f)
{
    struct config_entry e = {.kind = CONFIG_CD, .first = sid, .sid = sid, .index = ssid};
    uint64_t cd[CD_WORDS], pa;

    if (config_cache_find(&m->config, CONFIG_CD, sid, ssid, &e)) {
        lane->count.config_hits++;
        *out = e.u.context;
        return true;
    }
    lane->count.config_misses++;
    if (!address_of(m, lane, stream, sid, ssid, &pa, f) || !fetch(m, pa, cd, CD_WORDS, f))
        return false;
    context_decode(m, cd, out);
    e.u.context = *out;
    config_cache_put(&m->config, &e);
    return true;
}
