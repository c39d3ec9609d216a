/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "rig.h"

static void on_fault(void *ctx, const struct dms_fault *fault)
{
    struct rig *rig = ctx;

    if (rig->fault_count < RIG_FAULTS)
        rig->faults[rig->fault_count] = *fault;
    rig->fault_count++;
}

struct rig *rig_create_port(unsigned thread_slots, const void *blob, size_t size, const char *iommu)
{
    struct rig *rig = calloc(1, sizeof(*rig));
    struct dms_machine_cfg cfg = {.blob = blob, .blob_size = size, .on_fault = on_fault};

    assert_non_null(rig);
    test_port_init(&rig->tp, thread_slots);
    rig->fake = fake_iommu_create(&rig->tp.port, "smmu", 16);
    cfg.port = &rig->tp.port;
    cfg.on_fault_ctx = rig;
    assert_int_equal(dms_machine_create(&cfg, &rig->machine), 0);
    assert_int_equal(dms_machine_add_iommu(rig->machine, fake_iommu_base(rig->fake), iommu), 0);
    return rig;
}

struct rig *rig_create(void)
{
    return rig_create_port(0, NULL, 0, NULL);
}

struct rig *rig_create_tree(const void *blob, size_t size, const char *iommu)
{
    return rig_create_port(0, blob, size, iommu);
}

const struct dms_fault *rig_fault(struct rig *rig, dms_sid_t sid, dms_iova_t iova, uint32_t access)
{
    dms_phys_t phys;

    rig->fault_count = 0;
    assert_int_equal(fake_access(rig->fake, sid, iova, access, &phys, NULL), DMS_EIO);
    assert_int_equal(dms_machine_poll(rig->machine), 1);
    assert_int_equal(rig->fault_count, 1);
    return &rig->faults[0];
}

void rig_destroy(struct rig *rig)
{
    assert_int_equal(dms_machine_destroy(rig->machine, NULL), 0);
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    fake_iommu_destroy(rig->fake);
    test_port_assert_clean(&rig->tp);
    free(rig);
}

static int rig_bus_configure(struct dms_device *dev, struct dms_report *report)
{
    const struct rig_streams *streams = dms_device_driver_data(dev);
    int err = streams->count ? 0 : DMS_ENODEV;

    for (unsigned i = 0; i < streams->count && !err; i++)
        err =
            dms_configure_stream(dev, fake_iommu_base(streams->rig->fake), streams->at[i], report);
    /* No node: nothing to read, and no error. */
    if (!err)
        err = dms_configure_node(dev, report);
    return err ? err : dms_configure_bus(dev, report);
}

const struct dms_bus rig_bus = {.name = "rig", .dma_configure = rig_bus_configure};

int rig_try_device(struct rig *rig, const char *name, const struct rig_streams *streams,
                   const struct dms_device_cfg *cfg, struct dms_device **out)
{
    struct dms_device_cfg all = cfg ? *cfg : (struct dms_device_cfg){0};
    struct rig_streams mine = *streams;

    mine.rig = rig;
    all.name = name;
    all.bus = &rig_bus;
    all.driver_data = &mine;
    return dms_device_create(rig->machine, &all, out, &rig->report);
}

struct dms_device *rig_device(struct rig *rig, const char *name, dms_sid_t sid,
                              const struct dms_device_cfg *cfg)
{
    struct rig_streams streams = {.count = 1, .at = {{sid, 0}}};
    struct dms_device *dev = NULL;

    assert_int_equal(rig_try_device(rig, name, &streams, cfg, &dev), 0);
    return dev;
}

struct dms_device *rig_attached(struct rig *rig, const char *name, dms_sid_t sid,
                                const struct dms_device_cfg *cfg)
{
    struct dms_device *dev = rig_device(rig, name, sid, cfg);

    assert_int_equal(dms_attach(dev, &rig->report), 0);
    return dev;
}

void rig_end(struct dms_device *dev)
{
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_IDLE, NULL), 0);
}

void rig_assert_hits(struct rig *rig, struct dms_device *dev, dms_iova_t iova, uint32_t access,
                     const void *at)
{
    dms_phys_t phys = {0};
    bool stale = true;

    assert_int_equal(
        fake_access(rig->fake, dms_device_stream(dev, 0).sid, iova, access, &phys, &stale), 0);
    assert_false(stale);
    assert_ptr_equal(test_port_at(phys), at);
}

void rig_assert_aborts(struct rig *rig, struct dms_device *dev, dms_iova_t iova, uint32_t access)
{
    dms_phys_t phys = {0};

    assert_int_equal(
        fake_access(rig->fake, dms_device_stream(dev, 0).sid, iova, access, &phys, NULL), DMS_EIO);
}

void *rig_pages(unsigned n)
{
    void *ptr = aligned_alloc(65536, ((size_t)n * 4096 + 65535) & ~(size_t)65535);

    assert_non_null(ptr);
    memset(ptr, 0, (size_t)n * 4096);
    return ptr;
}

int rig_setup(void **state)
{
    *state = rig_create();
    return 0;
}

int rig_teardown(void **state)
{
    rig_destroy(*state);
    return 0;
}
