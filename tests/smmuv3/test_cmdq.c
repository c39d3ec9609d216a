/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The command queue: order, wrap, space, deadlines, command errors, and an SMMU that lies. */
#include "recorder.h"

#include "../cmocka_all.h"

#include "smmuv3/smmuv3_internal.h"

#include <string.h>

#define GERROR_REG    0x60
#define GERRORN_REG   0x64
#define CMDQ_PROD_REG 0x98
#define CMDQ_CONS_REG 0x9c
#define SYNC          0x46

static struct recorder rec;
static struct dms_iommu *iommu;
static struct smmu *smmu;

static void start(uint8_t cmdq_lg2)
{
    struct dms_smmuv3_cfg cfg;

    recorder_init(&rec);
    cfg = recorder_cfg(&rec);
    cfg.cmdq_lg2 = cmdq_lg2;
    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), 0);
    smmu = smmu_of(iommu);
    recorder_clear(&rec);
}

static int setup(void **state)
{
    (void)state;
    start(3);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rec.hook = NULL;
    rec.cmdq = REC_CMDQ_AT_ONCE;
    rec.fail_command = 0;
    assert_int_equal(dms_smmuv3_destroy(iommu), 0);
    recorder_fini(&rec);
    return 0;
}

/* n commands that can be told apart. */
static void fill(struct smmu_cmd *cmds, unsigned n, unsigned tag)
{
    for (unsigned i = 0; i < n; i++)
        cmds[i] = smmu_cmd_cfgi_ste(tag + i, true);
}

static int submit(unsigned n, unsigned tag)
{
    struct smmu_cmd cmds[128] = {0};

    fill(cmds, n, tag);
    return smmu_cmdq_submit(smmu, cmds, n);
}

/* The next n commands in the log, from *at on, are those of submit(n, tag) and a sync. */
static void assert_arrived(unsigned *at, unsigned n, unsigned tag)
{
    for (unsigned i = 0; i < n; i++, (*at)++) {
        assert_int_equal(recorder_command(&rec, *at)->a, (uint64_t)(tag + i) << 32 | 3);
        assert_int_equal(recorder_command(&rec, *at)->b, 1);
    }
    assert_int_equal(recorder_command(&rec, (*at)++)->a, SYNC);
}

static struct dms_smmuv3_stats stats(void)
{
    struct dms_smmuv3_stats out;

    dms_smmuv3_stats(iommu, &out);
    return out;
}

static void batches_of_every_size_arrive_in_order_and_once(void **state)
{
    (void)state;
    for (uint8_t lg2 = 1; lg2 <= 6; lg2++) {
        if (lg2 > 1)
            assert_int_equal(dms_smmuv3_destroy(iommu), 0);
        else
            teardown(NULL);
        start(lg2);
        for (unsigned n = 0; n <= 40; n++) {
            unsigned at = 0;

            recorder_clear(&rec);
            assert_int_equal(submit(n, 1000 * n), 0);
            assert_arrived(&at, n, 1000 * n);
            assert_int_equal(recorder_count(&rec, REC_COMMAND), n + 1);
        }
        assert_int_equal(rec.regs[CMDQ_PROD_REG / 4], rec.regs[CMDQ_CONS_REG / 4]);
    }
}

static void commands_are_in_memory_before_prod_moves(void **state)
{
    uint64_t queue = smmu->cmdq.queue.phys.addr;
    uint64_t at = queue + (smmu->cmdq.prod & 7) * 16;
    int first, last, barrier, prod;
    (void)state;

    assert_int_equal(submit(1, 5), 0);
    first = recorder_find(&rec, 0, REC_STORE, at);
    last = recorder_find(&rec, 0, REC_STORE, at + 24);
    barrier = recorder_find(&rec, (unsigned)last, REC_BARRIER, DMS_BARRIER_MMIO);
    prod = recorder_find(&rec, 0, REC_WRITE, CMDQ_PROD_REG);
    assert_true(first >= 0 && first < last && last < barrier && barrier < prod);
}

static void a_slow_queue_is_waited_for_without_a_lock(void **state)
{
    unsigned at = 0;
    (void)state;

    rec.cmdq = REC_CMDQ_ON_READ;
    assert_int_equal(submit(50, 7), 0);
    assert_arrived(&at, 50, 7);
    assert_int_equal(stats().queue_full, 1);
    assert_int_equal(stats().timeouts, 0);
}

static void a_sync_that_does_not_fit_is_a_full_queue_too(void **state)
{
    (void)state;
    rec.cmdq = REC_CMDQ_ON_READ;
    assert_int_equal(submit(7, 1), 0);
    assert_int_equal(stats().queue_full, 0);
    assert_int_equal(submit(8, 1), 0);
    assert_int_equal(stats().queue_full, 1);
}

