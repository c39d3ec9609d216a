/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One buffer: mapped, reached, unmapped. */
#include "../device/rig.h"

static const uint64_t G4 = UINT64_C(1) << 32;

static void a_buffer_keeps_its_offset_within_the_granule(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *pages = rig_pages(3);
    dms_iova_t iova;

    assert_int_equal(dms_map(dev, pages + 0x123, 0x1000, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(iova & 0xfff, 0x123);
    rig_assert_hits(rig, dev, iova, DMS_READ, pages + 0x123);
    rig_assert_hits(rig, dev, iova + 0xfff, DMS_READ, pages + 0x1122);
    rig_assert_aborts(rig, dev, (iova & ~UINT64_C(0xfff)) + 0x2000, DMS_READ);
    assert_int_equal(fake_pages(rig->fake), 2);
    assert_int_equal(dms_unmap(dev, iova, 0x1000, NULL), 0);
    rig_assert_aborts(rig, dev, iova, DMS_READ);
    assert_int_equal(fake_pages(rig->fake), 0);
    rig_end(dev);
    free(pages);
}

static void a_direction_is_what_the_device_may_do(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    void *page = rig_pages(1);
    struct dms_dma_opts exec = {.exec = true};
    dms_iova_t to, from, both, code;

    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &to), 0);
    assert_int_equal(dms_map(dev, page, 4096, DMS_FROM_DEVICE, NULL, &from), 0);
    assert_int_equal(dms_map(dev, page, 4096, DMS_BIDIRECTIONAL, NULL, &both), 0);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, &exec, &code), 0);
    rig_assert_hits(rig, dev, to, DMS_READ, page);
    rig_assert_aborts(rig, dev, to, DMS_WRITE);
    rig_assert_aborts(rig, dev, to, DMS_EXEC);
    rig_assert_hits(rig, dev, from, DMS_WRITE, page);
    rig_assert_hits(rig, dev, both, DMS_READ, page);
    rig_assert_hits(rig, dev, both, DMS_WRITE, page);
    rig_assert_hits(rig, dev, code, DMS_EXEC, page);
    assert_int_equal(dms_map(dev, page, 4096, (enum dms_direction)0, NULL, &to), DMS_EINVAL);
    assert_int_equal(dms_map(dev, page, 4096, (enum dms_direction)4, NULL, &to), DMS_EINVAL);
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, NULL), 0);
    free(page);
}

static void attributes_follow_device_and_options(void **state)
{
    struct rig *rig = *state;
    struct dms_device *snoops =
        rig_attached(rig, "a", 1, &(struct dms_device_cfg){.coherence = DMS_COHERENCE_SNOOPS});
    struct dms_device *plain = rig_attached(rig, "b", 2, NULL);
    struct dms_dma_opts registers = {.device_memory = true};
    const struct fake_call *log;
    dms_iova_t iova[3];
    unsigned count;
    void *page = rig_pages(1);

    fake_log_clear(rig->fake);
    dms_map(snoops, page, 4096, DMS_TO_DEVICE, NULL, &iova[0]);
    dms_map(plain, page, 4096, DMS_TO_DEVICE, NULL, &iova[1]);
    dms_map_phys(plain, (dms_phys_t){0x9000000}, 4096, DMS_BIDIRECTIONAL, &registers, &iova[2]);
    log = fake_log(rig->fake, &count);
    assert_int_equal(count, 3);
    assert_int_equal(log[0].prot, DMS_READ | DMS_PROT_COHERENT | DMS_PROT_BEGIN | DMS_PROT_END);
    assert_int_equal(log[1].prot, DMS_READ | DMS_PROT_BEGIN | DMS_PROT_END);
    assert_int_equal(log[2].prot,
                     DMS_READ | DMS_WRITE | DMS_PROT_DEVICE | DMS_PROT_BEGIN | DMS_PROT_END);
    assert_int_equal(dms_unmap(snoops, iova[0], 4096, NULL), 0);
    assert_int_equal(dms_unmap(plain, iova[1], 4096, NULL), 0);
    assert_int_equal(dms_unmap(plain, iova[2], 4096, NULL), 0);
    rig_end(snoops);
    rig_end(plain);
    free(page);
}

