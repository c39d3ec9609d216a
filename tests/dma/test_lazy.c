/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Batched invalidation: bounded in count and time, and no address comes back before it. */
#include "../device/rig.h"

#include <pthread.h>

static const struct dms_device_cfg lazy = {.lazy = true};

static dms_iova_t map_page(struct dms_device *dev, void *page)
{
    dms_iova_t iova = 0;

    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    return iova;
}

static void a_lazy_unmap_withholds_the_iova_until_it_is_flushed(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, &lazy);
    struct dms_dma_stats stats;
    void *page = rig_pages(1);
    dms_iova_t first = map_page(dev, page);
    dms_iova_t second;
    dms_phys_t phys;
    bool stale;

    assert_int_equal(dms_unmap(dev, first, 4096, NULL), 0);
    assert_int_equal(fake_calls(rig->fake, FAKE_FLUSH), 0);
    assert_int_equal(fake_access(rig->fake, 1, first, DMS_READ, &phys, &stale), 0);
    assert_true(stale); /* that is what lazy means */
    second = map_page(dev, page);
    assert_int_not_equal(second, first);
    assert_int_equal(dms_dma_get_stats(dev, &stats), 0);
    assert_int_equal(stats.withheld, 1);
    assert_int_equal(stats.withheld_bytes, 4096);
    assert_int_equal(dms_flush(dev), 0);
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    assert_int_equal(dms_dma_get_stats(dev, &stats), 0);
    assert_int_equal(stats.withheld, 0);
    assert_int_equal(stats.flushes, 1);
    assert_int_equal(dms_unmap(dev, second, 4096, NULL), 0);
    rig_end(dev);
    free(page);
}

static void a_queue_is_flushed_when_it_is_full(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, &lazy);
    void *page = rig_pages(1);

    for (unsigned i = 0; i < DMS_LAZY_MAX_COUNT; i++)
        assert_int_equal(dms_unmap(dev, map_page(dev, page), 4096, NULL), 0);
    assert_int_equal(fake_calls(rig->fake, FAKE_FLUSH), 0);
    assert_int_equal(fake_stale_pages(rig->fake), DMS_LAZY_MAX_COUNT);
    assert_int_equal(dms_unmap(dev, map_page(dev, page), 4096, NULL), 0);
    assert_int_equal(fake_calls(rig->fake, FAKE_FLUSH), 1);
    assert_int_equal(fake_stale_pages(rig->fake), 1);
    rig_end(dev);
    free(page);
}

static void a_queue_is_flushed_when_it_is_old(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, &lazy);
    struct dms_device *silent = rig_attached(rig, "silent", 2, &lazy);
    void *page = rig_pages(1);

    atomic_store(&rig->tp.now, 1000);
    assert_int_equal(dms_unmap(dev, map_page(dev, page), 4096, NULL), 0);
    assert_int_equal(dms_unmap(silent, map_page(silent, page), 4096, NULL), 0);
    atomic_store(&rig->tp.now, 1000 + DMS_LAZY_MAX_NS - 1);
    assert_int_equal(dms_unmap(dev, map_page(dev, page), 4096, NULL), 0);
    assert_int_equal(dms_machine_flush_due(rig->machine), 0);
    assert_int_equal(fake_stale_pages(rig->fake), 3);
    /* Its age is that of its oldest range. */
    atomic_store(&rig->tp.now, 1000 + DMS_LAZY_MAX_NS);
    assert_int_equal(dms_unmap(dev, map_page(dev, page), 4096, NULL), 0);
    assert_int_equal(fake_stale_pages(rig->fake), 2);
    /* The other device is silent: the host's timer does it. */
    assert_int_equal(dms_machine_flush_due(rig->machine), 0);
    assert_int_equal(fake_stale_pages(rig->fake), 1);
    rig_end(dev);
    rig_end(silent);
    free(page);
}

/* One more than a queue holds, so that it is flushed once and one range waits. */
static void *fill_a_queue(void *arg)
{
    struct dms_device *dev = arg;
    void *page = rig_pages(1);

    for (unsigned i = 0; i <= DMS_LAZY_MAX_COUNT; i++)
        assert_int_equal(dms_unmap(dev, map_page(dev, page), 4096, NULL), 0);
    free(page);
    return NULL;
}

