/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Bring-up and shutdown: the order of 3.11, and every way in which it can fail. */
#include "recorder.h"

#include "../cmocka_all.h"

#include <dmaspace/error.h>
#include <string.h>

#define CR0             0x20
#define CR0ACK          0x24
#define CR1             0x28
#define CR2             0x2c
#define GBPA            0x44
#define IRQ_CTRL        0x50
#define IRQ_CTRLACK     0x54
#define GERROR          0x60
#define GERRORN         0x64
#define GERROR_IRQ_CFG0 0x68
#define STRTAB_BASE     0x80
#define STRTAB_BASE_CFG 0x88
#define CMDQ_BASE       0x90
#define CMDQ_PROD       0x98
#define CMDQ_CONS       0x9c
#define EVENTQ_BASE     0xa0
#define EVENTQ_IRQ_CFG0 0xb0

#define RA              (UINT64_C(1) << 62)

static struct recorder rec;
static struct dms_smmuv3_cfg cfg;
static struct dms_iommu *iommu;

static int setup(void **state)
{
    (void)state;
    recorder_init(&rec);
    cfg = recorder_cfg(&rec);
    iommu = NULL;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    recorder_fini(&rec);
    return 0;
}

/* Position in the log of the first write of `value` to `reg` from `from` on. */
static unsigned write_of(unsigned from, uint32_t reg, uint64_t value)
{
    int at = recorder_find(&rec, from, REC_WRITE, reg);

    while (at >= 0 && rec.log[at].b != value)
        at = recorder_find(&rec, (unsigned)at + 1, REC_WRITE, reg);
    if (at < 0)
        fail_msg("no write of 0x%llx to register 0x%x", (unsigned long long)value, reg);
    return (unsigned)at;
}

static uint64_t written(uint32_t reg)
{
    int at = recorder_find(&rec, 0, REC_WRITE, reg);

    assert_true(at >= 0);
    return rec.log[at].b;
}

static void assert_no_leak(void)
{
    assert_int_equal(rec.live_objects, 0);
    assert_int_equal(rec.live_tables, 0);
}

static void create(void)
{
    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), 0);
}

static void destroy(void)
{
    assert_int_equal(dms_smmuv3_destroy(iommu), 0);
    assert_no_leak();
}

static void registers_are_written_in_the_order_of_the_architecture(void **state)
{
    unsigned off, tables, queues, cmdq, evtq, caches, on;
    (void)state;

    create();
    off = write_of(0, CR0, 0);
    assert_true(write_of(0, GBPA, UINT64_C(0x80100000)) < off);
    tables = (unsigned)recorder_find(&rec, off, REC_WRITE, STRTAB_BASE_CFG);
    queues = (unsigned)recorder_find(&rec, off, REC_WRITE, EVENTQ_BASE);
    assert_true(recorder_find(&rec, off, REC_WRITE, CR1) > 0);
    assert_true(recorder_find(&rec, off, REC_WRITE, CMDQ_BASE) > 0);
    cmdq = write_of(off, CR0, 8);
    assert_true(tables < cmdq && queues < cmdq);
    assert_int_equal(rec.log[cmdq - 1].kind, REC_BARRIER);
    assert_int_equal(rec.log[cmdq - 1].a, DMS_BARRIER_MMIO);
    evtq = write_of(cmdq, CR0, 0xc);
    caches = (unsigned)recorder_find(&rec, evtq, REC_COMMAND, 0x46);
    on = write_of(caches, CR0, 0xd);
    assert_true(recorder_find(&rec, on + 1, REC_WRITE, CR0) < 0);
    destroy();
}

static void caches_are_invalidated_configuration_first(void **state)
{
    (void)state;
    create();
    assert_int_equal(recorder_count(&rec, REC_COMMAND), 3);
    assert_int_equal(recorder_command(&rec, 0)->a, 0x04);
    assert_int_equal(recorder_command(&rec, 0)->b, 31);
    assert_int_equal(recorder_command(&rec, 1)->a, 0x30);
    assert_int_equal(recorder_command(&rec, 2)->a, 0x46);
    destroy();
}

