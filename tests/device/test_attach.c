/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From aborting to translating, and back, also when the hardware does not play along. */
#include "rig.h"

static void streams_abort_until_attach_and_after_detach(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_device(rig, "dev", 7, NULL);
    void *page = rig_pages(1);
    struct dms_sg sg = {.ptr = page, .size = 4096};
    struct dms_dma_stats stats;
    dms_iova_t iova;

    rig_assert_aborts(rig, dev, 0x1000, DMS_READ);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), DMS_ENODEV);
    assert_int_equal(dms_map_sg(dev, &sg, 1, DMS_TO_DEVICE, NULL, NULL), DMS_ENODEV);
    assert_int_equal(dms_dma_get_stats(dev, &stats), DMS_ENODEV);
    assert_int_equal(dms_attach(dev, &rig->report), 0);
    assert_true(dms_device_is_attached(dev));
    assert_int_equal(dms_attach(dev, &rig->report), 0); /* again changes nothing */
    assert_int_equal(fake_calls(rig->fake, FAKE_ATTACH), 1);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    rig_assert_hits(rig, dev, iova, DMS_READ, page);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    assert_int_equal(dms_detach(dev, &rig->report), 0);
    assert_int_equal(dms_detach(dev, &rig->report), 0);
    assert_int_equal(fake_calls(rig->fake, FAKE_DETACH), 1);
    rig_assert_aborts(rig, dev, iova, DMS_READ);
    assert_int_equal(fake_domains(rig->fake), 0);
    rig_end(dev);
    free(page);
}

static void detach_is_refused_while_mappings_live(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 7, NULL);
    void *pages = rig_pages(3);
    dms_iova_t iova[3];

    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(
            dms_map(dev, (char *)pages + i * 4096, 4096, DMS_TO_DEVICE, NULL, &iova[i]), 0);
    assert_int_equal(dms_detach(dev, &rig->report), DMS_EBUSY);
    assert_int_equal(rig->report.party, DMS_PARTY_MAPPING);
    assert_int_equal(rig->report.count, 3);
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_IDLE, &rig->report), DMS_EBUSY);
    rig_assert_hits(rig, dev, iova[1], DMS_READ, (char *)pages + 4096);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(dms_unmap(dev, iova[i], 4096, NULL), 0);
    rig_end(dev);
    free(pages);
}

static void what_the_iommu_cannot_do_is_told_in_words(void **state)
{
    static const struct {
        int err;
        const char *text;
    } refusals[] = {{DMS_ENOMEM, "no memory"},
                    {DMS_ENOTSUP, "granule or width"},
                    {DMS_ENOSPC, "address-space identifier"},
                    {DMS_EIO, "did not confirm"}};
    struct rig *rig = *state;
    struct dms_device *dev = rig_device(rig, "dev", 7, NULL);

    for (unsigned i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        fake_fail_nth(rig->fake, FAKE_DOMAIN_CREATE, 1, refusals[i].err);
        assert_int_equal(dms_attach(dev, &rig->report), refusals[i].err);
        assert_non_null(strstr(rig->report.text, refusals[i].text));
    }
    rig_end(dev);
}

