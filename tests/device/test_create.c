/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Devices come and go; streams have one owner. */
#include "rig.h"

static void a_device_has_the_streams_that_its_bus_gave_it(void **state)
{
    struct rig *rig = *state;
    struct rig_streams streams = {.count = 3, .at = {{5, 0}, {0x40, 0xf}, {5, 0}}};
    struct dms_device *dev;

    assert_int_equal(rig_try_device(rig, "dev", &streams, NULL, &dev), 0);
    assert_string_equal(dms_device_name(dev), "dev");
    assert_int_equal(dms_device_stream_count(dev), 2); /* said twice is owned once */
    assert_int_equal(dms_device_stream(dev, 0).sid, 5);
    assert_int_equal(dms_device_stream(dev, 1).sid, 0x40);
    assert_int_equal(dms_device_stream(dev, 1).mask, 0xf);
    assert_ptr_equal(dms_device_iommu(dev), fake_iommu_base(rig->fake));
    assert_int_equal(dms_device_granule(dev), 4096);
    assert_false(dms_device_is_attached(dev));
    rig_end(dev);
}

static void a_stream_with_an_owner_is_refused_and_the_owner_is_named(void **state)
{
    struct rig *rig = *state;
    struct dms_device *owner = rig_device(rig, "iris:pixel", 0x1943, NULL);
    struct rig_streams same = {.count = 1, .at = {{0x1943, 0}}};
    struct dms_device *dev = NULL;

    assert_int_equal(rig_try_device(rig, "thief", &same, NULL, &dev), DMS_EEXIST);
    assert_null(dev);
    assert_int_equal(rig->report.party, DMS_PARTY_DEVICE);
    assert_string_equal(rig->report.name, "iris:pixel");
    assert_int_equal(rig->report.range.first, 0x1943);
    assert_int_equal(rig->report.range.last, 0x1943);
    assert_string_equal(rig->report.text, "stream 0x1943 belongs to iris:pixel");
    rig_end(owner);
    assert_int_equal(rig_try_device(rig, "thief", &same, NULL, &dev), 0);
    rig_end(dev);
}

static void every_sid_that_a_mask_covers_is_owned(void **state)
{
    struct rig *rig = *state;
    struct rig_streams masked = {.count = 1, .at = {{0x0880, 0x0400}}};
    struct rig_streams below = {.count = 1, .at = {{0x0880, 0}}};
    struct rig_streams above = {.count = 1, .at = {{0x0c80, 0}}};
    struct rig_streams beside = {.count = 1, .at = {{0x0881, 0}}};
    struct rig_streams across = {.count = 1, .at = {{0x0c00, 0x00ff}}};
    struct dms_device *owner;
    struct dms_device *dev;
    char name[DMS_NAME_MAX];

    assert_int_equal(rig_try_device(rig, "lemans", &masked, NULL, &owner), 0);
    assert_int_equal(rig_try_device(rig, "x", &below, NULL, &dev), DMS_EEXIST);
    assert_int_equal(rig_try_device(rig, "x", &above, NULL, &dev), DMS_EEXIST);
    assert_string_equal(rig->report.text,
                        "stream 0xc80 belongs to lemans, which owns 0x880 mask 0x400");
    assert_int_equal(rig_try_device(rig, "x", &across, NULL, &dev), DMS_EEXIST);
    assert_string_equal(rig->report.text,
                        "stream 0xc00 mask 0xff belongs to lemans, which owns 0x880 mask 0x400");
    assert_int_equal(rig_try_device(rig, "x", &beside, NULL, &dev), 0);
    assert_int_equal(dms_stream_owner(rig->machine, fake_iommu_base(rig->fake), 0xc80, name), 0);
    assert_string_equal(name, "lemans");
    assert_int_equal(dms_stream_owner(rig->machine, fake_iommu_base(rig->fake), 0xc81, name),
                     DMS_ENOENT);
    assert_string_equal(name, "");
    rig_end(dev);
    rig_end(owner);
}

