/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Reserved regions and windows are never handed out, not even when nothing else is left. */
#include "suite.h"

#define PAGE  0x1000u
#define PAGES 256u /* of a 20-bit DMA mask */

/* What exhaust has mapped. */
static struct {
    dms_iova_t iova[PAGES];
    unsigned count;
} pages;

static const struct dms_device_cfg cfg = {.coherence = DMS_COHERENCE_SNOOPS, .dma_mask_bits = 20};

/* Maps one page after the other until none is left. */
static void exhaust(struct suite *suite, struct dms_device *dev, void *page)
{
    dms_iova_t iova;
    int err = 0;

    pages.count = 0;
    while (pages.count < PAGES) {
        err = dms_map(dev, page, PAGE, DMS_BIDIRECTIONAL, NULL, &iova);
        if (err)
            break;
        pages.iova[pages.count++] = iova;
    }
    CHECK_EQUAL(suite, err, DMS_ENOSPC);
}

static unsigned count_within(dms_iova_t first, dms_iova_t last)
{
    unsigned count = 0;

    for (unsigned i = 0; i < pages.count; i++)
        count += pages.iova[i] >= first && pages.iova[i] <= last;
    return count;
}

static void release(struct suite *suite, struct dms_device *dev)
{
    for (unsigned i = 0; i < pages.count; i++)
        suite_unmap(suite, dev, pages.iova[i], PAGE);
}

static void a_reserved_region_stays_empty_when_all_else_is_full(struct suite *suite)
{
    struct dms_device *dev;
    uint8_t *page;

    if (!suite_start(suite, NULL))
        return;
    dev = suite_function_create(suite, 0, &cfg);
    page = suite_buffer(suite, PAGE);
    if (!dev || !page)
        return;
    CHECK_EQUAL(suite, dms_reserve(dev, 0x40000, 0x20000, DMS_REGION_RESERVED, NULL), 0);
    CHECK_EQUAL(suite, dms_attach(dev, NULL), 0);
    /* Once more after everything went, with IOVAs that come out of caches. */
    for (unsigned round = 0; round < 2; round++) {
        exhaust(suite, dev, page);
        CHECK_EQUAL(suite, pages.count, PAGES - 1 - 0x20); /* page 0 is never handed out */
        CHECK_EQUAL(suite, count_within(0x40000, 0x5ffff), 0);
        CHECK(suite, suite_writes(suite, 0, 0x3f000, page));
        CHECK(suite, suite_writes(suite, 0, 0x60000, page));
        suite_write_faults(suite, 0, 0x40000, page, DMS_FAULT_TRANSLATION);
        suite_write_faults(suite, 0, 0x5fffc, page, DMS_FAULT_TRANSLATION);
        release(suite, dev);
    }
    suite_write_faults(suite, 0, 0x3f000, page, DMS_FAULT_TRANSLATION);
}

static void a_region_reserved_while_attached_is_left_out_from_then_on(struct suite *suite)
{
    struct dms_report report = {0};
    struct suite_user user;
    dms_iova_t iova;

    if (!suite_start(suite, NULL) || !suite_user(suite, 0, &cfg, PAGE, &user))
        return;
    iova = suite_map(suite, user.dev, user.buffer, PAGE);
    CHECK_EQUAL(suite, dms_reserve(user.dev, iova, 1, DMS_REGION_RESERVED, &report), DMS_EBUSY);
    CHECK_EQUAL(suite, report.party, DMS_PARTY_MAPPING);
    CHECK_EQUAL(suite, report.range.first, iova);
    suite_unmap(suite, user.dev, iova, PAGE);
    CHECK_EQUAL(suite, dms_reserve(user.dev, iova, 1, DMS_REGION_RESERVED, NULL), 0);
    exhaust(suite, user.dev, user.buffer);
    CHECK_EQUAL(suite, pages.count, PAGES - 2);
    CHECK_EQUAL(suite, count_within(iova, iova), 0);
    release(suite, user.dev);
    CHECK_EQUAL(suite, dms_release(user.dev, iova, 1, DMS_REGION_RESERVED, NULL), 0);
    exhaust(suite, user.dev, user.buffer);
    CHECK_EQUAL(suite, pages.count, PAGES - 1);
    release(suite, user.dev);
}

static void outside_of_a_window_nothing_is_handed_out(struct suite *suite)
{
    const struct dms_range window = {0x81000, 0x90fff};
    struct dms_device_cfg windowed = cfg;
    struct suite_user user;

    windowed.window = &window;
    windowed.nwindow = 1;
    if (!suite_start(suite, NULL) || !suite_user(suite, 0, &windowed, PAGE, &user))
        return;
    exhaust(suite, user.dev, user.buffer);
    CHECK_EQUAL(suite, pages.count, 16);
    CHECK_EQUAL(suite, count_within(window.first, window.last), 16);
    CHECK(suite, suite_writes(suite, 0, window.first, user.buffer));
    CHECK(suite, suite_writes(suite, 0, window.last - 3, user.buffer + PAGE - 4));
    suite_write_faults(suite, 0, window.first - 4, user.buffer, DMS_FAULT_TRANSLATION);
    suite_write_faults(suite, 0, window.last + 1, user.buffer, DMS_FAULT_TRANSLATION);
    release(suite, user.dev);
}

static void a_reservation_of_one_function_costs_another_nothing(struct suite *suite)
{
    struct dms_device *devs[2];
    uint8_t *page;

    if (!suite_start(suite, NULL))
        return;
    devs[0] = suite_function(suite, 0, &cfg);
    devs[1] = suite_function(suite, 1, &cfg);
    page = suite_buffer(suite, PAGE);
    if (!devs[0] || !devs[1] || !page)
        return;
    CHECK_EQUAL(suite, dms_reserve(devs[0], 0, 0x80000, DMS_REGION_RESERVED, NULL), 0);
    exhaust(suite, devs[1], page);
    CHECK_EQUAL(suite, pages.count, PAGES - 1);
    release(suite, devs[1]);
    exhaust(suite, devs[0], page);
    CHECK_EQUAL(suite, pages.count, PAGES / 2);
    release(suite, devs[0]);
}

const struct suite_test suite_reserve[] = {
    SUITE_TEST(a_reserved_region_stays_empty_when_all_else_is_full),
    SUITE_TEST(a_region_reserved_while_attached_is_left_out_from_then_on),
    SUITE_TEST(outside_of_a_window_nothing_is_handed_out),
    SUITE_TEST(a_reservation_of_one_function_costs_another_nothing),
    {0},
};
