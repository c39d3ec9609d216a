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
        struct suite_user user;

        if (!suite_start(suite, &options[i]) || !suite_user(suite, 0, NULL, 0x1000, &user))
            return;
        /* The queue wraps more than once. */
        for (unsigned n = 0; n < 20; n++) {
            suite_use(suite, &user);
            suite_unmap(suite, user.dev, user.iova, user.size);
        }
        suite_stop(suite);
    }
}

/* As a boot loader may leave it: enabled, with tables and queues that are long gone. */
static void one_that_was_left_running_is_taken_over(struct suite *suite)
{
    struct suite_user user;

    if (!suite_start(suite, &(struct suite_options){.cmdq_lg2 = 3, .evtq_lg2 = 3}))
        return;
    suite_stop(suite);
    suite_write_register(suite, SMMU_CR0, 0xd);
    if (!suite_start(suite, NULL) || !suite_user(suite, 0, NULL, 0x1000, &user))
        return;
    suite_use(suite, &user);
    suite_write_faults(suite, 0, user.iova + 0x1000, NULL, DMS_FAULT_TRANSLATION);
}

/*
 * 5.2: V, and Config says bypass. 512 streams of that kind, in one level (6.3.25: LOG2SIZE 9) or in
 * two (SPLIT 8; 5.1: Span 9, so 256 entries behind each descriptor).
 */
static void let_everything_bypass(const struct suite *suite, uint64_t *table, uint64_t phys)
{
    bool two_level = suite->machine->strtab == DMS_SMMUV3_STRTAB_TWO_LEVEL;
    uint64_t *first = table + 0x8000 / 8;

    for (unsigned i = 0; i < 512; i++)
        ((volatile uint64_t *)table)[8 * i] = 4 << 1 | 1;
    for (unsigned i = 0; i < 2; i++)
        ((volatile uint64_t *)first)[i] = (phys + 0x4000 * i) | 9;
    suite_write_register64(suite, SMMU_STRTAB_BASE, two_level ? phys + 0x8000 : phys);
    suite_write_register(suite, SMMU_STRTAB_BASE_CFG, two_level ? 1 << 16 | 8 << 6 | 9 : 9);
    suite_write_register(suite, SMMU_CR0, 1);
}

/* What a boot loader let through, and the SMMU has cached, is over when the driver comes. */
static void streams_that_bypassed_before_abort_afterwards(struct suite *suite)
{
    const struct dms_port *port = &suite->port;
    dms_phys_t table_phys, phys;
    uint64_t *table;
    uint8_t *page;

    /* Nothing is cached now. */
    if (!suite_start(suite, NULL))
        return;
    suite_stop(suite);
    table = port->table_alloc(port->ctx, 0x10000, 0x10000, &table_phys);
    page = port->table_alloc(port->ctx, 0x1000, 0x1000, &phys);
    if (!CHECK(suite, table != NULL) || !CHECK(suite, page != NULL))
        return;
    let_everything_bypass(suite, table, table_phys.addr);
    CHECK(suite, suite_writes(suite, 0, phys.addr, page));
    if (suite_start(suite, NULL)) {
        uint32_t was = suite_word(page);

        suite->machine->post(suite->machine->ctx, 0, phys.addr, (uint16_t)~was);
        CHECK_EQUAL(suite, suite_word(page), was);
        suite_poll(suite);
        CHECK_EQUAL(suite, suite->nfaults, 1);
        CHECK_EQUAL(suite, suite->faults[0].reason, suite_no_stream(suite));
    }
    port->table_free(port->ctx, page, 0x1000);
    port->table_free(port->ctx, table, 0x10000);
}

const struct suite_test suite_bringup[] = {
    SUITE_TEST(the_instance_offers_what_the_id_registers_say),
    SUITE_TEST(it_is_enabled_and_has_acknowledged_that),
    SUITE_TEST(the_stream_table_has_the_format_of_this_run),
    SUITE_TEST(it_comes_up_again_after_it_was_taken_down),
    SUITE_TEST(one_that_was_left_running_is_taken_over),
    SUITE_TEST(streams_that_bypassed_before_abort_afterwards),
    {0},
};
