/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Who did it, and why the address was not usable. */
#include "rig.h"

static void assert_line(const struct dms_fault *fault, const char *expected)
{
    char line[DMS_FAULT_LINE];

    assert_int_equal(dms_fault_format(fault, line, sizeof(line)), strlen(expected));
    assert_string_equal(line, expected);
    /* Cut, but still told how long it is. */
    assert_int_equal(dms_fault_format(fault, line, 10), strlen(expected));
    assert_int_equal(strlen(line), 9);
    assert_int_equal(dms_fault_format(fault, NULL, 0), strlen(expected));
}

static struct dms_device *non_pixel(struct rig *rig, struct dms_device *parent)
{
    static const struct dms_range window = {0x25800000, 0xdfffffff};
    static const uint32_t id = 0x101;
    struct dms_device_cfg cfg = {
        .parent = parent, .ids = &id, .nids = 1, .window = &window, .nwindow = 1};

    return rig_attached(rig, "iris:non-pixel", 0x1940, &cfg);
}

static void a_fault_names_the_region_and_who_reserved_it(void **state)
{
    struct rig *rig = *state;
    struct dms_device *iris = rig_device(rig, "iris", 1, NULL);
    struct dms_device *dev = non_pixel(rig, iris);
    struct dms_dma_opts low = {.place = DMS_PLACE_BOTTOM_UP};
    void *pages = rig_pages(16);
    const struct dms_fault *fault;
    dms_iova_t iova;

    assert_int_equal(dms_map(dev, pages, 16 * 4096, DMS_BIDIRECTIONAL, &low, &iova), 0);
    fault = rig_fault(rig, 0x1940, 0x24fff000, DMS_WRITE);
    assert_int_equal(fault->reason, DMS_FAULT_TRANSLATION);
    assert_true(fault->has_owner);
    assert_string_equal(fault->device, "iris:non-pixel");
    assert_int_equal(fault->id, 0x101);
    assert_true(fault->in_region);
    assert_int_equal(fault->region_kind, DMS_REGION_WINDOW);
    assert_string_equal(fault->region_owner, "iris:non-pixel");
    assert_int_equal(fault->nearest, DMS_NEAREST_ABOVE);
    assert_int_equal(fault->mapping.first, 0x25800000);
    assert_int_equal(fault->distance, 0x801000);
    assert_int_equal(fault->raw[1], 0x1940);
    assert_line(fault,
                "fault: iris:non-pixel (function 0x101 of iris) stream 0x1940 on smmu write to "
                "0x24fff000: not mapped; reserved 0x1000-0x257fffff (window, api, by "
                "iris:non-pixel); nearest mapping 0x25800000-0x2580ffff, 0x801000 above");
    assert_int_equal(dms_device_fault_count(dev), 1);
    assert_int_equal(dms_device_fault_count(iris), 0);
    assert_int_equal(dms_unmap(dev, iova, 16 * 4096, NULL), 0);
    rig_end(dev);
    rig_end(iris);
    free(pages);
}

static void a_forbidden_direction_shows_the_mapping_it_is_in(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 5, NULL);
    void *page = rig_pages(1);
    const struct dms_fault *fault;
    char line[DMS_FAULT_LINE];
    dms_iova_t iova;

    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    fault = rig_fault(rig, 5, iova + 8, DMS_WRITE);
    assert_int_equal(fault->reason, DMS_FAULT_PERMISSION);
    assert_int_equal(fault->nearest, DMS_NEAREST_HERE);
    assert_int_equal(fault->distance, 0);
    dms_fault_format(fault, line, sizeof(line));
    assert_non_null(strstr(line, "permission denied; in mapping 0x"));
    assert_non_null(strstr(line, "(read-only)"));
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    rig_end(dev);
    free(page);
}

static void the_nearest_mapping_is_the_closer_one(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 5, NULL);
    void *page = rig_pages(2);
    const struct dms_fault *fault;

    dms_reserve(dev, 0x10000000, 0x100000, DMS_REGION_FIXED, NULL);
    dms_map_fixed(dev, 0x10000000, page, 4096, DMS_TO_DEVICE, NULL);
    dms_map_fixed(dev, 0x10010000, page, 4096, DMS_TO_DEVICE, NULL);
    fault = rig_fault(rig, 5, 0x10002000, DMS_READ);
    assert_int_equal(fault->nearest, DMS_NEAREST_BELOW);
    assert_int_equal(fault->mapping.first, 0x10000000);
    assert_int_equal(fault->distance, 0x1001);
    assert_int_equal(fault->region_kind, DMS_REGION_FIXED);
    fault = rig_fault(rig, 5, 0x1000f000, DMS_READ);
    assert_int_equal(fault->nearest, DMS_NEAREST_ABOVE);
    assert_int_equal(fault->distance, 0x1000);
    /* Far beyond what the domain translates. */
    fault = rig_fault(rig, 5, UINT64_MAX - 0xfff, DMS_READ);
    assert_true(fault->outside_aperture);
    assert_int_equal(fault->nearest, DMS_NEAREST_BELOW);
    assert_int_equal(fault->mapping.first, 0x10010000);
    dms_unmap(dev, 0x10000000, 4096, NULL);
    dms_unmap(dev, 0x10010000, 4096, NULL);
    rig_end(dev);
    free(page);
}