static void scattered_memory_becomes_one_run_of_iovas(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *pages = rig_pages(5);
    const struct fake_call *log;
    unsigned count;
    dms_iova_t iova;

    rig->tp.scatter = true;
    fake_log_clear(rig->fake);
    assert_int_equal(dms_map(dev, pages + 0x800, 4 * 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    log = fake_log(rig->fake, &count);
    assert_int_equal(count, 5);
    for (unsigned i = 0; i < 5; i++) {
        uint32_t edge = (i == 0 ? DMS_PROT_BEGIN : 0) | (i == 4 ? DMS_PROT_END : 0);

        assert_int_equal(log[i].prot & (DMS_PROT_BEGIN | DMS_PROT_END), edge);
    }
    for (unsigned at = 0; at < 4 * 4096; at += 1024)
        rig_assert_hits(rig, dev, iova + at, DMS_READ, pages + 0x800 + at);
    /* One mapping, so no part of it can go. */
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), DMS_EBUSY);
    assert_int_equal(dms_unmap(dev, iova, 4 * 4096, NULL), 0);
    rig_end(dev);
    free(pages);
}

/* The last piece begins in the middle of a granule, and would fit into the rest of it. */
static int shifting_port(void *ctx, const void *ptr, size_t size, dms_phys_t *phys, size_t *run)
{
    bool last = size < 4096;

    (void)ctx;
    phys->addr = (uintptr_t)ptr + (last ? 2048 : 0);
    *run = last ? size : 4096;
    return 0;
}

static void a_piece_that_begins_inside_a_granule_is_refused(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *pages = rig_pages(2);
    dms_iova_t iova;

    rig->tp.port.virt_to_phys = shifting_port;
    assert_int_equal(dms_map(dev, pages, 4096 + 2048, DMS_TO_DEVICE, NULL, &iova), DMS_EINVAL);
    assert_int_equal(fake_pages(rig->fake), 0);
    rig_end(dev);
    free(pages);
}

static void memory_that_does_not_join_at_granules_is_refused(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev =
        rig_attached(rig, "dev", 1, &(struct dms_device_cfg){.granule_lg2 = 14});
    char *pages = rig_pages(16);
    dms_iova_t iova;

    rig->tp.scatter = true; /* by 4 KiB pages; the granule has 16 KiB */
    assert_int_equal(dms_map(dev, pages, 32768, DMS_TO_DEVICE, NULL, &iova), DMS_EINVAL);
    assert_int_equal(fake_pages(rig->fake), 0);
    rig->tp.scatter = false;
    assert_int_equal(dms_map(dev, pages + 0x1000, 0x4000, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(iova & 0x3fff, 0x1000);
    assert_int_equal(fake_pages(rig->fake), 2);
    rig_assert_hits(rig, dev, iova + 0x3fff, DMS_READ, pages + 0x4fff);
    assert_int_equal(dms_unmap(dev, iova, 0x4000, NULL), 0);
    rig_end(dev);
    free(pages);
}

static void options_choose_the_address(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(
        rig, "dev", 1, &(struct dms_device_cfg){.dma_mask_bits = 40, .policy = DMS_IOVA_BOTTOM_UP});
    char *page = rig_pages(1);
    struct dms_dma_opts opts[] = {
        {0},
        {.place = DMS_PLACE_TOP_DOWN},
        {.place = DMS_PLACE_LOW32_FIRST},
        {.lowest = 0x12345678},
        {.highest = 0x7fffffff, .place = DMS_PLACE_TOP_DOWN},
        {.align = 1 << 28, .lowest = 0x20000001},
    };
    dms_iova_t expected[] = {
        0x1000, (UINT64_C(1) << 40) - 4096, 0xfffff000, 0x12346000, 0x7ffff000, 0x30000000};

    for (unsigned i = 0; i < sizeof(opts) / sizeof(opts[0]); i++) {
        dms_iova_t iova;

        assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, &opts[i], &iova), 0);
        if (iova != expected[i])
            fail_msg("option %u: 0x%llx", i, (unsigned long long)iova);
        assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
        assert_int_equal(dms_detach(dev, NULL), 0); /* no cache remembers */
        assert_int_equal(dms_attach(dev, NULL), 0);
    }
    rig_end(dev);
    free(page);
}