static void what_the_device_wrote_is_read_after_the_sync(void **state)
{
    int prod;
    (void)state;

    assert_int_equal(submit(1, 1), 0);
    prod = recorder_find(&rec, 0, REC_WRITE, CMDQ_PROD_REG);
    assert_true(recorder_find(&rec, (unsigned)prod, REC_BARRIER, DMS_BARRIER_READ) > prod);
}

static void a_stuck_queue_is_a_timeout_and_works_again_when_it_moves(void **state)
{
    unsigned at = 0;
    uint64_t before;
    (void)state;

    rec.cmdq = REC_CMDQ_STUCK;
    before = rec.now;
    assert_int_equal(submit(2, 10), DMS_ETIMEDOUT);
    assert_true(rec.now - before >= 1000000 && rec.now - before < 1100000);
    assert_int_equal(submit(2, 20), DMS_ETIMEDOUT);
    assert_int_equal(stats().timeouts, 2);

    rec.cmdq = REC_CMDQ_AT_ONCE;
    assert_int_equal(submit(2, 30), 0);
    assert_arrived(&at, 2, 10);
    assert_arrived(&at, 2, 20);
    assert_arrived(&at, 2, 30);
}

static void a_full_stuck_queue_is_a_timeout_and_overwrites_nothing(void **state)
{
    (void)state;
    rec.cmdq = REC_CMDQ_STUCK;
    assert_int_equal(submit(20, 100), DMS_ETIMEDOUT);
    assert_int_equal(submit(20, 200), DMS_ETIMEDOUT);
    assert_int_equal(rec.regs[CMDQ_PROD_REG / 4] ^ rec.regs[CMDQ_CONS_REG / 4], 8);

    rec.cmdq = REC_CMDQ_ON_READ;
    assert_int_equal(submit(0, 0), 0);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(recorder_command(&rec, i)->a >> 32, 100 + i);
    assert_int_equal(recorder_command(&rec, 8)->a, SYNC);
}

static void fail_at(unsigned n, uint32_t code)
{
    rec.fail_command = rec.commands + n;
    rec.fail_code = code;
}

static void an_illegal_command_is_replaced_and_its_batch_fails(void **state)
{
    unsigned at = 0;
    (void)state;

    fail_at(2, CERROR_ILL);
    assert_int_equal(submit(3, 40), DMS_EIO);
    assert_int_equal(recorder_command(&rec, 0)->a >> 32, 40);
    assert_int_equal(recorder_command(&rec, 1)->a, SYNC);
    assert_int_equal(recorder_command(&rec, 1)->b, 0);
    assert_int_equal(recorder_command(&rec, 2)->a >> 32, 42);
    assert_int_equal(recorder_command(&rec, 3)->a, SYNC);
    assert_int_equal(rec.regs[GERROR_REG / 4], rec.regs[GERRORN_REG / 4]);
    assert_int_equal(stats().command_errors, 1);
    assert_non_null(strstr(rec.last_line, "illegal"));

    recorder_clear(&rec);
    assert_int_equal(submit(3, 50), 0);
    assert_arrived(&at, 3, 50);
}

static void a_command_that_fails_while_a_batch_waits_for_space_stops_nothing(void **state)
{
    (void)state;
    rec.cmdq = REC_CMDQ_ON_READ;
    fail_at(2, CERROR_ILL);
    assert_int_equal(submit(20, 100), DMS_EIO);
    assert_int_equal(recorder_count(&rec, REC_COMMAND), 21);
    assert_int_equal(stats().timeouts, 0);
}

static void the_replacement_is_visible_before_the_acknowledgement(void **state)
{
    int store, barrier, ack;
    (void)state;

    rec.cmdq = REC_CMDQ_ON_READ;
    fail_at(1, CERROR_ILL);
    assert_int_equal(submit(0, 0), DMS_EIO);
    ack = recorder_find(&rec, 0, REC_WRITE, GERRORN_REG);
    store = recorder_find(&rec, (unsigned)recorder_find(&rec, 0, REC_WRITE, CMDQ_PROD_REG),
                          REC_STORE, smmu->cmdq.queue.phys.addr + 8 * 0 + (3 & 7) * 16);
    barrier = recorder_find(&rec, (unsigned)store, REC_BARRIER, DMS_BARRIER_MMIO);
    assert_true(store >= 0 && store < barrier && barrier < ack);
    assert_int_equal(recorder_find(&rec, (unsigned)ack, REC_WRITE, CMDQ_PROD_REG), ack + 1);
}

static void an_aborted_fetch_is_tried_again(void **state)
{
    unsigned at = 0;
    (void)state;

    fail_at(2, CERROR_ABT);
    assert_int_equal(submit(3, 60), 0);
    assert_arrived(&at, 3, 60);
    assert_int_equal(stats().command_errors, 1);
}

