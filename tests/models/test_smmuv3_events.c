/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Every kind of event, provoked and compared with its record word by word (IHI 0070 7.3). Word 0:
 * number, SSV (11), SubstreamID (12), StreamID (32). Word 1: PnU (33), InD (34), RnW (35), CLASS
 * (40). Word 2: InputAddr. Word 3: FetchAddr.
 */
#include "smmuv3_bench.h"

#define READ     UINT64_C(0x0000000800000000)
#define CLASS_TT UINT64_C(0x0000010000000000)
#define CLASS_IN UINT64_C(0x0000020000000000)
#define OUTSIDE  UINT64_C(0x70000000) /* no memory there */

static void provoke(const struct smmuv3_access *access, const uint64_t record[4])
{
    struct smmuv3_result result = smmuv3_model_access(bench.smmu, access, NULL);

    assert_int_equal(result.outcome, SMMUV3_ABORTED);
    assert_int_equal(result.event, record[0] & 0xff);
    assert_true(result.recorded);
    bench_expect(&bench, record);
    bench_expect_none(&bench);
}

static void read_of(uint32_t sid, const uint64_t record[4])
{
    provoke(&(struct smmuv3_access){.sid = sid, .iova = BENCH_IOVA, .size = 8}, record);
}

static void f_uut_has_the_access_and_the_address(void **state)
{
    (void)state;
    provoke(
        &(struct smmuv3_access){
            .sid = 1, .iova = BENCH_IOVA, .size = 8, .priv = true, .kind = SMMUV3_UNSUPPORTED},
        (uint64_t[]){UINT64_C(0x100000001), READ | UINT64_C(0x200000000), BENCH_IOVA, 0});
}

/* LOG2SIZE 3: streams 0 to 7. */
static void c_bad_streamid_has_the_stream_and_no_more(void **state)
{
    (void)state;
    read_of(8, (uint64_t[]){UINT64_C(0x800000002), 0, 0, 0});
    read_of(0x12345678, (uint64_t[]){UINT64_C(0x1234567800000002), 0, 0, 0});
}

/* CR2.RECINVSID = 0 (6.3.12). */
static void c_bad_streamid_is_silent_unless_it_is_asked_for(void **state)
{
    struct smmuv3_access access = {.sid = 8, .size = 8};
    struct smmuv3_result result;

    (void)state;
    bench_write(&bench, R_CR0, 0xc);
    bench_write(&bench, R_CR2, 0);
    bench_write(&bench, R_CR0, 0xd);
    result = smmuv3_model_access(bench.smmu, &access, NULL);
    assert_int_equal(result.outcome, SMMUV3_ABORTED);
    assert_false(result.recorded);
    bench_expect_none(&bench);
}

static void f_ste_fetch_has_the_address_that_could_not_be_read(void **state)
{
    (void)state;
    bench_write(&bench, R_CR0, 0xc);
    bench.mmio.write64(bench.mmio.ctx, R_STRTAB_BASE, OUTSIDE);
    bench_write(&bench, R_CR0, 0xd);
    read_of(1, (uint64_t[]){UINT64_C(0x100000003), 0, 0, OUTSIDE + 64});
}

static void c_bad_ste_has_the_stream_and_no_more(void **state)
{
    (void)state;
    read_of(3, (uint64_t[]){UINT64_C(0x300000004), 0, 0, 0});
}

/* The substream that came with it is told, with SSV. */
static void c_bad_ste_of_a_substream_names_it(void **state)
{
    (void)state;
    provoke(&(struct smmuv3_access){.sid = 3, .ssid = 5, .ssid_valid = true, .size = 8},
            (uint64_t[]){UINT64_C(0x300005804), 0, 0, 0});
}

static void f_bad_ats_treq_has_the_address(void **state)
{
    (void)state;
    provoke(
        &(struct smmuv3_access){
            .sid = 1, .iova = BENCH_IOVA, .size = 8, .kind = SMMUV3_ATS_REQUEST},
        (uint64_t[]){UINT64_C(0x100000005), 0, BENCH_IOVA, 0});
}

/* S1CDMax 2, S1DSS terminate: only with a substream. */
static void f_stream_disabled_has_the_stream_and_no_more(void **state)
{
    (void)state;
    bench_poke(&bench, BENCH_STRTAB + 64, BENCH_STE_0(BENCH_CD) | UINT64_C(2) << 59);
    read_of(1, (uint64_t[]){UINT64_C(0x100000006), 0, 0, 0});
}

