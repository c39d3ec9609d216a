/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* When commands are taken, and how the model misbehaves when it is told to. */
#include "smmuv3_bench.h"

#include <string.h>

#define TLBI_NSNH_ALL UINT64_C(0x30)
#define SYNC          UINT64_C(0x46)

static void stepped_commands_wait_for_a_step(void **state)
{
    (void)state;
    bench.cfg.commands = SMMUV3_CMDS_STEPPED;
    bench_start(&bench);
    for (unsigned i = 0; i < 4; i++)
        bench_command(&bench, SYNC, 0);
    assert_true(bench_reaches(&bench, BENCH_SID, BENCH_IOVA, BENCH_PAGE));
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 0);
    assert_int_equal(smmuv3_model_step(bench.smmu, 3), 3);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 3);
    assert_int_equal(smmuv3_model_step(bench.smmu, 3), 1);
    assert_int_equal(smmuv3_model_step(bench.smmu, 3), 0);
}

/* A burst of two before each register read, write or DMA. */
static void per_access_commands_come_a_burst_at_a_time(void **state)
{
    (void)state;
    bench.cfg.commands = SMMUV3_CMDS_PER_ACCESS;
    bench.cfg.burst = 2;
    bench_start(&bench);
    for (unsigned i = 0; i < 10; i++) {
        bench_poke(&bench, BENCH_CMDQ + 16 * i, SYNC);
        bench_poke(&bench, BENCH_CMDQ + 16 * i + 8, 0);
    }
    bench_write(&bench, R_CMDQ_PROD, 10);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 4);
    bench_access(&bench, BENCH_IOVA, false);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 8);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 10);
}

static void a_thread_takes_commands_by_itself(void **state)
{
    unsigned reads = 0;

    (void)state;
    bench.cfg.commands = SMMUV3_CMDS_THREAD;
    bench_start(&bench);
    for (unsigned i = 0; i < 40; i++) {
        bench_command(&bench, SYNC, 0);
        while (bench_read(&bench, R_CMDQ_CONS) != bench_read(&bench, R_CMDQ_PROD))
            assert_true(++reads < 100000000);
    }
}

static void a_seed_repeats_a_run(void **state)
{
    uint32_t cons[2][40];

    (void)state;
    for (unsigned run = 0; run < 2; run++) {
        if (run > 0) {
            bench_end(&bench);
            bench_init(&bench);
        }
        bench.cfg.commands = SMMUV3_CMDS_PER_ACCESS; /* random bursts */
        bench.cfg.seed = 77;
        bench_start(&bench);
        for (unsigned i = 0; i < 40; i++) {
            if (i < 12)
                bench_command(&bench, SYNC, 0);
            cons[run][i] = bench_read(&bench, R_CMDQ_CONS);
        }
    }
    assert_memory_equal(cons[0], cons[1], sizeof(cons[0]));
    assert_int_equal(cons[0][39], 12);
}

/* ---- misbehaviour ---- */

static void misbehave(const char *id)
{
    struct smmuv3_faults faults;

    assert_true(smmuv3_faults_parse(id, &faults, NULL));
    smmuv3_model_set_faults(bench.smmu, &faults);
}

static void a_stuck_queue_stands_at_its_command_until_it_is_set_free(void **state)
{
    (void)state;
    bench_start(&bench);
    misbehave("cmdq_stuck=3");
    for (unsigned i = 0; i < 5; i++)
        bench_command(&bench, SYNC, 0);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 2);
    misbehave("none");
    bench_command(&bench, SYNC, 0);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 6);
}

static void a_stuck_sync_lets_others_pass(void **state)
{
    (void)state;
    bench_start(&bench);
    misbehave("sync_stuck=2");
    bench_command(&bench, TLBI_NSNH_ALL, 0);
    bench_command(&bench, SYNC, 0);
    bench_command(&bench, TLBI_NSNH_ALL, 0);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 3);
    bench_command(&bench, SYNC, 0);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 3);
}