static void a_stream_wider_than_the_iommu_is_refused(void **state)
{
    struct rig *rig = *state;
    struct rig_streams wide = {.count = 1, .at = {{0x10000, 0}}};
    struct rig_streams mask = {.count = 1, .at = {{0, 0x10000}}};
    struct dms_device *dev;

    assert_int_equal(rig_try_device(rig, "x", &wide, NULL, &dev), DMS_ERANGE);
    assert_int_equal(rig_try_device(rig, "x", &mask, NULL, &dev), DMS_ERANGE);
}

static void a_failed_creation_gives_its_streams_back(void **state)
{
    struct rig *rig = *state;
    struct dms_device *owner = rig_device(rig, "owner", 9, NULL);
    struct rig_streams two = {.count = 2, .at = {{8, 0}, {9, 0}}};
    struct dms_device *dev;
    char name[DMS_NAME_MAX];

    assert_int_equal(rig_try_device(rig, "x", &two, NULL, &dev), DMS_EEXIST);
    assert_int_equal(dms_stream_owner(rig->machine, fake_iommu_base(rig->fake), 8, name),
                     DMS_ENOENT);
    rig_end(owner);
}

static void a_bad_configuration_is_refused_with_a_reason(void **state)
{
    struct rig *rig = *state;
    struct rig_streams one = {.count = 1, .at = {{1, 0}}};
    struct dms_region empty = {0x1000, 0, DMS_REGION_RESERVED};
    struct dms_region past = {UINT64_MAX, 2, DMS_REGION_RESERVED};
    struct dms_region odd = {0x1000, 0x1000, DMS_REGION_WINDOW};
    struct dms_range far = {UINT64_C(0x100000000), UINT64_C(0x1ffffffff)};
    char longest[DMS_NAME_MAX + 1];
    struct dms_device *dev;
    struct {
        struct dms_device_cfg cfg;
        int error;
    } bad[] = {
        {{.dma_mask_bits = 65}, DMS_EINVAL},
        {{.dma_mask_bits = 12}, DMS_EINVAL}, /* nothing but the granule of IOVA 0 */
        {{.granule_lg2 = 13}, DMS_ENOTSUP},
        {{.coherence = (enum dms_coherence)3}, DMS_EINVAL},
        {{.node = "/nowhere"}, DMS_ENOENT},
        {{.regions = &empty, .nregions = 1}, DMS_EINVAL},
        {{.regions = &past, .nregions = 1}, DMS_ERANGE},
        {{.regions = &odd, .nregions = 1}, DMS_EINVAL},
        {{.window = &far, .nwindow = 1}, DMS_EINVAL}, /* beyond 32 bits */
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(rig_try_device(rig, "x", &one, &bad[i].cfg, &dev), bad[i].error);
        assert_int_equal(rig->report.error, bad[i].error);
        assert_string_not_equal(rig->report.text, "");
    }
    memset(longest, 'a', DMS_NAME_MAX);
    longest[DMS_NAME_MAX] = '\0';
    assert_int_equal(rig_try_device(rig, longest, &one, NULL, &dev), DMS_ERANGE);
    assert_int_equal(rig_try_device(rig, "", &one, NULL, &dev), DMS_EINVAL);
    longest[DMS_NAME_MAX - 1] = '\0';
    assert_int_equal(rig_try_device(rig, longest, &one, NULL, &dev), 0);
    assert_string_equal(dms_device_name(dev), longest);
    rig_end(dev);
}

struct two_iommus {
    struct dms_iommu *first;
    struct dms_iommu *second;
};

static int two_iommus_configure(struct dms_device *dev, struct dms_report *report)
{
    const struct two_iommus *two = dms_device_driver_data(dev);
    int err = dms_configure_stream(dev, two->first, (struct dms_stream){1, 0}, report);

    return err ? err : dms_configure_stream(dev, two->second, (struct dms_stream){1, 0}, report);
}

