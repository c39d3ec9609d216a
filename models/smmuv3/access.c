/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Transactions: each page is translated on its own, its bytes are moved, or its fault is recorded. */
#include "model_internal.h"

#include <string.h>

/* The smallest granule: no translation is smaller. */
#define PAGE_LG2 12u

bool memory_load(struct smmuv3_model *m, uint64_t pa, uint64_t *words, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (!m->cfg.memory.load64(m->cfg.memory.ctx, pa + 8 * i, &words[i]))
            return false;
    }
    return true;
}

static struct request request_of(const struct smmuv3_access *a, uint64_t iova)
{
    return (struct request){
        .sid = a->sid,
        .ssid = a->ssid_valid ? a->ssid : 0,
        .ssv = a->ssid_valid,
        .write = a->write,
        .instr = a->instr,
        .priv = a->priv,
        .kind = a->kind,
        .iova = iova,
    };
}

static bool move(struct smmuv3_model *m, uint64_t pa, bool write, uint8_t *buf, size_t size)
{
    const struct model_memory *mem = &m->cfg.memory;

    if (!buf)
        return true;
    return write ? mem->write(mem->ctx, pa, buf, size) : mem->read(mem->ctx, pa, buf, size);
}

static void terminate(struct smmuv3_model *m, struct lane *lane, const struct request *r, const struct fault *f,
                      struct smmuv3_result *result)
{
    uint64_t record[4];

    result->outcome = SMMUV3_ABORTED;
    result->event = f->quiet ? 0 : f->event;
    if (!result->event)
        return;
    event_record(r, f, record);
    result->recorded = event_post(m, lane, record);
}

/* An event that nothing on the bus has caused. */
static void maybe_spurious(struct smmuv3_model *m, struct lane *lane, const struct request *r)
{
    struct request ghost = {.sid = r->sid ^ 1, .iova = ~r->iova & ~below_lg2(PAGE_LG2)};
    struct fault f = {.event = F_TRANSLATION, .class = CLASS_IN};
    uint64_t record[4];

    if (!fault_hits(m, &m->cfg.faults.spurious_event))
        return;
    event_record(&ghost, &f, record);
    event_post(m, lane, record);
}

/* At most one page. False: the access ends here. */
static bool access_page(struct smmuv3_model *m, const struct smmuv3_access *a, uint8_t *buf, size_t size,
                        struct smmuv3_result *result)
{
    struct request r = request_of(a, result->iova);
    struct lane *lane = gate_enter(m);
    struct fault f;
    bool ok = translate(m, lane, &r, &result->pa, &f);

    if (ok) {
        ok = move(m, result->pa, a->write, buf, size);
        if (!ok)
            result->outcome = SMMUV3_BUS_ERROR;
    } else {
        terminate(m, lane, &r, &f, result);
        if (f.razwi) {
            result->outcome = SMMUV3_OK;
            ok = true;
            if (buf && !a->write)
                memset(buf, 0, size);
        }
    }
    maybe_spurious(m, lane, &r);
    gate_leave(lane);
    return ok;
}

static void take_commands(struct smmuv3_model *m)
{
    if (m->cfg.commands != SMMUV3_CMDS_PER_ACCESS)
        return;
    pthread_mutex_lock(&m->regs_lock);
    cmdq_at_access(m);
    pthread_mutex_unlock(&m->regs_lock);
}

struct smmuv3_result smmuv3_model_access(struct smmuv3_model *m, const struct smmuv3_access *access, void *buf)
{
    struct smmuv3_result result = {.iova = access->iova};
    uint8_t *bytes = buf;
    uint64_t first_pa = 0;

    take_commands(m);
    while (result.done < access->size) {
        size_t left = access->size - result.done;
        size_t in_page = (size_t)(below_lg2(PAGE_LG2) - (result.iova & below_lg2(PAGE_LG2)) + 1);
        size_t size = left < in_page ? left : in_page;

        if (!access_page(m, access, bytes ? bytes + result.done : NULL, size, &result))
            break;
        if (result.done == 0)
            first_pa = result.pa;
        result.done += size;
        result.iova += size;
    }
    if (result.done == access->size) {
        result.iova = access->iova;
        result.pa = first_pa;
    }
    irq_deliver(m);
    return result;
}
