/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dms_smmuv3_recover: the queue starts anew, everything cached goes, or all fails closed. */
#include "recorder.h"

#include "../cmocka_all.h"

#include "smmuv3/smmuv3_internal.h"

#include <string.h>

#define CR0_REG    0x20
#define CR0ACK_REG 0x24
#define GBPA_REG   0x44
#define PROD_REG   0x98
#define CONS_REG   0x9c

static struct recorder rec;
static struct dms_iommu *iommu;
static struct smmu *smmu;

static int setup(void **state)
{
    (void)state;
    recorder_init(&rec);
    iommu = recorder_create(&rec);
    smmu = smmu_of(iommu);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rec.hook = NULL;
    rec.ack_lost = 0;
    rec.cmdq = REC_CMDQ_AT_ONCE;
    rec.fail_command = 0;
    rec.regs[CR0ACK_REG / 4] = rec.regs[CR0_REG / 4];
    assert_int_equal(dms_smmuv3_destroy(iommu), 0);
    recorder_fini(&rec);
    return 0;
}

static int submit(unsigned n)
{
    struct smmu_cmd cmds[20] = {0};

    assert_true(n <= 20);
    for (unsigned i = 0; i < n; i++)
        cmds[i] = smmu_cmd_cfgi_ste(i, true);
    return smmu_cmdq_submit(smmu, cmds, n);
}

static void stick(void)
{
    rec.cmdq = REC_CMDQ_STUCK;
    assert_int_equal(submit(3), DMS_ETIMEDOUT);
    recorder_clear(&rec);
}

static void a_stuck_queue_is_emptied_and_started_anew(void **state)
{
    struct dms_smmuv3_stats stats;
    int off, on;
    (void)state;

    stick();
    rec.cmdq = REC_CMDQ_AT_ONCE;
    assert_int_equal(dms_smmuv3_recover(iommu), 0);
    off = recorder_find(&rec, 0, REC_WRITE, CR0_REG);
    assert_int_equal(rec.log[off].b, 5);
    on = recorder_find(&rec, (unsigned)off + 1, REC_WRITE, CR0_REG);
    assert_int_equal(rec.log[on].b, 0xd);
    assert_true(recorder_find(&rec, 0, REC_WRITE, CONS_REG) > off);
    assert_true(recorder_find(&rec, 0, REC_WRITE, CONS_REG) < on);

    /* None of the old commands; everything cached goes, configuration first. */
    assert_int_equal(recorder_count(&rec, REC_COMMAND), 3);
    assert_int_equal(recorder_command(&rec, 0)->a, 0x04);
    assert_int_equal(recorder_command(&rec, 1)->a, 0x30);
    assert_int_equal(recorder_command(&rec, 2)->a, 0x46);
    dms_smmuv3_stats(iommu, &stats);
    assert_int_equal(stats.recoveries, 1);
    assert_non_null(strstr(rec.last_line, "restarted"));
    assert_int_equal(submit(3), 0);
}

static void an_error_that_was_active_is_gone_afterwards(void **state)
{
    struct dms_smmuv3_stats stats;
    (void)state;

    stick();
    recorder_gerror(&rec, 1 | 1u << 2);
    rec.cmdq = REC_CMDQ_AT_ONCE;
    assert_int_equal(dms_smmuv3_recover(iommu), 0);
    assert_int_equal(iommu->ops->poll(iommu), 0);
    dms_smmuv3_stats(iommu, &stats);
    assert_int_equal(stats.command_errors + stats.global_errors + stats.bogus, 0);
}

static void recover_meanwhile(void *ctx, const struct rec_entry *entry)
{
    int *errors = ctx;

    if (entry->kind != REC_COMMAND)
        return;
    rec.hook = NULL;
    errors[0] = dms_smmuv3_recover(iommu);
    errors[1] = submit(1);
}

static void who_waits_meanwhile_hears_that_its_commands_are_lost(void **state)
{
    int errors[2] = {1, 1};
    (void)state;

    rec.cmdq = REC_CMDQ_ON_READ;
    rec.hook = recover_meanwhile;
    rec.hook_ctx = errors;
    assert_int_equal(submit(4), DMS_EIO);
    assert_int_equal(errors[0], 0);
    assert_int_equal(errors[1], 0);
}

static void who_waits_for_space_meanwhile_posts_no_more(void **state)
{
    int errors[2] = {1, 1};
    (void)state;

    rec.cmdq = REC_CMDQ_ON_READ;
    rec.hook = recover_meanwhile;
    rec.hook_ctx = errors;
    assert_int_equal(submit(20), DMS_EIO);
    assert_int_equal(errors[0], 0);
    /* One of the batch, three of the recovery, two of the submission inside. */
    assert_int_equal(recorder_count(&rec, REC_COMMAND), 6);
    assert_int_equal(submit(0), 0);
    assert_int_equal(recorder_count(&rec, REC_COMMAND), 7);
}

static void recover_twice(void *ctx, const struct rec_entry *entry)
{
    int *error = ctx;

    if (entry->kind != REC_WRITE || entry->a != CR0_REG)
        return;
    rec.hook = NULL;
    *error = dms_smmuv3_recover(iommu);
}

