/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The driver on an SMMU that misbehaves. One piece of work is done under each fault, at its first,
 * second, ... occurrence. Whatever happens:
 *  1. no call hangs: time stands still except for looks at the clock, which are counted;
 *  2. what a call promised by returning 0 is true;
 *  3. once the SMMU behaves again, dms_smmuv3_recover brings everything back, a failed flush can be
 *     done again, and in the end all memory comes back.
 * The fault's id is the last line of a failure.
 */
#include "model_rig.h"

#include "../cmocka_all.h"

#include <dmaspace/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SID        0x1940u
#define OTHER      0x1943u
#define IOVA       UINT64_C(0x40000000)
#define PAGE       4096u
#define TICK_NS    1000
#define TIMEOUT_NS 200000
#define LOOKS_MAX  100000

static struct model_rig rig;
static struct dms_port port;
static struct smmuv3_faults faults;
static uint64_t clock_ns;
static uint64_t injected; /* faults, by all models of one test */

static uint64_t now(void *ctx)
{
    (void)ctx;
    clock_ns += TICK_NS;
    assert_true(clock_ns < (uint64_t)LOOKS_MAX * TICK_NS);
    return clock_ns;
}

static void init(void)
{
    rig_init(&rig);
    port = *dms_posix_port(rig.posix);
    port.now_ns = now;
    clock_ns = 0;
    rig.cfg.port = &port;
    rig.cfg.cmdq_lg2 = 3;
    rig.cfg.evtq_lg2 = 3;
    rig.cfg.command_timeout_ns = TIMEOUT_NS;
}

static void start(void)
{
    init();
    assert_int_equal(rig_start(&rig), 0);
    smmuv3_model_set_faults(rig.model, &faults);
}

/* The SMMU behaves from now on. */
static void mend(void)
{
    static const struct smmuv3_faults none;

    smmuv3_model_set_faults(rig.model, &none);
    assert_int_equal(dms_smmuv3_recover(rig.iommu), 0);
}

static bool is_trouble(int err)
{
    assert_true(err == 0 || err == DMS_ETIMEDOUT || err == DMS_EIO);
    return err != 0;
}

static const struct dms_iommu_ops *ops(void)
{
    return rig.iommu->ops;
}

static bool aborts(uint32_t sid, uint64_t iova)
{
    bool aborted = rig_access(&rig, sid, iova, false, NULL, 8).outcome == SMMUV3_ABORTED;

    ops()->poll(rig.iommu);
    return aborted;
}

/* Attaches, after mending if need be. */
static void attach(struct dms_iommu_domain *domain, uint32_t sid)
{
    const struct dms_stream stream = {.sid = sid};

    if (!is_trouble(ops()->attach(domain, stream)))
        return;
    mend();
    assert_true(aborts(sid, IOVA));
    assert_int_equal(ops()->attach(domain, stream), 0);
}

static void detach(struct dms_iommu_domain *domain, uint32_t sid)
{
    if (is_trouble(ops()->detach(domain, (struct dms_stream){.sid = sid})))
        mend();
    assert_true(aborts(sid, IOVA));
}

static void map(struct dms_iommu_domain *domain, dms_phys_t phys)
{
    assert_int_equal(
        ops()->map(domain, IOVA, phys, PAGE, DMS_READ | DMS_WRITE | DMS_PROT_BEGIN | DMS_PROT_END),
        0);
}

static void unmap(struct dms_iommu_domain *domain)
{
    struct dms_iommu_gather gather = {0};

    assert_int_equal(ops()->unmap(domain, IOVA, PAGE, true, &gather), 0);
    if (is_trouble(ops()->flush(domain, &gather))) {
        assert_true(gather.pages == 1);
        mend();
        assert_int_equal(ops()->flush(domain, &gather), 0);
    }
    assert_int_equal(gather.pages, 0);
}

static void destroy(struct dms_iommu_domain *domain)
{
    if (is_trouble(ops()->domain_destroy(domain)))
        mend();
}

