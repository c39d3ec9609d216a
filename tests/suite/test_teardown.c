/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A function that goes takes its access along, and leaves nothing to who comes after it. */
#include "suite.h"

#define PAGE 0x1000u
#define IOVA UINT64_C(0x20000000)

static const struct dms_dma_opts take = {.take = true};

/* A function on master 0 that has used buffer at IOVA. */
static struct dms_device *use(struct suite *suite, uint8_t *buffer)
{
    struct dms_device *dev = suite_function(suite, 0, NULL);

    if (!dev ||
        !CHECK_EQUAL(suite, dms_map_fixed(dev, IOVA, buffer, PAGE, DMS_BIDIRECTIONAL, &take), 0))
        return NULL;
    CHECK(suite, suite_writes(suite, 0, IOVA, buffer));
    return dev;
}

/* Somebody else keeps the second-level table, so that the stream is unconfigured, and no more. */
static uint8_t *begin(struct suite *suite)
{
    if (!suite_start(suite, NULL) || !suite_function(suite, 1, NULL))
        return NULL;
    return suite_buffer(suite, 2 * PAGE);
}

static void a_detached_stream_aborts(struct suite *suite)
{
    uint8_t *buffer = begin(suite);
    struct dms_device *dev = buffer ? use(suite, buffer) : NULL;
    struct dms_report report = {0};

    if (!dev)
        return;
    CHECK_EQUAL(suite, dms_detach(dev, &report), DMS_EBUSY);
    CHECK_EQUAL(suite, report.count, 1);
    CHECK(suite, suite_writes(suite, 0, IOVA, buffer));
    suite_unmap(suite, dev, IOVA, PAGE);
    CHECK_EQUAL(suite, dms_detach(dev, NULL), 0);
    suite_write_faults(suite, 0, IOVA, buffer, DMS_FAULT_UNCONFIGURED);
    suite_read_faults(suite, 0, IOVA, DMS_FAULT_UNCONFIGURED);
}

static void a_stream_of_a_destroyed_function_aborts(struct suite *suite)
{
    uint8_t *buffer = begin(suite);
    struct dms_device *dev = buffer ? use(suite, buffer) : NULL;
    struct dms_report report = {0};

    if (!dev)
        return;
    CHECK_EQUAL(suite, dms_device_destroy(dev, DMS_DESTROY_IDLE, &report), DMS_EBUSY);
    suite_function_destroy(suite, 0);
    suite_write_faults(suite, 0, IOVA, buffer, DMS_FAULT_UNCONFIGURED);
}

static void a_stream_s_next_function_reaches_its_own_memory_only(struct suite *suite)
{
    uint8_t *buffer = begin(suite);

    for (unsigned i = 0; buffer && i < 6; i++) {
        uint8_t *mine = buffer + (size_t)(i % 2) * PAGE;
        uint8_t *last = buffer + (size_t)((i + 1) % 2) * PAGE;
        uint32_t was = suite_word(last);

        if (!use(suite, mine))
            return;
        CHECK_EQUAL(suite, suite_word(last), was);
        suite_function_destroy(suite, 0);
        suite_write_faults(suite, 0, IOVA, mine, DMS_FAULT_UNCONFIGURED);
    }
}

/* Its ASID, and the memory of its tables, come back to the next. */
static void a_new_function_inherits_no_translation(struct suite *suite)
{
    uint8_t *buffer = begin(suite);

    for (unsigned i = 0; buffer && i < 3; i++) {
        if (!use(suite, buffer))
            return;
        suite_function_destroy(suite, 0);
        if (!suite_function(suite, 0, NULL))
            return;
        suite_write_faults(suite, 0, IOVA, buffer, DMS_FAULT_TRANSLATION);
        suite_function_destroy(suite, 0);
    }
}

/*
 * A domain keeps a few empty tables, and walk caches may lead to them, until it goes. The next one
 * with the same ASID has tables of its own.
 */
static void a_new_function_s_tables_are_walked_and_not_the_old_ones(struct suite *suite)
{
    uint8_t *buffer = begin(suite);

    for (unsigned i = 0; buffer && i < 4; i++) {
        struct dms_device *dev = use(suite, buffer);

        if (!dev)
            return;
        suite_unmap(suite, dev, IOVA, PAGE);
        suite_function_destroy(suite, 0);
        /* Takes up memory that the old tables were in. */
        if (!suite_function(suite, 2, NULL))
            return;
        CHECK_EQUAL(
            suite,
            dms_map_fixed(suite->functions[2], IOVA, buffer + PAGE, PAGE, DMS_BIDIRECTIONAL, &take),
            0);
        dev = use(suite, buffer);
        if (!dev)
            return;
        CHECK(suite, suite_writes(suite, 2, IOVA, buffer + PAGE));
        suite_function_destroy(suite, 0);
        suite_function_destroy(suite, 2);
    }
}

static void a_hundred_functions_come_and_go_without_a_trace(struct suite *suite)
{
    uint8_t *buffer = begin(suite);
    uint64_t live = suite->machine->live(suite->machine->ctx);

    for (unsigned i = 0; buffer && i < 100; i++) {
        if (!use(suite, buffer))
            return;
        suite_function_destroy(suite, 0);
        CHECK_EQUAL(suite, suite->machine->live(suite->machine->ctx), live);
    }
    suite_poll(suite);
    CHECK_EQUAL(suite, suite->nfaults, 0);
}

static void when_the_smmu_is_off_everything_aborts(struct suite *suite)
{
    const struct dms_port *port = &suite->port;
    dms_phys_t phys;
    uint8_t *page;

    if (suite_lacks(suite, SUITE_DISABLED_ABORTS) || !begin(suite))
        return;
    suite_stop(suite);
    page = port->table_alloc(port->ctx, PAGE, PAGE, &phys);
    if (!CHECK(suite, page != NULL))
        return;
    suite->machine->post(suite->machine->ctx, 0, phys.addr, 0x1234);
    CHECK_EQUAL(suite, suite_word(page), 0);
    port->table_free(port->ctx, page, PAGE);
}

const struct suite_test suite_teardown[] = {
    SUITE_TEST(a_detached_stream_aborts),
    SUITE_TEST(a_stream_of_a_destroyed_function_aborts),
    SUITE_TEST(a_stream_s_next_function_reaches_its_own_memory_only),
    SUITE_TEST(a_new_function_inherits_no_translation),
    SUITE_TEST(a_new_function_s_tables_are_walked_and_not_the_old_ones),
    SUITE_TEST(a_hundred_functions_come_and_go_without_a_trace),
    SUITE_TEST(when_the_smmu_is_off_everything_aborts),
    {0},
};
