/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Coherent buffers, and cache maintenance for devices that do not snoop. */
#include "../device/rig.h"

static void a_coherent_buffer_is_zeroed_whole_granules_reachable_both_ways(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev =
        rig_attached(rig, "dev", 1, &(struct dms_device_cfg){.granule_lg2 = 14});
    dms_iova_t iova;
    char *ptr;

    assert_int_equal(dms_coherent_alloc(dev, 100, NULL, (void **)&ptr, &iova), 0);
    assert_int_equal((uintptr_t)ptr & 0x3fff, 0);
    assert_int_equal(iova & 0x3fff, 0);
    for (unsigned i = 0; i < 0x4000; i++)
        assert_int_equal(ptr[i], 0);
    rig_assert_hits(rig, dev, iova + 0x3fff, DMS_WRITE, ptr + 0x3fff);
    rig_assert_hits(rig, dev, iova, DMS_READ, ptr);
    assert_int_equal(dms_coherent_free(dev, ptr, 100, iova + 1), DMS_EINVAL);
    assert_int_equal(dms_coherent_free(dev, ptr, 100, iova), 0);
    rig_assert_aborts(rig, dev, iova, DMS_READ);
    rig_end(dev);
}

static void a_coherent_buffer_that_cannot_be_mapped_is_not_kept(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    struct dms_dma_opts nowhere = {.highest = 0xfff};
    long live = atomic_load(&rig->tp.live);
    void *ptr = NULL;
    dms_iova_t iova;

    assert_int_equal(dms_coherent_alloc(dev, 4096, &nowhere, &ptr, &iova), DMS_ENOSPC);
    assert_int_equal(dms_coherent_alloc(dev, 0, NULL, &ptr, &iova), DMS_EINVAL);
    fake_fail_nth(rig->fake, FAKE_MAP, 1, DMS_ENOMEM);
    assert_int_equal(dms_coherent_alloc(dev, 4096, NULL, &ptr, &iova), DMS_ENOMEM);
    test_port_fail_nth(&rig->tp, 1);
    assert_int_equal(dms_coherent_alloc(dev, 4096, NULL, &ptr, &iova), DMS_ENOMEM);
    test_port_fail_nth(&rig->tp, 0);
    assert_null(ptr);
    assert_int_equal(dms_detach(dev, NULL), 0);
    assert_int_equal(dms_coherent_alloc(dev, 4096, NULL, &ptr, &iova), DMS_ENODEV);
    assert_int_equal(dms_coherent_free(dev, ptr, 4096, 0x1000), DMS_ENODEV);
    assert_int_equal(atomic_load(&rig->tp.live), live);
    rig_end(dev);
}

static void a_coherent_free_is_strict_on_a_lazy_device(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, &(struct dms_device_cfg){.lazy = true});
    dms_iova_t iova;
    void *ptr;

    assert_int_equal(dms_coherent_alloc(dev, 4096, NULL, &ptr, &iova), 0);
    assert_int_equal(dms_coherent_free(dev, ptr, 4096, iova), 0);
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    rig_end(dev);
}

/* ---- a device that does not snoop ------------------------------------------------------------ */

static int setup_noncoherent(void **state)
{
    struct rig *rig = rig_create();

    test_port_make_noncoherent(&rig->tp);
    *state = rig;
    return 0;
}

static const struct test_cache_op *only_op(struct rig *rig)
{
    assert_int_equal(rig->tp.cache_op_count, 1);
    rig->tp.cache_op_count = 0;
    return &rig->tp.cache_ops[0];
}

static void map_cleans_what_a_device_that_does_not_snoop_will_read_or_write(void **state)
{
    static const enum dms_direction dirs[] = {DMS_TO_DEVICE, DMS_FROM_DEVICE, DMS_BIDIRECTIONAL};
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    struct dms_dma_opts no_sync = {.no_sync = true};
    char *pages = rig_pages(2);
    dms_iova_t iova;

    rig->tp.cache_op_count = 0;
    for (unsigned i = 0; i < 3; i++) {
        const struct test_cache_op *op;

        assert_int_equal(dms_map(dev, pages + 16, 5000, dirs[i], NULL, &iova), 0);
        op = only_op(rig);
        assert_false(op->invalidate);
        assert_ptr_equal(op->ptr, pages + 16);
        assert_int_equal(op->size, 5000);
        assert_int_equal(dms_unmap(dev, iova, 5000, NULL), 0);
    }
    assert_int_equal(dms_map(dev, pages, 4096, DMS_TO_DEVICE, &no_sync, &iova), 0);
    assert_int_equal(rig->tp.cache_op_count, 0);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    rig_end(dev);
    free(pages);
}

