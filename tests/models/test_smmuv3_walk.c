/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Stage 1 walks through tables written by hand: levels, granules, permissions (Arm ARM D8, IHI 0070
 * 5.4).
 */
#include "smmuv3_bench.h"

#define F_TRANSLATION 0x10
#define F_ADDR_SIZE   0x11
#define F_ACCESS      0x12
#define F_PERMISSION  0x13

/* Cached translations of the last step are gone: CMD_TLBI_NSNH_ALL, CMD_CFGI_ALL. */
static void forget(struct bench *b)
{
    bench_sync(b, 0x30, 0);
    bench_sync(b, 0x04, 31);
    bench_write(b, R_EVENTQ_CONS, bench_read(b, R_EVENTQ_PROD));
}

static void a_walk_of_four_levels_ends_at_its_page(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b);
    bench_start(&b);
    assert_true(bench_reaches(&b, BENCH_SID, BENCH_IOVA, BENCH_PAGE));
    assert_true(bench_reaches(&b, BENCH_SID, BENCH_IOVA + 0xff8, BENCH_PAGE + 0xff8));
    assert_int_equal(bench_event_of(&b, BENCH_IOVA + 0x1000, false), F_TRANSLATION);
    assert_int_equal(bench_event_of(&b, BENCH_IOVA - 8, false), F_TRANSLATION);
    assert_int_equal(bench_event_of(&b, BENCH_IOVA + 0x200000, false), F_TRANSLATION);
    assert_int_equal(bench_event_of(&b, BENCH_IOVA + 0x40000000, false), F_TRANSLATION);
    bench_end(&b);
}

static void blocks_of_level_1_and_2_translate_all_their_bytes(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b);
    bench_start(&b);
    bench_poke(&b, BENCH_L2 + 8 * 3, UINT64_C(0x80000000) | BENCH_LEAF_BLOCK);
    assert_true(bench_reaches(&b, BENCH_SID, UINT64_C(0x8080600000), 0x80000000));
    assert_true(bench_reaches(&b, BENCH_SID, UINT64_C(0x80807ffff8), 0x801ffff8));
    forget(&b);
    bench_poke(&b, BENCH_L1 + 8 * 2, UINT64_C(0x80000000) | BENCH_LEAF_BLOCK);
    assert_true(bench_reaches(&b, BENCH_SID, UINT64_C(0x8080000000), 0x80000000));
    assert_true(bench_reaches(&b, BENCH_SID, UINT64_C(0x80800ffff8), 0x800ffff8));
    forget(&b);
    /* There are no blocks at level 0 of this granule. */
    bench_poke(&b, BENCH_L0 + 8 * 1, UINT64_C(0x80000000) | BENCH_LEAF_BLOCK);
    assert_int_equal(bench_event_of(&b, BENCH_IOVA, false), F_TRANSLATION);
    forget(&b);
    /* And at level 3 a descriptor whose bit 1 is clear is invalid. */
    bench_tables(&b);
    bench_poke(&b, BENCH_L3 + 8 * 4, BENCH_PAGE | BENCH_LEAF_BLOCK);
    assert_int_equal(bench_event_of(&b, BENCH_IOVA, false), F_TRANSLATION);
    bench_end(&b);
}

/* A block's last bytes are outside of RAM: translated, and refused by memory. */
static void a_translation_to_where_nothing_is_is_a_bus_error_and_no_event(void **state)
{
    struct bench b;
    uint64_t word;
    const struct smmuv3_access access = {.sid = 1, .iova = UINT64_C(0x80807ffff8), .size = 8};
    struct smmuv3_result result;

    (void)state;
    bench_init(&b);
    bench_start(&b);
    bench_poke(&b, BENCH_L2 + 8 * 3, UINT64_C(0x80000000) | BENCH_LEAF_BLOCK);
    result = smmuv3_model_access(b.smmu, &access, &word);
    assert_int_equal(result.outcome, SMMUV3_BUS_ERROR);
    assert_int_equal(result.pa, 0x801ffff8);
    bench_expect_none(&b);
    bench_end(&b);
}