static void options_that_cannot_be_met_are_refused(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *page = rig_pages(1);
    struct {
        struct dms_dma_opts opts;
        int error;
    } bad[] = {
        {{.align = 3}, DMS_EINVAL},       {{.lowest = 2, .highest = 1}, DMS_ENOSPC},
        {{.lowest = G4}, DMS_ENOSPC}, /* beyond the mask */
        {{.highest = 0xfff}, DMS_ENOSPC}, {{.place = DMS_PLACE_BEST_FIT}, DMS_ENOTSUP},
    };
    dms_iova_t iova = 77;

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        bad[i].opts.report = &rig->report;
        assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, &bad[i].opts, &iova),
                         bad[i].error);
        assert_int_equal(rig->report.error, bad[i].error);
    }
    assert_int_equal(iova, 77);
    rig_end(dev);
    free(page);
}

static void malformed_buffers_are_refused(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    const struct dms_dma_opts take = {.take = true};
    char *page = rig_pages(1);
    dms_iova_t iova = 77;

    assert_int_equal(dms_map(dev, page, 0, DMS_TO_DEVICE, NULL, &iova), DMS_EINVAL);
    assert_int_equal(dms_map(dev, page, SIZE_MAX, DMS_TO_DEVICE, NULL, &iova), DMS_ERANGE);
    assert_int_equal(dms_map_phys(dev, (dms_phys_t){0x1000}, 0, DMS_TO_DEVICE, NULL, &iova),
                     DMS_EINVAL);
    assert_int_equal(dms_map_phys(dev, (dms_phys_t){UINT64_MAX}, 2, DMS_TO_DEVICE, NULL, &iova),
                     DMS_ERANGE);
    assert_int_equal(
        dms_map_phys(dev, (dms_phys_t){UINT64_C(1) << 48}, 4096, DMS_TO_DEVICE, NULL, &iova),
        DMS_ERANGE);
    assert_int_equal(dms_map_phys(dev, (dms_phys_t){0}, UINT64_MAX, DMS_TO_DEVICE, NULL, &iova),
                     DMS_ERANGE);
    assert_int_equal(dms_map_phys(dev, (dms_phys_t){0}, G4, DMS_TO_DEVICE, NULL, &iova),
                     DMS_ENOSPC);
    rig->tp.port.virt_to_phys = NULL;
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), DMS_ENOTSUP);
    assert_int_equal(dms_map_fixed(dev, 0x10000, page, 4096, DMS_TO_DEVICE, &take), DMS_ENOTSUP);
    assert_int_equal(dms_map_sg(dev, &(struct dms_sg){page, 4096, 0}, 1, DMS_TO_DEVICE, NULL, NULL),
                     DMS_ENOTSUP);
    assert_int_equal(iova, 77);
    assert_int_equal(fake_pages(rig->fake), 0);
    rig_end(dev);
    free(page);
}

static void exhaustion_is_reported_and_ends_when_something_is_unmapped(void **state)
{
    struct rig *rig = *state;
    struct dms_range window = {0x10000, 0x17fff};
    struct dms_device *dev =
        rig_attached(rig, "dev", 1, &(struct dms_device_cfg){.window = &window, .nwindow = 1});
    struct dms_dma_opts opts = {.report = &rig->report};
    char *page = rig_pages(1);
    dms_iova_t iova[9];

    for (unsigned i = 0; i < 8; i++) {
        assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, &opts, &iova[i]), 0);
        assert_in_range(iova[i], window.first, window.last);
    }
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, &opts, &iova[8]), DMS_ENOSPC);
    assert_int_equal(rig->report.party, DMS_PARTY_APERTURE);
    assert_int_equal(dms_unmap(dev, iova[3], 4096, NULL), 0);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, &opts, &iova[8]), 0);
    assert_int_equal(iova[8], iova[3]);
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, NULL), 0);
    free(page);
}

