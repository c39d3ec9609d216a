/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Counters are kept where they are counted, and added up when asked for. */
#include "model_internal.h"

#include <string.h>

/* All counters are uint64_t. */
static void add(struct smmuv3_counters *sum, const struct smmuv3_counters *part)
{
    uint64_t *to = (uint64_t *)(void *)sum;
    const uint64_t *from = (const uint64_t *)(const void *)part;

    for (size_t i = 0; i < sizeof(*sum) / sizeof(*to); i++)
        to[i] += from[i];
}

void smmuv3_model_counters(struct smmuv3_model *m, struct smmuv3_counters *out)
{
    memset(out, 0, sizeof(*out));
    pthread_mutex_lock(&m->regs_lock);
    gate_close(m);
    add(out, &m->count);
    for (unsigned i = 0; i < LANES; i++)
        add(out, &m->lanes[i].count);
    out->faults = atomic_load(&m->faults);
    gate_open(m);
    pthread_mutex_unlock(&m->regs_lock);
}

void smmuv3_model_clear_counters(struct smmuv3_model *m)
{
    pthread_mutex_lock(&m->regs_lock);
    gate_close(m);
    memset(&m->count, 0, sizeof(m->count));
    for (unsigned i = 0; i < LANES; i++)
        memset(&m->lanes[i].count, 0, sizeof(m->lanes[i].count));
    atomic_store(&m->faults, 0);
    gate_open(m);
    pthread_mutex_unlock(&m->regs_lock);
}