static void the_nth_command_is_illegal_and_then_read_anew(void **state)
{
    (void)state;
    bench_start(&bench);
    misbehave("cmd_illegal=2");
    bench_command(&bench, SYNC, 0);
    assert_int_equal(bench_read(&bench, R_GERROR), 0);
    bench_command(&bench, SYNC, 0);
    assert_int_equal(bench_read(&bench, R_GERROR), 1);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 1 | 1u << 24);
    bench_write(&bench, R_GERRORN, 1);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), 2 | 1u << 24);
}

static void a_dropped_invalidation_is_consumed_all_the_same(void **state)
{
    (void)state;
    bench_start(&bench);
    assert_true(bench_reaches(&bench, BENCH_SID, BENCH_IOVA, BENCH_PAGE));
    bench_poke(&bench, BENCH_L3 + 8 * 4, 0);
    misbehave("tlbi_dropped=1");
    bench_sync(&bench, TLBI_NSNH_ALL, 0);
    assert_true(bench_reaches(&bench, BENCH_SID, BENCH_IOVA, BENCH_PAGE));
    bench_sync(&bench, TLBI_NSNH_ALL, 0);
    assert_int_equal(bench_event_of(&bench, BENCH_IOVA, false), 0x10);
    bench_poke(&bench, BENCH_CD, 0);
    misbehave("cfgi_dropped=1");
    bench_sync(&bench, 0x04, 31);
    assert_int_equal(bench_event_of(&bench, BENCH_IOVA, false), 0x10);
    bench_sync(&bench, 0x04, 31);
    assert_int_equal(bench_event_of(&bench, BENCH_IOVA, false), 0x0a);
}

/* Every third from the second on: 2, 5, 8. */
static void occurrences_are_counted_as_the_id_says(void **state)
{
    (void)state;
    bench_start(&bench);
    misbehave("evtq_full=2+3");
    for (unsigned i = 1; i <= 9; i++) {
        uint32_t before = bench_read(&bench, R_EVENTQ_PROD) & 7;
        bool lost = i == 2 || i == 5 || i == 8;

        assert_int_equal(bench_event_of(&bench, 0x1000, false), 0x10);
        assert_int_equal(((bench_read(&bench, R_EVENTQ_PROD) & 7) - before) & 7, !lost);
        bench_write(&bench, R_EVENTQ_CONS, bench_read(&bench, R_EVENTQ_PROD));
    }
}

static void a_spurious_event_is_of_a_stream_that_did_nothing(void **state)
{
    (void)state;
    bench_start(&bench);
    misbehave("spurious_event=1");
    assert_true(bench_reaches(&bench, 4, 0, 0) == false);
    bench_expect(&bench, (uint64_t[]){UINT64_C(0x400000004), 0, 0, 0});
    bench_expect(&bench, (uint64_t[]){UINT64_C(0x500000010), UINT64_C(0x20800000000),
                                      UINT64_C(0xfffffffffffff000), 0});
}

static void id_registers_can_lie(void **state)
{
    (void)state;
    bench_start(&bench);
    misbehave("idr0=0x2 idr5=0x70");
    assert_int_equal(bench_read(&bench, R_IDR0), 0x0d401018);
    assert_int_equal(bench_read(&bench, R_IDR5), 0x05);
    assert_true(bench_reaches(&bench, BENCH_SID, BENCH_IOVA, BENCH_PAGE));
}

static void an_acknowledgement_can_be_lost(void **state)
{
    (void)state;
    bench_start(&bench);
    misbehave("ack_lost=1");
    bench_write(&bench, R_CR0, 0xc);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(bench_read(&bench, R_CR0ACK), 0xd);
}

/* ---- ids ---- */

