/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Registers: access sizes, what is read-only or guarded, handshakes, errors (IHI 0070 6.2, 6.3,
 * 7.1, 7.5).
 */
#include "smmuv3_bench.h"

/* As after reset. */
static int create(void **state)
{
    bench_prepare(state);
    bench_create(&bench);
    return 0;
}

static uint64_t read64(uint32_t reg)
{
    return bench.mmio.read64(bench.mmio.ctx, reg);
}

static void write64(uint32_t reg, uint64_t value)
{
    bench.mmio.write64(bench.mmio.ctx, reg, value);
}

/*
 * The default: S1P, AArch64, COHACC, ASID16, little-endian, no stall, TERM_MODEL, two levels; 2^19
 * entries and 16-bit SIDs; RIL and BBML 2; OAS 48 and three granules.
 */
static void the_id_registers_say_what_the_configuration_is(void **state)
{
    (void)state;
    assert_int_equal(bench_read(&bench, R_IDR0), 0x0d40101a);
    assert_int_equal(bench_read(&bench, R_IDR1), 0x02730010);
    assert_int_equal(bench_read(&bench, 0x8), 0);
    assert_int_equal(bench_read(&bench, R_IDR3), 0x1400);
    assert_int_equal(bench_read(&bench, 0x10), 0);
    assert_int_equal(bench_read(&bench, R_IDR5), 0x75);
}

static void the_id_registers_cannot_be_written(void **state)
{
    (void)state;
    for (uint32_t reg = 0; reg <= 0x1c; reg += 4) {
        uint32_t was = bench_read(&bench, reg);

        bench_write(&bench, reg, ~was);
        assert_int_equal(bench_read(&bench, reg), was);
    }
}

static void after_reset_nothing_is_enabled(void **state)
{
    (void)state;
    assert_int_equal(bench_read(&bench, R_CR0), 0);
    assert_int_equal(bench_read(&bench, R_CR0ACK), 0);
    assert_int_equal(bench_read(&bench, R_IRQ_CTRL), 0);
    assert_int_equal(bench_read(&bench, R_GERROR), bench_read(&bench, R_GERRORN));
}

static void a_64_bit_register_takes_halves_or_the_whole(void **state)
{
    const uint64_t base = UINT64_C(0x400000123456780a); /* RA, address, 2^10 entries */

    (void)state;
    write64(R_CMDQ_BASE, base);
    assert_true(read64(R_CMDQ_BASE) == base);
    assert_int_equal(bench_read(&bench, R_CMDQ_BASE), (uint32_t)base);
    assert_int_equal(bench_read(&bench, R_CMDQ_BASE + 4), (uint32_t)(base >> 32));
    bench_write(&bench, R_CMDQ_BASE, 0x9999998b);
    assert_true(read64(R_CMDQ_BASE) == UINT64_C(0x400000129999998b));
    bench_write(&bench, R_CMDQ_BASE + 4, 0x34);
    assert_true(read64(R_CMDQ_BASE) == UINT64_C(0x349999998b));
}

/* Two registers at once, a misaligned one, one that does not exist. */
static void an_access_of_the_wrong_size_does_nothing(void **state)
{
    (void)state;
    bench_write(&bench, R_CMDQ_PROD, 5);
    bench_write(&bench, R_CMDQ_CONS, 6);
    write64(R_CMDQ_PROD, UINT64_C(0x700000007));
    assert_int_equal(bench_read(&bench, R_CMDQ_PROD), 5);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 6);
    assert_true(read64(R_CMDQ_PROD) == 0);
    bench_write(&bench, R_CMDQ_PROD + 2, 9);
    assert_int_equal(bench_read(&bench, R_CMDQ_PROD), 5);
    assert_int_equal(bench_read(&bench, R_CMDQ_PROD + 1), 0);
    write64(R_CMDQ_BASE + 4, 1);
    bench_write(&bench, 0x20000, 1);
    assert_int_equal(bench_read(&bench, 0x20000), 0);
    assert_int_equal(bench_read(&bench, 0xfffc), 0);
}

static void what_is_in_use_cannot_be_changed(void **state)
{
    static const uint32_t guarded[] = {R_CR2,       R_STRTAB_BASE, R_STRTAB_BASE_CFG, R_CMDQ_BASE,
                                       R_CMDQ_CONS, R_EVENTQ_BASE, R_EVENTQ_PROD,     R_CR1};

    (void)state;
    for (unsigned i = 0; i < sizeof(guarded) / sizeof(guarded[0]); i++) {
        uint32_t was = bench_read(&bench, guarded[i]);

        bench_write(&bench, guarded[i], was ^ 0x41);
        assert_int_equal(bench_read(&bench, guarded[i]), was);
    }
}