static void an_smmu_with_el2_has_those_translations_dropped_too(void **state)
{
    (void)state;
    rec.regs[0] |= 1u << 9;
    create();
    assert_int_equal(recorder_count(&rec, REC_COMMAND), 4);
    assert_int_equal(recorder_command(&rec, 1)->a, 0x20);
    destroy();
}

static void bases_and_attributes_have_their_fields(void **state)
{
    (void)state;
    create();
    assert_int_equal(written(CMDQ_BASE) & 31, 4);
    assert_true(written(CMDQ_BASE) & RA);
    assert_int_equal(written(EVENTQ_BASE) & 31, 4);
    assert_true(written(EVENTQ_BASE) & RA);
    assert_true(written(STRTAB_BASE) & RA);
    assert_int_equal(written(STRTAB_BASE_CFG), 1u << 16 | 8u << 6 | 16);
    assert_int_equal(written(CR1), 0x820);
    assert_int_equal(written(CR2), 6);
    destroy();

    recorder_clear(&rec);
    rec.regs[0] |= 1u << 4;
    cfg.strtab = DMS_SMMUV3_STRTAB_LINEAR;
    create();
    assert_int_equal(written(CR1), 0xd75);
    assert_int_equal(written(STRTAB_BASE_CFG), 16);
    destroy();
}

static void base_registers_can_be_written_in_two_halves(void **state)
{
    (void)state;
    cfg.mmio.write64 = NULL;
    create();
    assert_true(recorder_find(&rec, 0, REC_WRITE, STRTAB_BASE + 4) >= 0);
    assert_int_equal(rec.regs[(CMDQ_BASE + 4) / 4] >> 30, 1);
    destroy();
}

static void interrupts_are_raised_only_when_asked_for(void **state)
{
    (void)state;
    create();
    assert_int_equal(rec.regs[IRQ_CTRL / 4], 0);
    assert_true(recorder_find(&rec, 0, REC_WRITE, GERROR_IRQ_CFG0) < 0);
    destroy();

    rec.regs[0] |= 1u << 13; /* MSI */
    rec.regs[EVENTQ_IRQ_CFG0 / 4] = 0x1234;
    rec.regs[GERROR_IRQ_CFG0 / 4] = 0x1234;
    cfg.flags = DMS_SMMUV3_IRQ;
    create();
    assert_int_equal(rec.regs[IRQ_CTRL / 4], 5);
    assert_int_equal(rec.regs[EVENTQ_IRQ_CFG0 / 4], 0);
    assert_int_equal(rec.regs[GERROR_IRQ_CFG0 / 4], 0);
    destroy();
    assert_int_equal(rec.regs[IRQ_CTRL / 4], 0);
}

static void a_running_smmu_is_told_to_abort_before_it_is_stopped(void **state)
{
    unsigned gbpa, off;
    (void)state;

    rec.regs[CR0 / 4] = 0xd;
    rec.regs[CR0ACK / 4] = 0xd;
    rec.regs[GBPA / 4] = 0x1234;
    create();
    gbpa = write_of(0, GBPA, UINT64_C(0x80101234));
    off = write_of(0, CR0, 0);
    assert_true(gbpa < off);
    assert_int_equal(rec.logged, 2);
    destroy();
    create();
    assert_int_equal(rec.logged, 3);
    destroy();
}

static void gbpa_that_never_completes_is_said_and_survived(void **state)
{
    (void)state;
    rec.gbpa_stuck = true;
    create();
    assert_int_equal(rec.logged, 2);
    destroy();
    /* Before the first write, too. */
    create();
    assert_int_equal(rec.logged, 4);
    destroy();
}

static void an_smmu_that_aborts_already_is_left_so(void **state)
{
    (void)state;
    rec.regs[GBPA / 4] = 1u << 20;
    create();
    assert_true(recorder_find(&rec, 0, REC_WRITE, GBPA) < 0);
    destroy();
}

static void gbpa_that_reads_as_zero_is_said_and_survived(void **state)
{
    (void)state;
    rec.gbpa_raz = true;
    create();
    assert_int_equal(rec.logged, 2);
    destroy();
}