static void an_empty_domain_and_a_null_pointer_are_told(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 5, NULL);

    assert_line(rig_fault(rig, 5, 0x10, DMS_READ),
                "fault: dev stream 0x5 on smmu read of 0x10: not mapped; outside the "
                "aperture 0x1000-0xffffffff; nothing is mapped");
    rig_end(dev);
}

static void a_stream_that_nobody_owns_shows_its_neighbours(void **state)
{
    struct rig *rig = *state;
    struct dms_device *below = rig_device(rig, "iris:non-pixel", 0x1940, NULL);
    struct dms_device *above = rig_device(rig, "iris:pixel", 0x1943, NULL);

    assert_line(rig_fault(rig, 0x1941, 0x1000, DMS_READ),
                "fault: nobody owns stream 0x1941 on smmu, read of 0x1000: stream not configured; "
                "below is 0x1940 of iris:non-pixel; above is 0x1943 of iris:pixel");
    assert_line(rig_fault(rig, 0x0, 0x1000, DMS_WRITE),
                "fault: nobody owns stream 0x0 on smmu, write to 0x1000: stream not configured");
    assert_line(rig_fault(rig, UINT32_MAX, 0x1000, DMS_WRITE),
                "fault: nobody owns stream 0xffffffff on smmu, write to 0x1000: stream ID beyond "
                "the stream table");
    rig_end(below);
    rig_end(above);
}

static void a_device_that_is_not_attached_is_named_as_such(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_device(rig, "dev", 5, NULL);

    assert_line(rig_fault(rig, 5, 0x5000, DMS_WRITE),
                "fault: dev stream 0x5 on smmu write to 0x5000: stream not configured; the device "
                "is not attached");
    rig_end(dev);
}

/* But for brief ones. */
static void without_a_callback_faults_go_to_the_log(void **state)
{
    struct rig *rig = *state;
    struct dms_machine_cfg cfg = {.port = &rig->tp.port};
    struct fake_iommu *fake = fake_iommu_create(&rig->tp.port, "quiet", 8);
    struct dms_machine *machine;
    struct dms_machine_stats stats;
    dms_phys_t phys;

    assert_int_equal(dms_machine_create(&cfg, &machine), 0);
    assert_int_equal(dms_machine_add_iommu(machine, fake_iommu_base(fake), NULL), 0);
    fake_access(fake, 3, 0x1000, DMS_READ, &phys, NULL);
    assert_int_equal(dms_machine_poll(machine), 1);
    assert_string_equal(rig->tp.last_log, "fault: nobody owns stream 0x3 on quiet, read of 0x1000: "
                                          "stream not configured");
    for (unsigned i = 2; i <= DMS_FAULT_LOOKS + 5; i++) {
        fake_access(fake, 3, 0x1000 * i, DMS_READ, &phys, NULL);
        assert_int_equal(dms_machine_poll(machine), 1);
    }
    assert_string_equal(rig->tp.last_log,
                        "fault: nobody owns stream 0x3 on quiet, read of 0x20000: "
                        "stream not configured");
    dms_machine_get_stats(machine, &stats);
    assert_int_equal(stats.faults, DMS_FAULT_LOOKS + 5);
    assert_int_equal(dms_machine_destroy(machine, NULL), 0);
    fake_iommu_destroy(fake);
}

/* ---- callbacks may do anything --------------------------------------------------------------- */

static void destroy_culprit(void *ctx, const struct dms_fault *fault)
{
    struct dms_device **dev = ctx;

    assert_string_equal(fault->device, "culprit");
    assert_int_equal(dms_device_destroy(*dev, DMS_DESTROY_FORCE, NULL), 0);
    *dev = NULL;
}

static int stream_five(struct dms_device *dev, struct dms_report *report)
{
    return dms_configure_stream(dev, dms_device_driver_data(dev), (struct dms_stream){5, 0},
                                report);
}

