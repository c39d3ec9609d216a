/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Stream table entries and context descriptors: what they mean, which are illegal, and how long
 * caches keep them.
 */
#include "smmuv3_bench.h"

#define C_BAD_STREAMID    0x02
#define C_BAD_STE         0x04
#define F_STREAM_DISABLED 0x06
#define C_BAD_SUBSTREAMID 0x08
#define C_BAD_CD          0x0a
#define F_TRANSLATION     0x10

#define CFGI_STE          UINT64_C(0x03)
#define CFGI_STE_RANGE    UINT64_C(0x04)
#define CFGI_CD           UINT64_C(0x05)
#define CFGI_CD_ALL       UINT64_C(0x06)
#define SID(sid)          ((uint64_t)(sid) << 32)
#define SSID(ssid)        ((uint64_t)(ssid) << 12)
#define LEAF              1
#define STE(sid)          (BENCH_STRTAB + 64 * (sid))

static struct smmuv3_result access_of(uint32_t sid, uint64_t iova)
{
    return smmuv3_model_access(bench.smmu,
                               &(struct smmuv3_access){.sid = sid, .iova = iova, .size = 8}, NULL);
}

static uint8_t event_of(uint32_t sid)
{
    return access_of(sid, BENCH_IOVA).event;
}

static struct smmuv3_result substream(uint32_t ssid)
{
    const struct smmuv3_access access = {
        .sid = 1, .ssid = ssid, .ssid_valid = true, .iova = BENCH_IOVA, .size = 8};

    return smmuv3_model_access(bench.smmu, &access, NULL);
}

static void forget_config(void)
{
    bench_sync(&bench, CFGI_STE_RANGE, 31);
}

/* ---- what an entry means ---- */

static void config_abort_aborts_without_an_event(void **state)
{
    (void)state;
    for (uint64_t config = 0; config < 4; config++) {
        bench_poke(&bench, STE(1), BENCH_CD | config << 1 | 1);
        forget_config();
        assert_int_equal(access_of(1, BENCH_IOVA).outcome, SMMUV3_ABORTED);
        assert_int_equal(event_of(1), 0);
    }
    bench_expect_none(&bench);
}

static void config_bypass_leaves_addresses_as_they_are(void **state)
{
    (void)state;
    bench_poke(&bench, STE(1), 4 << 1 | 1);
    forget_config();
    assert_true(bench_reaches(&bench, 1, BENCH_PAGE, BENCH_PAGE));
    /* Beyond the output size, 48 bits here (3.4). */
    assert_int_equal(access_of(1, UINT64_C(1) << 48).event, 0x11);
}

static const struct {
    uint64_t word0_set, word0_clear;
    uint64_t word1_set;
} bad_stes[] = {
    {0, 1, 0},                               /* V */
    {UINT64_C(6) << 1, 0, 0},                /* Config 7: there is no stage 2 */
    {UINT64_C(6) << 1, UINT64_C(1) << 1, 0}, /* Config 6 */
    {0, 0, UINT64_C(1) << 27},               /* S1STALLD, and no stall to disable */
    {UINT64_C(1) << 50, 0, 0},               /* S1ContextPtr beyond 48 bits */
};

static void an_illegal_ste_is_as_good_as_none(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(bad_stes) / sizeof(bad_stes[0]); i++) {
        bench_poke(&bench, STE(1),
                   (BENCH_STE_0(BENCH_CD) & ~bad_stes[i].word0_clear) | bad_stes[i].word0_set);
        bench_poke(&bench, STE(1) + 8, BENCH_STE_1 | bad_stes[i].word1_set);
        forget_config();
        assert_int_equal(event_of(1), C_BAD_STE);
    }
}

