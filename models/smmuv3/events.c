/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Event records (7.3). */
#include "model_internal.h"

/* What of the request a record tells. */
enum told {
    TOLD_SUBSTREAM = 1u << 0,       /* SSV and SubstreamID */
    TOLD_BARE_SUBSTREAM = 1u << 1,  /* SubstreamID without SSV */
    TOLD_ACCESS = 1u << 2,          /* RnW, InD, PnU */
    TOLD_DIRECTION = 1u << 3,       /* RnW alone */
    TOLD_CLASS = 1u << 4,
    TOLD_INPUT = 1u << 5,
    TOLD_FETCH = 1u << 6,
};

#define TOLD_TRANSLATION (TOLD_SUBSTREAM | TOLD_ACCESS | TOLD_CLASS | TOLD_INPUT)

static const struct event_kind {
    uint8_t number;
    uint8_t told;
    const char *name;
} kinds[] = {
    {F_UUT, TOLD_SUBSTREAM | TOLD_ACCESS | TOLD_INPUT, "F_UUT"},
    {C_BAD_STREAMID, TOLD_SUBSTREAM, "C_BAD_STREAMID"},
    {F_STE_FETCH, TOLD_SUBSTREAM | TOLD_FETCH, "F_STE_FETCH"},
    {C_BAD_STE, TOLD_SUBSTREAM, "C_BAD_STE"},
    {F_BAD_ATS_TREQ, TOLD_SUBSTREAM | TOLD_INPUT, "F_BAD_ATS_TREQ"},
    {F_STREAM_DISABLED, 0, "F_STREAM_DISABLED"},
    {F_TRANSL_FORBIDDEN, TOLD_DIRECTION | TOLD_INPUT, "F_TRANSL_FORBIDDEN"},
    {C_BAD_SUBSTREAMID, TOLD_BARE_SUBSTREAM, "C_BAD_SUBSTREAMID"},
    {F_CD_FETCH, TOLD_SUBSTREAM | TOLD_FETCH, "F_CD_FETCH"},
    {C_BAD_CD, TOLD_SUBSTREAM, "C_BAD_CD"},
    {F_WALK_EABT, TOLD_TRANSLATION | TOLD_FETCH, "F_WALK_EABT"},
    {F_TRANSLATION, TOLD_TRANSLATION, "F_TRANSLATION"},
    {F_ADDR_SIZE, TOLD_TRANSLATION, "F_ADDR_SIZE"},
    {F_ACCESS, TOLD_TRANSLATION, "F_ACCESS"},
    {F_PERMISSION, TOLD_TRANSLATION, "F_PERMISSION"},
    {F_TLB_CONFLICT, TOLD_SUBSTREAM | TOLD_ACCESS | TOLD_INPUT, "F_TLB_CONFLICT"},
    {F_CFG_CONFLICT, TOLD_SUBSTREAM, "F_CFG_CONFLICT"},
};

static const struct event_kind *kind_of(uint8_t event)
{
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (kinds[i].number == event)
            return &kinds[i];
    }
    return NULL;
}

const char *smmuv3_event_name(uint8_t event)
{
    const struct event_kind *kind = kind_of(event);

    return kind ? kind->name : "unknown event";
}

static uint64_t identity(const struct request *r, unsigned told)
{
    uint64_t word = (uint64_t)r->sid << 32;

    if (told & TOLD_SUBSTREAM && r->ssv)
        word |= (uint64_t)r->ssid << 12 | UINT64_C(1) << 11;
    if (told & TOLD_BARE_SUBSTREAM)
        word |= (uint64_t)r->ssid << 12;
    return word;
}

static uint64_t access_bits(const struct request *r, unsigned told)
{
    uint64_t word = 0;

    if (told & (TOLD_ACCESS | TOLD_DIRECTION))
        word |= (uint64_t)!r->write << 35; /* RnW */
    if (told & TOLD_ACCESS)
        word |= (uint64_t)(r->instr && !r->write) << 34 | (uint64_t)r->priv << 33; /* InD, PnU */
    return word;
}

void event_record(const struct request *r, const struct fault *f, uint64_t record[4])
{
    const struct event_kind *kind = kind_of(f->event);
    unsigned told = kind ? kind->told : 0;

    record[0] = f->event | identity(r, told);
    record[1] = access_bits(r, told) | (told & TOLD_CLASS ? (uint64_t)f->class << 40 : 0);
    record[2] = told & TOLD_INPUT ? r->iova : 0;
    record[3] = told & TOLD_FETCH ? bits_in_place(f->fetch, 55, 3) : 0;
}