static void an_abort_that_stays_is_a_timeout(void **state)
{
    (void)state;
    fail_at(1, CERROR_ABT);
    rec.fail_always = true;
    assert_int_equal(submit(1, 1), DMS_ETIMEDOUT);
    assert_true(rec.logged < 20);
}

static void every_other_code_fails_the_command_it_stopped_at(void **state)
{
    static const uint32_t codes[] = {CERROR_NONE, CERROR_ATC_INV_SYNC, 0x7f};
    (void)state;

    for (unsigned i = 0; i < 3; i++) {
        fail_at(1, codes[i]);
        /* Without a code nothing in CONS tells of the error; a poll of GERROR does. */
        if (codes[i] == CERROR_NONE) {
            rec.cmdq = REC_CMDQ_AT_ONCE;
            assert_int_equal(submit(1, 1), DMS_ETIMEDOUT);
            iommu->ops->poll(iommu);
        } else {
            assert_int_equal(submit(1, 1), DMS_EIO);
        }
        rec.fail_command = 0;
        assert_int_equal(submit(1, 1), 0);
    }
}

struct nested {
    unsigned after; /* commands taken before the second batch is posted */
    int outcome;
};

static void submit_nested(void *ctx, const struct rec_entry *entry)
{
    struct nested *nested = ctx;

    if (entry->kind != REC_COMMAND || --nested->after)
        return;
    rec.hook = NULL;
    nested->outcome = submit(2, 900);
}

static void only_the_batch_whose_command_failed_hears_of_it(void **state)
{
    struct nested nested = {.after = 1, .outcome = 1};
    (void)state;

    rec.cmdq = REC_CMDQ_ON_READ;
    rec.hook = submit_nested;
    rec.hook_ctx = &nested;
    fail_at(2, CERROR_ILL); /* of the outer batch; the inner one meets it */
    assert_int_equal(submit(2, 800), DMS_EIO);
    assert_int_equal(nested.outcome, 0);

    nested = (struct nested){.after = 1, .outcome = 1};
    rec.hook = submit_nested;
    fail_at(4, CERROR_ILL); /* of the inner batch */
    assert_int_equal(submit(2, 800), 0);
    assert_int_equal(nested.outcome, DMS_EIO);
}

/* While a batch waits, *ctx commands of others fail. */
static void fail_others(void *ctx, const struct rec_entry *entry)
{
    const unsigned *count = ctx;

    if (entry->kind != REC_COMMAND)
        return;
    rec.hook = NULL;
    for (unsigned i = 0; i < *count; i++) {
        fail_at(i ? 1 : 3, CERROR_ILL);
        assert_int_equal(submit(2, 900), DMS_EIO);
    }
    rec.fail_command = 0;
}

static void when_failures_were_forgotten_the_worst_is_assumed(void **state)
{
    unsigned count = CMDQ_FAILURES;
    (void)state;

    rec.cmdq = REC_CMDQ_ON_READ;
    rec.hook_ctx = &count;
    rec.hook = fail_others;
    assert_int_equal(submit(2, 800), 0);
    count++;
    rec.hook = fail_others;
    assert_int_equal(submit(2, 800), DMS_EIO);
    assert_int_equal(stats().command_errors, 2 * CMDQ_FAILURES + 1);
}

/* Sets CONS to what it never should be, once the batch is posted. */
static void lie(void *ctx, const struct rec_entry *entry)
{
    const uint32_t *value = ctx;

    if (entry->kind == REC_WRITE && entry->a == CMDQ_PROD_REG) {
        rec.hook = NULL;
        rec.regs[CMDQ_CONS_REG / 4] = *value;
    }
}

static void a_cons_that_was_never_posted_is_not_believed(void **state)
{
    uint32_t value = smmu_queue_reg(&smmu->cmdq.queue, smmu->cmdq.prod + 3); /* posts 2 */
    (void)state;

    rec.cmdq = REC_CMDQ_STUCK;
    rec.hook = lie;
    rec.hook_ctx = &value;
    assert_int_equal(submit(1, 1), DMS_ETIMEDOUT);
    assert_true(stats().bogus > 0);
    rec.regs[CMDQ_CONS_REG / 4] = smmu_queue_reg(&smmu->cmdq.queue, smmu->cmdq.prod);
}

