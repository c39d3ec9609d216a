/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Bring-up, create, attach, reserve and map: every allocation and every other call of the port
 * fails once, and every request to the IOMMU.
 */
#include "../of/fdt_builder.h"
#include "fail_nth.h"

#define MOST_FAILURES 200

/* ---- create ---------------------------------------------------------------------------------- */

static int create_call(struct rig *rig)
{
    static const struct dms_region regions[] = {{0x1000, 0x1000, DMS_REGION_FIXED},
                                                {0x30000000, 0x1000, DMS_REGION_DIRECT}};
    static const struct dms_range window[] = {{0x2000, 0x3fffffff}, {0x80000000, 0xffffffff}};
    struct rig_streams streams = {.count = 3, .at = {{1, 0}, {2, 0}, {8, 7}}};
    struct dms_device_cfg cfg = {
        .regions = regions, .nregions = 2, .window = window, .nwindow = 2, .lazy = true};

    return rig_try_device(rig, "dev", &streams, &cfg, &on.dev);
}

static void create_failed(struct rig *rig)
{
    struct dms_machine_stats stats;

    dms_machine_get_stats(rig->machine, &stats);
    assert_int_equal(stats.devices + stats.groups + stats.streams, 0);
}

static void destroy_device(struct rig *rig)
{
    (void)rig;
    rig_end(on.dev);
}

/* A member joins a group with regions of its own. */
static void share_setup(struct rig *rig)
{
    on.parent = rig_device(rig, "first", 4, NULL);
}

static int share_call(struct rig *rig)
{
    static const struct dms_region regions[] = {{0x1000, 0x1000, DMS_REGION_FIXED},
                                                {0x30000000, 0x1000, DMS_REGION_RESERVED}};
    struct rig_streams streams = {.count = 2, .at = {{4, 0}, {5, 0}}};
    struct dms_device_cfg cfg = {.regions = regions, .nregions = 2, .share_group_with = on.parent};

    return rig_try_device(rig, "dev", &streams, &cfg, &on.dev);
}

static void share_failed(struct rig *rig)
{
    struct dms_machine_stats stats;

    dms_machine_get_stats(rig->machine, &stats);
    assert_int_equal(stats.devices, 1);
    assert_int_equal(stats.streams, 1);
}

static void share_undo(struct rig *rig)
{
    destroy_device(rig);
    rig_end(on.parent);
}

/* ---- attach ---------------------------------------------------------------------------------- */

static void attach_setup(struct rig *rig)
{
    static const struct dms_region direct[] = {{0x30000000, 0x2000, DMS_REGION_DIRECT},
                                               {0x40000000, 0x1000, DMS_REGION_DIRECT}};
    struct rig_streams streams = {.count = 2, .at = {{1, 0}, {2, 0}}};
    struct dms_device_cfg cfg = {.regions = direct, .nregions = 2};

    assert_int_equal(rig_try_device(rig, "dev", &streams, &cfg, &on.dev), 0);
}

static int attach_call(struct rig *rig)
{
    return dms_attach(on.dev, &rig->report);
}

static void attach_failed(struct rig *rig)
{
    dms_phys_t phys;

    assert_false(dms_device_is_attached(on.dev));
    assert_int_equal(fake_pages(rig->fake), 0);
    assert_int_equal(fake_access(rig->fake, 1, 0x30000000, DMS_READ, &phys, NULL), DMS_EIO);
    assert_int_equal(fake_access(rig->fake, 2, 0x30000000, DMS_READ, &phys, NULL), DMS_EIO);
    assert_int_equal(dms_regions(on.dev, NULL, 0), 2);
}

static void attach_undo(struct rig *rig)
{
    rig_assert_hits(rig, on.dev, 0x30000000, DMS_READ, (void *)0x30000000);
    rig_end(on.dev);
}

/* ---- reserve and window ---------------------------------------------------------------------- */

static int reserve_call(struct rig *rig)
{
    return dms_reserve(on.dev, ROOM_FIRST + 0x40000, 0x4000, DMS_REGION_DIRECT, &rig->report);
}

static int window_call(struct rig *rig)
{
    static const struct dms_range window[] = {{ROOM_FIRST + 0x2000, ROOM_FIRST + 0x3fff},
                                              {ROOM_FIRST + 0x10000, ROOM_FIRST + 0x1ffff}};

    return dms_window(on.dev, window, 2, &rig->report);
}

static int reserve_any_call(struct rig *rig)
{
    (void)rig;
    return dms_reserve_any(on.dev, 0x10000, NULL, &on.iova);
}

/* ---- map ------------------------------------------------------------------------------------- */

static int map_call(struct rig *rig)
{
    rig->tp.scatter = true;
    return dms_map(on.dev, on.pages + 0x10, 3 * 4096, DMS_BIDIRECTIONAL, NULL, &on.iova);
}

static void map_undo(struct rig *rig)
{
    rig_assert_hits(rig, on.dev, on.iova + 0x2ff0, DMS_READ, on.pages + 0x3000);
    assert_int_equal(dms_unmap(on.dev, on.iova, 3 * 4096, NULL), 0);
    end_device(rig);
}

static int sg_call(struct rig *rig)
{
    rig->tp.scatter = true;
    for (unsigned i = 0; i < 4; i++)
        on.list[i] = (struct dms_sg){.ptr = on.pages + i * 3 * 4096, .size = 2 * 4096};
    return dms_map_sg(on.dev, on.list, 4, DMS_TO_DEVICE, NULL, NULL);
}

static void sg_undo(struct rig *rig)
{
    rig_assert_hits(rig, on.dev, on.list[3].iova + 4096, DMS_READ, on.pages + 10 * 4096);
    assert_int_equal(dms_unmap_sg(on.dev, on.list, 4, NULL), 0);
    end_device(rig);
}

