/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A reader-writer lock whose readers share no cache line: each takes one lane, the writer takes all that were ever
 * used. Most machines have one or two threads that send transactions.
 */
#include "model_internal.h"

#include "random.h"

void gate_init(struct smmuv3_model *m)
{
    pthread_mutex_init(&m->gate_lock, NULL);
    for (unsigned i = 0; i < LANES; i++)
        pthread_mutex_init(&m->lanes[i].lock, NULL);
}

void gate_fini(struct smmuv3_model *m)
{
    for (unsigned i = 0; i < LANES; i++)
        pthread_mutex_destroy(&m->lanes[i].lock);
    pthread_mutex_destroy(&m->gate_lock);
}

/* Not while the gate is closed: the writer has not taken this lane. */
static void use_first(struct smmuv3_model *m, struct lane *lane)
{
    pthread_mutex_lock(&m->gate_lock);
    atomic_store_explicit(&lane->used, true, memory_order_relaxed);
    pthread_mutex_unlock(&m->gate_lock);
}

struct lane *gate_enter(struct smmuv3_model *m)
{
    struct lane *lane = &m->lanes[random_mix((uint64_t)(uintptr_t)pthread_self()) % LANES];

    if (!atomic_load_explicit(&lane->used, memory_order_relaxed))
        use_first(m, lane);
    pthread_mutex_lock(&lane->lock);
    return lane;
}

void gate_leave(struct lane *lane)
{
    pthread_mutex_unlock(&lane->lock);
}

void gate_close(struct smmuv3_model *m)
{
    pthread_mutex_lock(&m->gate_lock);
    for (unsigned i = 0; i < LANES; i++) {
        if (atomic_load_explicit(&m->lanes[i].used, memory_order_relaxed))
            pthread_mutex_lock(&m->lanes[i].lock);
    }
}

void gate_open(struct smmuv3_model *m)
{
    for (unsigned i = LANES; i-- > 0;) {
        if (atomic_load_explicit(&m->lanes[i].used, memory_order_relaxed))
            pthread_mutex_unlock(&m->lanes[i].lock);
    }
    pthread_mutex_unlock(&m->gate_lock);
}