static void each_thread_has_a_queue_and_a_flush_empties_all(void **state)
{
    struct rig *rig = rig_create_port(4, NULL, 0, NULL);
    struct dms_device *dev = rig_attached(rig, "dev", 1, &lazy);
    struct dms_dma_stats stats;
    void *page = rig_pages(1);
    pthread_t thread;

    (void)state;
    for (unsigned i = 0; i < DMS_LAZY_MAX_COUNT; i++)
        assert_int_equal(dms_unmap(dev, map_page(dev, page), 4096, NULL), 0);
    assert_int_equal(pthread_create(&thread, NULL, fill_a_queue, dev), 0);
    pthread_join(thread, NULL);
    /* The other thread's queue was full, this one's is left alone. */
    assert_int_equal(fake_calls(rig->fake, FAKE_FLUSH), 1);
    assert_int_equal(dms_dma_get_stats(dev, &stats), 0);
    assert_int_equal(stats.withheld, DMS_LAZY_MAX_COUNT + 1);
    assert_int_equal(dms_flush(dev), 0);
    assert_int_equal(fake_calls(rig->fake, FAKE_FLUSH), 3);
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    assert_int_equal(dms_dma_get_stats(dev, &stats), 0);
    assert_int_equal(stats.withheld, 0);
    rig_end(dev);
    rig_destroy(rig);
    free(page);
}

/* Another thread that has the queue's lock first, and leaves the queue full. */
static struct {
    void (*lock)(void *ctx, dms_lock_t *lock);
    struct dms_device *dev;
    dms_iova_t iova[DMS_LAZY_MAX_COUNT];
    bool waits; /* for the next who takes a lock */
} other;

static void lock_after_the_other(void *ctx, dms_lock_t *lock)
{
    bool first = other.waits;

    other.waits = false;
    for (unsigned i = 0; first && i < DMS_LAZY_MAX_COUNT; i++)
        assert_int_equal(dms_unmap(other.dev, other.iova[i], 4096, NULL), 0);
    other.lock(ctx, lock);
}

static void who_waits_for_a_shared_queue_finds_what_the_other_thread_has_left(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, &lazy);
    void *page = rig_pages(1);
    dms_iova_t mine = map_page(dev, page);
    unsigned flushes;

    other.dev = dev;
    for (unsigned i = 0; i < DMS_LAZY_MAX_COUNT; i++)
        other.iova[i] = map_page(dev, page);
    /* The queue is there already. */
    assert_int_equal(dms_unmap(dev, map_page(dev, page), 4096, NULL), 0);
    assert_int_equal(dms_flush(dev), 0);
    flushes = fake_calls(rig->fake, FAKE_FLUSH);
    other.lock = rig->tp.port.lock;
    rig->tp.port.lock = lock_after_the_other;
    other.waits = true;
    assert_int_equal(dms_unmap(dev, mine, 4096, NULL), 0);
    assert_false(other.waits);
    assert_int_equal(fake_calls(rig->fake, FAKE_FLUSH), flushes + 1);
    assert_int_equal(fake_stale_pages(rig->fake), 1);
    rig->tp.port.lock = other.lock;
    rig_end(dev);
    free(page);
}

/* The invalidation stands between the last access and the next owner of the address. */
static void no_address_comes_back_while_the_hardware_may_use_it(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, &lazy);
    void *page = rig_pages(1);
    dms_phys_t phys;
    bool stale;

    for (unsigned i = 0; i < 4 * DMS_LAZY_MAX_COUNT; i++) {
        dms_iova_t iova = map_page(dev, page);

        assert_int_equal(fake_access(rig->fake, 1, iova, DMS_READ, &phys, &stale), 0);
        assert_false(stale);
        assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
        assert_true(fake_stale_pages(rig->fake) <= DMS_LAZY_MAX_COUNT);
    }
    assert_int_equal(fake_calls(rig->fake, FAKE_FLUSH), 3);
    rig_end(dev);
    free(page);
}

static void a_lazy_device_can_be_strict_once(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, &lazy);
    struct dms_dma_opts strict = {.strict = true};
    void *page = rig_pages(1);
    dms_iova_t iova = map_page(dev, page);

    assert_int_equal(dms_unmap(dev, iova, 4096, &strict), 0);
    rig_assert_aborts(rig, dev, iova, DMS_READ);
    rig_end(dev);
    free(page);
}