static void a_wrong_unmap_is_refused_and_the_mapping_is_named(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    struct dms_dma_opts opts = {.report = &rig->report};
    char *pages = rig_pages(4);
    dms_iova_t iova;

    assert_int_equal(dms_map(dev, pages, 4 * 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(dms_unmap(dev, iova, 3 * 4096, &opts), DMS_EBUSY);
    assert_int_equal(rig->report.party, DMS_PARTY_MAPPING);
    assert_int_equal(rig->report.range.first, iova);
    assert_int_equal(rig->report.range.last, iova + 4 * 4096 - 1);
    assert_int_equal(dms_unmap(dev, iova + 4096, 3 * 4096, &opts), DMS_EBUSY);
    assert_int_equal(dms_unmap(dev, iova - 4096, 4096, &opts), DMS_ENOENT);
    assert_int_equal(rig->report.party, DMS_PARTY_NONE);
    assert_int_equal(dms_unmap(dev, iova - 4096, 5 * 4096, &opts), DMS_ENOENT);
    assert_int_equal(rig->report.range.first, iova);
    assert_int_equal(dms_unmap(dev, iova, 0, &opts), DMS_EINVAL);
    assert_int_equal(dms_unmap(dev, UINT64_MAX, 2, &opts), DMS_EINVAL);
    rig_assert_hits(rig, dev, iova + 4096, DMS_READ, pages + 4096);
    assert_int_equal(dms_unmap(dev, iova, 4 * 4096, &opts), 0);
    assert_int_equal(dms_unmap(dev, iova, 4 * 4096, &opts), DMS_ENOENT);
    rig_end(dev);
    free(pages);
}

static void two_mappings_side_by_side_do_not_go_in_one_unmap(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    struct dms_dma_opts opts = {.report = &rig->report};
    char *page = rig_pages(1);
    dms_iova_t upper, lower;

    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &upper), 0);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &lower), 0);
    assert_int_equal(lower + 4096, upper);
    assert_int_equal(dms_unmap(dev, lower, 2 * 4096, &opts), DMS_EBUSY);
    assert_int_equal(rig->report.party, DMS_PARTY_MAPPING);
    assert_int_equal(rig->report.range.first, lower);
    assert_int_equal(rig->report.range.last, upper - 1);
    rig_assert_hits(rig, dev, lower, DMS_READ, page);
    rig_assert_hits(rig, dev, upper, DMS_READ, page);
    assert_int_equal(dms_unmap(dev, lower, 4096, NULL), 0);
    assert_int_equal(dms_unmap(dev, upper, 4096, NULL), 0);
    rig_end(dev);
    free(page);
}

static void a_strict_unmap_has_invalidated_before_the_iova_is_free(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *page = rig_pages(1);
    const struct fake_call *log;
    unsigned count;
    dms_iova_t iova;

    fake_log_clear(rig->fake);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    log = fake_log(rig->fake, &count);
    assert_int_equal(count, 3);
    assert_int_equal(log[1].op, FAKE_UNMAP);
    assert_int_equal(log[2].op, FAKE_FLUSH);
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    rig_end(dev);
    free(page);
}

