/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A lazy unmap may leave access for a while, but never to what is mapped next at the same IOVA. */
#include "suite.h"

#define PAGE 0x1000u

static struct dms_device *lazy_function(struct suite *suite, unsigned dma_mask_bits)
{
    const struct dms_device_cfg cfg = {
        .coherence = DMS_COHERENCE_SNOOPS, .dma_mask_bits = (uint8_t)dma_mask_bits, .lazy = true};

    return suite_function(suite, 0, &cfg);
}

static void lazy_unmap(struct suite *suite, struct dms_device *dev, dms_iova_t iova, size_t size)
{
    CHECK_EQUAL(suite, dms_unmap(dev, iova, size, NULL), 0);
}

static uint64_t withheld(struct suite *suite, struct dms_device *dev)
{
    struct dms_dma_stats stats = {0};

    CHECK_EQUAL(suite, dms_dma_get_stats(dev, &stats), 0);
    return stats.withheld;
}

static void after_a_flush_the_page_is_gone(struct suite *suite)
{
    struct dms_device *dev;
    uint8_t *buffer;
    dms_iova_t iova;

    if (!suite_start(suite, NULL))
        return;
    dev = lazy_function(suite, 32);
    buffer = suite_buffer(suite, 5 * PAGE);
    if (!dev || !buffer)
        return;
    iova = suite_map(suite, dev, buffer, 5 * PAGE);
    for (unsigned i = 0; i < 5; i++)
        CHECK(suite, suite_writes(suite, 0, iova + i * PAGE, buffer + i * PAGE));
    lazy_unmap(suite, dev, iova, 5 * PAGE);
    CHECK_EQUAL(suite, withheld(suite, dev), 1);
    CHECK_EQUAL(suite, dms_flush(dev), 0);
    CHECK_EQUAL(suite, withheld(suite, dev), 0);
    for (unsigned i = 0; i < 5; i++)
        suite_write_faults(suite, 0, iova + i * PAGE, buffer + i * PAGE, DMS_FAULT_TRANSLATION);
}

static void before_it_the_iova_is_not_handed_out_again(struct suite *suite)
{
    struct dms_device *dev;
    dms_iova_t old, new;
    uint8_t *buffer;

    if (!suite_start(suite, NULL))
        return;
    dev = lazy_function(suite, 32);
    buffer = suite_buffer(suite, 2 * PAGE);
    if (!dev || !buffer)
        return;
    old = suite_map(suite, dev, buffer, PAGE);
    CHECK(suite, suite_writes(suite, 0, old, buffer));
    lazy_unmap(suite, dev, old, PAGE);
    new = suite_map(suite, dev, buffer + PAGE, PAGE);
    CHECK(suite, new != old);
    CHECK(suite, suite_writes(suite, 0, new, buffer + PAGE));
    CHECK_EQUAL(suite, dms_flush(dev), 0);
    suite_write_faults(suite, 0, old, buffer, DMS_FAULT_TRANSLATION);
    suite_unmap(suite, dev, new, PAGE);
}

/* In a space of 15 pages IOVAs come back soon, and only by a flush that the allocator asks for. */
static void an_iova_that_comes_back_leads_to_its_new_page_only(struct suite *suite)
{
    const unsigned pages = 64;
    struct dms_device *dev;
    uint8_t *buffer;
    dms_iova_t iova;

    if (!suite_start(suite, NULL))
        return;
    dev = lazy_function(suite, 16);
    buffer = suite_buffer(suite, (size_t)pages * PAGE);
    if (!dev || !buffer)
        return;
    for (unsigned i = 0; i < pages; i++) {
        iova = suite_map(suite, dev, buffer + (size_t)i * PAGE, PAGE);
        CHECK(suite, suite_writes(suite, 0, iova + 4, buffer + (size_t)i * PAGE + 4));
        lazy_unmap(suite, dev, iova, PAGE);
    }
    CHECK_EQUAL(suite, dms_flush(dev), 0);
    suite_poll(suite);
    CHECK_EQUAL(suite, suite->nfaults, 0);
}

static void a_full_queue_is_flushed_by_itself(struct suite *suite)
{
    struct dms_dma_stats stats = {0};
    struct dms_device *dev;
    dms_iova_t first = 0;
    uint8_t *buffer;

    if (!suite_start(suite, NULL))
        return;
    dev = lazy_function(suite, 32);
    buffer = suite_buffer(suite, PAGE);
    if (!dev || !buffer)
        return;
    for (unsigned i = 0; i <= DMS_LAZY_MAX_COUNT; i++) {
        dms_iova_t iova = suite_map(suite, dev, buffer, PAGE);

        if (i == 0) {
            first = iova;
            CHECK(suite, suite_writes(suite, 0, first, buffer));
        }
        lazy_unmap(suite, dev, iova, PAGE);
    }
    CHECK_EQUAL(suite, dms_dma_get_stats(dev, &stats), 0);
    CHECK(suite, stats.flushes >= 1);
    suite_write_faults(suite, 0, first, buffer, DMS_FAULT_TRANSLATION);
}

static void an_old_queue_is_flushed_when_the_host_asks(struct suite *suite)
{
    const struct dms_port *port = &suite->port;
    struct dms_device *dev;
    uint8_t *buffer;
    dms_iova_t iova;
    uint64_t start;

    if (!suite_start(suite, NULL))
        return;
    dev = lazy_function(suite, 32);
    buffer = suite_buffer(suite, PAGE);
    if (!dev || !buffer)
        return;
    iova = suite_map(suite, dev, buffer, PAGE);
    CHECK(suite, suite_writes(suite, 0, iova, buffer));
    lazy_unmap(suite, dev, iova, PAGE);
    start = port->now_ns(port->ctx);
    while (port->now_ns(port->ctx) - start <= DMS_LAZY_MAX_NS) {
        if (port->relax)
            port->relax(port->ctx);
    }
    CHECK_EQUAL(suite, dms_machine_flush_due(suite->devices), 0);
    suite_write_faults(suite, 0, iova, buffer, DMS_FAULT_TRANSLATION);
}

static void a_strict_unmap_of_a_lazy_function_does_not_wait(struct suite *suite)
{
    struct dms_device *dev;
    uint8_t *buffer;
    dms_iova_t iova;

    if (!suite_start(suite, NULL))
        return;
    dev = lazy_function(suite, 32);
    buffer = suite_buffer(suite, PAGE);
    if (!dev || !buffer)
        return;
    iova = suite_map(suite, dev, buffer, PAGE);
    CHECK(suite, suite_writes(suite, 0, iova, buffer));
    suite_unmap(suite, dev, iova, PAGE);
    suite_write_faults(suite, 0, iova, buffer, DMS_FAULT_TRANSLATION);
}

const struct suite_test suite_unmap_lazy[] = {
    SUITE_TEST(after_a_flush_the_page_is_gone),
    SUITE_TEST(before_it_the_iova_is_not_handed_out_again),
    SUITE_TEST(an_iova_that_comes_back_leads_to_its_new_page_only),
    SUITE_TEST(a_full_queue_is_flushed_by_itself),
    SUITE_TEST(an_old_queue_is_flushed_when_the_host_asks),
    SUITE_TEST(a_strict_unmap_of_a_lazy_function_does_not_wait),
    {0},
};
