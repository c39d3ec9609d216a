/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* DMA with every granule, both ways, with the bytes checked. */
#include "suite.h"

static void fill(uint8_t *bytes, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256 + seed);
}

static bool same(const volatile uint8_t *a, const volatile uint8_t *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (a[i] != b[i])
            return false;
    }
    return true;
}

static bool all(const volatile uint8_t *bytes, size_t size, uint8_t value)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != value)
            return false;
    }
    return true;
}

/* From the middle of a granule across its end, to another place in the same mapping. */
static void carry(struct suite *suite, unsigned granule_lg2)
{
    const struct dms_device_cfg cfg = {.coherence = DMS_COHERENCE_SNOOPS,
                                       .granule_lg2 = (uint8_t)granule_lg2};
    struct dms_device *dev = suite_function(suite, 1, &cfg);
    size_t granule = (size_t)1 << granule_lg2;
    const struct suite_machine *machine = suite->machine;
    uint8_t *buffer = suite_buffer(suite, 4 * granule);
    size_t from = granule - 1000;
    size_t to = 3 * granule - 512;
    dms_iova_t iova;

    if (!dev || !buffer)
        return;
    CHECK_EQUAL(suite, dms_device_granule(dev), granule);
    suite->nfaults = 0;
    fill(buffer + from, SUITE_BURST_MAX, granule_lg2);
    iova = suite_map(suite, dev, buffer, 4 * granule);
    machine->fetch(machine->ctx, 1, iova + from, SUITE_BURST_MAX);
    machine->store(machine->ctx, 1, iova + to, SUITE_BURST_MAX);
    CHECK(suite, same(buffer + from, buffer + to, SUITE_BURST_MAX));
    CHECK(suite, all(buffer + to - 64, 64, 0));
    CHECK(suite, all(buffer + to + SUITE_BURST_MAX, 64, 0));
    suite_poll(suite);
    CHECK_EQUAL(suite, suite->nfaults, 0);
    suite_unmap(suite, dev, iova, 4 * granule);
    suite_write_faults(suite, 1, iova + from, buffer + from, DMS_FAULT_TRANSLATION);
    suite_function_destroy(suite, 1);
}

static void every_granule_carries_bytes_both_ways(struct suite *suite)
{
    if (!suite_start(suite, NULL))
        return;
    for (unsigned lg2 = 12; lg2 <= 16; lg2 += 2) {
        if (suite->iommu->caps.granules & 1u << lg2) {
            suite_note_value(suite, "granule", UINT64_C(1) << lg2);
            carry(suite, lg2);
        }
    }
}

static void functions_of_different_granules_work_side_by_side(struct suite *suite)
{
    uint32_t granules;
    uint8_t *buffers[3];
    dms_iova_t iovas[3];
    unsigned lg2;

    if (!suite_start(suite, NULL))
        return;
    granules = suite->iommu->caps.granules;
    for (unsigned i = 0; i < 3; i++) {
        struct dms_device_cfg cfg = {.coherence = DMS_COHERENCE_SNOOPS};
        struct dms_device *dev;

        lg2 = 12 + 2 * i;
        cfg.granule_lg2 = granules & 1u << lg2 ? (uint8_t)lg2 : 0;
        dev = suite_function(suite, i, &cfg);
        buffers[i] = suite_buffer(suite, 0x20000);
        if (!dev || !buffers[i])
            return;
        iovas[i] = suite_map(suite, dev, buffers[i], 0x20000);
    }
    for (unsigned offset = 0; offset < 0x20000; offset += 0x8004) {
        for (unsigned i = 0; i < 3; i++)
            CHECK(suite, suite_writes(suite, i, iovas[i] + offset, buffers[i] + offset));
    }
}