static void a_domain_is_as_wide_as_the_mask_wants(void **state)
{
    struct rig *rig = *state;
    struct dms_device *wide =
        rig_device(rig, "wide", 1, &(struct dms_device_cfg){.dma_mask_bits = 64});
    struct dms_device *narrow = rig_device(rig, "narrow", 2, NULL);
    struct dms_range aperture;

    assert_int_equal(dms_aperture(wide, &aperture), 0);
    assert_int_equal(aperture.last, (UINT64_C(1) << 48) - 1);
    assert_int_equal(dms_attach(wide, NULL), 0);
    assert_int_equal(dms_aperture(wide, &aperture), 0);
    assert_int_equal(aperture.last, (UINT64_C(1) << 48) - 1);

    assert_int_equal(dms_attach(narrow, NULL), 0);
    assert_int_equal(dms_aperture(narrow, &aperture), 0);
    assert_int_equal(aperture.last, 0xffffffff);
    /* Its domain has 39 bits, until it is made anew. */
    assert_int_equal(dms_set_dma_mask(narrow, 48, NULL), 0);
    assert_int_equal(dms_aperture(narrow, &aperture), 0);
    assert_int_equal(aperture.last, (UINT64_C(1) << 39) - 1);
    assert_int_equal(dms_detach(narrow, NULL), 0);
    assert_int_equal(dms_attach(narrow, NULL), 0);
    assert_int_equal(dms_aperture(narrow, &aperture), 0);
    assert_int_equal(aperture.last, (UINT64_C(1) << 48) - 1);
    rig_end(wide);
    rig_end(narrow);
}

static void a_dma_mask_bounds_later_mappings(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    void *page = rig_pages(1);
    dms_iova_t high;
    dms_iova_t low;

    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &high), 0);
    assert_in_range(high, 0x80000000, 0xffffffff);
    assert_int_equal(dms_set_dma_mask(dev, 24, &rig->report), 0);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &low), 0);
    assert_in_range(low, 0x1000, 0xffffff);
    rig_assert_hits(rig, dev, high, DMS_READ, page);
    assert_int_equal(dms_set_dma_mask(dev, 12, &rig->report), DMS_EINVAL);
    assert_int_equal(rig->report.party, DMS_PARTY_APERTURE);
    assert_int_equal(dms_set_dma_mask(dev, 0, &rig->report), DMS_EINVAL);
    assert_int_equal(dms_set_dma_mask(dev, 65, &rig->report), DMS_EINVAL);
    assert_int_equal(dms_unmap(dev, high, 4096, NULL), 0);
    assert_int_equal(dms_unmap(dev, low, 4096, NULL), 0);
    rig_end(dev);
    free(page);
}

static void a_failed_attach_leaves_every_stream_aborting(void **state)
{
    static const struct {
        enum fake_op op;
        int error;
    } failures[] = {{FAKE_DOMAIN_CREATE, DMS_ENOMEM},
                    {FAKE_DOMAIN_CREATE, DMS_ENOSPC},
                    {FAKE_ATTACH, DMS_ENOMEM},
                    {FAKE_ATTACH, DMS_ETIMEDOUT},
                    {FAKE_MAP, DMS_ENOMEM}};
    struct rig *rig = *state;
    struct dms_region screen = {0x30000000, 0x2000, DMS_REGION_DIRECT};
    struct dms_device_cfg cfg = {.regions = &screen, .nregions = 1};
    struct rig_streams streams = {.count = 3, .at = {{1, 0}, {2, 0}, {3, 0}}};
    struct dms_device *dev;

    assert_int_equal(rig_try_device(rig, "dev", &streams, &cfg, &dev), 0);
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        /* Attach: the third of three streams. */
        unsigned nth = failures[i].op == FAKE_ATTACH ? 3 : 1;
        dms_phys_t phys;
        bool stale;

        fake_fail_nth(rig->fake, failures[i].op, nth, failures[i].error);
        assert_int_equal(dms_attach(dev, &rig->report), failures[i].error);
        assert_int_equal(rig->report.error, failures[i].error);
        assert_false(dms_device_is_attached(dev));
        assert_int_equal(fake_domains(rig->fake), 0);
        for (unsigned s = 1; s <= 3; s++)
            assert_int_equal(fake_access(rig->fake, s, 0x30000000, DMS_READ, &phys, &stale),
                             DMS_EIO);
        assert_int_equal(dms_attach(dev, &rig->report), 0);
        assert_int_equal(fake_access(rig->fake, 3, 0x30000000, DMS_READ, &phys, &stale), 0);
        assert_int_equal(dms_detach(dev, &rig->report), 0);
    }
    rig_end(dev);
}