static void every_fault_id_comes_back_as_it_was(void **state)
{
    struct smmuv3_faults all = {
        .cmdq_stuck = {1, 2},
        .sync_stuck = {3, 0},
        .cmd_illegal = {5, 6},
        .cmd_abort = {7, 8},
        .tlbi_dropped = {9, 0},
        .cfgi_dropped = {11, 12},
        .evtq_full = {13, 14},
        .evtq_abort = {15, 16},
        .spurious_event = {17, 18},
        .spurious_irq = {19, 20},
        .tlb_conflict = {21, 22},
        .cfg_conflict = {23, 24},
        .ack_lost = {25, 0},
        .cmdq_slow = UINT32_MAX,
        .ack_slow = 28,
        .idr_xor = {1, 2, 3, 4, 5, UINT32_MAX},
    };
    struct smmuv3_faults back;
    char id[SMMUV3_FAULT_ID_MAX];

    (void)state;
    smmuv3_faults_print(&all, id);
    assert_true(smmuv3_faults_parse(id, &back, NULL));
    assert_memory_equal(&all, &back, sizeof(all));
    bench_create(&bench);
}

/* The longest id there can be fits. */
static void the_longest_id_fits(void **state)
{
    struct smmuv3_faults all, back;
    char id[SMMUV3_FAULT_ID_MAX];

    (void)state;
    memset(&all, 0xff, sizeof(all));
    smmuv3_faults_print(&all, id);
    assert_true(smmuv3_faults_parse(id, &back, NULL));
    assert_memory_equal(&all, &back, sizeof(all));
    bench_create(&bench);
}

static void ids_are_readable(void **state)
{
    char id[SMMUV3_FAULT_ID_MAX];
    struct smmuv3_faults faults = {0};

    (void)state;
    smmuv3_faults_print(&faults, id);
    assert_string_equal(id, "none");
    faults.tlbi_dropped.first = 3;
    faults.evtq_full.first = 1;
    faults.evtq_full.every = 2;
    faults.cmdq_slow = 8;
    faults.idr_xor[0] = 0x400;
    smmuv3_faults_print(&faults, id);
    assert_string_equal(id, "tlbi_dropped=3 evtq_full=1+2 cmdq_slow=0x8 idr0=0x400");
    bench_create(&bench);
}

static void an_id_that_is_none_is_refused_with_its_word(void **state)
{
    static const char *const bad[] = {"tlbi_dropped",     "tlbi_dropped=", "tlbi_droppedx=1",
                                      "cmdq_slow=1+2",    "ack_slow=-1",   "idr6=1",
                                      "idr0=0x100000000", "evtq_full=1+",  "evtq_full=1 2"};
    const struct smmuv3_faults untouched = {.cmdq_slow = 77};

    (void)state;
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct smmuv3_faults faults = untouched;
        const char *where = NULL;

        assert_false(smmuv3_faults_parse(bad[i], &faults, &where));
        assert_memory_equal(&faults, &untouched, sizeof(faults));
        assert_non_null(where);
        assert_true(where >= bad[i] && where < bad[i] + strlen(bad[i]));
    }
    bench_create(&bench);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_prepare, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stepped_commands_wait_for_a_step),
        TEST(per_access_commands_come_a_burst_at_a_time),
        TEST(a_thread_takes_commands_by_itself),
        TEST(a_seed_repeats_a_run),
        TEST(a_stuck_queue_stands_at_its_command_until_it_is_set_free),
        TEST(a_stuck_sync_lets_others_pass),
        TEST(the_nth_command_is_illegal_and_then_read_anew),
        TEST(a_dropped_invalidation_is_consumed_all_the_same),
        TEST(occurrences_are_counted_as_the_id_says),
        TEST(a_spurious_event_is_of_a_stream_that_did_nothing),
        TEST(id_registers_can_lie),
        TEST(an_acknowledgement_can_be_lost),
        TEST(every_fault_id_comes_back_as_it_was),
        TEST(the_longest_id_fits),
        TEST(ids_are_readable),
        TEST(an_id_that_is_none_is_refused_with_its_word),
    };

    return cmocka_run_group_tests_name("modes", tests, NULL, NULL);
}