static void a_failed_map_leaves_nothing_behind(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *pages = rig_pages(4);
    struct dms_dma_stats stats;
    dms_iova_t first;
    dms_iova_t iova;

    assert_int_equal(dms_map(dev, pages, 4 * 4096, DMS_TO_DEVICE, NULL, &first), 0);
    assert_int_equal(dms_unmap(dev, first, 4 * 4096, NULL), 0);
    rig->tp.scatter = true;
    for (unsigned n = 1; n <= 4; n++) {
        fake_fail_nth(rig->fake, FAKE_MAP, n, DMS_ENOMEM);
        assert_int_equal(dms_map(dev, pages, 4 * 4096, DMS_TO_DEVICE, NULL, &iova), DMS_ENOMEM);
        assert_int_equal(fake_pages(rig->fake), 0);
        assert_int_equal(fake_stale_pages(rig->fake), 0);
    }
    assert_int_equal(dms_map(dev, pages, 4 * 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(iova, first); /* the IOVAs came back */
    assert_int_equal(dms_dma_get_stats(dev, &stats), 0);
    assert_int_equal(stats.live, 1);
    assert_int_equal(stats.live_bytes, 4 * 4096);
    assert_int_equal(stats.withheld, 0);
    assert_int_equal(dms_unmap(dev, iova, 4 * 4096, NULL), 0);
    rig_end(dev);
    free(pages);
}

/*
 * A port that lies about its runs must not make the library map what is not the buffer, nor ask for what lies behind
 * it.
 */
static int lying_port(void *ctx, const void *ptr, size_t size, dms_phys_t *phys, size_t *run)
{
    (void)ctx;
    assert_true(size <= 4096);
    phys->addr = (uintptr_t)ptr;
    *run = (size | 4095) + 1;
    return 0;
}

static void a_port_that_breaks_its_word_is_refused(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *page = rig_pages(1);
    dms_iova_t iova;

    rig->tp.port.virt_to_phys = lying_port;
    /* Another page; then no more than the granule that is mapped anyway. */
    for (unsigned size = 4096; size; size -= 2048) {
        assert_int_equal(dms_map(dev, page, size, DMS_TO_DEVICE, NULL, &iova), DMS_EFAULT);
        assert_int_equal(fake_pages(rig->fake), 0);
    }
    rig_end(dev);
    free(page);
}

static void mappings_can_be_listed(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    struct dms_dma_opts low = {.place = DMS_PLACE_BOTTOM_UP};
    struct dms_iommu_mapping mapping;
    char *pages = rig_pages(2);
    dms_iova_t a, b;

    dms_map(dev, pages, 8192, DMS_TO_DEVICE, &low, &a);
    dms_map(dev, pages, 4096, DMS_BIDIRECTIONAL, &low, &b);
    assert_int_equal(dms_next_mapping(dev, 0, &mapping), 0);
    assert_int_equal(mapping.iova.first, a);
    assert_int_equal(mapping.iova.last, a + 8191);
    assert_int_equal(mapping.access, DMS_READ);
    assert_int_equal(mapping.phys.addr, (uintptr_t)pages);
    assert_int_equal(dms_next_mapping(dev, mapping.iova.last + 1, &mapping), 0);
    assert_int_equal(mapping.iova.first, b);
    assert_int_equal(dms_next_mapping(dev, mapping.iova.last + 1, &mapping), DMS_ENOENT);
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, NULL), 0);
    free(pages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_buffer_keeps_its_offset_within_the_granule),
        rig_test(a_direction_is_what_the_device_may_do),
        rig_test(attributes_follow_device_and_options),
        rig_test(scattered_memory_becomes_one_run_of_iovas),
        rig_test(memory_that_does_not_join_at_granules_is_refused),
        rig_test(a_piece_that_begins_inside_a_granule_is_refused),
        rig_test(options_choose_the_address),
        rig_test(options_that_cannot_be_met_are_refused),
        rig_test(malformed_buffers_are_refused),
        rig_test(exhaustion_is_reported_and_ends_when_something_is_unmapped),
        rig_test(a_wrong_unmap_is_refused_and_the_mapping_is_named),
        rig_test(two_mappings_side_by_side_do_not_go_in_one_unmap),
        rig_test(a_strict_unmap_has_invalidated_before_the_iova_is_free),
        rig_test(a_failed_map_leaves_nothing_behind),
        rig_test(a_port_that_breaks_its_word_is_refused),
        rig_test(mappings_can_be_listed),
    };

    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