static void the_cpu_drops_what_the_device_may_have_written(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_device(rig, "dev", 1, NULL);
    char buffer[64];
    const struct test_cache_op *op;

    dms_sync_for_cpu(dev, buffer, 64, DMS_TO_DEVICE);
    assert_int_equal(rig->tp.cache_op_count, 0);
    dms_sync_for_cpu(dev, buffer, 64, DMS_FROM_DEVICE);
    op = only_op(rig);
    assert_true(op->invalidate);
    assert_ptr_equal(op->ptr, buffer);
    assert_int_equal(op->size, 64);
    dms_sync_for_cpu(dev, buffer, 64, DMS_BIDIRECTIONAL);
    assert_true(only_op(rig)->invalidate);
    dms_sync_for_device(dev, buffer, 64, DMS_FROM_DEVICE);
    assert_false(only_op(rig)->invalidate);
    rig_end(dev);
}

static void scatter_lists_and_fixed_mappings_are_cleaned_too(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *pages = rig_pages(4);
    struct dms_sg list[] = {{.ptr = pages, .size = 100}, {.ptr = pages + 8192, .size = 200}};

    rig->tp.cache_op_count = 0;
    assert_int_equal(dms_map_sg(dev, list, 2, DMS_TO_DEVICE, NULL, NULL), 0);
    assert_int_equal(rig->tp.cache_op_count, 2);
    assert_ptr_equal(rig->tp.cache_ops[1].ptr, pages + 8192);
    assert_int_equal(rig->tp.cache_ops[1].size, 200);
    assert_int_equal(dms_unmap_sg(dev, list, 2, NULL), 0);
    rig->tp.cache_op_count = 0;
    dms_reserve(dev, 0x10000000, 0x1000, DMS_REGION_FIXED, NULL);
    assert_int_equal(dms_map_fixed(dev, 0x10000000, pages, 10, DMS_TO_DEVICE, NULL), 0);
    assert_int_equal(only_op(rig)->size, 10);
    assert_int_equal(dms_unmap(dev, 0x10000000, 10, NULL), 0);
    rig_end(dev);
    free(pages);
}

static void a_coherent_device_needs_no_maintenance(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev =
        rig_attached(rig, "dev", 1, &(struct dms_device_cfg){.coherence = DMS_COHERENCE_SNOOPS});
    char *page = rig_pages(1);
    dms_iova_t iova;
    void *ptr;

    rig->tp.cache_op_count = 0;
    assert_int_equal(dms_map(dev, page, 4096, DMS_BIDIRECTIONAL, NULL, &iova), 0);
    dms_sync_for_device(dev, page, 4096, DMS_BIDIRECTIONAL);
    dms_sync_for_cpu(dev, page, 4096, DMS_BIDIRECTIONAL);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    assert_int_equal(dms_coherent_alloc(dev, 4096, NULL, &ptr, &iova), 0);
    assert_int_equal(dms_coherent_free(dev, ptr, 4096, iova), 0);
    assert_int_equal(rig->tp.cache_op_count, 0);
    rig_end(dev);
    free(page);
}

static void memory_alike_for_both_cannot_be_had_without_snooping(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    struct dms_dma_opts opts = {.report = &rig->report};
    dms_iova_t iova;
    void *ptr;

    assert_int_equal(dms_coherent_alloc(dev, 4096, &opts, &ptr, &iova), DMS_ENOTSUP);
    assert_string_not_equal(rig->report.text, "");
    rig_end(dev);
}

#define noncoherent_test(function)                                                                 \
    cmocka_unit_test_setup_teardown(function, setup_noncoherent, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_coherent_buffer_is_zeroed_whole_granules_reachable_both_ways),
        rig_test(a_coherent_buffer_that_cannot_be_mapped_is_not_kept),
        rig_test(a_coherent_free_is_strict_on_a_lazy_device),
        noncoherent_test(map_cleans_what_a_device_that_does_not_snoop_will_read_or_write),
        noncoherent_test(the_cpu_drops_what_the_device_may_have_written),
        noncoherent_test(scatter_lists_and_fixed_mappings_are_cleaned_too),
        noncoherent_test(a_coherent_device_needs_no_maintenance),
        noncoherent_test(memory_alike_for_both_cannot_be_had_without_snooping),
    };

    return cmocka_run_group_tests_name("coherent", tests, NULL, NULL);
}