static void errors_from_before_are_acknowledged_and_not_counted(void **state)
{
    struct dms_smmuv3_stats stats;
    (void)state;

    rec.regs[GERROR / 4] = 0x1fd;
    create();
    assert_int_equal(rec.regs[GERRORN / 4], 0x1fd);
    assert_int_equal(iommu->ops->poll(iommu), 0);
    dms_smmuv3_stats(iommu, &stats);
    assert_int_equal(stats.command_errors + stats.global_errors, 0);
    destroy();
}

static void capabilities_say_what_was_found(void **state)
{
    (void)state;
    create();
    assert_int_equal(iommu->caps.granules, 1u << 12 | 1u << 14 | 1u << 16);
    assert_int_equal(iommu->caps.input_bits, 48);
    assert_int_equal(iommu->caps.output_bits, 48);
    assert_int_equal(iommu->caps.sid_bits, 16);
    assert_false(iommu->caps.coherent_walk);
    assert_true(iommu->caps.range_invalidate);
    assert_string_equal(iommu->name, "smmu");
    destroy();

    cfg.flags = DMS_SMMUV3_NO_RANGE;
    cfg.sid_bits = 10;
    cfg.name = NULL;
    create();
    assert_false(iommu->caps.range_invalidate);
    assert_int_equal(iommu->caps.sid_bits, 10);
    assert_string_equal(iommu->name, "smmuv3");
    destroy();
}

static void stream_tables_are_bounded_whatever_idr1_says(void **state)
{
    (void)state;
    rec.regs[1] |= 63;
    create();
    assert_int_equal(iommu->caps.sid_bits, DMS_SMMUV3_TWO_LEVEL_SID_BITS);
    destroy();

    cfg.strtab = DMS_SMMUV3_STRTAB_LINEAR;
    create();
    assert_int_equal(iommu->caps.sid_bits, DMS_SMMUV3_LINEAR_SID_BITS);
    destroy();
}

static void few_streams_get_a_linear_table(void **state)
{
    (void)state;
    rec.regs[1] = (rec.regs[1] & ~63u) | 8;
    create();
    assert_int_equal(rec.regs[STRTAB_BASE_CFG / 4], 8);
    destroy();
}

static void queues_are_no_larger_than_the_smmu_has(void **state)
{
    (void)state;
    rec.regs[1] = 16 | 2u << 16 | 1u << 21;
    create();
    assert_int_equal(rec.regs[CMDQ_BASE / 4] & 31, 1);
    assert_int_equal(rec.regs[EVENTQ_BASE / 4] & 31, 2);
    destroy();
}

static void the_largest_queues_can_be_had(void **state)
{
    (void)state;
    cfg.cmdq_lg2 = 19;
    cfg.evtq_lg2 = 19;
    create();
    assert_int_equal(rec.regs[CMDQ_BASE / 4] & 31, 19);
    assert_int_equal(rec.regs[EVENTQ_BASE / 4] & 31, 19);
    destroy();
}

static void queues_begin_empty_whatever_was_there(void **state)
{
    (void)state;
    create();
    assert_int_equal(write_of(0, CMDQ_PROD, 0) + 1, write_of(0, CMDQ_CONS, 0));
    assert_int_equal(rec.page1[0xa8 / 4], 0);
    assert_int_equal(rec.page1[0xac / 4], 0);
    assert_int_equal(iommu->ops->poll(iommu), 0);
    destroy();
}

static void what_it_cannot_drive_is_refused_before_any_write(void **state)
{
    (void)state;
    rec.regs[0] &= ~2u;
    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), DMS_ENOTSUP);
    assert_int_equal(recorder_count(&rec, REC_WRITE), 0);
    assert_non_null(strstr(rec.last_line, "smmu: no stage 1"));
    assert_null(iommu);
    assert_no_leak();
}

static void two_levels_are_refused_where_the_smmu_has_one(void **state)
{
    (void)state;
    rec.regs[0] &= ~(1u << 27);
    cfg.strtab = DMS_SMMUV3_STRTAB_TWO_LEVEL;
    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), DMS_ENOTSUP);
    assert_non_null(strstr(rec.last_line, "ST_LEVEL"));
    cfg.strtab = DMS_SMMUV3_STRTAB_AUTO;
    create();
    assert_int_equal(rec.regs[STRTAB_BASE_CFG / 4], 16);
    destroy();
}

static void assert_malformed(void)
{
    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), DMS_EINVAL);
    assert_int_equal(rec.count, 0);
    cfg = recorder_cfg(&rec);
}