/*
 * 16 KiB: T0SZ 28 is 36 bits, level 2 (25 bits on) and 3. TG0 = 2. 64 KiB: 42 bits, level 2 (29 on)
 * and 3. TG0 = 1.
 */
static void the_other_granules_have_levels_of_their_own(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b);
    bench_start(&b);
    bench_poke(&b, BENCH_CD, (BENCH_CD_0(BENCH_ASID) & ~UINT64_C(0x3f)) | 2 << 6 | 28);
    bench_poke(&b, BENCH_CD + 8, BENCH_L0);
    bench_poke(&b, BENCH_L0 + 8 * 5, UINT64_C(0x80014000) | BENCH_TABLE);
    bench_poke(&b, UINT64_C(0x80014000) + 8 * 9, UINT64_C(0x80024000) | BENCH_LEAF);
    assert_true(bench_reaches(&b, 1, (UINT64_C(5) << 25) + (9 << 14) + 0x3ff8, 0x80027ff8));
    assert_int_equal(bench_event_of(&b, (UINT64_C(5) << 25) + (10 << 14), false), F_TRANSLATION);
    forget(&b);
    bench_poke(&b, BENCH_CD, (BENCH_CD_0(BENCH_ASID) & ~UINT64_C(0x3f)) | 1 << 6 | 22);
    bench_poke(&b, BENCH_L0 + 8 * 3, UINT64_C(0x80030000) | BENCH_TABLE);
    bench_poke(&b, UINT64_C(0x80030000) + 8 * 7, UINT64_C(0x80040000) | BENCH_LEAF);
    assert_true(bench_reaches(&b, 1, (UINT64_C(3) << 29) + (7 << 16) + 0xfff8, 0x8004fff8));
    bench_end(&b);
}

/* T0SZ 25: 39 bits, so that the walk begins at level 1. */
static void an_address_beyond_t0sz_is_not_walked(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b);
    bench_start(&b);
    bench_poke(&b, BENCH_CD, (BENCH_CD_0(BENCH_ASID) & ~UINT64_C(0x3f)) | 25);
    bench_poke(&b, BENCH_CD + 8, BENCH_L1);
    assert_true(bench_reaches(&b, 1, UINT64_C(0x80604000), BENCH_PAGE));
    assert_int_equal(bench_event_of(&b, BENCH_IOVA, false), F_TRANSLATION);
    bench_end(&b);
}

/* EPD1 = 0, T1SZ 16, TG1 = 2 (4 KiB), TTB1: the top half of the address space. */
static void the_upper_half_has_a_table_of_its_own(void **state)
{
    const uint64_t high = UINT64_C(0xffff000000000000) | BENCH_IOVA;
    struct bench b;

    (void)state;
    bench_init(&b);
    bench_start(&b);
    assert_int_equal(bench_event_of(&b, high, false), F_TRANSLATION);
    forget(&b);
    bench_poke(&b, BENCH_CD, (BENCH_CD_0(BENCH_ASID) & ~(UINT64_C(1) << 30)) | 2 << 22 | 16 << 16);
    bench_poke(&b, BENCH_CD + 16, BENCH_L0);
    assert_true(bench_reaches(&b, 1, high, BENCH_PAGE));
    assert_true(bench_reaches(&b, 1, BENCH_IOVA, BENCH_PAGE));
    bench_end(&b);
}

