/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include "smmuv3/event.h"

#define RNW (UINT64_C(1) << 35)
#define IND (UINT64_C(1) << 34)
#define PNU (UINT64_C(1) << 33)

struct event_case {
    uint8_t type;
    enum dms_fault_reason reason;
    bool has_iova;
    bool has_access;
};

static const struct event_case event_cases[] = {
    {0x01, DMS_FAULT_FORBIDDEN, true, true},    {0x02, DMS_FAULT_BAD_STREAM, false, false},
    {0x03, DMS_FAULT_WALK_ABORT, false, false}, {0x04, DMS_FAULT_UNCONFIGURED, false, false},
    {0x05, DMS_FAULT_FORBIDDEN, true, false},   {0x06, DMS_FAULT_FORBIDDEN, false, false},
    {0x07, DMS_FAULT_FORBIDDEN, true, true},    {0x08, DMS_FAULT_BAD_SUBSTREAM, false, false},
    {0x09, DMS_FAULT_WALK_ABORT, false, false}, {0x0a, DMS_FAULT_CONFIG, false, false},
    {0x0b, DMS_FAULT_WALK_ABORT, true, true},   {0x10, DMS_FAULT_TRANSLATION, true, true},
    {0x11, DMS_FAULT_ADDRESS_SIZE, true, true}, {0x12, DMS_FAULT_ACCESS_FLAG, true, true},
    {0x13, DMS_FAULT_PERMISSION, true, true},   {0x20, DMS_FAULT_CONFLICT, true, true},
    {0x21, DMS_FAULT_CONFLICT, false, false},   {0x24, DMS_FAULT_UNKNOWN, false, false},
    {0x00, DMS_FAULT_UNKNOWN, false, false},    {0xff, DMS_FAULT_UNKNOWN, false, false},
};

static void every_stage_1_event_has_its_meaning(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(event_cases) / sizeof(event_cases[0]); i++) {
        const struct event_case *c = &event_cases[i];
        const uint64_t record[4] = {c->type | UINT64_C(0x1940) << 32, RNW, 0x123456789abc, 7};
        struct dms_iommu_event event = smmu_event_decode(record);

        assert_int_equal(event.reason, c->reason);
        assert_int_equal(event.sid, 0x1940);
        assert_int_equal(event.has_iova, c->has_iova);
        assert_int_equal(event.iova, c->has_iova ? 0x123456789abc : 0);
        assert_int_equal(event.access, c->has_access ? DMS_READ : 0);
        assert_memory_equal(event.raw, record, sizeof(record));
    }
}

static uint32_t access_of(uint64_t word1)
{
    const uint64_t record[4] = {0x10, word1, 0, 0};

    return smmu_event_decode(record).access;
}

static void an_access_is_described_by_its_three_bits(void **state)
{
    (void)state;
    assert_int_equal(access_of(0), DMS_WRITE);
    assert_int_equal(access_of(RNW), DMS_READ);
    assert_int_equal(access_of(RNW | IND), DMS_READ | DMS_EXEC);
    assert_int_equal(access_of(PNU), DMS_WRITE | DMS_PRIV);
    assert_int_equal(access_of(~(RNW | IND | PNU)), DMS_WRITE);
}

static void a_stream_id_may_have_32_bits(void **state)
{
    const uint64_t record[4] = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
    struct dms_iommu_event event = smmu_event_decode(record);
    (void)state;

    assert_int_equal(event.sid, 0xffffffff);
    assert_int_equal(event.reason, DMS_FAULT_UNKNOWN);
    assert_false(event.has_iova);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stage_1_event_has_its_meaning),
        cmocka_unit_test(an_access_is_described_by_its_three_bits),
        cmocka_unit_test(a_stream_id_may_have_32_bits),
    };

    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
