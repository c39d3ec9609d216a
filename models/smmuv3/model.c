/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Life of a model: configuration, creation, its thread, its end. */
#include "model_internal.h"

#include "random.h"

#include <dmaspace/error.h>

#include <stdlib.h>
#include <string.h>

struct smmuv3_model_cfg smmuv3_model_default_cfg(void)
{
    return (struct smmuv3_model_cfg){
        .oas_bits = 48,
        .sid_bits = 16,
        .asid_bits = 16,
        .cmdq_lg2_max = 19,
        .evtq_lg2_max = 19,
        .bbml = 2,
        .granules = 1u << 12 | 1u << 14 | 1u << 16,
        .two_level = true,
        .ril = true,
        .coherent = true,
        .term_model = true,
        .gbpa_abort = true,
        .unknown_caches = true,
        .tlb_entries = 4096,
        .walk_entries = 1024,
        .config_entries = 1024,
        .commands = SMMUV3_CMDS_AT_ONCE,
        .seed = 1,
    };
}

static bool caches_init(struct smmuv3_model *m)
{
    const struct smmuv3_model_cfg *cfg = &m->cfg;

    if (!range_cache_init(&m->tlb, cfg->tlb_entries, cfg->seed))
        return false;
    if (!range_cache_init(&m->walks, cfg->walk_entries, cfg->seed + 1))
        goto no_walks;
    if (!config_cache_init(&m->config, cfg->config_entries, cfg->seed + 2))
        goto no_config;
    return true;

no_config:
    range_cache_fini(&m->walks);
no_walks:
    range_cache_fini(&m->tlb);
    return false;
}

static void caches_fini(struct smmuv3_model *m)
{
    config_cache_fini(&m->config);
    range_cache_fini(&m->walks);
    range_cache_fini(&m->tlb);
}

/* One command at a time, so that register accesses get their turn in between. */
static void *work(void *arg)
{
    struct smmuv3_model *m = arg;

    pthread_mutex_lock(&m->regs_lock);
    while (!m->stop) {
        if (cmdq_run(m, 1) == 0) {
            pthread_cond_wait(&m->work, &m->regs_lock);
            continue;
        }
        pthread_mutex_unlock(&m->regs_lock);
        irq_deliver(m);
        pthread_mutex_lock(&m->regs_lock);
    }
    pthread_mutex_unlock(&m->regs_lock);
    return NULL;
}

static void locks_fini(struct smmuv3_model *m)
{
    pthread_cond_destroy(&m->work);
    pthread_mutex_destroy(&m->out_lock);
    gate_fini(m);
    pthread_mutex_destroy(&m->regs_lock);
}

int smmuv3_model_create(const struct smmuv3_model_cfg *cfg, struct smmuv3_model **out)
{
    struct smmuv3_model *m;

    if (!id_cfg_valid(cfg))
        return DMS_EINVAL;
    m = calloc(1, sizeof(*m));
    if (!m)
        return DMS_ENOMEM;
    m->cfg = *cfg;
    m->config_unknown = m->tlb_unknown = cfg->unknown_caches;
    m->burst_random = random_seed(cfg->seed, 3);
    if (!caches_init(m))
        goto no_caches;
    pthread_mutex_init(&m->regs_lock, NULL);
    gate_init(m);
    pthread_mutex_init(&m->out_lock, NULL);
    pthread_cond_init(&m->work, NULL);
    id_registers_fill(m);
    registers_reset(m);
    if (cfg->commands == SMMUV3_CMDS_THREAD && pthread_create(&m->worker, NULL, work, m) != 0)
        goto no_thread;
    *out = m;
    return 0;

no_thread:
    locks_fini(m);
    caches_fini(m);
no_caches:
    free(m);
    return DMS_ENOMEM;
}

void smmuv3_model_destroy(struct smmuv3_model *m)
{
    if (!m)
        return;
    if (m->cfg.commands == SMMUV3_CMDS_THREAD) {
        pthread_mutex_lock(&m->regs_lock);
        m->stop = true;
        pthread_cond_signal(&m->work);
        pthread_mutex_unlock(&m->regs_lock);
        pthread_join(m->worker, NULL);
    }
    locks_fini(m);
    caches_fini(m);
    free(m);
}

unsigned smmuv3_model_step(struct smmuv3_model *m, unsigned n)
{
    unsigned taken;

    pthread_mutex_lock(&m->regs_lock);
    taken = cmdq_run(m, n);
    pthread_mutex_unlock(&m->regs_lock);
    irq_deliver(m);
    return taken;
}

void smmuv3_model_set_faults(struct smmuv3_model *m, const struct smmuv3_faults *faults)
{
    pthread_mutex_lock(&m->regs_lock);
    gate_close(m);
    m->cfg.faults = *faults;
    m->stuck = false;
    m->ack_lost = false;
    for (unsigned i = 0; i < FAULT_KINDS; i++)
        atomic_store(&m->occurred[i], 0);
    gate_open(m);
    cmdq_kick(m);
    pthread_mutex_unlock(&m->regs_lock);
}

bool smmuv3_model_tlb_holds(struct smmuv3_model *m, uint16_t asid, uint64_t iova)
{
    struct range_entry e;
    unsigned hits;
    struct lane *lane = gate_enter(m);

    hits = range_cache_find(&m->tlb, asid, false, iova, &e) + range_cache_find(&m->tlb, asid, true, iova, &e);
    gate_leave(lane);
    return hits != 0;
}