static void a_change_of_cr0_is_acknowledged(void **state)
{
    (void)state;
    smmuv3_model_set_faults(bench.smmu, &(struct smmuv3_faults){.ack_slow = 2});
    bench_write(&bench, R_CR0, 0xc);
    assert_int_equal(bench_read(&bench, R_CR0), 0xc);
    assert_int_equal(bench_read(&bench, R_CR0ACK), 0xd);
    /* Until then it is as before: streams translate, and what SMMUEN guards stays guarded. */
    assert_true(bench_reaches(&bench, BENCH_SID, BENCH_IOVA, BENCH_PAGE));
    bench_write(&bench, R_CR2, 0x7);
    assert_int_equal(bench_read(&bench, R_CR2), 0x2);
    assert_int_equal(bench_read(&bench, R_CR0ACK), 0xd);
    assert_int_equal(bench_read(&bench, R_CR0ACK), 0xc);
    bench_write(&bench, R_CR2, 0x7);
    assert_int_equal(bench_read(&bench, R_CR2), 0x7);
}

/*
 * GBPA (6.3.14): taken only with Update, which goes by itself; what it says holds while SMMUEN is
 * 0.
 */
static void gbpa_needs_its_update_bit(void **state)
{
    (void)state;
    bench_write(&bench, R_CR0, 0);
    assert_int_equal(bench_read(&bench, R_GBPA), 0x00100000);
    assert_false(bench_reaches(&bench, BENCH_SID, BENCH_PAGE, BENCH_PAGE));
    bench_write(&bench, R_GBPA, 0);
    assert_int_equal(bench_read(&bench, R_GBPA), 0x00100000);
    bench_write(&bench, R_GBPA, UINT32_C(0x80000000));
    assert_int_equal(bench_read(&bench, R_GBPA), 0);
    assert_true(bench_reaches(&bench, BENCH_SID, BENCH_PAGE, BENCH_PAGE));
    bench_expect_none(&bench);
}

static void while_gbpa_s_update_is_under_way_writes_are_lost(void **state)
{
    (void)state;
    smmuv3_model_set_faults(bench.smmu, &(struct smmuv3_faults){.ack_slow = 1});
    bench_write(&bench, R_GBPA, UINT32_C(0x80000000));
    bench_write(&bench, R_GBPA, UINT32_C(0x80100000));
    assert_int_equal(bench_read(&bench, R_GBPA) & UINT32_C(0x80100000), UINT32_C(0x80000000));
    assert_int_equal(bench_read(&bench, R_GBPA) & UINT32_C(0x80100000), 0);
}

/* ---- command queue ---- */

static uint32_t active_errors(void)
{
    return bench_read(&bench, R_GERROR) ^ bench_read(&bench, R_GERRORN);
}

static void acknowledge(void)
{
    bench_write(&bench, R_GERRORN, bench_read(&bench, R_GERROR));
}

/* 4.1.1, 4.1.6, 4.4.1.1, 4.7.3 */
static const uint64_t illegal[][2] = {
    {0x00, 0}, /* reserved opcodes */
    {0x07, 0},
    {0x7f, 0},
    {0x20, 0},                   /* TLBI_EL2_ALL: no EL2 */
    {0x2a, 0},                   /* TLBI_S2_IPA: no stage 2 */
    {0x40, 0},                   /* ATC_INV: no ATS */
    {0x44, 0},                   /* RESUME: no stall */
    {UINT64_C(0x403), 0},        /* CFGI_STE with SSec */
    {UINT64_C(0x3046), 0},       /* CMD_SYNC with CS reserved */
    {0x12, UINT64_C(0x1000400)}, /* one granule of 4 KiB without a level */
};

static void an_illegal_command_stops_the_queue_until_it_is_acknowledged(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(illegal) / sizeof(illegal[0]); i++) {
        uint32_t at = bench_read(&bench, R_CMDQ_PROD);

        bench_command(&bench, illegal[i][0], illegal[i][1]);
        assert_int_equal(active_errors(), 1);
        assert_int_equal(bench_read(&bench, R_CMDQ_CONS), at | 1u << 24);
        bench_command(&bench, 0x46, 0);
        assert_int_equal(bench_read(&bench, R_CMDQ_CONS), at | 1u << 24);
        /* In its place a CMD_SYNC; then the acknowledgement. */
        bench_poke(&bench, BENCH_CMDQ + 16 * (at & 15), 0x46);
        bench_poke(&bench, BENCH_CMDQ + 16 * (at & 15) + 8, 0);
        acknowledge();
        assert_int_equal(active_errors(), 0);
        assert_int_equal(bench_read(&bench, R_CMDQ_CONS) & 0x1f, (at + 2) & 0x1f);
        /* ERR says what it said, and means nothing. */
        assert_int_equal(bench_read(&bench, R_CMDQ_CONS) >> 24, 1);
    }
    assert_int_equal(bench.irqs[SMMUV3_IRQ_GERROR], sizeof(illegal) / sizeof(illegal[0]));
}