static const struct {
    uint64_t set, clear; /* in word 0 */
    uint64_t ttb0;       /* 0: as it was */
} bad_cds[] = {
    {0, UINT64_C(1) << 31, 0},         /* V */
    {0, UINT64_C(1) << 41, 0},         /* AA64 */
    {UINT64_C(1) << 43, 0, 0},         /* HA: no HTTU */
    {UINT64_C(1) << 42, 0, 0},         /* HD */
    {UINT64_C(1) << 44, 0, 0},         /* S: no stall */
    {0, UINT64_C(1) << 46, 0},         /* A = 0, with TERM_MODEL = 1 */
    {UINT64_C(1) << 15, 0, 0},         /* ENDI: big-endian tables */
    {15, 0x3f, 0},                     /* T0SZ below 16 */
    {40, 0x3f, 0},                     /* and above 39 */
    {3 << 6, 0, 0},                    /* TG0 reserved */
    {0, 0, UINT64_C(0x8000080010000)}, /* TTB0 beyond the output size */
    {0, UINT64_C(1) << 30, 0},         /* EPD1 = 0 with T1SZ 0 */
};

static void an_illegal_cd_is_reported_as_such(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(bad_cds) / sizeof(bad_cds[0]); i++) {
        bench_poke(&bench, BENCH_CD, (BENCH_CD_0(BENCH_ASID) & ~bad_cds[i].clear) | bad_cds[i].set);
        bench_poke(&bench, BENCH_CD + 8, bad_cds[i].ttb0 ? bad_cds[i].ttb0 : BENCH_L0);
        forget_config();
        if (event_of(1) != C_BAD_CD)
            print_message("# row %u\n", i);
        assert_int_equal(event_of(1), C_BAD_CD);
    }
    bench_poke(&bench, BENCH_CD, BENCH_CD_0(BENCH_ASID));
    bench_poke(&bench, BENCH_CD + 8, BENCH_L0);
    forget_config();
    assert_int_equal(event_of(1), 0);
}

/* T0SZ 39 and 16, the ends of what is allowed; EPD0 = 1 and nothing else. */
static void the_ends_of_what_a_cd_allows_are_allowed(void **state)
{
    (void)state;
    bench_poke(&bench, BENCH_CD, (BENCH_CD_0(BENCH_ASID) & ~UINT64_C(0x3f)) | 39);
    forget_config();
    assert_int_equal(event_of(1), F_TRANSLATION);
    bench_poke(&bench, BENCH_CD, BENCH_CD_0(BENCH_ASID) | 1 << 14);
    forget_config();
    assert_int_equal(event_of(1), F_TRANSLATION);
}

/*
 * CD.A = 0 where TERM_MODEL allows it (5.5): a read gives zeros, a write goes nowhere, and both
 * succeed.
 */
static void a_fault_of_a_context_without_abort_looks_like_success(void **state)
{
    uint64_t word = 5;
    const struct smmuv3_access access = {.sid = 1, .iova = 0x1000, .size = 8};

    (void)state;
    bench_end(&bench);
    bench_init(&bench);
    bench.cfg.term_model = false;
    bench_start(&bench);
    bench_poke(&bench, BENCH_CD, BENCH_CD_0(BENCH_ASID) & ~(UINT64_C(1) << 46));
    assert_int_equal(smmuv3_model_access(bench.smmu, &access, &word).outcome, SMMUV3_OK);
    assert_true(word == 0);
    bench_expect(&bench, (uint64_t[]){UINT64_C(0x100000010), UINT64_C(0x20800000000), 0x1000, 0});
}

/* ATTR_PERMS_OVR: STE.PRIVCFG (word 1, 49:48) and INSTCFG (51:50) replace what came. */
static void an_ste_overrides_privilege_and_instruction_where_it_may(void **state)
{
    (void)state;
    bench_end(&bench);
    bench_init(&bench);
    bench.cfg.perms_override = true;
    bench_start(&bench);
    bench_poke(&bench, BENCH_L3 + 8 * 4, BENCH_PAGE | (BENCH_LEAF & ~UINT64_C(0x40))); /* no user */
    bench_poke(&bench, STE(1) + 8, BENCH_STE_1 | UINT64_C(3) << 48); /* privileged */
    assert_int_equal(event_of(1), 0);
    bench_poke(&bench, STE(1) + 8, BENCH_STE_1 | UINT64_C(2) << 48); /* unprivileged */
    forget_config();
    assert_int_equal(event_of(1), 0x13);
    bench_expect(&bench,
                 (uint64_t[]){UINT64_C(0x100000013), UINT64_C(0x20800000000), BENCH_IOVA, 0});
    bench_poke(&bench, STE(1) + 8, BENCH_STE_1 | UINT64_C(0xf) << 48); /* privileged instruction */
    forget_config();
    assert_int_equal(event_of(1), 0x13); /* PXN */
    bench_expect(&bench,
                 (uint64_t[]){UINT64_C(0x100000013), UINT64_C(0x20e00000000), BENCH_IOVA, 0});
}

