/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The hardware does not confirm an invalidation. */
#include "../device/rig.h"
#include "../of/of_random.h"

static void an_unconfirmed_unmap_withholds_iova_and_memory(void **state)
{
    struct rig *rig = *state;
    struct dms_range window = {0x10000, 0x10fff}; /* one page in all */
    struct dms_device *dev =
        rig_attached(rig, "dev", 1, &(struct dms_device_cfg){.window = &window, .nwindow = 1});
    struct dms_dma_stats stats;
    void *page = rig_pages(1);
    dms_iova_t iova;
    dms_phys_t phys;
    bool stale;

    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    fake_fail_all(rig->fake, FAKE_FLUSH, DMS_ETIMEDOUT);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), DMS_ETIMEDOUT);
    assert_int_equal(fake_access(rig->fake, 1, iova, DMS_READ, &phys, &stale), 0);
    assert_true(stale);
    assert_int_equal(dms_dma_get_stats(dev, &stats), 0);
    assert_int_equal(stats.live, 0);
    assert_int_equal(stats.withheld, 1);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), DMS_EAGAIN);
    assert_int_equal(dms_flush(dev), DMS_ETIMEDOUT);
    assert_int_equal(dms_detach(dev, &rig->report), DMS_ETIMEDOUT);
    fake_fail_all(rig->fake, FAKE_FLUSH, 0);
    assert_int_equal(dms_flush(dev), 0);
    rig_assert_aborts(rig, dev, iova, DMS_READ);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(iova, 0x10000);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    rig_end(dev);
    free(page);
}

static void while_one_is_unconfirmed_no_other_unmap_begins(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    struct dms_dma_opts opts = {.report = &rig->report};
    char *pages = rig_pages(2);
    dms_iova_t a, b;

    dms_map(dev, pages, 4096, DMS_TO_DEVICE, NULL, &a);
    dms_map(dev, pages + 4096, 4096, DMS_TO_DEVICE, NULL, &b);
    fake_fail_all(rig->fake, FAKE_FLUSH, DMS_EIO);
    assert_int_equal(dms_unmap(dev, a, 4096, NULL), DMS_EIO);
    assert_int_equal(dms_unmap(dev, b, 4096, &opts), DMS_EAGAIN);
    assert_int_equal(rig->report.error, DMS_EAGAIN);
    rig_assert_hits(rig, dev, b, DMS_READ, pages + 4096);
    fake_fail_all(rig->fake, FAKE_FLUSH, 0);
    /* The next unmap sees to the old one first. */
    assert_int_equal(dms_unmap(dev, b, 4096, NULL), 0);
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    rig_end(dev);
    free(pages);
}

static void an_unconfirmed_undo_withholds_too(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    struct dms_dma_stats stats;
    char *pages = rig_pages(2);
    dms_iova_t iova;

    rig->tp.scatter = true;
    fake_fail_nth(rig->fake, FAKE_MAP, 2, DMS_ENOMEM);
    fake_fail_nth(rig->fake, FAKE_FLUSH, 1, DMS_ETIMEDOUT);
    assert_int_equal(dms_map(dev, pages, 8192, DMS_TO_DEVICE, NULL, &iova), DMS_ETIMEDOUT);
    assert_int_equal(dms_dma_get_stats(dev, &stats), 0);
    assert_int_equal(stats.withheld, 1);
    assert_int_equal(stats.withheld_bytes, 8192);
    assert_int_equal(dms_flush(dev), 0);
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    rig_end(dev);
    free(pages);
}

static void coherent_memory_goes_back_only_when_confirmed(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    dms_iova_t iova;
    void *ptr;
    long live;

    assert_int_equal(dms_coherent_alloc(dev, 8192, NULL, &ptr, &iova), 0);
    fake_fail_nth(rig->fake, FAKE_FLUSH, 1, DMS_ETIMEDOUT);
    live = atomic_load(&rig->tp.live_bytes);
    assert_int_equal(dms_coherent_free(dev, ptr, 8192, iova), DMS_ETIMEDOUT);
    assert_true(atomic_load(&rig->tp.live_bytes) >= live); /* kept, and remembered */
    memset(ptr, 0, 8192);
    assert_int_equal(dms_flush(dev), 0);
    assert_true(atomic_load(&rig->tp.live_bytes) <= live - 8192);
    rig_end(dev);
}

