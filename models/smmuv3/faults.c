/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Misbehaviour as configuration: occurrences, and the id that brings a setting back. */
#include "model_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert(offsetof(struct smmuv3_faults, cmdq_slow) == FAULT_KINDS * sizeof(struct smmuv3_when),
              "the kinds of fault come first");

bool fault_hits(struct smmuv3_model *m, const struct smmuv3_when *when)
{
    size_t kind = (size_t)((const char *)when - (const char *)&m->cfg.faults) / sizeof(*when);
    unsigned n;
    bool hits;

    if (when->first == 0)
        return false;
    n = atomic_fetch_add(&m->occurred[kind], 1) + 1;
    hits = n == when->first ||
           (n > when->first && when->every && (n - when->first) % when->every == 0);
    if (hits)
        atomic_fetch_add(&m->faults, 1);
    return hits;
}

static const struct word {
    const char *name;
    size_t offset;
    bool when;
} words[] = {
#define WORD(field, is_when)                                                                       \
    {                                                                                              \
        .name = #field, .offset = offsetof(struct smmuv3_faults, field), .when = is_when           \
    }
#define WHEN(field)   WORD(field, true)
#define NUMBER(field) WORD(field, false)
    WHEN(cmdq_stuck),
    WHEN(sync_stuck),
    WHEN(cmd_illegal),
    WHEN(cmd_abort),
    WHEN(tlbi_dropped),
    WHEN(cfgi_dropped),
    WHEN(evtq_full),
    WHEN(evtq_abort),
    WHEN(spurious_event),
    WHEN(spurious_irq),
    WHEN(tlb_conflict),
    WHEN(cfg_conflict),
    WHEN(ack_lost),
    NUMBER(cmdq_slow),
    NUMBER(ack_slow),
    {"idr0", offsetof(struct smmuv3_faults, idr_xor[0]), false},
    {"idr1", offsetof(struct smmuv3_faults, idr_xor[1]), false},
    {"idr2", offsetof(struct smmuv3_faults, idr_xor[2]), false},
    {"idr3", offsetof(struct smmuv3_faults, idr_xor[3]), false},
    {"idr4", offsetof(struct smmuv3_faults, idr_xor[4]), false},
    {"idr5", offsetof(struct smmuv3_faults, idr_xor[5]), false},
#undef WORD
#undef WHEN
#undef NUMBER
};

#define NWORDS (sizeof(words) / sizeof(words[0]))

void smmuv3_faults_print(const struct smmuv3_faults *faults, char *buf)
{
    size_t at = 0;

    for (size_t i = 0; i < NWORDS; i++) {
        const uint32_t *value =
            (const uint32_t *)(const void *)((const char *)faults + words[i].offset);
        const char *gap = at ? " " : "";

        if (value[0] == 0)
            continue;
        at += (size_t)snprintf(buf + at, SMMUV3_FAULT_ID_MAX - at,
                               words[i].when ? "%s%s=%" PRIu32 : "%s%s=0x%" PRIx32, gap,
                               words[i].name, value[0]);
        if (words[i].when && value[1])
            at += (size_t)snprintf(buf + at, SMMUV3_FAULT_ID_MAX - at, "+%" PRIu32, value[1]);
    }
    if (at == 0)
        snprintf(buf, SMMUV3_FAULT_ID_MAX, "none");
}

static const struct word *word_named(const char *name, size_t length)
{
    for (size_t i = 0; i < NWORDS; i++) {
        if (strlen(words[i].name) == length && memcmp(words[i].name, name, length) == 0)
            return &words[i];
    }
    return NULL;
}

/* A number at *p, which moves past it. */
static bool number(const char **p, uint32_t *value)
{
    char *end;
    unsigned long long n;

    if (**p < '0' || **p > '9')
        return false;
    n = strtoull(*p, &end, 0);
    if (n > UINT32_MAX)
        return false;
    *value = (uint32_t)n;
    *p = end;
    return true;
}

/* "name=n" or "name=n+every" at *p, which moves past it. */
static bool parse_word(const char **p, struct smmuv3_faults *faults)
{
    size_t length = strcspn(*p, "= ");
    const struct word *word = word_named(*p, length);
    uint32_t *value;

    if (!word || (*p)[length] != '=')
        return false;
    value = (uint32_t *)(void *)((char *)faults + word->offset);
    *p += length + 1;
    if (!number(p, &value[0]))
        return false;
    if (word->when && **p == '+') {
        ++*p;
        if (!number(p, &value[1]))
            return false;
    }
    return **p == ' ' || **p == '\0';
}

bool smmuv3_faults_parse(const char *id, struct smmuv3_faults *faults, const char **where)
{
    struct smmuv3_faults parsed = {0};
    const char *p = id;

    if (strcmp(id, "none") == 0)
        p += strlen(p);
    while (*p) {
        const char *word = p;

        if (*p == ' ') {
            p++;
            continue;
        }
        if (!parse_word(&p, &parsed)) {
            if (where)
                *where = word;
            return false;
        }
    }
    *faults = parsed;
    return true;
}