/* Legal, though they do nothing here. */
static void prefetches_and_all_invalidations_are_legal(void **state)
{
    static const uint64_t legal[] = {0x01,
                                     0x02,
                                     0x03,
                                     0x04,
                                     0x05,
                                     0x06,
                                     0x10,
                                     0x11,
                                     0x12,
                                     0x13,
                                     0x30,
                                     0x46,
                                     UINT64_C(0x1046),
                                     UINT64_C(0x2046)};

    (void)state;
    for (unsigned i = 0; i < sizeof(legal) / sizeof(legal[0]); i++) {
        bench_command(&bench, legal[i], 0);
        assert_int_equal(active_errors(), 0);
        assert_int_equal(bench_read(&bench, R_CMDQ_CONS), bench_read(&bench, R_CMDQ_PROD));
    }
    assert_int_equal(bench.irqs[SMMUV3_IRQ_SYNC], 1); /* CS = SIG_IRQ */
}

static void a_queue_that_cannot_be_read_stops_with_an_abort(void **state)
{
    (void)state;
    bench_write(&bench, R_CR0, 0);
    write64(R_CMDQ_BASE, UINT64_C(0x70000004));
    bench_write(&bench, R_CMDQ_PROD, 0);
    bench_write(&bench, R_CMDQ_CONS, 0);
    bench_write(&bench, R_CR0, 0xd);
    bench_write(&bench, R_CMDQ_PROD, 1);
    assert_int_equal(active_errors(), 1);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 2u << 24);
    /* Acknowledged, it is tried again, and fails again. */
    acknowledge();
    assert_int_equal(active_errors(), 1);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 2u << 24);
}

/* 16 entries: the index wraps, and the bit above it turns. */
static void the_command_queue_wraps(void **state)
{
    struct smmuv3_counters count;

    (void)state;
    for (unsigned i = 0; i < 70; i++)
        bench_command(&bench, 0x46, 0);
    assert_int_equal(bench_read(&bench, R_CMDQ_PROD), 70 % 32);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 70 % 32);
    smmuv3_model_counters(bench.smmu, &count);
    assert_int_equal(count.syncs, 70);
}

/* More entries than there are: nothing is taken. */
static void indexes_that_cannot_be_take_no_command(void **state)
{
    (void)state;
    bench_write(&bench, R_CMDQ_PROD, 17);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 0);
    bench_write(&bench, R_CMDQ_PROD, 16);
    assert_int_not_equal(bench_read(&bench, R_CMDQ_CONS),
                         0); /* a whole queue of zeros: the first is illegal */
    assert_int_equal(active_errors(), 1);
}

static void with_cmdqen_off_no_command_is_taken(void **state)
{
    (void)state;
    bench_write(&bench, R_CR0, 0x5);
    bench_command(&bench, 0x46, 0);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 0);
    bench_write(&bench, R_CR0, 0xd);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 1);
}

/* ---- event queue ---- */

static void fault(uint64_t iova)
{
    assert_int_equal(bench_access(&bench, iova, false).outcome, SMMUV3_ABORTED);
}

/* Four entries. OVFLG turns when one is lost, and not again before it is acknowledged (7.4). */
static void an_overflow_is_flagged_once_and_acknowledged(void **state)
{
    (void)state;
    for (unsigned i = 1; i <= 4; i++)
        fault(0x1000 * i);
    assert_int_equal(bench_read(&bench, R_EVENTQ_PROD), 4);
    fault(0x5000);
    assert_int_equal(bench_read(&bench, R_EVENTQ_PROD), UINT32_C(0x80000004));
    fault(0x6000);
    assert_int_equal(bench_read(&bench, R_EVENTQ_PROD), UINT32_C(0x80000004));
    /* The first four are there, and intact. */
    for (unsigned i = 1; i <= 4; i++)
        assert_true(bench_peek(&bench, BENCH_EVENTQ + 32 * (i - 1) + 16) == 0x1000 * i);
    bench_write(&bench, R_EVENTQ_CONS, UINT32_C(0x80000004));
    fault(0x7000);
    assert_int_equal(bench_read(&bench, R_EVENTQ_PROD), UINT32_C(0x80000005));
    assert_true(bench_peek(&bench, BENCH_EVENTQ + 16) == 0x7000);
    for (unsigned i = 0; i < 4; i++)
        fault(0x8000);
    assert_int_equal(bench_read(&bench, R_EVENTQ_PROD), 0); /* 4 entries on, and flagged: 0 again */
    assert_int_equal(active_errors(), 0);
}