/* The domain stays as long as the hardware may use it, though nobody is attached. */
static void an_attach_whose_undoing_is_not_confirmed_is_cleared_up_later(void **state)
{
    struct rig *rig = *state;
    struct dms_region screen = {0x30000000, 0x2000, DMS_REGION_DIRECT};
    struct dms_device *dev =
        rig_device(rig, "dev", 1, &(struct dms_device_cfg){.regions = &screen, .nregions = 1});

    for (unsigned destroyed = 0; destroyed < 2; destroyed++) {
        fake_fail_nth(rig->fake, FAKE_ATTACH, 1, DMS_ENOMEM);
        fake_fail_all(rig->fake, FAKE_FLUSH, DMS_ETIMEDOUT);
        assert_int_equal(dms_attach(dev, &rig->report), DMS_ENOMEM);
        assert_int_equal(fake_domains(rig->fake), 1);
        assert_string_equal(rig->tp.last_log, "the IOMMU did not confirm the undoing of an attach");
        assert_int_equal(dms_detach(dev, &rig->report), DMS_ETIMEDOUT);
        assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, &rig->report), DMS_ETIMEDOUT);
        fake_fail_all(rig->fake, FAKE_FLUSH, 0);
        if (!destroyed)
            assert_int_equal(dms_detach(dev, &rig->report), 0);
        else
            assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_IDLE, &rig->report), 0);
        assert_int_equal(fake_domains(rig->fake), 0);
    }
}

/* The same, but the next thing to happen is another attach: it goes on with that domain. */
static void an_attach_goes_on_with_the_domain_that_an_earlier_one_left(void **state)
{
    struct rig *rig = *state;
    struct dms_region screen = {0x30000000, 0x2000, DMS_REGION_DIRECT};
    struct dms_device *dev =
        rig_device(rig, "dev", 1, &(struct dms_device_cfg){.regions = &screen, .nregions = 1});

    fake_fail_nth(rig->fake, FAKE_ATTACH, 1, DMS_ENOMEM);
    fake_fail_all(rig->fake, FAKE_FLUSH, DMS_ETIMEDOUT);
    assert_int_equal(dms_attach(dev, &rig->report), DMS_ENOMEM);
    fake_fail_all(rig->fake, FAKE_FLUSH, 0);
    assert_int_equal(dms_attach(dev, &rig->report), 0);
    assert_int_equal(fake_calls(rig->fake, FAKE_DOMAIN_CREATE), 1);
    assert_int_equal(dms_detach(dev, &rig->report), 0);
    assert_int_equal(fake_domains(rig->fake), 0);
    rig_end(dev);
}

static void a_detach_whose_stream_cannot_be_put_back_stays_unfinished(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);

    fake_fail_nth(rig->fake, FAKE_DETACH, 1, DMS_ETIMEDOUT);
    assert_int_equal(dms_detach(dev, &rig->report), DMS_ETIMEDOUT);
    fake_fail_nth(rig->fake, FAKE_ATTACH, 1, DMS_ETIMEDOUT);
    assert_int_equal(dms_detach(dev, &rig->report), DMS_ETIMEDOUT);
    assert_true(dms_device_is_attached(dev));
    assert_int_equal(dms_detach(dev, &rig->report), 0);
    rig_end(dev);
}

static void a_detach_that_is_not_confirmed_can_be_retried(void **state)
{
    struct rig *rig = *state;
    struct rig_streams streams = {.count = 2, .at = {{1, 0}, {2, 0}}};
    struct dms_device *dev;
    dms_phys_t phys;

    assert_int_equal(rig_try_device(rig, "dev", &streams, NULL, &dev), 0);
    assert_int_equal(dms_attach(dev, NULL), 0);
    fake_fail_nth(rig->fake, FAKE_DETACH, 2, DMS_ETIMEDOUT);
    assert_int_equal(dms_detach(dev, &rig->report), DMS_ETIMEDOUT);
    assert_true(dms_device_is_attached(dev));
    assert_int_equal(fake_domains(rig->fake), 1); /* the hardware may still use it */
    fake_fail_nth(rig->fake, FAKE_DETACH, 1, DMS_ETIMEDOUT);
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, &rig->report), DMS_ETIMEDOUT);
    assert_int_equal(dms_detach(dev, &rig->report), 0);
    assert_int_equal(fake_domains(rig->fake), 0);
    assert_int_equal(fake_access(rig->fake, 2, 0x1000, DMS_READ, &phys, NULL), DMS_EIO);
    assert_int_equal(dms_attach(dev, NULL), 0);
    rig_end(dev);
}