/* A whole block of the page table, and a page before and after it. */
static void a_block_translates_from_its_first_byte_to_its_last(struct suite *suite)
{
    const size_t block = 0x200000;
    const size_t size = block + 0x2000;
    struct suite_user user;
    dms_iova_t at;

    if (!suite_start(suite, NULL) || !suite_user(suite, 0, NULL, 2 * block, &user))
        return;
    at = 0x40000000 - 0x1000;
    if (!CHECK_EQUAL(suite,
                     dms_map_fixed(user.dev, at, user.buffer + block - 0x1000, size,
                                   DMS_BIDIRECTIONAL, &(struct dms_dma_opts){.take = true}),
                     0))
        return;
    for (size_t offset = 0; offset < size; offset += 0x1000) {
        CHECK(suite, suite_writes(suite, 0, at + offset, user.buffer + block - 0x1000 + offset));
        if (offset == 0x4000)
            offset = block - 0x3000;
    }
    CHECK(suite, suite_writes(suite, 0, at + size - 4, user.buffer + block - 0x1000 + size - 4));
    suite_write_faults(suite, 0, at + size, user.buffer + 2 * block - 4, DMS_FAULT_TRANSLATION);
    suite_write_faults(suite, 0, at - 4, user.buffer + block - 0x1004, DMS_FAULT_TRANSLATION);
}

static void a_scatter_list_is_one_run_for_the_master(struct suite *suite)
{
    struct dms_sg list[4];
    struct suite_user user;
    unsigned segments = 0;

    if (!suite_start(suite, NULL) || !suite_user(suite, 0, NULL, 0x10000, &user))
        return;
    for (unsigned i = 0; i < 4; i++) /* backwards in memory */
        list[i] = (struct dms_sg){.ptr = user.buffer + 0x4000 * (3 - i), .size = 0x1000};
    if (!CHECK_EQUAL(suite, dms_map_sg(user.dev, list, 4, DMS_BIDIRECTIONAL, NULL, &segments), 0))
        return;
    CHECK_EQUAL(suite, segments, 1);
    for (unsigned i = 0; i < 4; i++)
        CHECK(suite,
              suite_writes(suite, 0, list[0].iova + 0x1000 * i + 16, (char *)list[i].ptr + 16));
    CHECK_EQUAL(suite, dms_unmap_sg(user.dev, list, 4, NULL), 0);
    for (unsigned i = 0; i < 4; i++)
        suite_write_faults(suite, 0, list[i].iova, list[i].ptr, DMS_FAULT_TRANSLATION);
}

static void a_coherent_buffer_is_seen_alike_by_both_sides(struct suite *suite)
{
    const struct suite_machine *machine = suite->machine;
    struct dms_device *dev;
    dms_iova_t iova;
    void *ptr = NULL;
    uint8_t *bytes;

    if (!suite_start(suite, NULL))
        return;
    dev = suite_function(suite, 0, NULL);
    if (!dev || !CHECK_EQUAL(suite, dms_coherent_alloc(dev, 0x3000, NULL, &ptr, &iova), 0))
        return;
    bytes = ptr;
    CHECK(suite, all(bytes, 0x3000, 0));
    fill(bytes, 0x800, 3);
    machine->fetch(machine->ctx, 0, iova, 0x800);
    machine->store(machine->ctx, 0, iova + 0x2000, 0x800);
    CHECK(suite, same(bytes, bytes + 0x2000, 0x800));
    CHECK_EQUAL(suite, dms_coherent_free(dev, ptr, 0x3000, iova), 0);
    suite_write_faults(suite, 0, iova, NULL, DMS_FAULT_TRANSLATION);
}

const struct suite_test suite_transfer[] = {
    SUITE_TEST(every_granule_carries_bytes_both_ways),
    SUITE_TEST(functions_of_different_granules_work_side_by_side),
    SUITE_TEST(a_block_translates_from_its_first_byte_to_its_last),
    SUITE_TEST(a_scatter_list_is_one_run_for_the_master),
    SUITE_TEST(a_coherent_buffer_is_seen_alike_by_both_sides),
    {0},
};