static void f_transl_forbidden_has_the_direction_and_the_address(void **state)
{
    (void)state;
    provoke(
        &(struct smmuv3_access){
            .sid = 1, .iova = BENCH_IOVA, .size = 8, .priv = true, .kind = SMMUV3_ATS_TRANSLATED},
        (uint64_t[]){UINT64_C(0x100000007), READ, BENCH_IOVA, 0});
}

/* Without SSV: the field is always valid here. */
static void c_bad_substreamid_has_the_substream_without_ssv(void **state)
{
    (void)state;
    provoke(&(struct smmuv3_access){.sid = 1, .ssid = 9, .ssid_valid = true, .size = 8},
            (uint64_t[]){UINT64_C(0x100009008), 0, 0, 0});
}

static void f_cd_fetch_has_the_address_that_could_not_be_read(void **state)
{
    (void)state;
    bench_poke(&bench, BENCH_STRTAB + 64, BENCH_STE_0(OUTSIDE));
    read_of(1, (uint64_t[]){UINT64_C(0x100000009), 0, 0, OUTSIDE});
}

static void c_bad_cd_has_the_stream_and_no_more(void **state)
{
    (void)state;
    bench_poke(&bench, BENCH_CD, 0);
    read_of(1, (uint64_t[]){UINT64_C(0x10000000a), 0, 0, 0});
}

static void f_walk_eabt_has_both_addresses_and_the_class_of_a_table(void **state)
{
    (void)state;
    bench_poke(&bench, BENCH_L2 + 8 * 3, OUTSIDE | BENCH_TABLE);
    read_of(1, (uint64_t[]){UINT64_C(0x10000000b), READ | CLASS_TT, BENCH_IOVA, OUTSIDE + 8 * 4});
}

static void f_translation_tells_the_kind_of_access(void **state)
{
    struct smmuv3_access access = {.sid = 1, .iova = 0x123456789000, .size = 8};

    (void)state;
    provoke(&access, (uint64_t[]){UINT64_C(0x100000010), READ | CLASS_IN, 0x123456789000, 0});
    access.write = true;
    provoke(&access, (uint64_t[]){UINT64_C(0x100000010), CLASS_IN, 0x123456789000, 0});
    access.priv = true;
    provoke(&access, (uint64_t[]){UINT64_C(0x100000010), CLASS_IN | UINT64_C(0x200000000),
                                  0x123456789000, 0});
    access.write = false;
    access.instr = true;
    provoke(&access, (uint64_t[]){UINT64_C(0x100000010), READ | CLASS_IN | UINT64_C(0x600000000),
                                  0x123456789000, 0});
}

static void the_faults_of_a_leaf_differ_in_number_only(void **state)
{
    const struct smmuv3_access write = {
        .sid = 1, .iova = BENCH_IOVA + 0x10, .size = 8, .write = true};

    (void)state;
    bench_poke(&bench, BENCH_L3 + 8 * 4, BENCH_PAGE | (BENCH_LEAF & ~UINT64_C(0x400)));
    provoke(&write, (uint64_t[]){UINT64_C(0x100000012), CLASS_IN, BENCH_IOVA + 0x10, 0});
    bench_poke(&bench, BENCH_L3 + 8 * 4, BENCH_PAGE | BENCH_LEAF | 0x80);
    provoke(&write, (uint64_t[]){UINT64_C(0x100000013), CLASS_IN, BENCH_IOVA + 0x10, 0});
}

static void f_addr_size_has_the_input_address(void **state)
{
    (void)state;
    bench_poke(&bench, BENCH_CD, BENCH_CD_0(7) & ~(UINT64_C(7) << 32)); /* IPS: 32 bits */
    bench_poke(&bench, BENCH_L3 + 8 * 4, UINT64_C(0x100000000) | BENCH_LEAF);
    read_of(1, (uint64_t[]){UINT64_C(0x100000011), READ | CLASS_IN, BENCH_IOVA, 0});
}

static void f_tlb_conflict_has_the_access_and_the_address(void **state)
{
    (void)state;
    smmuv3_model_set_faults(bench.smmu, &(struct smmuv3_faults){.tlb_conflict = {1, 0}});
    read_of(1, (uint64_t[]){UINT64_C(0x100000020), READ, BENCH_IOVA, 0});
}

