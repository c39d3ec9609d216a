/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The TLB and the walk cache: what was used stays, whatever tables say, until a command names it
 * (IHI 0070 4.4). Each command takes no more than it must.
 */
#include "smmuv3_bench.h"

#define F_TRANSLATION 0x10

#define TLBI_NH_ALL   UINT64_C(0x10)
#define TLBI_NH_ASID  UINT64_C(0x11)
#define TLBI_NH_VA    UINT64_C(0x12)
#define TLBI_NH_VAA   UINT64_C(0x13)
#define TLBI_NSNH_ALL UINT64_C(0x30)
#define ASID(asid)    ((uint64_t)(asid) << 48)
#define NUM(n)        ((uint64_t)(n) << 12)
#define SCALE(n)      ((uint64_t)(n) << 20)
#define LEAF          UINT64_C(1)
#define TTL(n)        ((uint64_t)(n) << 8)
#define TG_4K         UINT64_C(0x400)
#define TG_16K        UINT64_C(0x800)
#define TG_64K        UINT64_C(0xc00)

#define PAGES         8
#define PAGE(n)       (BENCH_IOVA + 0x1000 * (uint64_t)(n))
#define ENTRY(n)      (BENCH_L3 + 8 * (4 + (uint64_t)(n)))
#define OTHER_CD      (BENCH_CD + 64)
#define OTHER         2
#define OTHER_ASID    8

static int start(void **state)
{
    bench_setup(state);
    bench_stream(&bench, OTHER, OTHER_CD, OTHER_ASID);
    return 0;
}

/* Both streams have used all pages, and then the tables lost them. */
static void use_and_clear(uint64_t flags)
{
    bench_sync(&bench, TLBI_NSNH_ALL, 0);
    for (unsigned n = 0; n < PAGES; n++)
        bench_poke(&bench, ENTRY(n), (BENCH_PAGE + 0x1000 * n) | BENCH_LEAF | flags);
    for (unsigned n = 0; n < PAGES; n++) {
        assert_true(bench_reaches(&bench, BENCH_SID, PAGE(n), BENCH_PAGE + 0x1000 * n));
        assert_true(bench_reaches(&bench, OTHER, PAGE(n), BENCH_PAGE + 0x1000 * n));
    }
    for (unsigned n = 0; n < PAGES; n++)
        bench_poke(&bench, ENTRY(n), 0);
}

/* Bit n: page n is still translated for the stream. */
static unsigned cached(uint32_t sid)
{
    unsigned pages = 0;

    for (unsigned n = 0; n < PAGES; n++)
        pages |= (unsigned)bench_reaches(&bench, sid, PAGE(n), BENCH_PAGE + 0x1000 * n) << n;
    bench_write(&bench, R_EVENTQ_CONS, bench_read(&bench, R_EVENTQ_PROD));
    return pages;
}

struct scope {
    uint64_t word0, word1;
    unsigned mine, others; /* what stays */
};

static const struct scope scopes[] = {
    {TLBI_NH_ALL, 0, 0x00, 0x00},
    {TLBI_NSNH_ALL, 0, 0x00, 0x00},
    {TLBI_NH_ASID | ASID(7), 0, 0x00, 0xff},
    {TLBI_NH_ASID | ASID(9), 0, 0xff, 0xff},
    {TLBI_NH_VA | ASID(7), PAGE(2) | LEAF, 0xfb, 0xff},
    {TLBI_NH_VA | ASID(7), PAGE(2), 0xfb, 0xff},
    {TLBI_NH_VA | ASID(9), PAGE(2) | LEAF, 0xff, 0xff},
    {TLBI_NH_VA | ASID(7), (PAGE(2) + 0x200000) | LEAF, 0xff, 0xff},
    {TLBI_NH_VAA, PAGE(2) | LEAF, 0xfb, 0xfb},
    /* (NUM + 1) << SCALE granules from the address on. */
    {TLBI_NH_VA | ASID(7) | NUM(0) | SCALE(1), PAGE(1) | TG_4K | LEAF, 0xf9, 0xff},
    {TLBI_NH_VA | ASID(7) | NUM(2) | SCALE(0), PAGE(1) | TG_4K | LEAF, 0xf1, 0xff},
    {TLBI_NH_VA | ASID(7) | NUM(2) | SCALE(1), PAGE(0) | TG_4K | LEAF, 0xc0, 0xff},
    {TLBI_NH_VA | ASID(7) | NUM(1) | SCALE(2), PAGE(0) | TG_4K | LEAF, 0x00, 0xff},
    {TLBI_NH_VA | ASID(7) | NUM(31) | SCALE(31), PAGE(5) | TG_4K | LEAF, 0x1f, 0xff},
    {TLBI_NH_VAA | NUM(1) | SCALE(0), PAGE(6) | TG_4K | LEAF, 0x3f, 0x3f},
    /* One granule needs a level; the level has to be that of the leaf. */
    {TLBI_NH_VA | ASID(7), PAGE(3) | TG_4K | TTL(3) | LEAF, 0xf7, 0xff},
    {TLBI_NH_VA | ASID(7) | NUM(3), PAGE(2) | TG_4K | TTL(3) | LEAF, 0xc3, 0xff},
    {TLBI_NH_VA | ASID(7) | NUM(3), UINT64_C(0x8080600000) | TG_4K | TTL(2) | LEAF, 0xff, 0xff},
    /* Another granule than that of the table. */
    {TLBI_NH_VA | ASID(7) | NUM(7), UINT64_C(0x8080600000) | TG_16K | LEAF, 0xff, 0xff},
    {TLBI_NH_VA | ASID(7) | NUM(7), UINT64_C(0x8080600000) | TG_64K | LEAF, 0xff, 0xff},
    /* With TG = 0, NUM and SCALE are none. */
    {TLBI_NH_VA | ASID(7) | NUM(3) | SCALE(1), PAGE(2) | LEAF, 0xfb, 0xff},
};

