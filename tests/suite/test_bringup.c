/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Bring-up: what the ID registers say is what the instance offers, and it works from any state. */
#include "registers.h"
#include "suite.h"

/* IHI 0070 6.3.6: IDR5.OAS. */
static unsigned output_bits(uint32_t idr5)
{
    static const uint8_t bits[8] = {32, 36, 40, 42, 44, 48, 52, 0};

    return bits[suite_field(idr5, 2, 0)];
}

static uint32_t granules(uint32_t idr5)
{
    return suite_field(idr5, 4, 4) << 12 | suite_field(idr5, 5, 5) << 14 |
           suite_field(idr5, 6, 6) << 16;
}

static void the_instance_offers_what_the_id_registers_say(struct suite *suite)
{
    uint32_t idr5 = suite_register(suite, SMMU_IDR5);
    const struct dms_iommu_caps *caps;

    if (!suite_start(suite, NULL))
        return;
    caps = &suite->iommu->caps;
    CHECK_EQUAL(suite, caps->granules, granules(idr5));
    /* The driver's tables have no 52-bit addresses. */
    CHECK_EQUAL(suite, caps->output_bits, output_bits(idr5) > 48 ? 48 : output_bits(idr5));
    CHECK_EQUAL(suite, caps->coherent_walk, suite_field(suite_register(suite, SMMU_IDR0), 4, 4));
    CHECK_EQUAL(suite, caps->range_invalidate,
                suite_field(suite_register(suite, SMMU_IDR3), 10, 10));
    suite_note_value(suite, "granules", caps->granules);
    suite_note_value(suite, "stream ID bits", suite_field(suite_register(suite, SMMU_IDR1), 5, 0));
}

static void it_is_enabled_and_has_acknowledged_that(struct suite *suite)
{
    if (!suite_start(suite, NULL))
        return;
    /* Commands, events, translation. */
    CHECK_EQUAL(suite, suite_register(suite, SMMU_CR0) & 0xd, 0xd);
    CHECK_EQUAL(suite, suite_register(suite, SMMU_CR0ACK), suite_register(suite, SMMU_CR0));
    CHECK_EQUAL(suite, suite_register(suite, SMMU_GERROR), suite_register(suite, SMMU_GERRORN));
}

static void the_stream_table_has_the_format_of_this_run(struct suite *suite)
{
    uint32_t cfg;

    if (!suite_start(suite, NULL))
        return;
    cfg = suite_register(suite, SMMU_STRTAB_BASE_CFG);
    CHECK_EQUAL(suite, suite_field(cfg, 17, 16),
                suite->machine->strtab == DMS_SMMUV3_STRTAB_TWO_LEVEL);
    CHECK_EQUAL(suite, suite_field(cfg, 5, 0), 9);
}

static void it_comes_up_again_after_it_was_taken_down(struct suite *suite)
{
    /* Queues of other sizes, so that nothing of the last life fits by chance. */
    const struct suite_options options[] = {{.cmdq_lg2 = 3, .evtq_lg2 = 4}, {.cmdq_lg2 = 6}, {0}};

    for (unsigned i = 0; i < 3; i++) {
        struct dms_device *dev;
        uint8_t *buffer;
        dms_iova_t iova;

        if (!suite_start(suite, &options[i]))
            return;
        dev = suite_function(suite, 0, NULL);
        buffer = suite_buffer(suite, 0x1000);
        if (!dev || !buffer)
            return;
        iova = suite_map(suite, dev, buffer, 0x1000);
        /* The queue wraps more than once. */
        for (unsigned n = 0; n < 20; n++) {
            CHECK(suite, suite_writes(suite, 0, iova + 4 * n, buffer + 4 * n));
            suite_unmap(suite, dev, iova, 0x1000);
            iova = suite_map(suite, dev, buffer, 0x1000);
        }
        suite_unmap(suite, dev, iova, 0x1000);
        suite_stop(suite);
    }
}

/* As a boot loader may leave it: enabled, with tables and queues that are long gone. */
static void one_that_was_left_running_is_taken_over(struct suite *suite)
{
    const struct dms_mmio *mmio = &suite->machine->mmio;
    struct dms_device *dev;
    uint8_t *buffer;
    dms_iova_t iova;

    if (!suite_start(suite, &(struct suite_options){.cmdq_lg2 = 3, .evtq_lg2 = 3}))
        return;
    suite_stop(suite);
    mmio->write32(mmio->ctx, SMMU_CR0, 0xd);
    if (!suite_start(suite, NULL))
        return;
    dev = suite_function(suite, 0, NULL);
    buffer = suite_buffer(suite, 0x1000);
    if (!dev || !buffer)
        return;
    iova = suite_map(suite, dev, buffer, 0x1000);
    CHECK(suite, suite_writes(suite, 0, iova, buffer));
    suite_write_faults(suite, 0, iova + 0x1000, NULL, DMS_FAULT_TRANSLATION);
}

const struct suite_test suite_bringup[] = {
    SUITE_TEST(the_instance_offers_what_the_id_registers_say),
    SUITE_TEST(it_is_enabled_and_has_acknowledged_that),
    SUITE_TEST(the_stream_table_has_the_format_of_this_run),
    SUITE_TEST(it_comes_up_again_after_it_was_taken_down),
    SUITE_TEST(one_that_was_left_running_is_taken_over),
    {0},
};
