/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A reader-writer lock whose readers share no cache line: each takes one lane, the writer takes them all. */
#include "model_internal.h"

#include "random.h"

void gate_init(struct smmuv3_model *m)
{
    for (unsigned i = 0; i < LANES; i++)
        pthread_mutex_init(&m->lanes[i].lock, NULL);
}

void gate_fini(struct smmuv3_model *m)
{
    for (unsigned i = 0; i < LANES; i++)
        pthread_mutex_destroy(&m->lanes[i].lock);
}

struct lane *gate_enter(struct smmuv3_model *m)
{
    struct lane *lane = &m->lanes[random_mix((uint64_t)(uintptr_t)pthread_self()) % LANES];

    pthread_mutex_lock(&lane->lock);
    return lane;
}

void gate_leave(struct lane *lane)
{
    pthread_mutex_unlock(&lane->lock);
}

void gate_close(struct smmuv3_model *m)
{
    for (unsigned i = 0; i < LANES; i++)
        pthread_mutex_lock(&m->lanes[i].lock);
}

void gate_open(struct smmuv3_model *m)
{
    for (unsigned i = LANES; i-- > 0;)
        pthread_mutex_unlock(&m->lanes[i].lock);
}