/* ---- substreams ---- */

/* 5.2: IGNORED when there are none, S1Fmt with it. */
static void without_substreams_s1cdmax_is_ignored(void **state)
{
    (void)state;
    bench_poke(&bench, STE(1), BENCH_STE_0(BENCH_CD) | UINT64_C(5) << 59 | 1 << 4);
    assert_int_equal(event_of(1), 0);
    assert_int_equal(substream(0).event, C_BAD_SUBSTREAMID);
    assert_int_equal(substream(1).event, C_BAD_SUBSTREAMID);
}

/* A linear table of four CDs. */
static void a_substream_picks_its_cd(void **state)
{
    (void)state;
    bench_poke(&bench, STE(1), BENCH_STE_0(BENCH_CD) | UINT64_C(2) << 59);
    bench_poke(&bench, BENCH_CD + 64 * 3, BENCH_CD_0(9));
    bench_poke(&bench, BENCH_CD + 64 * 3 + 8, UINT64_C(0x80015000));
    assert_int_equal(substream(0).event, 0);
    assert_int_equal(substream(3).event, F_TRANSLATION);
    assert_int_equal(substream(1).event, C_BAD_CD);
    assert_int_equal(substream(4).event, C_BAD_SUBSTREAMID);
    bench_poke(&bench, UINT64_C(0x80015000) + 8, BENCH_L1 | BENCH_TABLE);
    assert_int_equal(substream(3).event, 0);
    /* More CDs than SSIDSIZE allows. */
    bench_poke(&bench, STE(1), BENCH_STE_0(BENCH_CD) | UINT64_C(5) << 59);
    forget_config();
    assert_int_equal(substream(0).event, C_BAD_STE);
}

/* S1DSS: terminate, bypass, substream 0 (then reserved for those without one). */
static void a_transaction_without_a_substream_goes_as_s1dss_says(void **state)
{
    (void)state;
    bench_poke(&bench, STE(1), BENCH_STE_0(BENCH_CD) | UINT64_C(2) << 59);
    assert_int_equal(event_of(1), F_STREAM_DISABLED);
    bench_poke(&bench, STE(1) + 8, BENCH_STE_1 | 1);
    forget_config();
    assert_true(bench_reaches(&bench, 1, BENCH_PAGE, BENCH_PAGE));
    bench_poke(&bench, STE(1) + 8, BENCH_STE_1 | 2);
    forget_config();
    assert_true(bench_reaches(&bench, 1, BENCH_IOVA, BENCH_PAGE));
    assert_int_equal(substream(0).event, F_STREAM_DISABLED);
}

/* S1Fmt 1: level-1 descriptors (V, L2Ptr) of tables of 64 CDs. */
static void context_tables_can_have_two_levels(void **state)
{
    const uint64_t table = UINT64_C(0x80016000);

    (void)state;
    bench_poke(&bench, STE(1), BENCH_STE_0(BENCH_CD) | UINT64_C(4) << 59 | 1 << 4);
    bench_poke(&bench, BENCH_CD, table | 1);
    bench_poke(&bench, table + 64 * 9, BENCH_CD_0(3));
    bench_poke(&bench, table + 64 * 9 + 8, BENCH_L0);
    assert_int_equal(substream(9).event, 0);
    /* An L1CD that is cached as valid stays so, until an invalidation with Leaf = 0. */
    bench_poke(&bench, BENCH_CD, 0);
    assert_int_equal(substream(8).event, C_BAD_CD);
    bench_sync(&bench, CFGI_CD | SID(1) | SSID(9), LEAF);
    assert_int_equal(substream(9).event, 0);
    bench_sync(&bench, CFGI_CD | SID(1) | SSID(9), 0);
    assert_int_equal(substream(9).event, C_BAD_SUBSTREAMID);
}

/* ---- two levels of streams ---- */

