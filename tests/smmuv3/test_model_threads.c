/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Several threads, each with a domain and a stream of its own, on one SMMU that takes commands in
 * a thread of its own: nobody's unmap returns before the SMMU has let go, and nobody reaches what
 * another one mapped at the same IOVA. One thread polls for events all the while.
 */
#include "model_rig.h"

#include "../cmocka_all.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define THREADS 3
#define ROUNDS  120
#define PAGE    4096u
#define IOVA    UINT64_C(0x100000)

static struct model_rig rig;
static _Atomic bool stop;
static _Atomic unsigned events;

struct worker {
    pthread_t thread;
    struct dms_iommu_domain *domain;
    uint32_t sid;
    dms_phys_t phys;
    unsigned wrong;
};

static void count_event(void *ctx, struct dms_iommu *iommu, const struct dms_iommu_event *event)
{
    (void)ctx;
    (void)iommu;
    (void)event;
    events++;
}

static void *poll_events(void *unused)
{
    (void)unused;
    while (!stop) {
        rig.iommu->ops->poll(rig.iommu);
        sched_yield();
    }
    return NULL;
}

static bool one_round(struct worker *w, unsigned round)
{
    const struct dms_iommu_ops *ops = rig.iommu->ops;
    const struct dms_stream stream = {.sid = w->sid};
    struct dms_iommu_gather gather = {0};
    uint64_t pages = 1 + round % 3;
    bool right;

    if (ops->map(w->domain, IOVA, w->phys, pages * PAGE,
                 DMS_READ | DMS_WRITE | DMS_PROT_BEGIN | DMS_PROT_END))
        return false;
    right = rig_writes(&rig, w->sid, IOVA, round) && rig_reads(&rig, w->sid, IOVA, round);
    right &= ops->unmap(w->domain, IOVA, pages * PAGE, true, &gather) == 0;
    right &= ops->flush(w->domain, &gather) == 0;
    right &= rig_access(&rig, w->sid, IOVA, false, NULL, 8).outcome == SMMUV3_ABORTED;
    if (round % 16 == 0) {
        right &= ops->detach(w->domain, stream) == 0;
        right &= ops->attach(w->domain, stream) == 0;
    }
    return right;
}

static void *work(void *ctx)
{
    struct worker *w = ctx;

    for (unsigned round = 0; round < ROUNDS; round++)
        w->wrong += !one_round(w, round);
    return NULL;
}

static void threads_with_domains_of_their_own_do_not_meet(void **state)
{
    struct worker workers[THREADS] = {0};
    pthread_t poller;
    (void)state;

    rig_init(&rig);
    rig.model_cfg.commands = SMMUV3_CMDS_THREAD;
    rig.cfg.cmdq_lg2 = 3;
    rig.cfg.command_timeout_ns = UINT64_C(60000000000);
    assert_int_equal(rig_start(&rig), 0);
    rig.iommu->on_event = count_event;
    for (uint32_t i = 0; i < THREADS; i++) {
        workers[i].sid = 0x1940 + i;
        workers[i].domain = rig_domain(&rig, 12);
        rig_buffer(&rig, 3 * PAGE, &workers[i].phys);
        assert_int_equal(
            rig.iommu->ops->attach(workers[i].domain, (struct dms_stream){.sid = workers[i].sid}),
            0);
    }
    assert_int_equal(pthread_create(&poller, NULL, poll_events, NULL), 0);
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].wrong, 0);
    }
    stop = true;
    pthread_join(poller, NULL);
    rig.iommu->ops->poll(rig.iommu);
    assert_int_equal(events, THREADS * ROUNDS);
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(
            rig.iommu->ops->detach(workers[i].domain, (struct dms_stream){.sid = workers[i].sid}),
            0);
        assert_int_equal(rig.iommu->ops->domain_destroy(workers[i].domain), 0);
    }
    rig_stop(&rig);
    rig_fini(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_with_domains_of_their_own_do_not_meet),
    };

    return cmocka_run_group_tests_name("model_threads", tests, NULL, NULL);
}