/*
 * More failures at once than there is memory to remember: nothing is reused, all comes back with
 * detach.
 */
static void without_memory_to_remember_iovas_stay_taken_until_detach(void **state)
{
    struct rig *rig = *state;
    struct dms_range window = {0x10000, 0x1ffff}; /* 16 pages */
    struct dms_device *dev =
        rig_attached(rig, "dev", 1, &(struct dms_device_cfg){.window = &window, .nwindow = 1});
    struct dms_dma_stats stats;
    char *pages = rig_pages(2);
    unsigned mapped = 0;
    dms_iova_t iova;

    rig->tp.scatter = true;
    /* Undoing a map does not wait for earlier failures, so it can pile them up. */
    for (unsigned i = 0; i < 6; i++) {
        fake_fail_nth(rig->fake, FAKE_MAP, 2, DMS_ENOMEM);
        fake_fail_nth(rig->fake, FAKE_FLUSH, 1, DMS_ETIMEDOUT);
        test_port_fail_nth(&rig->tp, 3); /* after virt_to_phys of both pages */
        assert_int_equal(dms_map(dev, pages, 8192, DMS_TO_DEVICE, NULL, &iova), DMS_ETIMEDOUT);
        assert_true(atomic_load(&rig->tp.failed));
    }
    test_port_fail_nth(&rig->tp, 0);
    assert_int_equal(dms_dma_get_stats(dev, &stats), 0);
    assert_int_equal(stats.withheld, 4);
    assert_int_equal(stats.lost, 2);
    while (dms_map(dev, pages, 4096, DMS_TO_DEVICE, NULL, &iova) == 0)
        mapped++;
    assert_int_equal(mapped, 16 - 4); /* the lost ones are not among them */
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, &rig->report), 0);
    assert_int_equal(rig->report.count, mapped);

    dev = rig_attached(rig, "dev", 1, &(struct dms_device_cfg){.window = &window, .nwindow = 1});
    fake_fail_nth(rig->fake, FAKE_MAP, 2, DMS_ENOMEM);
    fake_fail_nth(rig->fake, FAKE_FLUSH, 1, DMS_ETIMEDOUT);
    assert_int_equal(dms_map(dev, pages, 8192, DMS_TO_DEVICE, NULL, &iova), DMS_ETIMEDOUT);
    assert_int_equal(dms_detach(dev, NULL), 0);
    assert_int_equal(dms_attach(dev, NULL), 0);
    for (mapped = 0; dms_map(dev, pages, 4096, DMS_TO_DEVICE, NULL, &iova) == 0;)
        mapped++;
    assert_int_equal(mapped, 16);
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, &rig->report), 0);
    free(pages);
}

static void lost_iovas_come_back_with_the_next_attach(void **state)
{
    struct rig *rig = *state;
    struct dms_range window = {0x10000, 0x1ffff};
    struct dms_device *dev =
        rig_attached(rig, "dev", 1, &(struct dms_device_cfg){.window = &window, .nwindow = 1});
    char *pages = rig_pages(2);
    unsigned mapped = 0;
    dms_iova_t iova;

    rig->tp.scatter = true;
    for (unsigned i = 0; i < 6; i++) {
        fake_fail_nth(rig->fake, FAKE_MAP, 2, DMS_ENOMEM);
        fake_fail_nth(rig->fake, FAKE_FLUSH, 1, DMS_ETIMEDOUT);
        test_port_fail_nth(&rig->tp, 3);
        assert_int_equal(dms_map(dev, pages, 8192, DMS_TO_DEVICE, NULL, &iova), DMS_ETIMEDOUT);
    }
    test_port_fail_nth(&rig->tp, 0);
    assert_int_equal(dms_detach(dev, &rig->report), 0); /* they are no mappings */
    assert_int_equal(dms_attach(dev, NULL), 0);
    while (dms_map(dev, pages, 4096, DMS_TO_DEVICE, NULL, &iova) == 0)
        mapped++;
    assert_int_equal(mapped, 16);
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, NULL), 0);
    free(pages);
}

/* ---- hardware that fails now and then -------------------------------------------------------- */

#define LIVE_MAX 24u

struct shaky {
    struct rig *rig;
    struct dms_device *dev;
    struct of_random random;
    char *pages;
    dms_iova_t iova[LIVE_MAX];
    uint64_t size[LIVE_MAX]; /* 0: free */
};

