/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The way of a request: global bypass, stream, context, address, permission (3.3, 15.1). */
#include "model_internal.h"

static bool fail(struct fault *f, uint8_t event)
{
    f->event = event;
    return false;
}

static bool beyond_output(const struct smmuv3_model *m, uint64_t address)
{
    return address & ~below_lg2(m->cfg.oas_bits);
}

/* What no ordinary transaction is; there is no ATS. */
static bool kind_allowed(const struct request *r, struct fault *f)
{
    switch (r->kind) {
    case SMMUV3_ATS_TRANSLATED:
        return fail(f, F_TRANSL_FORBIDDEN);
    case SMMUV3_ATS_REQUEST:
        return fail(f, F_BAD_ATS_TREQ);
    case SMMUV3_UNSUPPORTED:
        return fail(f, F_UUT);
    default:
        return true;
    }
}

/* SMMUEN = 0 (6.3.9.6, 3.4): no event either way. */
static bool bypass_unit(const struct smmuv3_model *m, const struct request *r, uint64_t *pa)
{
    *pa = r->iova;
    return !(m->regs.gbpa & GBPA_ABORT) && !beyond_output(m, r->iova);
}

/* Stage 1 bypassed, by Config or by S1DSS. */
static bool bypass_stream(const struct smmuv3_model *m, const struct request *r, uint64_t *pa, struct fault *f)
{
    *pa = r->iova;
    f->class = CLASS_IN;
    return beyond_output(m, r->iova) ? fail(f, F_ADDR_SIZE) : true;
}

static void override_attributes(const struct stream *s, struct request *r)
{
    if (s->priv_override >= 2)
        r->priv = s->priv_override == 3;
    if (s->instr_override >= 2)
        r->instr = s->instr_override == 3;
}

/* Which CD; or none, when stage 1 is bypassed for want of a substream (5.2, S1DSS). */
static bool substream_allowed(const struct stream *s, const struct request *r, bool *bypass, struct fault *f)
{
    *bypass = false;
    if (r->ssv) {
        if (s->s1_cd_lg2 == 0 || r->ssid > below_lg2(s->s1_cd_lg2))
            return fail(f, C_BAD_SUBSTREAMID);
        return s->s1_default == 2 && r->ssid == 0 ? fail(f, F_STREAM_DISABLED) : true;
    }
    if (s->s1_cd_lg2 == 0 || s->s1_default == 2)
        return true;
    *bypass = s->s1_default == 1;
    return *bypass ? true : fail(f, F_STREAM_DISABLED);
}

/* VA[55] picks the half; the bits above its input size must repeat it (3.4.1). */
static bool in_range(const struct context_half *half, uint64_t va, bool high)
{
    uint64_t above = va & ~below_lg2(half->input_bits);

    return above == (high ? ~below_lg2(half->input_bits) : 0);
}

static uint64_t without_top_byte(uint64_t va)
{
    return bit(va, 55) ? va | UINT64_C(0xff) << 56 : va & below_lg2(56);
}

bool address_find(struct smmuv3_model *m, struct lane *lane, const struct context *context, uint64_t iova,
                  struct range_entry *out, struct fault *f)
{
    bool high = bit(iova, 55);
    const struct context_half *half = &context->half[high];
    uint64_t va = half->top_byte_ignored ? without_top_byte(iova) : iova;
    unsigned hits;

    f->class = CLASS_IN;
    if (!half->disabled && !in_range(half, va, high))
        return fail(f, F_TRANSLATION);
    hits = range_cache_find(&m->tlb, context->asid, context->aset, va, out);
    if (hits > 1 && m->cfg.bbml < 2)
        return fail(f, F_TLB_CONFLICT);
    lane->count.tlb_hits += hits != 0;
    lane->count.tlb_misses += hits == 0;
    if (hits)
        return true;
    return half->disabled ? fail(f, F_TRANSLATION) : table_walk(m, lane, context, half, va, out, f);
}

/* The four faults that CD.A and CD.R govern (5.5). */
static void shape_fault(const struct context *context, struct fault *f)
{
    if (f->event < F_TRANSLATION || f->event > F_PERMISSION)
        return;
    f->quiet = !context->record;
    f->razwi = !context->abort;
}

static bool translate_stage1(struct smmuv3_model *m, struct lane *lane, const struct stream *s, struct request *r,
                             uint64_t *pa, struct fault *f)
{
    struct context context;
    struct range_entry entry;

    if (!context_find(m, lane, s, r->sid, r->ssid, &context, f))
        return false;
    if (!context.legal)
        return fail(f, C_BAD_CD);
    if (m->tlb_unknown || fault_hits(m, &m->cfg.faults.tlb_conflict))
        return fail(f, F_TLB_CONFLICT);
    if (!address_find(m, lane, &context, r->iova, &entry, f)) {
        shape_fault(&context, f);
        return false;
    }
    if (!permitted(&context, r, entry.attrs)) {
        fail(f, F_PERMISSION);
        shape_fault(&context, f);
        return false;
    }
    *pa = entry.pa | (r->iova & below_lg2(entry.size_lg2));
    return true;
}

static bool stream_allows(struct smmuv3_model *m, struct lane *lane, const struct request *r, struct stream *s,
                          struct fault *f)
{
    if (fault_hits(m, &m->cfg.faults.cfg_conflict))
        return fail(f, F_CFG_CONFLICT);
    if (m->config_unknown)
        return fail(f, C_BAD_STE);
    if (!stream_find(m, lane, r->sid, s, f))
        return false;
    if (!s->legal)
        return fail(f, C_BAD_STE);
    return s->passes; /* else: silently */
}

bool translate(struct smmuv3_model *m, struct lane *lane, struct request *r, uint64_t *pa, struct fault *f)
{
    struct stream s;
    bool bypass;

    lane->count.translations++;
    *f = (struct fault){0};
    if (!kind_allowed(r, f))
        return false;
    if (!(m->regs.cr0ack & CR0_SMMUEN))
        return bypass_unit(m, r, pa);
    if (!stream_allows(m, lane, r, &s, f))
        return false;
    override_attributes(&s, r);
    if (!s.translates)
        return r->ssv ? fail(f, C_BAD_SUBSTREAMID) : bypass_stream(m, r, pa, f);
    if (!substream_allowed(&s, r, &bypass, f))
        return false;
    return bypass ? bypass_stream(m, r, pa, f) : translate_stage1(m, lane, &s, r, pa, f);
}