/* TBI0, bit 38 of the CD: the top byte may be anything, and is in the record as it came. */
static void an_ignored_top_byte_does_not_take_part(void **state)
{
    const uint64_t tagged = UINT64_C(0x5a) << 56;
    struct bench b;

    (void)state;
    bench_init(&b);
    bench_start(&b);
    assert_int_equal(bench_event_of(&b, tagged | BENCH_IOVA, false), F_TRANSLATION);
    forget(&b);
    bench_poke(&b, BENCH_CD, BENCH_CD_0(BENCH_ASID) | UINT64_C(1) << 38);
    assert_true(bench_reaches(&b, 1, tagged | BENCH_IOVA, BENCH_PAGE));
    assert_int_equal(bench_event_of(&b, tagged | (BENCH_IOVA + 0x1000), false), F_TRANSLATION);
    bench_expect(&b, (uint64_t[]){UINT64_C(0x100000010), UINT64_C(0x20800000000),
                                  tagged | (BENCH_IOVA + 0x1000), 0});
    bench_end(&b);
}

/* IPS 32 bits (0), and 36 (1): neither a leaf nor a table may lie beyond. */
static void an_output_address_beyond_ips_is_an_address_size_fault(void **state)
{
    const uint64_t far = UINT64_C(0x100000000);
    struct bench b;

    (void)state;
    bench_init(&b);
    bench_start(&b);
    bench_poke(&b, BENCH_L3 + 8 * 4, far | BENCH_LEAF);
    bench_poke(&b, BENCH_CD, BENCH_CD_0(BENCH_ASID) & ~(UINT64_C(7) << 32));
    assert_int_equal(bench_event_of(&b, BENCH_IOVA, false), F_ADDR_SIZE);
    forget(&b);
    bench_poke(&b, BENCH_CD, (BENCH_CD_0(BENCH_ASID) & ~(UINT64_C(7) << 32)) | UINT64_C(1) << 32);
    assert_true(bench_reaches(&b, 1, BENCH_IOVA, far));
    forget(&b);
    bench_poke(&b, BENCH_CD, BENCH_CD_0(BENCH_ASID) & ~(UINT64_C(7) << 32));
    bench_poke(&b, BENCH_L2 + 8 * 3, far | BENCH_TABLE);
    assert_int_equal(bench_event_of(&b, BENCH_IOVA, false), F_ADDR_SIZE);
    bench_end(&b);
}

/* AF is bit 10 of the descriptor, AFFD bit 35 of the CD. */
static void a_page_without_its_access_flag_faults_unless_affd_says_otherwise(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b);
    bench_start(&b);
    bench_poke(&b, BENCH_L3 + 8 * 4, BENCH_PAGE | (BENCH_LEAF & ~UINT64_C(0x400)));
    assert_int_equal(bench_event_of(&b, BENCH_IOVA, false), F_ACCESS);
    forget(&b);
    bench_poke(&b, BENCH_CD, BENCH_CD_0(BENCH_ASID) | UINT64_C(1) << 35);
    assert_true(bench_reaches(&b, 1, BENCH_IOVA, BENCH_PAGE));
    bench_end(&b);
}

/* ---- permissions ---- */

#define USER     0
#define PRIV     1
#define READ     0
#define WRITE    1
#define FETCH    2
#define AP_USER  UINT64_C(0x40)
#define AP_RO    UINT64_C(0x80)
#define UXN      (UINT64_C(1) << 54)
#define PXN      (UINT64_C(1) << 53)
#define CD_WXN   (UINT64_C(1) << 36)
#define CD_PAN   (UINT64_C(1) << 40)
#define APTABLE1 (UINT64_C(1) << 62) /* read-only below */
#define APTABLE0 (UINT64_C(1) << 61) /* no user access below */
#define UXNTABLE (UINT64_C(1) << 60)
#define PXNTABLE (UINT64_C(1) << 59)

struct permission {
    uint64_t leaf;  /* AP, UXN, PXN */
    uint64_t table; /* of the level-2 descriptor */
    uint64_t cd;
    /* [unprivileged, privileged][read, write, fetch]: what is allowed. */
    bool allowed[2][3];
};

