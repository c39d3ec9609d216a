/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * After a strict unmap nothing gets through, whatever the SMMU has cached. Every page is used
 * before, so that it is cached, and tried after. Each test makes the driver invalidate in another
 * way.
 */
#include "suite.h"

#define PAGE    0x1000u
#define FAR_LG2 39 /* so far apart that they share no table but the first */

/* Maps `pages` pages, uses each, unmaps all at once, tries each. */
static void use_and_lose(struct suite *suite, struct dms_device *dev, uint8_t *buffer,
                         unsigned pages)
{
    dms_iova_t iova = suite_map(suite, dev, buffer, (size_t)pages * PAGE);
    uint32_t before;

    for (unsigned i = 0; i < pages; i++)
        CHECK(suite, suite_writes(suite, 0, iova + (uint64_t)i * PAGE, buffer + (size_t)i * PAGE));
    suite_unmap(suite, dev, iova, (size_t)pages * PAGE);
    suite_poll(suite);
    suite->nfaults = 0;
    for (unsigned i = 0; i < pages; i++) {
        before = suite_word(buffer + (size_t)i * PAGE);
        suite->machine->post(suite->machine->ctx, 0, iova + (uint64_t)i * PAGE, (uint16_t)~before);
        CHECK_EQUAL(suite, suite_word(buffer + (size_t)i * PAGE), before);
        suite_poll(suite);
    }
    CHECK_EQUAL(suite, suite->nfaults, pages);
}

static void with_pages(struct suite *suite, uint32_t flags, const unsigned *counts, unsigned n)
{
    struct suite_user user;

    if (!suite_start(suite, &(struct suite_options){.flags = flags}) ||
        !suite_user(suite, 0, NULL, 128 * PAGE, &user))
        return;
    for (unsigned i = 0; i < n; i++)
        use_and_lose(suite, user.dev, user.buffer, counts[i]);
}

static void after_an_unmap_of_one_page_it_is_gone(struct suite *suite)
{
    with_pages(suite, 0, (const unsigned[]){1}, 1);
}

/* One TLBI of an address, without a range. */
static void after_an_unmap_of_one_page_without_ranges_it_is_gone(struct suite *suite)
{
    with_pages(suite, DMS_SMMUV3_NO_RANGE, (const unsigned[]){1}, 1);
}

/* TLBI of ranges; 77 takes several of them. */
static void after_an_unmap_of_many_pages_all_are_gone(struct suite *suite)
{
    with_pages(suite, 0, (const unsigned[]){2, 3, 16, 33, 77, 128}, 6);
}

/* A TLBI for each address, and beyond 64 of them one for the whole ASID. */
static void after_an_unmap_of_many_pages_without_ranges_all_are_gone(struct suite *suite)
{
    with_pages(suite, DMS_SMMUV3_NO_RANGE, (const unsigned[]){2, 3, 16, 64, 65, 128}, 6);
}

static void a_read_after_an_unmap_faults_as_well(struct suite *suite)
{
    struct suite_user user;
    dms_iova_t iova, out;

    if (!suite_start(suite, NULL) || !suite_user(suite, 0, NULL, 2 * PAGE, &user))
        return;
    iova = suite_map(suite, user.dev, user.buffer, PAGE);
    out = suite_map(suite, user.dev, user.buffer + PAGE, PAGE);
    suite_set_word(user.buffer, 0x12345678);
    CHECK(suite, suite_reads(suite, 0, iova, user.buffer, out, user.buffer + PAGE));
    suite_unmap(suite, user.dev, iova, PAGE);
    suite_read_faults(suite, 0, iova, DMS_FAULT_TRANSLATION);
}

static void neighbours_of_an_unmapped_page_stay(struct suite *suite)
{
    struct suite_user user;
    dms_iova_t iovas[3];

    if (!suite_start(suite, NULL) || !suite_user(suite, 0, NULL, 3 * PAGE, &user))
        return;
    for (unsigned i = 0; i < 3; i++) {
        iovas[i] = suite_map(suite, user.dev, user.buffer + (size_t)i * PAGE, PAGE);
        CHECK(suite, suite_writes(suite, 0, iovas[i], user.buffer + (size_t)i * PAGE));
    }
    suite_unmap(suite, user.dev, iovas[1], PAGE);
    CHECK(suite, suite_writes(suite, 0, iovas[0], user.buffer));
    CHECK(suite, suite_writes(suite, 0, iovas[2], user.buffer + 2 * (size_t)PAGE));
    suite_write_faults(suite, 0, iovas[1], user.buffer + PAGE, DMS_FAULT_TRANSLATION);
}

/* A block, cached by an access in its middle, and the table beside it. */
static void after_an_unmap_of_a_block_all_of_it_is_gone(struct suite *suite)
{
    const struct dms_dma_opts take = {.take = true};
    const size_t size = 0x400000;
    const dms_iova_t iova = 0x40000000 - 0x100000;
    struct suite_user user;

    if (!suite_start(suite, NULL) || !suite_user(suite, 0, NULL, size, &user))
        return;
    /* In step with the blocks: the physical address has the same offset in 2 MiB. */
    if (!CHECK_EQUAL(suite,
                     dms_map_fixed(user.dev, iova, user.buffer + 0x100000, size - 0x100000,
                                   DMS_BIDIRECTIONAL, &take),
                     0))
        return;
    for (size_t at = 0; at < size - 0x100000; at += 0x7f000)
        CHECK(suite, suite_writes(suite, 0, iova + at, user.buffer + 0x100000 + at));
    suite_unmap(suite, user.dev, iova, size - 0x100000);
    for (size_t at = 0; at < size - 0x100000; at += 0x7f000)
        suite_write_faults(suite, 0, iova + at, user.buffer + 0x100000 + at, DMS_FAULT_TRANSLATION);
}