/* The interrupt is for a queue that was empty (3.18), and IRQ_CTRL has to ask for it. */
static void an_event_interrupts_when_the_queue_was_empty(void **state)
{
    (void)state;
    fault(0x1000);
    fault(0x2000);
    assert_int_equal(bench.irqs[SMMUV3_IRQ_EVENTQ], 1);
    bench_write(&bench, R_EVENTQ_CONS, 2);
    fault(0x3000);
    assert_int_equal(bench.irqs[SMMUV3_IRQ_EVENTQ], 2);
    bench_write(&bench, R_IRQ_CTRL, 0x1);
    bench_write(&bench, R_EVENTQ_CONS, 3);
    fault(0x4000);
    assert_int_equal(bench.irqs[SMMUV3_IRQ_EVENTQ], 2);
}

static void an_event_that_cannot_be_written_is_a_global_error(void **state)
{
    (void)state;
    bench_write(&bench, R_CR0, 0x9);
    write64(R_EVENTQ_BASE, UINT64_C(0x70000002));
    bench_write(&bench, R_CR0, 0xd);
    fault(0x1000);
    assert_int_equal(active_errors(), 4);
    assert_int_equal(bench_read(&bench, R_EVENTQ_PROD), 0);
    acknowledge();
    assert_int_equal(active_errors(), 0);
}

static void with_eventqen_off_an_event_is_lost_without_a_trace(void **state)
{
    (void)state;
    bench_write(&bench, R_CR0, 0x9);
    fault(0x1000);
    assert_int_equal(bench_read(&bench, R_EVENTQ_PROD), 0);
    assert_int_equal(active_errors(), 0);
}

/* GERRORN is software's; GERROR is not. */
static void gerror_is_read_only(void **state)
{
    (void)state;
    bench_write(&bench, R_GERROR, 0xff);
    assert_int_equal(bench_read(&bench, R_GERROR), 0);
    bench_command(&bench, 0x7f, 0);
    assert_int_equal(bench_read(&bench, R_GERROR), 1);
    acknowledge();
    /* The same error once more turns the bit back. */
    bench_read(&bench, R_CMDQ_CONS);
    assert_int_equal(bench_read(&bench, R_GERROR), 0);
    assert_int_equal(active_errors(), 1);
}

/* With config and TLB unknown after reset, nothing works before both are invalidated. */
static void unknown_caches_need_both_invalidations(void **state)
{
    (void)state;
    bench_end(&bench);
    bench_init(&bench);
    bench.cfg.unknown_caches = true;
    bench_start(&bench);
    assert_int_equal(bench_event_of(&bench, BENCH_IOVA, false), 0x04);
    bench_sync(&bench, 0x04, 31);
    assert_int_equal(bench_event_of(&bench, BENCH_IOVA, false), 0x20);
    bench_sync(&bench, 0x30, 0);
    assert_int_equal(bench_event_of(&bench, BENCH_IOVA, false), 0);
}

#define TEST(name)       cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
#define TEST_RESET(name) cmocka_unit_test_setup_teardown(name, create, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_id_registers_say_what_the_configuration_is),
        TEST(the_id_registers_cannot_be_written),
        TEST_RESET(after_reset_nothing_is_enabled),
        TEST_RESET(a_64_bit_register_takes_halves_or_the_whole),
        TEST_RESET(an_access_of_the_wrong_size_does_nothing),
        TEST(what_is_in_use_cannot_be_changed),
        TEST(a_change_of_cr0_is_acknowledged),
        TEST(gbpa_needs_its_update_bit),
        TEST(while_gbpa_s_update_is_under_way_writes_are_lost),
        TEST(an_illegal_command_stops_the_queue_until_it_is_acknowledged),
        TEST(prefetches_and_all_invalidations_are_legal),
        TEST(a_queue_that_cannot_be_read_stops_with_an_abort),
        TEST(the_command_queue_wraps),
        TEST(indexes_that_cannot_be_take_no_command),
        TEST(with_cmdqen_off_no_command_is_taken),
        TEST(an_overflow_is_flagged_once_and_acknowledged),
        TEST(an_event_interrupts_when_the_queue_was_empty),
        TEST(an_event_that_cannot_be_written_is_a_global_error),
        TEST(with_eventqen_off_an_event_is_lost_without_a_trace),
        TEST(gerror_is_read_only),
        TEST(unknown_caches_need_both_invalidations),
    };

    return cmocka_run_group_tests_name("registers", tests, NULL, NULL);
}
