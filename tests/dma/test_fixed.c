/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Addresses of the driver's choice. */
#include "../device/rig.h"

#define BASE UINT64_C(0xffd00000)
#define MB   UINT64_C(0x100000)

static void a_fixed_mapping_lies_where_it_was_asked_for(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *pages = rig_pages(4);

    assert_int_equal(dms_reserve(dev, BASE, MB, DMS_REGION_FIXED, NULL), 0);
    assert_int_equal(dms_map_fixed(dev, BASE + 0x10, pages + 0x10, 0x2000, DMS_TO_DEVICE, NULL), 0);
    rig_assert_hits(rig, dev, BASE + 0x1234, DMS_READ, pages + 0x1234);
    assert_int_equal(dms_map_fixed(dev, BASE + 0x2000, pages, 0x1000, DMS_TO_DEVICE, NULL),
                     DMS_EBUSY); /* the third page is taken, too */
    assert_int_equal(dms_map_fixed_phys(dev, BASE + 0x3000, (dms_phys_t){0x9000000}, MB - 0x3000,
                                        DMS_BIDIRECTIONAL, NULL),
                     0); /* on-chip RAM fills the rest */
    assert_int_equal(dms_map_fixed_phys(dev, BASE + 0x2000, (dms_phys_t){0x9000000}, 0x2000,
                                        DMS_BIDIRECTIONAL, NULL),
                     DMS_EBUSY);
    assert_int_equal(dms_unmap(dev, BASE + 0x10, 0x2000, NULL), 0);
    rig_assert_aborts(rig, dev, BASE + 0x1234, DMS_READ);
    assert_int_equal(dms_map_fixed(dev, BASE, pages, 0x3000, DMS_TO_DEVICE, NULL), 0);
    assert_int_equal(dms_release(dev, BASE, MB, DMS_REGION_FIXED, &rig->report), DMS_EBUSY);
    assert_int_equal(rig->report.party, DMS_PARTY_MAPPING);
    assert_int_equal(rig->report.range.first, BASE);
    assert_int_equal(dms_unmap(dev, BASE, 0x3000, NULL), 0);
    assert_int_equal(dms_unmap(dev, BASE + 0x3000, MB - 0x3000, NULL), 0);
    assert_int_equal(dms_release(dev, BASE, MB, DMS_REGION_FIXED, &rig->report), 0);
    rig_end(dev);
    free(pages);
}

static void a_fixed_region_has_one_owner(void **state)
{
    struct rig *rig = *state;
    struct dms_device *a = rig_attached(rig, "a", 1, NULL);
    struct dms_device *b =
        rig_attached(rig, "b", 2, &(struct dms_device_cfg){.share_group_with = a});
    struct dms_dma_opts opts = {.report = &rig->report};
    char *page = rig_pages(1);

    assert_int_equal(dms_reserve(a, BASE, MB, DMS_REGION_FIXED, NULL), 0);
    assert_int_equal(dms_map_fixed(b, BASE, page, 4096, DMS_TO_DEVICE, &opts), DMS_EBUSY);
    assert_int_equal(rig->report.party, DMS_PARTY_RESERVED);
    assert_string_equal(rig->report.name, "a");
    opts.take = true;
    assert_int_equal(dms_map_fixed(b, BASE, page, 4096, DMS_TO_DEVICE, &opts), DMS_EBUSY);
    assert_string_equal(rig->report.name, "a");
    rig_end(a);
    rig_end(b);
    free(page);
}

static void outside_fixed_regions_a_range_has_to_be_taken(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    struct dms_dma_opts opts = {.report = &rig->report};
    char *page = rig_pages(1);
    dms_iova_t other;

    assert_int_equal(dms_map_fixed(dev, BASE, page, 4096, DMS_TO_DEVICE, &opts), DMS_EBUSY);
    assert_int_equal(rig->report.party, DMS_PARTY_NONE);
    opts.take = true;
    assert_int_equal(dms_map_fixed(dev, BASE, page, 4096, DMS_TO_DEVICE, &opts), 0);
    assert_int_equal(dms_map_fixed(dev, BASE, page, 4096, DMS_TO_DEVICE, &opts), DMS_EBUSY);
    assert_int_equal(rig->report.party, DMS_PARTY_MAPPING);
    assert_int_equal(rig->report.range.first, BASE);
    rig_assert_hits(rig, dev, BASE, DMS_READ, page);
    assert_int_equal(dms_unmap(dev, BASE, 4096, NULL), 0);
    /* It was given back. */
    opts = (struct dms_dma_opts){.lowest = BASE, .highest = BASE + 4095};
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, &opts, &other), 0);
    assert_int_equal(other, BASE);
    assert_int_equal(dms_unmap(dev, BASE, 4096, NULL), 0);
    rig_end(dev);
    free(page);
}