static void a_device_behind_two_iommus_is_refused(void **state)
{
    static const struct dms_bus bus = {.name = "two", .dma_configure = two_iommus_configure};
    struct rig *rig = *state;
    struct fake_iommu *other = fake_iommu_create(&rig->tp.port, "smmu2", 8);
    struct two_iommus two = {fake_iommu_base(rig->fake), fake_iommu_base(other)};
    struct dms_device_cfg cfg = {.name = "dev", .bus = &bus, .driver_data = &two};
    struct dms_device *dev;

    assert_int_equal(dms_device_create(rig->machine, &cfg, &dev, &rig->report), DMS_EINVAL);
    assert_string_equal(rig->report.text, "the IOMMU is not part of this machine");
    assert_int_equal(dms_machine_add_iommu(rig->machine, two.second, NULL), 0);
    assert_int_equal(dms_machine_add_iommu(rig->machine, two.second, NULL), DMS_EEXIST);
    assert_int_equal(dms_device_create(rig->machine, &cfg, &dev, &rig->report), DMS_EINVAL);
    assert_string_equal(rig->report.text, "streams on two IOMMUs: one domain cannot serve both");

    /* Each on its own is fine: the same SID of another instance is another stream. */
    two.second = two.first;
    assert_int_equal(dms_device_create(rig->machine, &cfg, &dev, &rig->report), 0);
    rig_end(dev);

    assert_int_equal(dms_machine_destroy(rig->machine, NULL), 0);
    assert_null(fake_iommu_base(other)->on_event);
    fake_iommu_destroy(other);
    assert_int_equal(
        dms_machine_create(&(struct dms_machine_cfg){.port = &rig->tp.port}, &rig->machine), 0);
}

static void only_a_bus_adds_streams(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_device(rig, "dev", 1, NULL);

    assert_int_equal(dms_configure_stream(dev, fake_iommu_base(rig->fake),
                                          (struct dms_stream){2, 0}, &rig->report),
                     DMS_EINVAL);
    assert_int_equal(dms_configure_map(dev, dev, NULL), DMS_EINVAL);
    assert_int_equal(dms_configure_node(dev, NULL), DMS_EINVAL);
    assert_int_equal(dms_configure_bus(dev, NULL), DMS_EINVAL);
    assert_int_equal(dms_device_stream_count(dev), 1);
    rig_end(dev);
}

static void a_parent_outlives_its_children(void **state)
{
    struct rig *rig = *state;
    struct dms_device *parent = rig_device(rig, "parent", 1, NULL);
    struct dms_device *child =
        rig_device(rig, "child", 2, &(struct dms_device_cfg){.parent = parent});
    struct dms_report report;

    assert_ptr_equal(dms_device_parent(child), parent);
    assert_int_equal(dms_device_destroy(parent, DMS_DESTROY_FORCE, NULL), DMS_EBUSY);
    assert_int_equal(dms_device_destroy(parent, DMS_DESTROY_FORCE, &report), DMS_EBUSY);
    assert_string_equal(report.text, "child lives below the device");
    assert_int_equal(dms_machine_destroy(rig->machine, &report), DMS_EBUSY);
    assert_string_equal(report.name, "parent");
    rig_end(child);
    rig_end(parent);
}

static void counts_follow_devices(void **state)
{
    struct rig *rig = *state;
    struct dms_device *a = rig_device(rig, "a", 1, NULL);
    struct dms_device *b = rig_device(rig, "b", 2, &(struct dms_device_cfg){.share_group_with = a});
    struct dms_machine_stats stats;

    dms_machine_get_stats(rig->machine, &stats);
    assert_int_equal(stats.devices, 2);
    assert_int_equal(stats.groups, 1);
    assert_int_equal(stats.streams, 2);
    rig_end(a);
    rig_end(b);
    dms_machine_get_stats(rig->machine, &stats);
    assert_int_equal(stats.devices, 0);
    assert_int_equal(stats.groups, 0);
    assert_int_equal(stats.streams, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_device_has_the_streams_that_its_bus_gave_it),
        rig_test(a_stream_with_an_owner_is_refused_and_the_owner_is_named),
        rig_test(every_sid_that_a_mask_covers_is_owned),
        rig_test(a_stream_wider_than_the_iommu_is_refused),
        rig_test(a_failed_creation_gives_its_streams_back),
        rig_test(a_bad_configuration_is_refused_with_a_reason),
        rig_test(a_device_behind_two_iommus_is_refused),
        rig_test(only_a_bus_adds_streams),
        rig_test(a_parent_outlives_its_children),
        rig_test(counts_follow_devices),
    };

    return cmocka_run_group_tests_name("create", tests, NULL, NULL);
}
