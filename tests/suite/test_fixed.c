/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Mappings at chosen addresses: fixed regions, free ranges that are taken, and direct regions. */
#include "suite.h"

#define PAGE 0x1000u

static void the_owner_maps_inside_a_fixed_region_where_it_likes(struct suite *suite)
{
    const dms_iova_t base = 0x20000000;
    struct dms_device *dev;
    uint8_t *buffer;

    if (!suite_start(suite, NULL))
        return;
    dev = suite_function_create(suite, 0, NULL);
    buffer = suite_buffer(suite, 2 * PAGE);
    if (!dev || !buffer)
        return;
    CHECK_EQUAL(suite, dms_reserve(dev, base, 0x10000, DMS_REGION_FIXED, NULL), 0);
    CHECK_EQUAL(suite, dms_attach(dev, NULL), 0);
    CHECK_EQUAL(suite,
                dms_map_fixed(dev, base + 0x3000, buffer + PAGE, PAGE, DMS_BIDIRECTIONAL, NULL), 0);
    CHECK(suite, suite_writes(suite, 0, base + 0x3010, buffer + PAGE + 0x10));
    suite_write_faults(suite, 0, base + 0x2ffc, buffer + PAGE - 4, DMS_FAULT_TRANSLATION);
    CHECK_EQUAL(suite, dms_map_fixed(dev, base + 0x3000, buffer, PAGE, DMS_TO_DEVICE, NULL),
                DMS_EBUSY);
    CHECK_EQUAL(suite, dms_map_fixed(dev, base + 0x10000, buffer, PAGE, DMS_TO_DEVICE, NULL),
                DMS_EBUSY);
    suite_unmap(suite, dev, base + 0x3000, PAGE);
    suite_write_faults(suite, 0, base + 0x3010, buffer + PAGE + 0x10, DMS_FAULT_TRANSLATION);
    CHECK_EQUAL(suite, dms_release(dev, base, 0x10000, DMS_REGION_FIXED, NULL), 0);
}

/* The same page of IOVAs leads somewhere else, at once. */
static void a_fixed_page_can_be_pointed_at_other_memory(struct suite *suite)
{
    const dms_iova_t iova = 0x20000000;
    struct suite_user user;

    if (!suite_start(suite, NULL) || !suite_user(suite, 0, NULL, 8 * PAGE, &user))
        return;
    CHECK_EQUAL(suite, dms_reserve(user.dev, iova, PAGE, DMS_REGION_FIXED, NULL), 0);
    for (unsigned i = 0; i < 8; i++) {
        uint8_t *page = user.buffer + (size_t)i * PAGE;

        CHECK_EQUAL(suite, dms_map_fixed(user.dev, iova, page, PAGE, DMS_BIDIRECTIONAL, NULL), 0);
        CHECK(suite, suite_writes(suite, 0, iova + 8, page + 8));
        suite_unmap(suite, user.dev, iova, PAGE);
    }
    CHECK_EQUAL(suite, dms_release(user.dev, iova, PAGE, DMS_REGION_FIXED, NULL), 0);
}

static void a_free_range_can_be_taken_once(struct suite *suite)
{
    const struct dms_dma_opts take = {.take = true};
    const dms_iova_t iova = 0x30000000;
    struct suite_user user;

    if (!suite_start(suite, NULL) || !suite_user(suite, 0, NULL, PAGE, &user))
        return;
    CHECK_EQUAL(suite, dms_map_fixed(user.dev, iova, user.buffer, PAGE, DMS_BIDIRECTIONAL, &take),
                0);
    CHECK_EQUAL(suite, dms_map_fixed(user.dev, iova, user.buffer, PAGE, DMS_BIDIRECTIONAL, &take),
                DMS_EBUSY);
    CHECK(suite, suite_writes(suite, 0, iova, user.buffer));
    suite_unmap(suite, user.dev, iova, PAGE);
    suite_write_faults(suite, 0, iova, user.buffer, DMS_FAULT_TRANSLATION);
}

static void a_direct_region_leads_to_the_same_physical_address(struct suite *suite)
{
    struct dms_device *dev;
    uint8_t *buffer;
    dms_phys_t phys;
    size_t run;

    if (!suite_start(suite, NULL))
        return;
    dev = suite_function_create(
        suite, 0, &(struct dms_device_cfg){.coherence = DMS_COHERENCE_SNOOPS, .dma_mask_bits = 40});
    buffer = suite_buffer(suite, 4 * PAGE);
    if (!dev || !buffer)
        return;
    CHECK_EQUAL(suite, suite->port.virt_to_phys(suite->port.ctx, buffer, 4 * PAGE, &phys, &run), 0);
    CHECK_EQUAL(suite, dms_reserve(dev, phys.addr + PAGE, 2 * PAGE, DMS_REGION_DIRECT, NULL), 0);
    CHECK_EQUAL(suite, dms_attach(dev, NULL), 0);
    CHECK(suite, suite_writes(suite, 0, phys.addr + PAGE, buffer + PAGE));
    CHECK(suite, suite_writes(suite, 0, phys.addr + 3 * PAGE - 4, buffer + 3 * PAGE - 4));
    suite_set_word(buffer, 0);
    suite->machine->post(suite->machine->ctx, 0, phys.addr, 77);
    CHECK_EQUAL(suite, suite_word(buffer), 0);
    CHECK_EQUAL(suite, dms_release(dev, phys.addr + PAGE, 2 * PAGE, DMS_REGION_DIRECT, NULL), 0);
    suite_set_word(buffer + PAGE, 0);
    suite->machine->post(suite->machine->ctx, 0, phys.addr + PAGE, 78);
    CHECK_EQUAL(suite, suite_word(buffer + PAGE), 0);
    suite_poll(suite);
    CHECK_EQUAL(suite, suite->nfaults, 2);
}

const struct suite_test suite_fixed[] = {
    SUITE_TEST(the_owner_maps_inside_a_fixed_region_where_it_likes),
    SUITE_TEST(a_fixed_page_can_be_pointed_at_other_memory),
    SUITE_TEST(a_free_range_can_be_taken_once),
    SUITE_TEST(a_direct_region_leads_to_the_same_physical_address),
    {0},
};