static void a_malformed_configuration_is_refused(void **state)
{
    struct dms_port port = rec.port;
    (void)state;

    cfg.port = NULL;
    assert_malformed();
    cfg.mmio.read32 = NULL;
    assert_malformed();
    cfg.mmio.write32 = NULL;
    assert_malformed();
    cfg.sid_bits = 33;
    assert_malformed();
    cfg.cmdq_lg2 = 20;
    assert_malformed();
    cfg.evtq_lg2 = 20;
    assert_malformed();
    cfg.flags = 4;
    assert_malformed();
    cfg.strtab = (enum dms_smmuv3_strtab)3;
    assert_malformed();
    port.now_ns = NULL;
    cfg.port = &port;
    assert_malformed();
    port = rec.port;
    port.lock = NULL;
    cfg.port = &port;
    assert_malformed();
}

static void a_lost_acknowledgement_is_a_timeout(void **state)
{
    (void)state;
    rec.regs[CR0ACK / 4] = 1;
    rec.ack_lost = CR0ACK;
    rec.abandoned = true;
    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), DMS_ETIMEDOUT);
    assert_null(iommu);
    assert_int_equal(rec.regs[CR0 / 4], 0);
    assert_true(rec.live_tables > 0);
    assert_true(recorder_find(&rec, 0, REC_WRITE, STRTAB_BASE) < 0);
    assert_non_null(strstr(rec.last_line, "does not stop"));
}

static void lose_next_ack(void *ctx, const struct rec_entry *entry)
{
    const uint32_t *value = ctx;

    if (entry->kind == REC_WRITE && entry->a == CR0)
        rec.ack_lost = entry->b == *value ? CR0ACK : 0;
}

/* Nothing is done that needs the step before. */
static void each_step_waits_for_the_one_before(void **state)
{
    static uint32_t values[] = {8, 0xc, 0xd};
    (void)state;

    for (unsigned i = 0; i < 3; i++) {
        recorder_clear(&rec);
        rec.ack_lost = 0;
        rec.hook = lose_next_ack;
        rec.hook_ctx = &values[i];
        assert_int_equal(dms_smmuv3_create(&cfg, &iommu), DMS_ETIMEDOUT);
        assert_null(iommu);
        assert_int_equal(recorder_count(&rec, REC_COMMAND), i < 2 ? 0 : 3);
        assert_int_equal(rec.regs[CR0 / 4], 0);
        assert_no_leak();
    }
}

static void an_smmu_that_takes_no_command_does_not_come_up(void **state)
{
    (void)state;
    rec.cmdq = REC_CMDQ_STUCK;
    cfg.flags = DMS_SMMUV3_IRQ;
    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), DMS_ETIMEDOUT);
    assert_null(iommu);
    assert_int_equal(rec.regs[CR0 / 4], 0);
    assert_true(recorder_find(&rec, 0, REC_WRITE, IRQ_CTRL) > 0);
    for (unsigned i = 0; i < rec.count; i++)
        assert_false(rec.log[i].kind == REC_WRITE && rec.log[i].a == IRQ_CTRL && rec.log[i].b);
    assert_non_null(strstr(rec.last_line, "does not come up"));
    assert_no_leak();
}

static void an_smmu_that_refuses_the_first_command_does_not_come_up(void **state)
{
    (void)state;
    rec.fail_command = 1;
    rec.fail_code = 1;
    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), DMS_EIO);
    assert_no_leak();
}

static void tables_beyond_the_output_size_are_not_used(void **state)
{
    (void)state;
    rec.regs[5] = 0 | 1u << 4; /* 32 bits */
    rec.table_base = UINT64_C(1) << 32;
    assert_int_equal(dms_smmuv3_create(&cfg, &iommu), DMS_ENOMEM);
    assert_non_null(strstr(rec.last_line, "beyond"));
    assert_no_leak();
}

static void every_failing_allocation_leaves_nothing_behind(void **state)
{
    uint64_t n;
    (void)state;

    for (n = 1;; n++) {
        rec.calls = 0;
        rec.fail_call = n;
        recorder_clear(&rec);
        if (dms_smmuv3_create(&cfg, &iommu) == 0)
            break;
        assert_int_equal(recorder_count(&rec, REC_WRITE), 0);
        assert_null(iommu);
        assert_no_leak();
    }
    assert_true(n > 4);
    print_message("# %u faults injected\n", (unsigned)n - 1);
    destroy();
}