/* Reads what it should, unless the fault is one that makes translations fail. */
static void touch(uint32_t sid)
{
    bool conflicts = faults.tlb_conflict.first || faults.cfg_conflict.first;

    if (!rig_reads(&rig, sid, IOVA, 7))
        assert_true(conflicts);
    ops()->poll(rig.iommu);
}

static void work(void)
{
    struct dms_iommu_domain *one = rig_domain(&rig, 12);
    struct dms_iommu_domain *two = rig_domain(&rig, 12);
    dms_phys_t phys;

    *(uint64_t *)rig_buffer(&rig, PAGE, &phys) = 7;
    attach(one, SID);
    attach(two, OTHER);
    for (unsigned i = 0; i < 3; i++) {
        map(one, phys);
        touch(SID);
        assert_true(aborts(OTHER, IOVA));
        unmap(one);
        assert_true(aborts(SID, IOVA));
    }
    map(two, phys);
    attach(two, SID);
    touch(SID);
    detach(two, SID);
    unmap(two);
    detach(two, OTHER);
    destroy(one);
    destroy(two);
}

static void stop(void)
{
    mend();
    rig_stop(&rig);
    rig_fini(&rig);
}

static void run(void)
{
    struct smmuv3_counters counters;

    start();
    work();
    smmuv3_model_counters(rig.model, &counters);
    injected += counters.faults;
    stop();
}

static int count_none(void **state)
{
    (void)state;
    injected = 0;
    return 0;
}

static int print_count(void **state)
{
    (void)state;
    print_message("# %llu faults injected\n", (unsigned long long)injected);
    return 0;
}

/* Under each occurrence of one fault; `every` as well: again and again. */
static void each(struct smmuv3_when *when, uint32_t every)
{
    memset(&faults, 0, sizeof(faults));
    for (uint32_t n = 1; n <= 40; n++) {
        *when = (struct smmuv3_when){.first = n, .every = every};
        run();
    }
    *when = (struct smmuv3_when){0};
}

static void a_stuck_queue_costs_time_and_nothing_else(void **state)
{
    (void)state;
    each(&faults.cmdq_stuck, 0);
}

static void a_sync_that_never_completes_is_a_timeout(void **state)
{
    (void)state;
    each(&faults.sync_stuck, 0);
}

static void an_illegal_command_is_never_success(void **state)
{
    (void)state;
    each(&faults.cmd_illegal, 0);
    each(&faults.cmd_illegal, 5);
    each(&faults.cmd_illegal, 1);
}

static void an_aborted_fetch_is_survived(void **state)
{
    (void)state;
    each(&faults.cmd_abort, 0);
    each(&faults.cmd_abort, 3);
    each(&faults.cmd_abort, 1);
}

static void lost_and_invented_events_disturb_nobody(void **state)
{
    (void)state;
    each(&faults.evtq_full, 2);
    each(&faults.evtq_abort, 2);
    each(&faults.spurious_event, 2);
    each(&faults.spurious_irq, 2);
}

static void conflicts_are_reported_and_no_more(void **state)
{
    (void)state;
    each(&faults.tlb_conflict, 3);
    each(&faults.cfg_conflict, 3);
}

static void a_slow_queue_is_waited_for(void **state)
{
    (void)state;
    memset(&faults, 0, sizeof(faults));
    for (faults.cmdq_slow = 1; faults.cmdq_slow <= 20; faults.cmdq_slow++)
        run();
}

static void slow_acknowledgements_are_waited_for(void **state)
{
    (void)state;
    memset(&faults, 0, sizeof(faults));
    init();
    rig.model_cfg.faults.ack_slow = 50;
    assert_int_equal(rig_start(&rig), 0);
    work();
    rig_stop(&rig);
    rig_fini(&rig);
}

