/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A lazy unmap may leave access for a while, but never to what is mapped next at the same IOVA. */
#include "suite.h"

#define PAGE 0x1000u

static bool lazy_user(struct suite *suite, unsigned dma_mask_bits, size_t size,
                      struct suite_user *user)
{
    const struct dms_device_cfg cfg = {
        .coherence = DMS_COHERENCE_SNOOPS, .dma_mask_bits = (uint8_t)dma_mask_bits, .lazy = true};

    return suite_user(suite, 0, &cfg, size, user);
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
    struct suite_user user;
    dms_iova_t iova;

    if (!suite_start(suite, NULL) || !lazy_user(suite, 32, 5 * PAGE, &user))
        return;
    iova = suite_map(suite, user.dev, user.buffer, 5 * PAGE);
    for (unsigned i = 0; i < 5; i++)
        CHECK(suite, suite_writes(suite, 0, iova + i * PAGE, user.buffer + i * PAGE));
    lazy_unmap(suite, user.dev, iova, 5 * PAGE);
    CHECK_EQUAL(suite, withheld(suite, user.dev), 1);
    CHECK_EQUAL(suite, dms_flush(user.dev), 0);
    CHECK_EQUAL(suite, withheld(suite, user.dev), 0);
    for (unsigned i = 0; i < 5; i++)
        suite_write_faults(suite, 0, iova + i * PAGE, user.buffer + i * PAGE,
                           DMS_FAULT_TRANSLATION);
}

static void before_it_the_iova_is_not_handed_out_again(struct suite *suite)
{
    struct suite_user user;
    dms_iova_t old, new;

    if (!suite_start(suite, NULL) || !lazy_user(suite, 32, 2 * PAGE, &user))
        return;
    old = suite_map(suite, user.dev, user.buffer, PAGE);
    CHECK(suite, suite_writes(suite, 0, old, user.buffer));
    lazy_unmap(suite, user.dev, old, PAGE);
    new = suite_map(suite, user.dev, user.buffer + PAGE, PAGE);
    CHECK(suite, new != old);
    CHECK(suite, suite_writes(suite, 0, new, user.buffer + PAGE));
    CHECK_EQUAL(suite, dms_flush(user.dev), 0);
    suite_write_faults(suite, 0, old, user.buffer, DMS_FAULT_TRANSLATION);
    suite_unmap(suite, user.dev, new, PAGE);
}

/* In a space of 15 pages IOVAs come back soon, and only by a flush that the allocator asks for. */
static void an_iova_that_comes_back_leads_to_its_new_page_only(struct suite *suite)
{
    const unsigned pages = 64;
    struct suite_user user;
    dms_iova_t iova;

    if (!suite_start(suite, NULL) || !lazy_user(suite, 16, (size_t)pages * PAGE, &user))
        return;
    for (unsigned i = 0; i < pages; i++) {
        iova = suite_map(suite, user.dev, user.buffer + (size_t)i * PAGE, PAGE);
        CHECK(suite, suite_writes(suite, 0, iova + 4, user.buffer + (size_t)i * PAGE + 4));
        lazy_unmap(suite, user.dev, iova, PAGE);
    }
    CHECK_EQUAL(suite, dms_flush(user.dev), 0);
    suite_poll(suite);
    CHECK_EQUAL(suite, suite->nfaults, 0);
}

static void a_full_queue_is_flushed_by_itself(struct suite *suite)
{
    struct dms_dma_stats stats = {0};
    struct suite_user user;
    dms_iova_t first = 0;

    if (!suite_start(suite, NULL) || !lazy_user(suite, 32, PAGE, &user))
        return;
    for (unsigned i = 0; i <= DMS_LAZY_MAX_COUNT; i++) {
        dms_iova_t iova = suite_map(suite, user.dev, user.buffer, PAGE);

        if (i == 0) {
            first = iova;
            CHECK(suite, suite_writes(suite, 0, first, user.buffer));
        }
        lazy_unmap(suite, user.dev, iova, PAGE);
    }
    CHECK_EQUAL(suite, dms_dma_get_stats(user.dev, &stats), 0);
    CHECK(suite, stats.flushes >= 1);
    suite_write_faults(suite, 0, first, user.buffer, DMS_FAULT_TRANSLATION);
}

static void an_old_queue_is_flushed_when_the_host_asks(struct suite *suite)
{
    const struct dms_port *port = &suite->port;
    struct suite_user user;
    uint64_t start;

    if (!suite_start(suite, NULL) || !lazy_user(suite, 32, PAGE, &user))
        return;
    suite_use(suite, &user);
    lazy_unmap(suite, user.dev, user.iova, PAGE);
    start = port->now_ns(port->ctx);
    while (port->now_ns(port->ctx) - start <= DMS_LAZY_MAX_NS) {
        if (port->relax)
            port->relax(port->ctx);
    }
    CHECK_EQUAL(suite, dms_machine_flush_due(suite->devices), 0);
    suite_gone(suite, &user);
}

static void a_strict_unmap_of_a_lazy_function_does_not_wait(struct suite *suite)
{
    struct suite_user user;

    if (!suite_start(suite, NULL) || !lazy_user(suite, 32, PAGE, &user))
        return;
    suite_use(suite, &user);
    suite_lose(suite, &user);
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
