/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include "smmuv3/features.h"

#include <dmaspace/error.h>
#include <string.h>

/* What QEMU 7.2 says of its SMMUv3. */
static const struct smmu_idr qemu = {0x0d40101a, 0x02730010, 0x1404, 0x74};

static void qemus_smmu_is_read_right(void **state)
{
    struct smmu_features features;
    const char *why = NULL;
    (void)state;

    assert_int_equal(smmu_features_read(&qemu, &features, &why), 0);
    assert_int_equal(features.granules, 1u << 12 | 1u << 14 | 1u << 16);
    assert_int_equal(features.output_bits, 44);
    assert_int_equal(features.sid_bits, 16);
    assert_int_equal(features.asid_bits, 16);
    assert_int_equal(features.cmdq_lg2, 19);
    assert_int_equal(features.evtq_lg2, 19);
    assert_true(features.coherent);
    assert_true(features.range);
    assert_true(features.two_level);
    assert_false(features.hyp);
    assert_false(features.msi);
    assert_null(why);
}

struct refusal {
    struct smmu_idr flip; /* bits to flip in what QEMU says */
    const char *word;     /* what the reason has to name */
};

static const struct refusal refusals[] = {
    {{.idr0 = 1u << 1}, "IDR0.S1P"},
    {{.idr0 = 1u << 3}, "IDR0.TTF"},          /* none */
    {{.idr0 = 3u << 2}, "IDR0.TTF"},          /* AArch32 only */
    {{.idr0 = 1u << 21}, "IDR0.TTENDIAN"},    /* big-endian */
    {{.idr0 = 3u << 21}, "IDR0.TTENDIAN"},    /* reserved */
    {{.idr0 = 3u << 24}, "IDR0.STALL_MODEL"}, /* forced */
    {{.idr0 = 2u << 24}, "IDR0.STALL_MODEL"}, /* reserved */
    {{.idr1 = 1u << 29}, "IDR1"},
    {{.idr1 = 1u << 30}, "IDR1"},
    {{.idr1 = 19u << 21}, "IDR1.CMDQS"},
    {{.idr5 = 7u << 4}, "IDR5"},
};

static void what_cannot_be_driven_is_refused_with_the_register_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        struct smmu_idr idr = qemu;
        struct smmu_features features = {.sid_bits = 77};
        const char *why = "";

        idr.idr0 ^= refusals[i].flip.idr0;
        idr.idr1 ^= refusals[i].flip.idr1;
        idr.idr5 ^= refusals[i].flip.idr5;
        assert_int_equal(smmu_features_read(&idr, &features, &why), DMS_ENOTSUP);
        assert_non_null(strstr(why, refusals[i].word));
        assert_int_equal(features.sid_bits, 77);
    }
}

static void sizes_are_cut_down_to_what_the_driver_can_hold(void **state)
{
    struct smmu_idr idr = qemu;
    struct smmu_features features;
    const char *why;
    (void)state;

    idr.idr1 = 63 | 31u << 16 | 31u << 21;
    idr.idr5 |= 7;
    assert_int_equal(smmu_features_read(&idr, &features, &why), 0);
    assert_int_equal(features.sid_bits, 32);
    assert_int_equal(features.cmdq_lg2, 19);
    assert_int_equal(features.evtq_lg2, 19);
    assert_int_equal(features.output_bits, 48);
}

static void each_output_size_has_its_code(void **state)
{
    static const uint8_t bits[] = {32, 36, 40, 42, 44, 48, 48};
    (void)state;

    for (uint32_t oas = 0; oas < sizeof(bits); oas++) {
        struct smmu_idr idr = qemu;
        struct smmu_features features;
        const char *why;

        idr.idr5 = (idr.idr5 & ~7u) | oas;
        assert_int_equal(smmu_features_read(&idr, &features, &why), 0);
        assert_int_equal(features.output_bits, bits[oas]);
    }
}

static void every_option_is_off_when_its_bit_is(void **state)
{
    const struct smmu_idr bare = {1u << 1 | 2u << 2 | 2u << 21 | 1u << 24, 1u << 21, 0, 1u << 5};
    struct smmu_features features;
    const char *why;
    (void)state;

    assert_int_equal(smmu_features_read(&bare, &features, &why), 0);
    assert_int_equal(features.granules, 1u << 14);
    assert_int_equal(features.asid_bits, 8);
    assert_int_equal(features.sid_bits, 0);
    assert_false(features.coherent || features.range || features.two_level || features.hyp ||
                 features.msi);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(qemus_smmu_is_read_right),
        cmocka_unit_test(what_cannot_be_driven_is_refused_with_the_register_named),
        cmocka_unit_test(sizes_are_cut_down_to_what_the_driver_can_hold),
        cmocka_unit_test(each_output_size_has_its_code),
        cmocka_unit_test(every_option_is_off_when_its_bit_is),
    };

    return cmocka_run_group_tests_name("features", tests, NULL, NULL);
}