static void an_error_at_a_place_without_a_command_changes_no_memory(void **state)
{
    uint8_t before[8 * 16];
    uint8_t *queue = (uint8_t *)smmu->cmdq.queue.entries;
    (void)state;

    assert_int_equal(submit(7, 1), 0);
    memcpy(before, queue, sizeof(before));
    for (unsigned beyond = 0; beyond < 2; beyond++) {
        rec.regs[CMDQ_CONS_REG / 4] =
            smmu_queue_reg(&smmu->cmdq.queue, smmu->cmdq.prod + beyond) | CERROR_ILL << 24;
        recorder_gerror(&rec, 1);
        iommu->ops->poll(iommu);
        assert_memory_equal(before, queue, sizeof(before));
        assert_int_equal(rec.regs[GERROR_REG / 4], rec.regs[GERRORN_REG / 4]);
        assert_int_equal(stats().bogus, beyond + 1);
    }
    rec.regs[CMDQ_CONS_REG / 4] = smmu_queue_reg(&smmu->cmdq.queue, smmu->cmdq.prod);
}

static void an_old_error_code_in_cons_is_no_error(void **state)
{
    (void)state;
    rec.regs[CMDQ_CONS_REG / 4] |= CERROR_ILL << 24;
    rec.cmdq = REC_CMDQ_ON_READ;
    assert_int_equal(submit(3, 1), 0);
    assert_int_equal(stats().command_errors, 0);
}

static void failure_mode_ends_every_submission(void **state)
{
    unsigned posted;
    (void)state;

    recorder_gerror(&rec, 1u << 8);
    iommu->ops->poll(iommu);
    posted = recorder_count(&rec, REC_COMMAND);
    assert_int_equal(submit(1, 1), DMS_EIO);
    assert_int_equal(recorder_count(&rec, REC_COMMAND), posted);
    assert_int_equal(stats().global_errors, 1);
}

static void other_global_errors_are_acknowledged_and_told(void **state)
{
    (void)state;
    recorder_gerror(&rec, 0xfc);
    iommu->ops->poll(iommu);
    assert_int_equal(rec.regs[GERRORN_REG / 4], 0xfc);
    assert_true(recorder_find(&rec, 0, REC_WRITE, CMDQ_PROD_REG) < 0);
    assert_non_null(strstr(rec.last_line, "0xfc"));
    assert_int_equal(submit(1, 1), 0);
    iommu->ops->poll(iommu);
    assert_int_equal(stats().global_errors, 1);
}

static void work_is_counted_by_kind(void **state)
{
    const struct smmu_cmd cmds[] = {
        smmu_cmd_cfgi_ste(1, true), smmu_cmd_cfgi_all(), smmu_cmd_tlbi_all(),
        smmu_cmd_tlbi_asid(1),      {{0x12, 1}},         {{0x12, 1 << 10 | 3 << 8}},
    };
    struct dms_smmuv3_stats before = stats();
    struct dms_smmuv3_stats after;
    (void)state;

    assert_int_equal(smmu_cmdq_submit(smmu, cmds, 6), 0);
    after = stats();
    assert_int_equal(after.batches - before.batches, 1);
    assert_int_equal(after.commands - before.commands, 7);
    assert_int_equal(after.syncs - before.syncs, 1);
    assert_int_equal(after.cfgi - before.cfgi, 2);
    assert_int_equal(after.tlbi_all - before.tlbi_all, 1);
    assert_int_equal(after.tlbi_asid - before.tlbi_asid, 1);
    assert_int_equal(after.tlbi_va - before.tlbi_va, 1);
    assert_int_equal(after.tlbi_range - before.tlbi_range, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(batches_of_every_size_arrive_in_order_and_once),
        TEST(commands_are_in_memory_before_prod_moves),
        TEST(a_slow_queue_is_waited_for_without_a_lock),
        TEST(a_sync_that_does_not_fit_is_a_full_queue_too),
        TEST(what_the_device_wrote_is_read_after_the_sync),
        TEST(a_stuck_queue_is_a_timeout_and_works_again_when_it_moves),
        TEST(a_full_stuck_queue_is_a_timeout_and_overwrites_nothing),
        TEST(an_illegal_command_is_replaced_and_its_batch_fails),
        TEST(a_command_that_fails_while_a_batch_waits_for_space_stops_nothing),
        TEST(the_replacement_is_visible_before_the_acknowledgement),
        TEST(an_aborted_fetch_is_tried_again),
        TEST(an_abort_that_stays_is_a_timeout),
        TEST(every_other_code_fails_the_command_it_stopped_at),
        TEST(only_the_batch_whose_command_failed_hears_of_it),
        TEST(when_failures_were_forgotten_the_worst_is_assumed),
        TEST(a_cons_that_was_never_posted_is_not_believed),
        TEST(an_error_at_a_place_without_a_command_changes_no_memory),
        TEST(an_old_error_code_in_cons_is_no_error),
        TEST(failure_mode_ends_every_submission),
        TEST(other_global_errors_are_acknowledged_and_told),
        TEST(work_is_counted_by_kind),
    };

    return cmocka_run_group_tests_name("cmdq", tests, NULL, NULL);
}
