/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which stream a transaction leaves with. Figures: public vendor trees and mailing-list posts of 2024-2026. */
#include <models/iris.h>

#include <string.h>

#define MIB(n)     ((uint64_t)(n) << 20)
#define SECURE_END MIB(600)

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))

static const struct iris_rule sm8550_rules[] = {
    {IRIS_BITSTREAM, {0, SECURE_END - 1}, 0x1941, true},
    {IRIS_BITSTREAM, {SECURE_END, 0xdfffffff}, 0x1940, false},
    {IRIS_NON_PIXEL, {0, SECURE_END - 1}, 0x1941, true},
    {IRIS_NON_PIXEL, {SECURE_END, 0xdfffffff}, 0x1940, false},
    {IRIS_QUEUE, {0, SECURE_END - 1}, 0x1941, true},
    {IRIS_QUEUE, {SECURE_END, 0xdfffffff}, 0x1940, false},
    {IRIS_PIXEL, {0, 0xdfffffff}, 0x1947, false},
};

const struct iris_soc iris_sm8550 = {
    .name = "sm8550",
    .rules = sm8550_rules,
    .nrules = COUNT(sm8550_rules),
    .io_base = 0xe0000000,
};

/* The table says 16 MB to 600 MB for secure non-pixel; this model counts what is below as secure, too. */
static const struct iris_rule kaanapali_rules[] = {
    {IRIS_BITSTREAM, {0, MIB(3500) - 1}, 0x1944, false},
    {IRIS_NON_PIXEL, {0, SECURE_END - 1}, 0x1941, true},
    {IRIS_NON_PIXEL, {SECURE_END, MIB(3500) - 1}, 0x1940, false},
    {IRIS_QUEUE, {0, SECURE_END - 1}, 0x1a21, true},
    {IRIS_QUEUE, {SECURE_END, MIB(3500) - 1}, 0x1a20, false},
    {IRIS_PIXEL, {0, MIB(3500) - 1}, 0x1943, false},
    {IRIS_FIRMWARE, {0, MIB(3500) - 1}, 0x1a22, false},
};

const struct iris_soc iris_kaanapali = {
    .name = "kaanapali",
    .rules = kaanapali_rules,
    .nrules = COUNT(kaanapali_rules),
    .io_base = MIB(3500),
};

const struct iris_soc *iris_soc_by_name(const char *name)
{
    if (!strcmp(name, "kaanapali"))
        return &iris_kaanapali;
    if (!strcmp(name, "sm8550") || !strcmp(name, "sm8650") || !strcmp(name, "hamoa"))
        return &iris_sm8550;
    return NULL;
}

struct iris_route iris_route(const struct iris_soc *soc, enum iris_kind kind, uint64_t iova)
{
    if (iova > UINT32_MAX)
        return (struct iris_route){.hit = IRIS_HIT_BEYOND};
    if (iova >= soc->io_base)
        return (struct iris_route){.hit = IRIS_HIT_IO};
    for (size_t i = 0; i < soc->nrules; i++) {
        const struct iris_rule *rule = &soc->rules[i];

        if (rule->kind == kind && rule->iova.first <= iova && iova <= rule->iova.last)
            return (struct iris_route){IRIS_HIT_STREAM, rule->sid, rule->secure};
    }
    return (struct iris_route){.hit = IRIS_HIT_NONE};
}

const char *iris_kind_name(enum iris_kind kind)
{
    static const char *const names[IRIS_KINDS] = {
        [IRIS_BITSTREAM] = "bitstream", [IRIS_NON_PIXEL] = "non-pixel", [IRIS_QUEUE] = "queue",
        [IRIS_PIXEL] = "pixel",         [IRIS_FIRMWARE] = "firmware",
    };

    return kind < IRIS_KINDS ? names[kind] : "unknown";
}