static void one_thread_recovers_at_a_time(void **state)
{
    int error = 1;
    (void)state;

    rec.hook = recover_twice;
    rec.hook_ctx = &error;
    assert_int_equal(dms_smmuv3_recover(iommu), 0);
    assert_int_equal(error, DMS_EBUSY);
    assert_int_equal(dms_smmuv3_recover(iommu), 0);
}

static void what_does_not_recover_aborts_all_traffic(void **state)
{
    const struct dms_iommu_domain_cfg cfg = {0};
    struct dms_iommu_domain *domain;
    (void)state;

    assert_int_equal(iommu->ops->domain_create(iommu, &cfg, &domain), 0);
    stick();
    rec.regs[GBPA_REG / 4] = 0;
    assert_int_equal(dms_smmuv3_recover(iommu), DMS_ETIMEDOUT);
    assert_int_equal(rec.regs[GBPA_REG / 4], 1u << 20);
    assert_int_equal(rec.regs[CR0_REG / 4] & 1, 0);
    assert_non_null(strstr(rec.last_line, "aborted"));

    recorder_clear(&rec);
    assert_int_equal(iommu->ops->attach(domain, (struct dms_stream){.sid = 1}), DMS_EIO);
    assert_true(recorder_find(&rec, 0, REC_WRITE, PROD_REG) < 0);

    rec.cmdq = REC_CMDQ_AT_ONCE;
    assert_int_equal(dms_smmuv3_recover(iommu), 0);
    assert_int_equal(rec.regs[CR0_REG / 4], 0xd);
    assert_int_equal(iommu->ops->domain_destroy(domain), 0);
}

static void where_off_would_mean_bypass_translation_stays_on(void **state)
{
    (void)state;
    stick();
    rec.gbpa_raz = true;
    assert_int_equal(dms_smmuv3_recover(iommu), DMS_ETIMEDOUT);
    assert_int_equal(rec.regs[CR0_REG / 4] & 1, 1);
    assert_non_null(strstr(rec.last_line, "stays on"));
    assert_int_equal(submit(1), DMS_EIO);
}

static void lose_ack_of_restart(void *ctx, const struct rec_entry *entry)
{
    (void)ctx;
    if (entry->kind == REC_WRITE && entry->a == CR0_REG)
        rec.ack_lost = entry->b & 8 ? CR0ACK_REG : 0;
}

static void a_queue_that_does_not_start_again_fails_the_recovery(void **state)
{
    (void)state;
    rec.hook = lose_ack_of_restart;
    assert_int_equal(dms_smmuv3_recover(iommu), DMS_ETIMEDOUT);
    assert_int_equal(recorder_count(&rec, REC_COMMAND), 0);
    assert_int_equal(submit(1), DMS_EIO);
}

static void what_is_withheld_stays_so_when_recovery_fails(void **state)
{
    const struct dms_iommu_domain_cfg cfg = {0};
    struct dms_iommu_domain *domain;
    unsigned tables;
    (void)state;

    assert_int_equal(iommu->ops->domain_create(iommu, &cfg, &domain), 0);
    rec.cmdq = REC_CMDQ_STUCK;
    assert_int_equal(iommu->ops->domain_destroy(domain), DMS_ETIMEDOUT);
    tables = rec.live_tables;
    assert_int_equal(dms_smmuv3_recover(iommu), DMS_ETIMEDOUT);
    assert_int_equal(rec.live_tables, tables);
    rec.cmdq = REC_CMDQ_AT_ONCE;
    assert_int_equal(dms_smmuv3_recover(iommu), 0);
    assert_int_equal(rec.live_tables, tables - 1);
}

static void a_lost_acknowledgement_fails_the_recovery(void **state)
{
    struct dms_smmuv3_stats stats;
    (void)state;

    rec.ack_lost = CR0ACK_REG;
    assert_int_equal(dms_smmuv3_recover(iommu), DMS_ETIMEDOUT);
    assert_int_equal(submit(1), DMS_EIO);
    dms_smmuv3_stats(iommu, &stats);
    assert_true(stats.timeouts > 0);
    assert_int_equal(stats.recoveries, 0);
    rec.ack_lost = 0;
    assert_int_equal(dms_smmuv3_recover(iommu), 0);
    assert_int_equal(submit(1), 0);
}

static void failure_mode_can_be_recovered_from(void **state)
{
    (void)state;
    recorder_gerror(&rec, 1u << 8);
    iommu->ops->poll(iommu);
    assert_int_equal(submit(1), DMS_EIO);
    assert_int_equal(dms_smmuv3_recover(iommu), 0);
    assert_int_equal(submit(1), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_stuck_queue_is_emptied_and_started_anew),
        TEST(an_error_that_was_active_is_gone_afterwards),
        TEST(who_waits_meanwhile_hears_that_its_commands_are_lost),
        TEST(who_waits_for_space_meanwhile_posts_no_more),
        TEST(one_thread_recovers_at_a_time),
        TEST(what_does_not_recover_aborts_all_traffic),
        TEST(where_off_would_mean_bypass_translation_stays_on),
        TEST(a_queue_that_does_not_start_again_fails_the_recovery),
        TEST(what_is_withheld_stays_so_when_recovery_fails),
        TEST(a_lost_acknowledgement_fails_the_recovery),
        TEST(failure_mode_can_be_recovered_from),
    };

    return cmocka_run_group_tests_name("recover", tests, NULL, NULL);
}