/* No false out-of-space: what waits for its invalidation is space, too. */
static void an_allocation_flushes_before_it_is_refused(void **state)
{
    struct rig *rig = *state;
    struct dms_range window = {0x10000, 0x13fff};
    struct dms_device *dev = rig_attached(
        rig, "dev", 1, &(struct dms_device_cfg){.lazy = true, .window = &window, .nwindow = 1});
    void *page = rig_pages(1);
    dms_iova_t iova[4];

    for (unsigned round = 0; round < 10; round++) {
        for (unsigned i = 0; i < 4; i++)
            iova[i] = map_page(dev, page);
        for (unsigned i = 0; i < 4; i++)
            assert_int_equal(dms_unmap(dev, iova[i], 4096, NULL), 0);
    }
    /* And when that fails, it says so. */
    fake_fail_all(rig->fake, FAKE_FLUSH, DMS_ETIMEDOUT);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova[0]), DMS_EAGAIN);
    fake_fail_all(rig->fake, FAKE_FLUSH, 0);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova[0]), 0);
    assert_int_equal(dms_unmap(dev, iova[0], 4096, NULL), 0);
    rig_end(dev);
    free(page);
}

static void a_full_queue_that_cannot_be_flushed_refuses_and_keeps_the_mapping(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, &lazy);
    void *page = rig_pages(1);
    dms_iova_t iova;

    for (unsigned i = 0; i < DMS_LAZY_MAX_COUNT; i++)
        assert_int_equal(dms_unmap(dev, map_page(dev, page), 4096, NULL), 0);
    iova = map_page(dev, page);
    fake_fail_all(rig->fake, FAKE_FLUSH, DMS_ETIMEDOUT);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), DMS_EAGAIN);
    rig_assert_hits(rig, dev, iova, DMS_READ, page);
    assert_int_equal(fake_stale_pages(rig->fake), DMS_LAZY_MAX_COUNT);
    assert_int_equal(dms_flush(dev), DMS_ETIMEDOUT);
    assert_int_equal(dms_detach(dev, NULL), DMS_ETIMEDOUT);
    atomic_fetch_add(&rig->tp.now, DMS_LAZY_MAX_NS);
    assert_int_equal(dms_machine_flush_due(rig->machine), DMS_ETIMEDOUT);
    fake_fail_all(rig->fake, FAKE_FLUSH, 0);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    assert_int_equal(fake_stale_pages(rig->fake), 1);
    rig_end(dev);
    free(page);
}

static void without_memory_for_its_queue_an_unmap_is_strict(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, &lazy);
    void *page = rig_pages(1);
    dms_iova_t iova = map_page(dev, page);

    test_port_fail_nth(&rig->tp, 2); /* after the thread's number */
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    assert_true(atomic_load(&rig->tp.failed));
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    rig_end(dev);
    free(page);
}

static void a_wrong_lazy_unmap_is_refused_as_a_strict_one(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, &lazy);
    struct dms_dma_opts opts = {.report = &rig->report};
    char *pages = rig_pages(2);
    dms_iova_t iova;

    assert_int_equal(dms_map(dev, pages, 8192, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(dms_unmap(dev, iova, 4096, &opts), DMS_EBUSY);
    assert_int_equal(rig->report.range.first, iova);
    assert_int_equal(dms_unmap(dev, iova, 8192, &opts), 0);
    assert_int_equal(dms_unmap(dev, iova, 8192, &opts), DMS_ENOENT);
    rig_end(dev);
    free(pages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_lazy_unmap_withholds_the_iova_until_it_is_flushed),
        rig_test(a_queue_is_flushed_when_it_is_full),
        rig_test(a_queue_is_flushed_when_it_is_old),
        rig_test(each_thread_has_a_queue_and_a_flush_empties_all),
        rig_test(who_waits_for_a_shared_queue_finds_what_the_other_thread_has_left),
        rig_test(no_address_comes_back_while_the_hardware_may_use_it),
        rig_test(a_lazy_device_can_be_strict_once),
        rig_test(an_allocation_flushes_before_it_is_refused),
        rig_test(a_full_queue_that_cannot_be_flushed_refuses_and_keeps_the_mapping),
        rig_test(without_memory_for_its_queue_an_unmap_is_strict),
        rig_test(a_wrong_lazy_unmap_is_refused_as_a_strict_one),
    };

    return cmocka_run_group_tests_name("lazy", tests, NULL, NULL);
}