static void a_callback_may_destroy_the_device_at_fault(void **state)
{
    static const struct dms_bus bus = {.name = "five", .dma_configure = stream_five};
    struct rig *rig = *state;
    struct fake_iommu *fake = fake_iommu_create(&rig->tp.port, "smmu", 8);
    struct dms_device *dev = NULL;
    struct dms_machine_cfg cfg = {
        .port = &rig->tp.port, .on_fault = destroy_culprit, .on_fault_ctx = &dev};
    struct dms_device_cfg device = {
        .name = "culprit", .bus = &bus, .driver_data = fake_iommu_base(fake)};
    struct dms_machine *machine;
    dms_phys_t phys;

    assert_int_equal(dms_machine_create(&cfg, &machine), 0);
    assert_int_equal(dms_machine_add_iommu(machine, fake_iommu_base(fake), NULL), 0);
    assert_int_equal(dms_device_create(machine, &device, &dev, NULL), 0);
    assert_int_equal(dms_attach(dev, NULL), 0);
    fake_access(fake, 5, 0x1000, DMS_READ, &phys, NULL);
    assert_int_equal(dms_machine_poll(machine), 1);
    assert_null(dev);
    assert_int_equal(dms_machine_destroy(machine, NULL), 0);
    fake_iommu_destroy(fake);
}

static void every_reason_has_its_own_text(void **state)
{
    (void)state;
    for (int i = DMS_FAULT_UNKNOWN; i <= DMS_FAULT_CONFLICT; i++) {
        assert_string_not_equal(dms_fault_reason_text((enum dms_fault_reason)i), "");
        for (int j = DMS_FAULT_UNKNOWN; j < i; j++)
            assert_string_not_equal(dms_fault_reason_text((enum dms_fault_reason)i),
                                    dms_fault_reason_text((enum dms_fault_reason)j));
    }
    assert_string_equal(dms_fault_reason_text((enum dms_fault_reason)99), "unknown reason");
}

static void a_privileged_access_is_told_as_such(void **state)
{
    const struct dms_fault fault = {.reason = DMS_FAULT_PERMISSION, .access = DMS_PRIV | DMS_EXEC};
    char line[DMS_FAULT_LINE];

    (void)state;
    dms_fault_format(&fault, line, sizeof(line));
    assert_non_null(strstr(line, "privileged fetch"));
}

static void the_longest_line_fits(void **state)
{
    struct dms_fault fault = {
        .reason = DMS_FAULT_BAD_STREAM,
        .sid = UINT32_MAX,
        .access = DMS_PRIV | DMS_WRITE,
        .has_iova = true,
        .iova = UINT64_MAX,
        .has_owner = true,
        .has_id = true,
        .id = UINT32_MAX,
        .attached = true,
        .outside_aperture = true,
        .aperture = {UINT64_MAX - 1, UINT64_MAX},
        .in_region = true,
        .region = {UINT64_MAX - 1, UINT64_MAX},
        .region_origin = DMS_ORIGIN_DEVICETREE,
        .nearest = DMS_NEAREST_BELOW,
        .mapping = {UINT64_MAX - 1, UINT64_MAX},
        .distance = UINT64_MAX,
        .brief_before = UINT64_MAX,
    };
    char line[DMS_FAULT_LINE];

    (void)state;
    memset(fault.iommu, 'i', DMS_NAME_MAX - 1);
    memset(fault.device, 'd', DMS_NAME_MAX - 1);
    memset(fault.parent, 'p', DMS_NAME_MAX - 1);
    memset(fault.region_owner, 'o', DMS_NAME_MAX - 1);
    assert_in_range(dms_fault_format(&fault, line, sizeof(line)), 500, sizeof(line) - 1);
    assert_non_null(strstr(line, " before it were brief"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_fault_names_the_region_and_who_reserved_it),
        rig_test(a_forbidden_direction_shows_the_mapping_it_is_in),
        rig_test(the_nearest_mapping_is_the_closer_one),
        rig_test(an_empty_domain_and_a_null_pointer_are_told),
        rig_test(a_stream_that_nobody_owns_shows_its_neighbours),
        rig_test(a_device_that_is_not_attached_is_named_as_such),
        rig_test(without_a_callback_faults_go_to_the_log),
        rig_test(a_callback_may_destroy_the_device_at_fault),
        cmocka_unit_test(every_reason_has_its_own_text),
        cmocka_unit_test(a_privileged_access_is_told_as_such),
        cmocka_unit_test(the_longest_line_fits),
    };

    return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