static void malformed_fixed_mappings_are_refused(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *page = rig_pages(2);
    dms_phys_t phys = {0x9000000};

    dms_reserve(dev, 0, UINT64_C(0x200000000), DMS_REGION_FIXED, NULL);
    assert_int_equal(dms_map_fixed(dev, BASE, page + 1, 4096, DMS_TO_DEVICE, NULL), DMS_EINVAL);
    assert_int_equal(dms_map_fixed_phys(dev, BASE + 1, phys, 4096, DMS_TO_DEVICE, NULL),
                     DMS_EINVAL);
    assert_int_equal(dms_map_fixed(dev, BASE, page, 0, DMS_TO_DEVICE, NULL), DMS_EINVAL);
    assert_int_equal(dms_map_fixed(dev, 0, page, 4096, DMS_TO_DEVICE, NULL), DMS_ERANGE);
    assert_int_equal(dms_map_fixed(dev, 0xfffff000, page, 8192, DMS_TO_DEVICE, NULL), DMS_ERANGE);
    assert_int_equal(dms_map_fixed_phys(dev, UINT64_MAX - 4095, phys, 8192, DMS_TO_DEVICE, NULL),
                     DMS_ERANGE);
    assert_int_equal(fake_pages(rig->fake), 0);
    assert_int_equal(dms_detach(dev, NULL), 0);
    assert_int_equal(dms_map_fixed(dev, BASE, page, 4096, DMS_TO_DEVICE, NULL), DMS_ENODEV);
    rig_end(dev);
    free(page);
}

static void a_failed_fixed_mapping_can_be_tried_again(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *pages = rig_pages(4);

    dms_reserve(dev, BASE, MB, DMS_REGION_FIXED, NULL);
    rig->tp.scatter = true;
    for (unsigned n = 1; n <= 4; n++) {
        fake_fail_nth(rig->fake, FAKE_MAP, n, DMS_ENOMEM);
        assert_int_equal(dms_map_fixed(dev, BASE, pages, 4 * 4096, DMS_TO_DEVICE, NULL),
                         DMS_ENOMEM);
        assert_int_equal(fake_pages(rig->fake), 0);
    }
    assert_int_equal(dms_map_fixed(dev, BASE, pages, 4 * 4096, DMS_TO_DEVICE, NULL), 0);
    assert_int_equal(dms_unmap(dev, BASE, 4 * 4096, NULL), 0);
    rig_end(dev);
    free(pages);
}

/* A fixed range that waits in the lazy queue is free as soon as it is wanted. */
static void a_fixed_mapping_does_not_stumble_over_the_lazy_queue(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, &(struct dms_device_cfg){.lazy = true});
    char *page = rig_pages(1);

    dms_reserve(dev, BASE, MB, DMS_REGION_FIXED, NULL);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(dms_map_fixed(dev, BASE, page, 4096, DMS_TO_DEVICE, NULL), 0);
        assert_int_equal(fake_stale_pages(rig->fake), 0);
        assert_int_equal(dms_unmap(dev, BASE, 4096, NULL), 0);
        assert_int_equal(fake_stale_pages(rig->fake), 1);
    }
    rig_end(dev);
    free(page);
}

static void the_allocator_may_choose_a_fixed_region(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    struct dms_dma_opts opts = {.align = MB, .highest = 0x7fffffff};
    struct dms_region_info info;
    char *page = rig_pages(1);
    dms_iova_t base;

    assert_int_equal(dms_reserve_any(dev, MB, &opts, &base), 0);
    assert_int_equal(base, 0x7ff00000);
    assert_int_equal(dms_regions(dev, &info, 1), 1);
    assert_int_equal(info.kind, DMS_REGION_FIXED);
    assert_int_equal(info.range.last, base + MB - 1);
    assert_int_equal(dms_map_fixed(dev, base + MB - 4096, page, 4096, DMS_TO_DEVICE, NULL), 0);
    assert_int_equal(dms_unmap(dev, base + MB - 4096, 4096, NULL), 0);
    assert_int_equal(dms_release(dev, base, MB, DMS_REGION_FIXED, NULL), 0);
    assert_int_equal(dms_reserve_any(dev, 0, NULL, &base), DMS_EINVAL);
    base = 77;
    assert_int_equal(dms_reserve_any(dev, UINT64_C(1) << 33, NULL, &base), DMS_ENOSPC);
    assert_int_equal(base, 77);
    assert_int_equal(dms_detach(dev, NULL), 0);
    assert_int_equal(dms_reserve_any(dev, MB, NULL, &base), DMS_ENODEV);
    rig_end(dev);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_fixed_mapping_lies_where_it_was_asked_for),
        rig_test(a_fixed_region_has_one_owner),
        rig_test(outside_fixed_regions_a_range_has_to_be_taken),
        rig_test(malformed_fixed_mappings_are_refused),
        rig_test(a_failed_fixed_mapping_can_be_tried_again),
        rig_test(a_fixed_mapping_does_not_stumble_over_the_lazy_queue),
        rig_test(the_allocator_may_choose_a_fixed_region),
    };

    return cmocka_run_group_tests_name("fixed", tests, NULL, NULL);
}