static void two_level(unsigned log2size, unsigned split)
{
    bench_write(&bench, R_CR0, 0xc);
    bench.mmio.write64(bench.mmio.ctx, R_STRTAB_BASE, UINT64_C(0x80018000));
    bench_write(&bench, R_STRTAB_BASE_CFG, 1 << 16 | split << 6 | log2size);
    bench_write(&bench, R_CR0, 0xd);
    forget_config();
}

/* An entry of a table elsewhere, as stream 1 has it. */
static void poke_ste(uint64_t pa)
{
    bench_poke(&bench, pa, BENCH_STE_0(BENCH_CD));
    bench_poke(&bench, pa + 8, BENCH_STE_1);
}

/* Span n: 2^(n-1) entries; the table behind it is aligned to its size. */
static void a_level_1_descriptor_spans_as_many_streams_as_it_says(void **state)
{
    const uint64_t table = UINT64_C(0x8001c000);

    (void)state;
    two_level(10, 8);
    bench_poke(&bench, UINT64_C(0x80018000) + 8 * 2, table | 3);
    poke_ste(table + 64 * 3);
    assert_int_equal(event_of(0x203), 0);
    assert_int_equal(event_of(0x202), C_BAD_STE);
    assert_int_equal(event_of(0x204), C_BAD_STREAMID);
    assert_int_equal(event_of(0x103), C_BAD_STREAMID);
    assert_int_equal(event_of(0x400), C_BAD_STREAMID);
    /* Span greater than SPLIT + 1. */
    bench_poke(&bench, UINT64_C(0x80018000) + 8 * 2, table | 10);
    forget_config();
    assert_int_equal(event_of(0x203), C_BAD_STREAMID);
}

static void a_split_that_is_reserved_counts_as_6(void **state)
{
    const uint64_t table = UINT64_C(0x8001c000);

    (void)state;
    two_level(10, 7);
    bench_poke(&bench, UINT64_C(0x80018000) + 8 * 8, table | 7);
    poke_ste(table + 64 * 3);
    assert_int_equal(event_of(0x203), 0);
}

static void a_level_1_descriptor_is_cached_until_cfgi_ste_without_leaf(void **state)
{
    const uint64_t table = UINT64_C(0x8001c000);

    (void)state;
    two_level(10, 8);
    poke_ste(table);
    assert_int_equal(event_of(0x200), C_BAD_STREAMID);
    bench_poke(&bench, UINT64_C(0x80018000) + 8 * 2, table | 9);
    assert_int_equal(event_of(0x200), C_BAD_STREAMID);
    bench_sync(&bench, CFGI_STE | SID(0x200), LEAF);
    assert_int_equal(event_of(0x200), C_BAD_STREAMID);
    bench_sync(&bench, CFGI_STE | SID(0x200), 0);
    assert_int_equal(event_of(0x200), 0);
}

/* ---- what stays in the caches, and what each command takes out ---- */

/* Streams 1, 2 and 3 have been used, and are gone from memory; each is still there or not. */
static void use_and_clear(void)
{
    bench_stream(&bench, 1, BENCH_CD, BENCH_ASID);
    bench_stream(&bench, 2, BENCH_CD + 64, 8);
    bench_stream(&bench, 3, BENCH_CD + 128, 9);
    forget_config();
    for (uint32_t sid = 1; sid <= 3; sid++)
        assert_int_equal(event_of(sid), 0);
    for (uint32_t sid = 1; sid <= 3; sid++)
        bench_poke(&bench, STE(sid), 0);
}

static void assert_cached(bool one, bool two, bool three)
{
    const bool cached[] = {false, one, two, three};

    for (uint32_t sid = 1; sid <= 3; sid++)
        assert_int_equal(event_of(sid), cached[sid] ? 0 : C_BAD_STE);
}

static void an_ste_stays_until_a_command_names_its_stream(void **state)
{
    (void)state;
    use_and_clear();
    assert_cached(true, true, true);
    bench_sync(&bench, CFGI_STE | SID(2), LEAF);
    assert_cached(true, false, true);
    use_and_clear();
    bench_sync(&bench, CFGI_STE_RANGE | SID(2), 0); /* streams 2 and 3 */
    assert_cached(true, false, false);
    use_and_clear();
    bench_sync(&bench, CFGI_STE_RANGE | SID(3), 1); /* 0 to 3: low bits are ignored */
    assert_cached(false, false, false);
    use_and_clear();
    bench_sync(&bench, CFGI_STE_RANGE | SID(0x70000000), 31);
    assert_cached(false, false, false);
}