/* At any register that acknowledges: it comes up, or says that it does not. */
static void lost_acknowledgements_are_timeouts(void **state)
{
    unsigned failed = 0;
    (void)state;

    memset(&faults, 0, sizeof(faults));
    for (uint32_t n = 1; n <= 8; n++) {
        init();
        faults.ack_lost = (struct smmuv3_when){.first = n};
        rig.model_cfg.faults = faults;
        rig.cfg.flags = DMS_SMMUV3_IRQ;
        if (rig_start(&rig) == 0) {
            work();
            dms_smmuv3_destroy(rig.iommu);
        } else {
            failed++;
        }
        rig_fini(&rig);
    }
    assert_true(failed > 0);
}

static void a_queue_that_is_stuck_from_the_beginning_does_not_come_up(void **state)
{
    (void)state;
    memset(&faults, 0, sizeof(faults));
    init();
    faults.cmdq_stuck.first = 1;
    rig.model_cfg.faults = faults;
    assert_int_equal(rig_start(&rig), DMS_ETIMEDOUT);
    rig_fini(&rig);
}

static void try_everything(void)
{
    struct dms_iommu_domain *domain = NULL;
    const struct dms_iommu_domain_cfg cfg = {0};
    const struct dms_stream stream = {.sid = SID};
    struct dms_iommu_gather gather = {0};

    if (ops()->domain_create(rig.iommu, &cfg, &domain))
        return;
    ops()->attach(domain, stream);
    if (!ops()->map(domain, 0, (dms_phys_t){rig.ram.base}, 1u << 16, DMS_READ)) {
        rig_access(&rig, SID, 0, false, NULL, 8);
        ops()->poll(rig.iommu);
        assert_int_equal(ops()->unmap(domain, 0, 1u << 16, false, &gather), 0);
        ops()->flush(domain, &gather);
    }
    ops()->detach(domain, stream);
    ops()->domain_destroy(domain);
}

/* No promise holds when ID registers lie, but the driver neither crashes nor hangs. */
static void id_registers_that_lie_do_no_harm_to_the_driver(void **state)
{
    uint64_t dice = 1;
    unsigned up = 0;
    (void)state;

    memset(&faults, 0, sizeof(faults));
    for (unsigned round = 0; round < 120; round++) {
        init();
        for (unsigned bits = 0; bits < 1 + round % 4; bits++) {
            dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            faults.idr_xor[(dice >> 33) % 6] ^= 1u << (dice >> 50) % 32;
        }
        rig.model_cfg.faults = faults;
        if (rig_start(&rig) == 0) {
            up++;
            try_everything();
            dms_smmuv3_destroy(rig.iommu);
        }
        rig_fini(&rig);
        memset(&faults, 0, sizeof(faults));
    }
    assert_true(up > 20 && up < 120);
}

/* A test whose runs say how many faults came to pass. */
#define COUNTED(function) cmocka_unit_test_setup_teardown(function, count_none, print_count)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COUNTED(a_stuck_queue_costs_time_and_nothing_else),
        COUNTED(a_sync_that_never_completes_is_a_timeout),
        COUNTED(an_illegal_command_is_never_success),
        COUNTED(an_aborted_fetch_is_survived),
        COUNTED(lost_and_invented_events_disturb_nobody),
        COUNTED(conflicts_are_reported_and_no_more),
        cmocka_unit_test(a_slow_queue_is_waited_for),
        cmocka_unit_test(slow_acknowledgements_are_waited_for),
        cmocka_unit_test(lost_acknowledgements_are_timeouts),
        cmocka_unit_test(a_queue_that_is_stuck_from_the_beginning_does_not_come_up),
        cmocka_unit_test(id_registers_that_lie_do_no_harm_to_the_driver),
    };
    char id[SMMUV3_FAULT_ID_MAX];

    if (cmocka_run_group_tests_name("model_faults", tests, NULL, NULL) == 0)
        return 0;
    smmuv3_faults_print(&faults, id);
    fprintf(stderr, "last fault: %s\n", id);
    return 1;
}
