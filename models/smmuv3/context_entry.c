/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a CD says, and whether it may (5.4, 5.4.2, 5.5). */
#include "model_internal.h"

static uint8_t effective_output_bits(const struct smmuv3_model *m, const uint64_t cd[8])
{
    static const uint8_t sizes[] = {32, 36, 40, 42, 44, 48, 52, 52};
    uint8_t ips = sizes[bits(cd[0], 34, 32)];

    return ips < m->cfg.oas_bits ? ips : m->cfg.oas_bits;
}

/* The low half has its fields at bit 0 of word 0, the high half at bit 16; their granule codes differ. */
static struct context_half decode_half(const uint64_t cd[8], unsigned which)
{
    static const uint8_t granules[2][4] = {{12, 16, 14, 0}, {0, 14, 12, 16}};
    uint64_t fields = cd[0] >> (16 * which);

    return (struct context_half){
        .disabled = bit(fields, 14),
        .top_byte_ignored = bit(cd[0], 38 + which),
        .input_bits = (uint8_t)(64 - bits(fields, 5, 0)),
        .granule_lg2 = granules[which][bits(fields, 7, 6)],
        .table = bits_in_place(cd[1 + which], 51, 4),
    };
}

static bool half_legal(const struct smmuv3_model *m, const struct context_half *half, unsigned output_bits)
{
    if (half->disabled)
        return true;
    if (half->input_bits > 48 || half->input_bits < 25) /* TxSZ 16..39: neither 52-bit VA nor small tables */
        return false;
    if (!half->granule_lg2 || !bit(m->cfg.granules, half->granule_lg2))
        return false;
    if (half->granule_lg2 != 16 && half->table & ~below_lg2(48))
        return false;
    return !(half->table & ~below_lg2(output_bits));
}

static bool legal(const struct smmuv3_model *m, const uint64_t cd[8], const struct context *c)
{
    bool walks = !c->half[0].disabled || !c->half[1].disabled;

    if (!bit(cd[0], 31) || !bit(cd[0], 41)) /* V, AA64 */
        return false;
    if (bit(cd[0], 43) || bit(cd[0], 42)) /* HA, HD: no HTTU */
        return false;
    if (bit(cd[0], 44)) /* S: no stall */
        return false;
    if (m->cfg.term_model && !c->abort)
        return false;
    if (walks && bit(cd[0], 15)) /* ENDI */
        return false;
    if (m->cfg.asid_bits == 8 && c->asid > UINT8_MAX)
        return false;
    return half_legal(m, &c->half[0], c->output_bits) && half_legal(m, &c->half[1], c->output_bits);
}

void context_decode(const struct smmuv3_model *m, const uint64_t cd[8], struct context *out)
{
    *out = (struct context){
        .access_flag_off = bit(cd[0], 35),
        .wxn = bit(cd[0], 36),
        .pan = bit(cd[0], 40),
        .record = bit(cd[0], 45),
        .abort = bit(cd[0], 46),
        .aset = bit(cd[0], 47),
        .asid = (uint16_t)bits(cd[0], 63, 48),
        .output_bits = effective_output_bits(m, cd),
        .half = {decode_half(cd, 0), decode_half(cd, 1)},
    };
    if (out->output_bits == 52) { /* 64-byte alignment at least (5.4, TTB0) */
        out->half[0].table &= ~below_lg2(6);
        out->half[1].table &= ~below_lg2(6);
    }
    out->legal = legal(m, cd, out);
}