/* In a domain that goes on, a stale stream is a way in: it has to be confirmed gone. */
static void a_shared_domain_is_not_left_before_the_stream_is_confirmed_gone(void **state)
{
    struct rig *rig = *state;
    struct dms_device *a = rig_attached(rig, "a", 1, NULL);
    struct dms_device *b =
        rig_attached(rig, "b", 2, &(struct dms_device_cfg){.share_group_with = a});
    void *page = rig_pages(1);
    dms_phys_t phys;
    dms_iova_t iova;
    bool stale;

    assert_int_equal(dms_map(a, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    fake_fail_all(rig->fake, FAKE_DETACH, DMS_ETIMEDOUT);
    assert_int_equal(dms_device_destroy(b, DMS_DESTROY_FORCE, NULL), DMS_ETIMEDOUT);
    assert_int_equal(fake_access(rig->fake, 2, iova, DMS_READ, &phys, &stale), 0);
    assert_true(stale);
    assert_int_equal(dms_device_destroy(b, DMS_DESTROY_FORCE, NULL), DMS_ETIMEDOUT);
    fake_fail_all(rig->fake, FAKE_DETACH, 0);
    assert_int_equal(dms_device_destroy(b, DMS_DESTROY_FORCE, NULL), 0);
    assert_int_equal(fake_access(rig->fake, 2, iova, DMS_READ, &phys, &stale), DMS_EIO);
    rig_assert_hits(rig, a, iova, DMS_READ, page);

    /* The same after an attach that was not confirmed. */
    b = rig_device(rig, "b", 2, &(struct dms_device_cfg){.share_group_with = a});
    fake_fail_nth(rig->fake, FAKE_ATTACH, 1, DMS_ETIMEDOUT);
    assert_int_equal(dms_attach(b, NULL), DMS_ETIMEDOUT);
    fake_fail_all(rig->fake, FAKE_DETACH, DMS_ETIMEDOUT);
    assert_int_equal(dms_device_destroy(b, DMS_DESTROY_IDLE, &rig->report), DMS_ETIMEDOUT);
    fake_fail_all(rig->fake, FAKE_DETACH, 0);
    rig_end(b);
    assert_int_equal(fake_access(rig->fake, 2, iova, DMS_READ, &phys, &stale), DMS_EIO);

    assert_int_equal(dms_unmap(a, iova, 4096, NULL), 0);
    rig_end(a);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(streams_abort_until_attach_and_after_detach),
        rig_test(detach_is_refused_while_mappings_live),
        rig_test(what_the_iommu_cannot_do_is_told_in_words),
        rig_test(a_domain_is_as_wide_as_the_mask_wants),
        rig_test(a_dma_mask_bounds_later_mappings),
        rig_test(a_failed_attach_leaves_every_stream_aborting),
        rig_test(an_attach_whose_undoing_is_not_confirmed_is_cleared_up_later),
        rig_test(an_attach_goes_on_with_the_domain_that_an_earlier_one_left),
        rig_test(a_detach_whose_stream_cannot_be_put_back_stays_unfinished),
        rig_test(a_detach_that_is_not_confirmed_can_be_retried),
        rig_test(a_shared_domain_is_not_left_before_the_stream_is_confirmed_gone),
    };

    return cmocka_run_group_tests_name("attach", tests, NULL, NULL);
}