static void f_cfg_conflict_has_the_stream_and_no_more(void **state)
{
    (void)state;
    smmuv3_model_set_faults(bench.smmu, &(struct smmuv3_faults){.cfg_conflict = {1, 0}});
    read_of(1, (uint64_t[]){UINT64_C(0x100000021), 0, 0, 0});
}

/* CD.R = 0 (5.4): the four faults of a walk are not recorded, other events are. */
static void a_context_may_ask_for_silence(void **state)
{
    const struct smmuv3_access access = {.sid = 1, .iova = 0x1000, .size = 8};
    struct smmuv3_result result;

    (void)state;
    bench_poke(&bench, BENCH_CD, BENCH_CD_0(7) & ~(UINT64_C(1) << 45));
    result = smmuv3_model_access(bench.smmu, &access, NULL);
    assert_int_equal(result.outcome, SMMUV3_ABORTED);
    assert_false(result.recorded);
    bench_expect_none(&bench);
    bench_poke(&bench, BENCH_L2 + 8 * 3, OUTSIDE | BENCH_TABLE);
    read_of(1, (uint64_t[]){UINT64_C(0x10000000b), READ | CLASS_TT, BENCH_IOVA, OUTSIDE + 8 * 4});
}

static void a_burst_stops_at_its_first_bad_page_and_reports_that(void **state)
{
    const struct smmuv3_access access = {.sid = 1, .iova = BENCH_IOVA + 0xff0, .size = 64};
    uint8_t bytes[64];
    struct smmuv3_result result;

    (void)state;
    result = smmuv3_model_access(bench.smmu, &access, bytes);
    assert_int_equal(result.outcome, SMMUV3_ABORTED);
    assert_int_equal(result.done, 16);
    assert_true(result.iova == BENCH_IOVA + 0x1000);
    bench_expect(&bench,
                 (uint64_t[]){UINT64_C(0x100000010), READ | CLASS_IN, BENCH_IOVA + 0x1000, 0});
    bench_expect_none(&bench);
}

static void every_event_has_its_name(void **state)
{
    static const struct {
        uint8_t number;
        const char *name;
    } names[] = {
        {0x01, "F_UUT"},
        {0x02, "C_BAD_STREAMID"},
        {0x03, "F_STE_FETCH"},
        {0x04, "C_BAD_STE"},
        {0x05, "F_BAD_ATS_TREQ"},
        {0x06, "F_STREAM_DISABLED"},
        {0x07, "F_TRANSL_FORBIDDEN"},
        {0x08, "C_BAD_SUBSTREAMID"},
        {0x09, "F_CD_FETCH"},
        {0x0a, "C_BAD_CD"},
        {0x0b, "F_WALK_EABT"},
        {0x10, "F_TRANSLATION"},
        {0x11, "F_ADDR_SIZE"},
        {0x12, "F_ACCESS"},
        {0x13, "F_PERMISSION"},
        {0x20, "F_TLB_CONFLICT"},
        {0x21, "F_CFG_CONFLICT"},
        {0x7f, "unknown event"},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_string_equal(smmuv3_event_name(names[i].number), names[i].name);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup_substreams, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(f_uut_has_the_access_and_the_address),
        TEST(c_bad_streamid_has_the_stream_and_no_more),
        TEST(c_bad_streamid_is_silent_unless_it_is_asked_for),
        TEST(f_ste_fetch_has_the_address_that_could_not_be_read),
        TEST(c_bad_ste_has_the_stream_and_no_more),
        TEST(c_bad_ste_of_a_substream_names_it),
        TEST(f_bad_ats_treq_has_the_address),
        TEST(f_stream_disabled_has_the_stream_and_no_more),
        TEST(f_transl_forbidden_has_the_direction_and_the_address),
        TEST(c_bad_substreamid_has_the_substream_without_ssv),
        TEST(f_cd_fetch_has_the_address_that_could_not_be_read),
        TEST(c_bad_cd_has_the_stream_and_no_more),
        TEST(f_walk_eabt_has_both_addresses_and_the_class_of_a_table),
        TEST(f_translation_tells_the_kind_of_access),
        TEST(the_faults_of_a_leaf_differ_in_number_only),
        TEST(f_addr_size_has_the_input_address),
        TEST(f_tlb_conflict_has_the_access_and_the_address),
        TEST(f_cfg_conflict_has_the_stream_and_no_more),
        TEST(a_context_may_ask_for_silence),
        TEST(a_burst_stops_at_its_first_bad_page_and_reports_that),
        TEST(every_event_has_its_name),
    };

    return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