/* The page comes back with less access, and the old access is not remembered. */
static void a_page_mapped_again_has_only_its_new_access(struct suite *suite)
{
    const dms_iova_t iova = 0x20000000;
    struct suite_user user;

    if (!suite_start(suite, NULL) || !suite_user(suite, 0, NULL, PAGE, &user))
        return;
    CHECK_EQUAL(suite, dms_reserve(user.dev, iova, PAGE, DMS_REGION_FIXED, NULL), 0);
    CHECK_EQUAL(suite, dms_map_fixed(user.dev, iova, user.buffer, PAGE, DMS_BIDIRECTIONAL, NULL),
                0);
    CHECK(suite, suite_writes(suite, 0, iova, user.buffer));
    suite_unmap(suite, user.dev, iova, PAGE);
    CHECK_EQUAL(suite, dms_map_fixed(user.dev, iova, user.buffer, PAGE, DMS_TO_DEVICE, NULL), 0);
    suite_write_faults(suite, 0, iova, user.buffer, DMS_FAULT_PERMISSION);
    suite_unmap(suite, user.dev, iova, PAGE);
    CHECK_EQUAL(suite, dms_map_fixed(user.dev, iova, user.buffer, PAGE, DMS_BIDIRECTIONAL, NULL),
                0);
    CHECK(suite, suite_writes(suite, 0, iova, user.buffer));
    suite_unmap(suite, user.dev, iova, PAGE);
    CHECK_EQUAL(suite, dms_release(user.dev, iova, PAGE, DMS_REGION_FIXED, NULL), 0);
}

/* None of the addresses so far leads anywhere for master 0. */
static void nothing_at(struct suite *suite, uint64_t count)
{
    for (uint64_t n = 1; n <= count; n++) {
        suite->nfaults = 0;
        suite->machine->post(suite->machine->ctx, 0, n << FAR_LG2, 0x7777);
        suite_poll(suite);
        CHECK_EQUAL(suite, suite->nfaults, 1);
        /* A stale walk may end in a word that is no page's, with another fault. */
        CHECK_EQUAL(suite, suite->faults[0].reason, DMS_FAULT_TRANSLATION);
    }
}

/* Tables far apart empty and go; their memory comes back as live tables of another function. */
static void go_and_come_back(struct suite *suite, uint32_t flags)
{
    const struct dms_dma_opts take = {.take = true};
    const struct dms_device_cfg cfg = {.coherence = DMS_COHERENCE_SNOOPS, .dma_mask_bits = 48};
    struct dms_device *devs[2];
    uint8_t *buffer;

    if (!suite_start(suite, &(struct suite_options){.flags = flags}))
        return;
    devs[0] = suite_function(suite, 0, &cfg);
    devs[1] = suite_function(suite, 1, &cfg);
    buffer = suite_buffer(suite, 2 * PAGE);
    if (!devs[0] || !devs[1] || !buffer)
        return;
    for (uint64_t n = 1; n <= 16; n++) {
        for (unsigned i = 0; i < 2; i++) {
            uint8_t *page = buffer + (size_t)i * PAGE;

            CHECK_EQUAL(suite,
                        dms_map_fixed(devs[i], n << FAR_LG2, page, PAGE, DMS_BIDIRECTIONAL, &take),
                        0);
            CHECK(suite, suite_writes(suite, i, n << FAR_LG2, page));
            if (i == 0)
                suite_unmap(suite, devs[0], n << FAR_LG2, PAGE);
        }
        nothing_at(suite, n);
        suite_unmap(suite, devs[1], n << FAR_LG2, PAGE);
    }
}

static void tables_that_went_are_not_walked_any_more(struct suite *suite)
{
    go_and_come_back(suite, 0);
}

static void tables_that_went_without_ranges_are_not_walked_any_more(struct suite *suite)
{
    go_and_come_back(suite, DMS_SMMUV3_NO_RANGE);
}

const struct suite_test suite_unmap_strict[] = {
    SUITE_TEST(after_an_unmap_of_one_page_it_is_gone),
    SUITE_TEST(after_an_unmap_of_one_page_without_ranges_it_is_gone),
    SUITE_TEST(after_an_unmap_of_many_pages_all_are_gone),
    SUITE_TEST(after_an_unmap_of_many_pages_without_ranges_all_are_gone),
    SUITE_TEST(a_read_after_an_unmap_faults_as_well),
    SUITE_TEST(neighbours_of_an_unmapped_page_stay),
    SUITE_TEST(after_an_unmap_of_a_block_all_of_it_is_gone),
    SUITE_TEST(a_page_mapped_again_has_only_its_new_access),
    SUITE_TEST(tables_that_went_are_not_walked_any_more),
    SUITE_TEST(tables_that_went_without_ranges_are_not_walked_any_more),
    {0},
};