static void an_instance_with_domains_is_not_destroyed(void **state)
{
    const struct dms_iommu_domain_cfg domain_cfg = {0};
    struct dms_iommu_domain *domain;
    (void)state;

    create();
    assert_int_equal(iommu->ops->domain_create(iommu, &domain_cfg, &domain), 0);
    recorder_clear(&rec);
    assert_int_equal(dms_smmuv3_destroy(iommu), DMS_EBUSY);
    assert_int_equal(rec.count, 0);
    assert_int_equal(iommu->ops->domain_destroy(domain), 0);
    destroy();
}

static void shutdown_aborts_first_and_turns_everything_off(void **state)
{
    (void)state;
    create();
    recorder_clear(&rec);
    rec.regs[GBPA / 4] = 0;
    assert_int_equal(dms_smmuv3_destroy(iommu), 0);
    assert_true(write_of(0, GBPA, UINT64_C(0x80100000)) < write_of(0, CR0, 0));
    assert_no_leak();
}

static void an_smmu_that_does_not_stop_keeps_its_tables(void **state)
{
    const struct dms_iommu_domain_cfg domain_cfg = {0};
    struct dms_iommu_domain *domain;
    unsigned tables;
    (void)state;

    create();
    assert_int_equal(iommu->ops->domain_create(iommu, &domain_cfg, &domain), 0);
    assert_int_equal(iommu->ops->attach(domain, (struct dms_stream){.sid = 1}), 0);
    assert_int_equal(iommu->ops->detach(domain, (struct dms_stream){.sid = 1}), 0);
    rec.cmdq = REC_CMDQ_STUCK;
    assert_int_equal(iommu->ops->domain_destroy(domain), DMS_ETIMEDOUT);
    tables = rec.live_tables;
    rec.ack_lost = CR0ACK;
    rec.abandoned = true;
    assert_int_equal(dms_smmuv3_destroy(iommu), DMS_ETIMEDOUT);
    assert_int_equal(rec.live_tables, tables);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(registers_are_written_in_the_order_of_the_architecture),
        TEST(caches_are_invalidated_configuration_first),
        TEST(an_smmu_with_el2_has_those_translations_dropped_too),
        TEST(bases_and_attributes_have_their_fields),
        TEST(base_registers_can_be_written_in_two_halves),
        TEST(interrupts_are_raised_only_when_asked_for),
        TEST(a_running_smmu_is_told_to_abort_before_it_is_stopped),
        TEST(an_smmu_that_aborts_already_is_left_so),
        TEST(gbpa_that_reads_as_zero_is_said_and_survived),
        TEST(gbpa_that_never_completes_is_said_and_survived),
        TEST(errors_from_before_are_acknowledged_and_not_counted),
        TEST(capabilities_say_what_was_found),
        TEST(stream_tables_are_bounded_whatever_idr1_says),
        TEST(few_streams_get_a_linear_table),
        TEST(queues_are_no_larger_than_the_smmu_has),
        TEST(the_largest_queues_can_be_had),
        TEST(queues_begin_empty_whatever_was_there),
        TEST(what_it_cannot_drive_is_refused_before_any_write),
        TEST(two_levels_are_refused_where_the_smmu_has_one),
        TEST(a_malformed_configuration_is_refused),
        TEST(a_lost_acknowledgement_is_a_timeout),
        TEST(each_step_waits_for_the_one_before),
        TEST(an_smmu_that_takes_no_command_does_not_come_up),
        TEST(an_smmu_that_refuses_the_first_command_does_not_come_up),
        TEST(tables_beyond_the_output_size_are_not_used),
        TEST(every_failing_allocation_leaves_nothing_behind),
        TEST(an_instance_with_domains_is_not_destroyed),
        TEST(shutdown_aborts_first_and_turns_everything_off),
        TEST(an_smmu_that_does_not_stop_keeps_its_tables),
    };

    return cmocka_run_group_tests_name("bringup", tests, NULL, NULL);
}
