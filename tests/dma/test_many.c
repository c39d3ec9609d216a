/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * As many functions as there are stream IDs, at a cost per function that does not grow with their
 * number.
 */
#include "../device/rig.h"
#include "../of/fdt_builder.h"

#define FUNCTIONS 65536u

/* One map entry of all ids, in one tree with one SMMU. */
static struct fdt_builder *tree(void)
{
    struct fdt_builder *fb = fb_begin();

    fb_cells(fb, "#address-cells", 1);
    fb_cells(fb, "#size-cells", 1);
    fb_iommu(fb, "smmu", 1, 1);
    fb_node(fb, "unit");
    fb_cells(fb, "iommu-map", 0, 1, 0, FUNCTIONS);
    fb_end(fb);
    fb_finish(fb);
    return fb;
}

/* Work of everything that could depend on the number of devices. */
struct work {
    uint64_t port_calls;
    uint64_t probes;
    uint64_t bytes;
};

static struct work work_now(struct rig *rig)
{
    struct dms_machine_stats stats;

    dms_machine_get_stats(rig->machine, &stats);
    return (struct work){(uint64_t)atomic_load(&rig->tp.calls), stats.stream_probes,
                         (uint64_t)atomic_load(&rig->tp.live_bytes)};
}

static struct dms_device *use_one(struct rig *rig, struct dms_device *unit, uint32_t id, void *page)
{
    struct dms_region low = {0, 0x25800000, DMS_REGION_RESERVED};
    struct dms_device_cfg cfg = {.name = "f", .regions = &low, .nregions = 1};
    struct dms_device *dev = NULL;
    dms_iova_t iova;

    assert_int_equal(dms_function_create(unit, id, &cfg, &dev, &rig->report), 0);
    assert_int_equal(dms_attach(dev, &rig->report), 0);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    rig_assert_hits(rig, dev, iova, DMS_READ, page);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    return dev;
}

static void all_functions_live_at_once_at_a_constant_cost(void **state)
{
    struct fdt_builder *fb = tree();
    struct rig *rig = rig_create_tree(fb->blob, sizeof(fb->blob), "/smmu");
    struct dms_device_cfg cfg = {.name = "unit", .node = "/unit"};
    struct dms_device **devices = calloc(FUNCTIONS, sizeof(*devices));
    struct work quarter[5];
    struct dms_device *unit;
    struct dms_device *extra;
    void *page = rig_pages(1);

    (void)state;
    assert_non_null(devices);
    assert_int_equal(dms_device_create(rig->machine, &cfg, &unit, NULL), 0);
    for (uint32_t id = 0; id < FUNCTIONS; id++) {
        if (id % (FUNCTIONS / 4) == 0)
            quarter[id / (FUNCTIONS / 4)] = work_now(rig);
        devices[id] = use_one(rig, unit, id, page);
    }
    quarter[4] = work_now(rig);
    cfg = (struct dms_device_cfg){.name = "one too many"};
    assert_int_equal(dms_function_create(unit, FUNCTIONS, &cfg, &extra, NULL), DMS_ENODEV);
    assert_int_equal(dms_function_create(unit, 4711, &cfg, &extra, &rig->report), DMS_EEXIST);

    for (unsigned q = 1; q < 4; q++) {
        uint64_t calls = quarter[q + 1].port_calls - quarter[q].port_calls;
        uint64_t probes = quarter[q + 1].probes - quarter[q].probes;
        uint64_t first = quarter[1].port_calls - quarter[0].port_calls;

        /* Doubling the table of streams is a handful of calls; all else is per device. */
        assert_in_range(calls, first - 64, first + 64);
        assert_in_range(probes, FUNCTIONS / 4, 3 * (FUNCTIONS / 4));
    }
    print_message("# %.0f bytes and %.1f port calls per function, %.2f probes\n",
                  (double)(quarter[4].bytes - quarter[0].bytes) / FUNCTIONS,
                  (double)(quarter[4].port_calls - quarter[0].port_calls) / FUNCTIONS,
                  (double)(quarter[4].probes - quarter[0].probes) / FUNCTIONS);
    for (uint32_t id = 0; id < FUNCTIONS; id++)
        rig_end(devices[(id * 40503u) % FUNCTIONS]); /* in no particular order */
    rig_end(unit);
    rig_destroy(rig);
    free(devices);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_functions_live_at_once_at_a_constant_cost),
    };

    return cmocka_run_group_tests_name("many", tests, NULL, NULL);
}