/* The lower half of what may be handed out becomes a fixed region. */
static void fixed_setup(struct rig *rig)
{
    make_device(rig);
    on.room = ROOM_SIZE / 2;
    assert_int_equal(dms_reserve(on.dev, ROOM_FIRST, on.room, DMS_REGION_FIXED, NULL), 0);
    on.regions++;
}

static int fixed_call(struct rig *rig)
{
    rig->tp.scatter = true;
    on.iova = ROOM_FIRST + 0x1010;
    return dms_map_fixed(on.dev, on.iova, on.pages + 0x10, 3 * 4096, DMS_TO_DEVICE, NULL);
}

static int coherent_call(struct rig *rig)
{
    (void)rig;
    return dms_coherent_alloc(on.dev, 8192, NULL, &on.coherent, &on.iova);
}

static void coherent_undo(struct rig *rig)
{
    rig_assert_hits(rig, on.dev, on.iova, DMS_WRITE, on.coherent);
    assert_int_equal(dms_coherent_free(on.dev, on.coherent, 8192, on.iova), 0);
    end_device(rig);
}

static const struct subject subjects[] = {
    {"create", NULL, create_call, create_failed, NULL, destroy_device},
    {"create in a group", share_setup, share_call, share_failed, NULL, share_undo},
    {"attach", attach_setup, attach_call, attach_failed, NULL, attach_undo},
    {"reserve", make_device, reserve_call, nothing_happened, NULL, destroy_device},
    {"window", make_device, window_call, nothing_happened, NULL, destroy_device},
    {"reserve any", make_device, reserve_any_call, nothing_happened, NULL, destroy_device},
    {"map", make_device, map_call, nothing_happened, NULL, map_undo},
    {"scatter list", make_device, sg_call, nothing_happened, NULL, sg_undo},
    {"fixed", fixed_setup, fixed_call, nothing_happened, NULL, map_undo},
    {"coherent", make_device, coherent_call, nothing_happened, NULL, coherent_undo},
};

#define SUBJECTS (sizeof(subjects) / sizeof(subjects[0]))

static void every_port_call_may_fail(void **state)
{
    (void)state;
    assert_true(fail_port_calls(subjects, SUBJECTS) > 0);
}

static void every_request_to_the_iommu_may_fail(void **state)
{
    static const struct refusal refusals[] = {
        {FAKE_DOMAIN_CREATE, DMS_ENOMEM}, {FAKE_ATTACH, DMS_ENOMEM}, {FAKE_MAP, DMS_ENOMEM}};

    (void)state;
    fail_requests(subjects, SUBJECTS, refusals, 3);
}

/* ---- bring-up and devices of a tree ---------------------------------------------------------- */

static struct fdt_builder *small_tree(void)
{
    struct fdt_builder *fb = fb_begin();

    fb_cells(fb, "#address-cells", 1);
    fb_cells(fb, "#size-cells", 1);
    fb_iommu(fb, "smmu", 1, 1);
    fb_node(fb, "dev");
    fb_cells(fb, "iommus", 1, 1, 1, 2, 1, 3);
    fb_cells(fb, "iommu-ranges", 0x1000, 0x1000, 0x3000, 0x1000, 0x5000, 0x1000, 0x7000, 0x1000,
             0x9000, 0x1000);
    fb_cells(fb, "iommu-map", 0, 1, 0x10, 8);
    fb_end(fb);
    fb_finish(fb);
    return fb;
}

/* A machine with its tree and IOMMU, a device of the tree and a function below it. */
static int bring_up(struct test_port *tp, struct fake_iommu *fake, const struct fdt_builder *fb)
{
    struct dms_machine_cfg cfg = {
        .port = &tp->port, .blob = fb->blob, .blob_size = sizeof(fb->blob)};
    struct dms_device_cfg device = {.name = "dev", .node = "/dev"};
    struct dms_device_cfg function = {.name = "f"};
    struct dms_machine *machine = NULL;
    struct dms_device *dev = NULL;
    struct dms_device *f = NULL;
    int err = dms_machine_create(&cfg, &machine);

    if (err)
        return err;
    err = dms_machine_add_iommu(machine, fake_iommu_base(fake), "/smmu");
    if (!err)
        err = dms_device_create(machine, &device, &dev, NULL);
    if (!err)
        err = dms_function_create(dev, 3, &function, &f, NULL);
    if (f)
        rig_end(f);
    if (dev)
        rig_end(dev);
    assert_int_equal(dms_machine_destroy(machine, NULL), 0);
    return err;
}

static void a_bring_up_that_fails_leaves_nothing(void **state)
{
    struct fdt_builder *fb = small_tree();
    struct fake_iommu *fake;
    struct test_port tp;
    long n = 0;

    (void)state;
    test_port_init(&tp, 0);
    fake = fake_iommu_create(&tp.port, "smmu", 16);
    do {
        int err;

        test_port_fail_nth(&tp, ++n);
        err = bring_up(&tp, fake, fb);
        assert_int_equal(err, atomic_load(&tp.failed) ? DMS_ENOMEM : 0);
        test_port_assert_clean(&tp);
    } while (atomic_load(&tp.failed));
    assert_in_range(n, 10, MOST_FAILURES);
    print_message("# %ld faults injected\n", n - 1);
    fake_iommu_destroy(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_port_call_may_fail),
        cmocka_unit_test(every_request_to_the_iommu_may_fail),
        cmocka_unit_test(a_bring_up_that_fails_leaves_nothing),
    };

    return cmocka_run_group_tests_name("fail_nth", tests, NULL, NULL);
}
