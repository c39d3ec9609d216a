/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From a stream ID to its STE: linear and two-level tables (3.3.2, 5.1, 5.2). */
#include "model_internal.h"

#define STE_WORDS    8u
#define STE_SIZE_LG2 6u
#define L1_SIZE_LG2  3u

struct table_shape {
    unsigned size_lg2; /* StreamIDs that have an entry */
    unsigned literal_lg2; /* LOG2SIZE as written: the base is aligned for that (6.3.24) */
    unsigned split;
    bool two_level;
};

static struct table_shape shape_of(const struct smmuv3_model *m)
{
    uint32_t cfg = m->regs.strtab_cfg;
    struct table_shape s = {.literal_lg2 = (unsigned)bits(cfg, 5, 0), .split = (unsigned)bits(cfg, 10, 6)};

    s.size_lg2 = s.literal_lg2 < m->cfg.sid_bits ? s.literal_lg2 : m->cfg.sid_bits;
    s.two_level = m->cfg.two_level && bits(cfg, 17, 16) == 1; /* FMT */
    if (s.split != 8 && s.split != 10)
        s.split = 6;
    return s;
}

static uint64_t base_of(const struct smmuv3_model *m, const struct table_shape *s)
{
    unsigned align_lg2 = s->literal_lg2 + STE_SIZE_LG2;

    if (s->two_level) {
        align_lg2 = s->literal_lg2 > s->split ? s->literal_lg2 - s->split + L1_SIZE_LG2 : 0;
        if (align_lg2 < 6)
            align_lg2 = 6;
    }
    return bits_in_place(m->regs.strtab_base, 55, 6) & ~below_lg2(align_lg2);
}

static bool bad_stream(const struct smmuv3_model *m, struct fault *f)
{
    f->event = C_BAD_STREAMID;
    f->quiet = !(m->regs.cr2 & CR2_RECINVSID);
    return false;
}

static bool fetch(struct smmuv3_model *m, uint64_t pa, uint64_t *words, unsigned n, struct fault *f)
{
    if (memory_load(m, pa, words, n))
        return true;
    f->event = F_STE_FETCH;
    f->fetch = pa;
    return false;
}

/* The level-1 descriptor of `sid`, from the cache or from memory. */
static bool level1(struct smmuv3_model *m, struct lane *lane, const struct table_shape *s, uint32_t sid,
                   struct config_table *out, struct fault *f)
{
    struct config_entry e = {.kind = CONFIG_L1STD, .span_lg2 = (uint8_t)s->split, .sid = sid};
    uint64_t word;

    if (config_cache_find(&m->config, CONFIG_L1STD, sid, 0, &e)) {
        lane->count.config_hits++;
        *out = e.u.table;
        return true;
    }
    lane->count.config_misses++;
    if (!fetch(m, base_of(m, s) + ((uint64_t)(sid >> s->split) << L1_SIZE_LG2), &word, 1, f))
        return false;
    e.first = sid & ~(uint32_t)below_lg2(s->split);
    e.u.table.span = (uint8_t)bits(word, 4, 0);
    e.u.table.pointer = bits_in_place(word, 55, 6);
    config_cache_put(&m->config, &e);
    *out = e.u.table;
    return true;
}

static bool address_of(struct smmuv3_model *m, struct lane *lane, uint32_t sid, uint64_t *pa, struct fault *f)
{
    struct table_shape s = shape_of(m);
    uint32_t index = sid & (uint32_t)below_lg2(s.split);
    struct config_table l1;

    if (!s.two_level) {
        *pa = base_of(m, &s) + ((uint64_t)sid << STE_SIZE_LG2);
        return true;
    }
    if (!level1(m, lane, &s, sid, &l1, f))
        return false;
    if (l1.span == 0 || l1.span > s.split + 1 || index >= UINT32_C(1) << (l1.span - 1))
        return bad_stream(m, f);
    *pa = (l1.pointer & ~below_lg2(l1.span + 5u)) + ((uint64_t)index << STE_SIZE_LG2);
    return true;
}

/* From memory, and into the cache, legal or not. */
static bool load(struct smmuv3_model *m, struct lane *lane, uint32_t sid, struct stream *out, struct fault *f)
{
    struct config_entry e = {.kind = CONFIG_STE, .sid = sid};
    uint64_t ste[STE_WORDS], pa;

    if (!address_of(m, lane, sid, &pa, f) || !fetch(m, pa, ste, STE_WORDS, f))
        return false;
    stream_decode(m, ste, out);
    e.span_lg2 = out->legal ? out->contiguous_lg2 : 0;
    e.first = sid & ~(uint32_t)below_lg2(e.span_lg2);
    e.u.stream = *out;
    config_cache_put(&m->config, &e);
    return true;
}

bool stream_find(struct smmuv3_model *m, struct lane *lane, uint32_t sid, struct stream *out, struct fault *f)
{
    struct config_entry e;
    unsigned hits;

    if ((uint64_t)sid > below_lg2(shape_of(m).size_lg2))
        return bad_stream(m, f);
    hits = config_cache_find(&m->config, CONFIG_STE, sid, 0, &e);
    if (hits > 1) {
        f->event = F_CFG_CONFLICT;
        return false;
    }
    if (hits) {
        lane->count.config_hits++;
        *out = e.u.stream;
        return true;
    }
    lane->count.config_misses++;
    return load(m, lane, sid, out, f);
}
