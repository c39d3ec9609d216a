/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What an STE says, and whether it may (5.2, 5.2.2). Fields of absent features are ignored, as they are RES0. */
#include "model_internal.h"

static bool context_pointer_fits(const struct smmuv3_model *m, const struct stream *s)
{
    return !(s->context & ~below_lg2(m->cfg.oas_bits)); /* 3.4.3, note 1 */
}

static bool substreams_legal(const struct smmuv3_model *m, const struct stream *s)
{
    if (s->s1_cd_lg2 > m->cfg.ssid_bits)
        return false;
    return s->s1_cd_lg2 == 0 || s->s1_format == 0 || m->cfg.two_level; /* CD2L */
}

/* Alignment of the context table (5.2, S1Fmt). */
static uint64_t aligned_table(const struct stream *s)
{
    static const uint8_t l2_lg2[] = {0, 6, 10};
    unsigned entries = s->s1_format ? (s->s1_cd_lg2 > l2_lg2[s->s1_format] ? s->s1_cd_lg2 - l2_lg2[s->s1_format] : 0)
                                    : s->s1_cd_lg2;
    unsigned size = entries + (s->s1_format ? 3 : 6);

    return s->context & ~below_lg2(size > 6 ? size : 6);
}

static void decode_stage1(const struct smmuv3_model *m, const uint64_t ste[8], struct stream *s)
{
    bool stall_disable = bit(ste[1], 27); /* S1STALLD: ILLEGAL as stall is not configurable (5.5) */

    s->s1_format = (uint8_t)bits(ste[0], 5, 4);
    if (s->s1_format == 3)
        s->s1_format = 0; /* reserved: as 0 */
    s->context = bits_in_place(ste[0], 55, 6);
    s->s1_cd_lg2 = m->cfg.ssid_bits ? (uint8_t)bits(ste[0], 63, 59) : 0;
    s->s1_default = (uint8_t)bits(ste[1], 1, 0);
    s->legal = !stall_disable && substreams_legal(m, s) && context_pointer_fits(m, s);
    if (s->legal)
        s->context = aligned_table(s);
}

void stream_decode(const struct smmuv3_model *m, const uint64_t ste[8], struct stream *out)
{
    unsigned config = (unsigned)bits(ste[0], 3, 1);

    *out = (struct stream){
        .legal = bit(ste[0], 0),
        .passes = config & 4,
        .translates = (config & 5) == 5,
        .contiguous_lg2 = (uint8_t)bits(ste[1], 16, 13),
    };
    if (!out->legal || !out->passes)
        return;
    if (config & 2) { /* stage 2 is absent */
        out->legal = false;
        return;
    }
    if (m->cfg.perms_override) {
        out->priv_override = (uint8_t)bits(ste[1], 49, 48);
        out->instr_override = (uint8_t)bits(ste[1], 51, 50);
    }
    if (out->translates)
        decode_stage1(m, ste, out);
}