static void each_command_takes_what_it_names_and_no_more(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
        use_and_clear(0);
        bench_sync(&bench, scopes[i].word0, scopes[i].word1);
        if (cached(BENCH_SID) != scopes[i].mine || cached(OTHER) != scopes[i].others)
            print_message("# row %u: 0x%02x and 0x%02x stay\n", i, cached(BENCH_SID),
                          cached(OTHER));
        assert_int_equal(cached(BENCH_SID), scopes[i].mine);
        assert_int_equal(cached(OTHER), scopes[i].others);
    }
}

/* nG = 0 (bit 11): found for every ASID, and not taken by ASID. VA with an ASID takes it. */
static void a_global_page_is_everybody_s(void **state)
{
    const uint64_t global = UINT64_C(0x800);

    (void)state;
    for (unsigned n = 0; n < PAGES; n++)
        bench_poke(&bench, ENTRY(n), (BENCH_PAGE + 0x1000 * n) | (BENCH_LEAF & ~global));
    for (unsigned n = 0; n < PAGES; n++)
        assert_true(bench_reaches(&bench, BENCH_SID, PAGE(n), BENCH_PAGE + 0x1000 * n));
    for (unsigned n = 0; n < PAGES; n++)
        bench_poke(&bench, ENTRY(n), 0);
    assert_int_equal(cached(OTHER), 0xff);
    bench_sync(&bench, TLBI_NH_ASID | ASID(7), 0);
    bench_sync(&bench, TLBI_NH_ASID | ASID(8), 0);
    assert_int_equal(cached(OTHER), 0xff);
    bench_sync(&bench, TLBI_NH_VA | ASID(99), PAGE(4) | LEAF);
    assert_int_equal(cached(OTHER), 0xef);
    bench_sync(&bench, TLBI_NH_ALL, 0);
    assert_int_equal(cached(OTHER), 0x00);
}

/* An address anywhere in it takes a block (4.4, note); a range does where they meet. */
static void a_block_goes_as_a_whole(void **state)
{
    static const struct {
        uint64_t word0, word1;
        bool goes;
    } rows[] = {
        {TLBI_NH_VA | ASID(7), UINT64_C(0x80806ff000) | LEAF, true},
        {TLBI_NH_VA | ASID(7), UINT64_C(0x80805ff000) | LEAF, false},
        {TLBI_NH_VA | ASID(7) | NUM(1), UINT64_C(0x80805ff000) | TG_4K | LEAF, true},
        {TLBI_NH_VA | ASID(7), UINT64_C(0x8080600000) | TG_4K | TTL(2) | LEAF, true},
        {TLBI_NH_VA | ASID(7) | NUM(1), UINT64_C(0x8080600000) | TG_4K | TTL(3) | LEAF, false},
        /* Not aligned for its level: the range is UNPREDICTABLE, here empty. */
        {TLBI_NH_VA | ASID(7), UINT64_C(0x80806ff000) | TG_4K | TTL(2) | LEAF, false},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bench_sync(&bench, TLBI_NSNH_ALL, 0);
        bench_poke(&bench, BENCH_L2 + 8 * 3, BENCH_RAM | BENCH_LEAF_BLOCK);
        assert_true(bench_reaches(&bench, BENCH_SID, UINT64_C(0x8080640000), BENCH_RAM + 0x40000));
        bench_poke(&bench, BENCH_L2 + 8 * 3, 0);
        bench_sync(&bench, rows[i].word0, rows[i].word1);
        assert_int_equal(
            bench_reaches(&bench, BENCH_SID, UINT64_C(0x8080640000), BENCH_RAM + 0x40000),
            !rows[i].goes);
        bench_write(&bench, R_EVENTQ_CONS, bench_read(&bench, R_EVENTQ_PROD));
    }
}