/* Nothing that is handed out can still be reached through an old translation. */
static void shaky_map(struct shaky *s, unsigned i)
{
    uint64_t size = (1 + of_random_below(&s->random, 3)) * 4096;
    int err = dms_map(s->dev, s->pages, size, DMS_BIDIRECTIONAL, NULL, &s->iova[i]);

    if (err == DMS_ENOSPC || err == DMS_EAGAIN)
        return;
    assert_int_equal(err, 0);
    s->size[i] = size;
    for (uint64_t at = 0; at < size; at += 4096) {
        if (fake_is_stale(s->rig->fake, 1, s->iova[i] + at))
            fail_msg("DMS_SEED=%" PRIu64 ": 0x%" PRIx64 " came back before its invalidation",
                     s->random.seed, s->iova[i] + at);
    }
}

static void shaky_unmap(struct shaky *s, unsigned i)
{
    struct dms_dma_opts opts = {.strict = of_random_below(&s->random, 2)};
    int err = dms_unmap(s->dev, s->iova[i], s->size[i], &opts);

    if (err == DMS_EAGAIN) {
        rig_assert_hits(s->rig, s->dev, s->iova[i], DMS_READ, s->pages);
        return;
    }
    if (opts.strict && !err)
        rig_assert_aborts(s->rig, s->dev, s->iova[i], DMS_READ);
    assert_true(err == 0 || err == DMS_ETIMEDOUT || err == DMS_EIO);
    s->size[i] = 0;
}

static void shaky_run(struct shaky *s)
{
    static const int errors[] = {0, 0, DMS_ETIMEDOUT, DMS_EIO};

    for (unsigned step = 0; step < 20000; step++) {
        unsigned i = of_random_below(&s->random, LIVE_MAX);

        if (of_random_below(&s->random, 8) == 0)
            fake_fail_all(s->rig->fake, FAKE_FLUSH, errors[of_random_below(&s->random, 4)]);
        if (of_random_below(&s->random, 50) == 0)
            dms_flush(s->dev);
        if (s->size[i])
            shaky_unmap(s, i);
        else
            shaky_map(s, i);
    }
    fake_fail_all(s->rig->fake, FAKE_FLUSH, 0);
}

static void no_iova_comes_back_before_its_invalidation_whatever_fails(void **state)
{
    struct rig *rig = *state;
    struct dms_range window = {0x10000, 0x10000 + 40 * 4096 - 1};
    struct dms_device_cfg cfg = {.window = &window, .nwindow = 1};
    struct dms_dma_stats stats;

    for (unsigned lazy = 0; lazy < 2; lazy++) {
        struct shaky s = {.rig = rig, .random = of_random_begin(), .pages = rig_pages(3)};

        cfg.lazy = lazy;
        s.dev = rig_attached(rig, "shaky", 1, &cfg);
        shaky_run(&s);
        for (unsigned i = 0; i < LIVE_MAX; i++) {
            if (s.size[i])
                assert_int_equal(dms_unmap(s.dev, s.iova[i], s.size[i], NULL), 0);
        }
        assert_int_equal(dms_flush(s.dev), 0);
        assert_int_equal(fake_stale_pages(rig->fake), 0);
        assert_int_equal(dms_dma_get_stats(s.dev, &stats), 0);
        assert_int_equal(stats.live + stats.withheld + stats.lost, 0);
        /* All of the window is there again, in one piece. */
        assert_int_equal(dms_map_phys(s.dev, (dms_phys_t){0x1000000}, 40 * 4096, DMS_TO_DEVICE,
                                      NULL, &s.iova[0]),
                         0);
        assert_int_equal(dms_unmap(s.dev, s.iova[0], 40 * 4096, NULL), 0);
        rig_end(s.dev);
        free(s.pages);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(an_unconfirmed_unmap_withholds_iova_and_memory),
        rig_test(while_one_is_unconfirmed_no_other_unmap_begins),
        rig_test(an_unconfirmed_undo_withholds_too),
        rig_test(coherent_memory_goes_back_only_when_confirmed),
        rig_test(without_memory_to_remember_iovas_stay_taken_until_detach),
        rig_test(no_iova_comes_back_before_its_invalidation_whatever_fails),
        rig_test(lost_iovas_come_back_with_the_next_attach),
    };

    return cmocka_run_group_tests_name("withheld", tests, NULL, NULL);
}