static const struct permission permissions[] = {
    {0, 0, 0, {{0, 0, 1}, {1, 1, 1}}},
    {AP_USER, 0, 0, {{1, 1, 1}, {1, 1, 0}}}, /* what users may write, privilege must not run */
    {AP_RO, 0, 0, {{0, 0, 1}, {1, 0, 1}}},
    {AP_RO | AP_USER, 0, 0, {{1, 0, 1}, {1, 0, 1}}},
    {AP_RO | AP_USER | UXN, 0, 0, {{1, 0, 0}, {1, 0, 1}}},
    {AP_RO | AP_USER | PXN, 0, 0, {{1, 0, 1}, {1, 0, 0}}},
    {AP_USER, APTABLE1, 0, {{1, 0, 1}, {1, 0, 1}}},
    {AP_USER, APTABLE0, 0, {{0, 0, 1}, {1, 1, 1}}},
    {AP_RO | AP_USER, UXNTABLE, 0, {{1, 0, 0}, {1, 0, 1}}},
    {AP_RO | AP_USER, PXNTABLE, 0, {{1, 0, 1}, {1, 0, 0}}},
    {AP_USER, 0, CD_WXN, {{1, 1, 0}, {1, 1, 0}}},
    {0, 0, CD_WXN, {{0, 0, 1}, {1, 1, 0}}},
    {AP_RO | AP_USER, 0, CD_WXN, {{1, 0, 1}, {1, 0, 1}}},
    {AP_USER, 0, CD_PAN, {{1, 1, 1}, {0, 0, 0}}},
    {0, 0, CD_PAN, {{0, 0, 1}, {1, 1, 1}}},
};

static void try_all_accesses(struct bench *b, const struct permission *p, unsigned row)
{
    for (unsigned priv = USER; priv <= PRIV; priv++) {
        for (unsigned kind = READ; kind <= FETCH; kind++) {
            const struct smmuv3_access access = {.sid = 1,
                                                 .iova = BENCH_IOVA,
                                                 .size = 8,
                                                 .write = kind == WRITE,
                                                 .instr = kind == FETCH,
                                                 .priv = priv == PRIV};
            uint8_t event = smmuv3_model_access(b->smmu, &access, NULL).event;

            if (event != (p->allowed[priv][kind] ? 0 : F_PERMISSION))
                print_message("# row %u, privileged %u, kind %u: event 0x%x\n", row, priv, kind,
                              event);
            assert_int_equal(event, p->allowed[priv][kind] ? 0 : F_PERMISSION);
        }
    }
}

static void permissions_of_leaf_tables_and_context_come_together(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b);
    bench_start(&b);
    for (unsigned i = 0; i < sizeof(permissions) / sizeof(permissions[0]); i++) {
        const struct permission *p = &permissions[i];

        bench_poke(&b, BENCH_CD, BENCH_CD_0(BENCH_ASID) | p->cd);
        bench_poke(&b, BENCH_L2 + 8 * 3, BENCH_L3 | BENCH_TABLE | p->table);
        bench_poke(&b, BENCH_L3 + 8 * 4, BENCH_PAGE | 0xf03 | p->leaf);
        forget(&b);
        try_all_accesses(&b, p, i);
        try_all_accesses(&b, p, i); /* now out of the TLB */
    }
    bench_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_of_four_levels_ends_at_its_page),
        cmocka_unit_test(blocks_of_level_1_and_2_translate_all_their_bytes),
        cmocka_unit_test(a_translation_to_where_nothing_is_is_a_bus_error_and_no_event),
        cmocka_unit_test(the_other_granules_have_levels_of_their_own),
        cmocka_unit_test(an_address_beyond_t0sz_is_not_walked),
        cmocka_unit_test(the_upper_half_has_a_table_of_its_own),
        cmocka_unit_test(an_ignored_top_byte_does_not_take_part),
        cmocka_unit_test(an_output_address_beyond_ips_is_an_address_size_fault),
        cmocka_unit_test(a_page_without_its_access_flag_faults_unless_affd_says_otherwise),
        cmocka_unit_test(permissions_of_leaf_tables_and_context_come_together),
    };

    return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
