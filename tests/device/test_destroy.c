/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The end of devices that still have something mapped. */
#include "rig.h"

static void a_forced_destroy_unmaps_invalidates_and_reports(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, &(struct dms_device_cfg){.lazy = true});
    struct dms_dma_opts low = {.place = DMS_PLACE_BOTTOM_UP};
    void *pages = rig_pages(4);
    dms_iova_t iova[3];
    dms_phys_t phys;

    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(
            dms_map(dev, (char *)pages + i * 4096, 4096, DMS_BIDIRECTIONAL, &low, &iova[i]), 0);
    assert_int_equal(dms_unmap(dev, iova[0], 4096, NULL), 0); /* lazily */
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, &rig->report), 0);
    assert_int_equal(rig->report.error, 0);
    assert_int_equal(rig->report.count, 2);
    assert_int_equal(rig->report.range.first, iova[1]);
    assert_int_equal(rig->report.range.last, iova[1] + 4095);
    assert_string_not_equal(rig->report.text, "");
    assert_int_equal(fake_access(rig->fake, 1, iova[2], DMS_READ, &phys, NULL), DMS_EIO);
    assert_int_equal(fake_pages(rig->fake), 0);
    free(pages);
}

static void an_unconfirmed_forced_destroy_keeps_the_device_and_its_streams(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    struct rig_streams same = {.count = 1, .at = {{1, 0}}};
    void *pages = rig_pages(2);
    struct dms_device *other;
    dms_iova_t iova[2];
    dms_phys_t phys;
    bool stale;

    for (unsigned i = 0; i < 2; i++)
        dms_map(dev, (char *)pages + i * 4096, 4096, DMS_BIDIRECTIONAL, NULL, &iova[i]);
    fake_fail_all(rig->fake, FAKE_FLUSH, DMS_ETIMEDOUT);
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, &rig->report), DMS_ETIMEDOUT);
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, &rig->report), DMS_ETIMEDOUT);
    assert_int_equal(fake_access(rig->fake, 1, iova[1], DMS_READ, &phys, &stale), 0);
    assert_true(stale);
    assert_int_equal(rig_try_device(rig, "thief", &same, NULL, &other), DMS_EEXIST);
    fake_fail_all(rig->fake, FAKE_FLUSH, 0);
    assert_int_equal(dms_flush(dev), 0); /* which keeps its word for these as well */
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, &rig->report), 0);
    assert_int_equal(fake_access(rig->fake, 1, iova[1], DMS_READ, &phys, &stale), DMS_EIO);
    free(pages);
}

/* The mappings of a group are the group's, except in fixed regions, which have an owner. */
static void a_member_that_is_destroyed_by_force_takes_only_its_fixed_mappings(void **state)
{
    struct rig *rig = *state;
    struct dms_device *a = rig_attached(rig, "a", 1, NULL);
    struct dms_device *b =
        rig_attached(rig, "b", 2, &(struct dms_device_cfg){.share_group_with = a});
    void *pages = rig_pages(2);
    dms_iova_t iova;

    assert_int_equal(dms_reserve(b, 0x10000000, 0x1000, DMS_REGION_FIXED, NULL), 0);
    assert_int_equal(dms_map_fixed(b, 0x10000000, pages, 4096, DMS_TO_DEVICE, NULL), 0);
    assert_int_equal(dms_map(b, (char *)pages + 4096, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(dms_detach(b, &rig->report), DMS_EBUSY);
    assert_int_equal(rig->report.range.first, 0x10000000);
    assert_int_equal(dms_device_destroy(b, DMS_DESTROY_FORCE, &rig->report), 0);
    assert_int_equal(rig->report.count, 1);
    rig_assert_aborts(rig, a, 0x10000000, DMS_READ);
    rig_assert_hits(rig, a, iova, DMS_READ, (char *)pages + 4096);
    assert_int_equal(dms_unmap(a, iova, 4096, NULL), 0);
    rig_end(a);
    free(pages);
}

static void a_member_whose_fixed_mapping_is_not_confirmed_gone_stays(void **state)
{
    struct rig *rig = *state;
    struct dms_device *a = rig_attached(rig, "a", 1, NULL);
    struct dms_device *b =
        rig_attached(rig, "b", 2, &(struct dms_device_cfg){.share_group_with = a});
    void *page = rig_pages(1);

    assert_int_equal(dms_reserve(b, 0x10000000, 0x1000, DMS_REGION_FIXED, NULL), 0);
    assert_int_equal(dms_map_fixed(b, 0x10000000, page, 4096, DMS_TO_DEVICE, NULL), 0);
    fake_fail_nth(rig->fake, FAKE_FLUSH, 1, DMS_ETIMEDOUT);
    assert_int_equal(dms_device_destroy(b, DMS_DESTROY_FORCE, &rig->report), DMS_ETIMEDOUT);
    assert_int_equal(dms_release(b, 0x10000000, 0x1000, DMS_REGION_FIXED, NULL), DMS_EBUSY);
    assert_int_equal(dms_device_destroy(b, DMS_DESTROY_FORCE, &rig->report), 0);
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    rig_end(a);
    free(page);
}

static void a_device_that_is_not_attached_goes_at_once(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_device(rig, "dev", 1, NULL);

    assert_int_equal(dms_reserve(dev, 0x1000, 0x1000, DMS_REGION_FIXED, NULL), 0);
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, NULL), 0);
    assert_int_equal(fake_calls(rig->fake, FAKE_DETACH), 0);
}

static void a_domain_that_does_not_end_is_not_the_devices_trouble(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);

    fake_fail_nth(rig->fake, FAKE_DOMAIN_DESTROY, 1, DMS_ETIMEDOUT);
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_IDLE, NULL), 0);
    assert_string_not_equal(rig->tp.last_log, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_forced_destroy_unmaps_invalidates_and_reports),
        rig_test(an_unconfirmed_forced_destroy_keeps_the_device_and_its_streams),
        rig_test(a_member_that_is_destroyed_by_force_takes_only_its_fixed_mappings),
        rig_test(a_member_whose_fixed_mapping_is_not_confirmed_gone_stays),
        rig_test(a_device_that_is_not_attached_goes_at_once),
        rig_test(a_domain_that_does_not_end_is_not_the_devices_trouble),
    };

    return cmocka_run_group_tests_name("destroy", tests, NULL, NULL);
}