static void an_absent_ste_stays_absent_until_then(void **state)
{
    (void)state;
    assert_int_equal(event_of(2), C_BAD_STE);
    bench_stream(&bench, 2, BENCH_CD + 64, 8);
    assert_int_equal(event_of(2), C_BAD_STE);
    bench_sync(&bench, CFGI_STE | SID(1), LEAF);
    assert_int_equal(event_of(2), C_BAD_STE);
    bench_sync(&bench, CFGI_STE | SID(2), LEAF);
    assert_int_equal(event_of(2), 0);
}

static void a_cd_stays_until_a_command_names_its_stream(void **state)
{
    static const uint64_t commands[][2] = {
        {CFGI_CD | SID(1), LEAF},     {CFGI_CD_ALL | SID(1), 0},
        {CFGI_STE | SID(1), LEAF}, /* 4.3.1: its CDs go with it */
        {CFGI_STE_RANGE | SID(0), 0}, {CFGI_STE_RANGE, 31},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        bench_poke(&bench, BENCH_CD, BENCH_CD_0(BENCH_ASID));
        forget_config();
        assert_int_equal(event_of(1), 0);
        bench_poke(&bench, BENCH_CD, 0);
        assert_int_equal(event_of(1), 0);
        bench_sync(&bench, CFGI_CD | SID(2), 0);
        bench_sync(&bench, CFGI_CD | SID(1) | SSID(1), 0);
        bench_sync(&bench, CFGI_CD_ALL | SID(2), 0);
        bench_sync(&bench, CFGI_STE | SID(2), 0);
        bench_sync(&bench, 0x30, 0); /* TLBI_NSNH_ALL */
        assert_int_equal(event_of(1), 0);
        bench_sync(&bench, commands[i][0], commands[i][1]);
        assert_int_equal(event_of(1), C_BAD_CD);
    }
}

/* A CD that two streams share is cached for each of them. */
static void a_shared_cd_is_cached_once_for_each_stream(void **state)
{
    (void)state;
    bench_stream(&bench, 2, BENCH_CD, BENCH_ASID);
    assert_int_equal(event_of(1), 0);
    assert_int_equal(event_of(2), 0);
    bench_poke(&bench, BENCH_CD, 0);
    bench_sync(&bench, CFGI_CD | SID(1), LEAF);
    assert_int_equal(event_of(1), C_BAD_CD);
    assert_int_equal(event_of(2), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
#define TEST_SUBSTREAMS(name)                                                                      \
    cmocka_unit_test_setup_teardown(name, bench_setup_substreams, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(config_abort_aborts_without_an_event),
        TEST(config_bypass_leaves_addresses_as_they_are),
        TEST(an_illegal_ste_is_as_good_as_none),
        TEST(an_illegal_cd_is_reported_as_such),
        TEST(the_ends_of_what_a_cd_allows_are_allowed),
        TEST(a_fault_of_a_context_without_abort_looks_like_success),
        TEST(an_ste_overrides_privilege_and_instruction_where_it_may),
        TEST(without_substreams_s1cdmax_is_ignored),
        TEST_SUBSTREAMS(a_substream_picks_its_cd),
        TEST_SUBSTREAMS(a_transaction_without_a_substream_goes_as_s1dss_says),
        TEST_SUBSTREAMS(context_tables_can_have_two_levels),
        TEST(a_level_1_descriptor_spans_as_many_streams_as_it_says),
        TEST(a_split_that_is_reserved_counts_as_6),
        TEST(a_level_1_descriptor_is_cached_until_cfgi_ste_without_leaf),
        TEST(an_ste_stays_until_a_command_names_its_stream),
        TEST(an_absent_ste_stays_absent_until_then),
        TEST(a_cd_stays_until_a_command_names_its_stream),
        TEST(a_shared_cd_is_cached_once_for_each_stream),
    };

    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