/* What was read of tables on the way stays too: with Leaf, after the leaf has gone. */
static void a_table_descriptor_is_cached_until_a_command_without_leaf(void **state)
{
    static const struct {
        uint64_t word0, word1;
        bool goes;
    } rows[] = {
        {TLBI_NH_VA | ASID(7), PAGE(0) | LEAF, false},
        {TLBI_NH_VA | ASID(7), PAGE(0), true},
        {TLBI_NH_VA | ASID(7) | NUM(1), PAGE(0) | TG_4K | LEAF, false},
        {TLBI_NH_VA | ASID(7) | NUM(1), PAGE(0) | TG_4K, true},
        {TLBI_NH_VA | ASID(7) | NUM(1), PAGE(0) | TG_4K | TTL(3), true},
        {TLBI_NH_VA | ASID(8), PAGE(0), false},
        {TLBI_NH_VA | ASID(7), PAGE(0) + 0x200000, false},
        {TLBI_NH_VA | ASID(7), PAGE(0) + 0x1ff000 - 0x4000, true}, /* of the same table */
        {TLBI_NH_ASID | ASID(7), 0, true},
        {TLBI_NH_ALL, 0, true},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bench_tables(&bench);
        bench_sync(&bench, TLBI_NSNH_ALL, 0);
        assert_true(bench_reaches(&bench, BENCH_SID, PAGE(0), BENCH_PAGE));
        bench_poke(&bench, BENCH_L2 + 8 * 3, 0);
        bench_poke(&bench, ENTRY(1), (BENCH_PAGE + 0x1000) | BENCH_LEAF); /* in the old table */
        bench_sync(&bench, rows[i].word0, rows[i].word1);
        assert_int_equal(bench_reaches(&bench, BENCH_SID, PAGE(1), BENCH_PAGE + 0x1000),
                         !rows[i].goes);
        bench_write(&bench, R_EVENTQ_CONS, bench_read(&bench, R_EVENTQ_PROD));
    }
}

static void a_fault_is_not_cached(void **state)
{
    (void)state;
    assert_int_equal(bench_event_of(&bench, PAGE(1), false), F_TRANSLATION);
    bench_poke(&bench, ENTRY(1), (BENCH_PAGE + 0x1000) | BENCH_LEAF);
    assert_int_equal(bench_event_of(&bench, PAGE(1), false), 0);
}

static void old_permissions_stay_as_long_as_the_old_address(void **state)
{
    (void)state;
    use_and_clear(0);
    bench_poke(&bench, ENTRY(0), BENCH_PAGE | BENCH_LEAF | 0x80);
    assert_int_equal(bench_event_of(&bench, PAGE(0), true), 0);
    bench_sync(&bench, TLBI_NH_VA | ASID(7), PAGE(0) | LEAF);
    assert_int_equal(bench_event_of(&bench, PAGE(0), true), 0x13);
}

/* Consumed, but not complete before a CMD_SYNC is (4.7.3). */
static void an_invalidation_takes_effect_with_the_next_sync(void **state)
{
    (void)state;
    use_and_clear(0);
    bench_command(&bench, TLBI_NH_VA | ASID(7), PAGE(3) | LEAF);
    assert_int_equal(bench_read(&bench, R_CMDQ_CONS), bench_read(&bench, R_CMDQ_PROD));
    assert_int_equal(cached(BENCH_SID), 0xff);
    bench_command(&bench, 0x46, 0);
    assert_int_equal(cached(BENCH_SID), 0xf7);
}

static void the_tlb_can_be_asked_what_it_holds(void **state)
{
    (void)state;
    assert_false(smmuv3_model_tlb_holds(bench.smmu, 7, PAGE(0)));
    assert_true(bench_reaches(&bench, BENCH_SID, PAGE(0), BENCH_PAGE));
    assert_true(smmuv3_model_tlb_holds(bench.smmu, 7, PAGE(0) + 0xfff));
    assert_false(smmuv3_model_tlb_holds(bench.smmu, 8, PAGE(0)));
    assert_false(smmuv3_model_tlb_holds(bench.smmu, 7, PAGE(1)));
}

/* Without IDR3.RIL the fields of a range are RES0: one address, whatever they hold. */
static void without_ril_every_command_is_of_one_address(void **state)
{
    (void)state;
    bench_end(&bench);
    bench_init(&bench);
    bench.cfg.ril = false;
    bench_start(&bench);
    bench_stream(&bench, OTHER, OTHER_CD, OTHER_ASID);
    use_and_clear(0);
    bench_sync(&bench, TLBI_NH_VA | ASID(7) | NUM(3), PAGE(2) | TG_4K | LEAF);
    assert_int_equal(cached(BENCH_SID), 0xfb);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_command_takes_what_it_names_and_no_more),
        TEST(a_global_page_is_everybody_s),
        TEST(a_block_goes_as_a_whole),
        TEST(a_table_descriptor_is_cached_until_a_command_without_leaf),
        TEST(a_fault_is_not_cached),
        TEST(old_permissions_stay_as_long_as_the_old_address),
        TEST(an_invalidation_takes_effect_with_the_next_sync),
        TEST(the_tlb_can_be_asked_what_it_holds),
        TEST(without_ril_every_command_is_of_one_address),
    };

    return cmocka_run_group_tests_name("tlb", tests, NULL, NULL);
}
