/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Devices that share a domain. */
#include "rig.h"

static struct dms_device *mate(struct rig *rig, const char *name, dms_sid_t sid,
                               struct dms_device *with)
{
    return rig_device(rig, name, sid, &(struct dms_device_cfg){.share_group_with = with});
}

static void devices_of_a_group_see_one_address_space(void **state)
{
    struct rig *rig = *state;
    struct dms_device *a = rig_attached(rig, "a", 1, NULL);
    struct dms_device *b = mate(rig, "b", 2, a);
    struct dms_device *c = rig_attached(rig, "c", 3, NULL);
    void *page = rig_pages(1);
    dms_iova_t iova;

    assert_true(dms_device_same_group(a, b));
    assert_false(dms_device_same_group(a, c));
    assert_int_equal(dms_attach(b, NULL), 0);
    assert_int_equal(fake_domains(rig->fake), 2);
    assert_int_equal(dms_map(a, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    rig_assert_hits(rig, b, iova, DMS_READ, page);
    rig_assert_aborts(rig, c, iova, DMS_READ);
    assert_int_equal(dms_unmap(b, iova, 4096, NULL), 0);
    rig_assert_aborts(rig, a, iova, DMS_READ);
    rig_end(a);
    rig_end(b);
    rig_end(c);
    free(page);
}

static void a_member_may_leave_while_others_go_on(void **state)
{
    struct rig *rig = *state;
    struct dms_device *a = rig_attached(rig, "a", 1, NULL);
    struct dms_device *b = mate(rig, "b", 2, a);
    void *page = rig_pages(1);
    dms_iova_t iova;

    assert_int_equal(dms_attach(b, NULL), 0);
    assert_int_equal(dms_map(a, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    rig_end(a);
    rig_assert_hits(rig, b, iova, DMS_READ, page);
    assert_int_equal(dms_detach(b, &rig->report), DMS_EBUSY);
    assert_int_equal(dms_unmap(b, iova, 4096, NULL), 0);
    rig_end(b);
    free(page);
}

static void one_stream_of_two_devices_translates_until_both_left(void **state)
{
    struct rig *rig = *state;
    struct dms_device *a = rig_attached(rig, "a", 1, NULL);
    struct dms_device *b = mate(rig, "b", 1, a);
    void *page = rig_pages(1);
    char name[DMS_NAME_MAX];
    dms_iova_t iova;

    assert_int_equal(dms_attach(b, NULL), 0);
    assert_int_equal(fake_calls(rig->fake, FAKE_ATTACH), 1);
    assert_int_equal(dms_map(b, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    rig_end(a);
    rig_assert_hits(rig, b, iova, DMS_READ, page);
    assert_int_equal(dms_stream_owner(rig->machine, fake_iommu_base(rig->fake), 1, name), 0);
    assert_string_equal(name, "b"); /* the heir */
    assert_int_equal(dms_unmap(b, iova, 4096, NULL), 0);
    rig_end(b);
    assert_int_equal(dms_stream_owner(rig->machine, fake_iommu_base(rig->fake), 1, name),
                     DMS_ENOENT);
    free(page);
}

static void streams_of_a_group_are_shared_whole_or_not_at_all(void **state)
{
    struct rig *rig = *state;
    struct dms_device *a = rig_device(rig, "a", 0x10, NULL);
    struct rig_streams broad = {.count = 1, .at = {{0x10, 0x3}}};
    struct dms_device *b;

    assert_int_equal(
        rig_try_device(rig, "b", &broad, &(struct dms_device_cfg){.share_group_with = a}, &b),
        DMS_EEXIST);
    assert_string_equal(rig->report.name, "a");
    rig_end(a);
}

static void regions_of_every_member_bind_all(void **state)
{
    struct rig *rig = *state;
    struct dms_region top = {0x80000000, 0x80000000, DMS_REGION_RESERVED};
    struct dms_device *a = rig_attached(rig, "a", 1, NULL);
    struct dms_device *b =
        rig_device(rig, "b", 2,
                   &(struct dms_device_cfg){.share_group_with = a, .regions = &top, .nregions = 1});
    void *page = rig_pages(1);
    dms_iova_t iova;

    assert_int_equal(dms_map(a, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_in_range(iova, 0x1000, 0x7fffffff);
    assert_int_equal(dms_regions(a, NULL, 0), 0); /* they are b's own, though */
    assert_int_equal(dms_regions(b, NULL, 0), 1);
    assert_int_equal(dms_unmap(a, iova, 4096, NULL), 0);
    rig_end(b); /* and they go with it */
    assert_int_equal(dms_map(a, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_in_range(iova, 0x80000000, 0xffffffff);
    assert_int_equal(dms_unmap(a, iova, 4096, NULL), 0);
    rig_end(a);
    free(page);
}

static void a_device_whose_region_hits_something_live_cannot_join(void **state)
{
    struct rig *rig = *state;
    struct dms_region all = {0x1000, 0xfffff000, DMS_REGION_RESERVED};
    struct dms_device *a = rig_attached(rig, "a", 1, NULL);
    struct rig_streams streams = {.count = 1, .at = {{2, 0}}};
    struct dms_device_cfg cfg = {.share_group_with = a, .regions = &all, .nregions = 1};
    struct dms_device *b;
    void *page = rig_pages(1);
    dms_iova_t iova;

    assert_int_equal(dms_map(a, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(rig_try_device(rig, "b", &streams, &cfg, &b), DMS_EBUSY);
    assert_int_equal(rig->report.party, DMS_PARTY_MAPPING);
    assert_int_equal(rig->report.range.first, iova);
    assert_int_equal(rig->report.range.last, iova + 4095);
    assert_int_equal(dms_unmap(a, iova, 4096, NULL), 0);
    assert_int_equal(rig_try_device(rig, "b", &streams, &cfg, &b), 0);
    assert_int_equal(dms_map(a, page, 4096, DMS_TO_DEVICE, NULL, &iova), DMS_ENOSPC);
    rig_end(b);
    rig_end(a);
    free(page);
}

static void windows_of_a_group_intersect_and_may_not_starve_a_member(void **state)
{
    struct rig *rig = *state;
    struct dms_range low = {0x10000000, 0x4fffffff};
    struct dms_range high = {0x40000000, 0x7fffffff};
    struct dms_range apart = {0x60000000, 0x7fffffff};
    struct dms_device *a =
        rig_attached(rig, "a", 1, &(struct dms_device_cfg){.window = &low, .nwindow = 1});
    struct dms_device *b = rig_attached(
        rig, "b", 2,
        &(struct dms_device_cfg){.share_group_with = a, .window = &high, .nwindow = 1});
    struct rig_streams streams = {.count = 1, .at = {{3, 0}}};
    struct dms_device_cfg cfg = {.share_group_with = a, .window = &apart, .nwindow = 1};
    struct dms_device *c;
    void *page = rig_pages(1);
    dms_iova_t iova;

    assert_int_equal(dms_map(a, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_in_range(iova, 0x40000000, 0x4fffffff);
    assert_int_equal(dms_unmap(a, iova, 4096, NULL), 0);
    assert_int_equal(rig_try_device(rig, "c", &streams, &cfg, &c), DMS_EINVAL);
    assert_int_equal(rig->report.party, DMS_PARTY_APERTURE);
    assert_int_equal(dms_window(b, &apart, 1, &rig->report), DMS_EINVAL);
    /* A member that cannot even address what the windows leave. */
    cfg = (struct dms_device_cfg){.share_group_with = a, .dma_mask_bits = 28};
    assert_int_equal(rig_try_device(rig, "c", &streams, &cfg, &c), DMS_EINVAL);
    rig_end(a);
    rig_end(b);
    free(page);
}

static void a_group_has_one_granule(void **state)
{
    struct rig *rig = *state;
    struct dms_device *a = rig_device(rig, "a", 1, &(struct dms_device_cfg){.granule_lg2 = 16});
    struct rig_streams streams = {.count = 1, .at = {{2, 0}}};
    struct dms_device_cfg cfg = {.share_group_with = a, .granule_lg2 = 12};
    struct dms_device *b;

    assert_int_equal(dms_device_granule(a), 65536);
    assert_int_equal(rig_try_device(rig, "b", &streams, &cfg, &b), DMS_EINVAL);
    assert_string_equal(rig->report.name, "a");
    cfg.granule_lg2 = 0;
    assert_int_equal(rig_try_device(rig, "b", &streams, &cfg, &b), 0);
    assert_int_equal(dms_device_granule(b), 65536);
    rig_end(b);
    rig_end(a);
}

/* The other one's streams are nobody's on this one. */
static int configure_on_other(struct dms_device *dev, struct dms_report *report)
{
    return dms_configure_stream(dev, dms_device_driver_data(dev), (struct dms_stream){2, 0},
                                report);
}

static void a_group_does_not_span_two_iommus(void **state)
{
    static const struct dms_bus bus = {.name = "other", .dma_configure = configure_on_other};
    struct rig *rig = *state;
    struct fake_iommu *other = fake_iommu_create(&rig->tp.port, "other", 16);
    struct dms_device *a = rig_device(rig, "a", 1, NULL);
    struct dms_device_cfg cfg = {
        .name = "b", .bus = &bus, .share_group_with = a, .driver_data = fake_iommu_base(other)};
    char name[DMS_NAME_MAX];
    struct dms_device *b;

    assert_int_equal(dms_stream_owner(rig->machine, fake_iommu_base(other), 2, name), DMS_ENOENT);
    assert_int_equal(dms_machine_add_iommu(rig->machine, fake_iommu_base(other), NULL), 0);
    assert_int_equal(dms_device_create(rig->machine, &cfg, &b, &rig->report), DMS_EINVAL);
    assert_string_equal(rig->report.name, "a");
    assert_int_equal(dms_stream_owner(rig->machine, fake_iommu_base(other), 2, name), DMS_ENOENT);
    assert_string_equal(name, "");
    cfg.share_group_with = NULL;
    assert_int_equal(dms_device_create(rig->machine, &cfg, &b, &rig->report), 0);
    assert_int_equal(dms_stream_owner(rig->machine, fake_iommu_base(other), 2, name), 0);
    rig_end(b);
    rig_end(a);
    rig_destroy(rig);
    fake_iommu_destroy(other);
    *state = rig_create();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(devices_of_a_group_see_one_address_space),
        rig_test(a_member_may_leave_while_others_go_on),
        rig_test(one_stream_of_two_devices_translates_until_both_left),
        rig_test(streams_of_a_group_are_shared_whole_or_not_at_all),
        rig_test(regions_of_every_member_bind_all),
        rig_test(a_device_whose_region_hits_something_live_cannot_join),
        rig_test(windows_of_a_group_intersect_and_may_not_starve_a_member),
        rig_test(a_group_has_one_granule),
        rig_test(a_group_does_not_span_two_iommus),
    };

    return cmocka_run_group_tests_name("group", tests, NULL, NULL);
}
