/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Regions that are mapped 1:1. */
#include "rig.h"

#define SCREEN UINT64_C(0x30000000)

static bool is_mapped(struct dms_device *dev, uint64_t iova)
{
    dms_phys_t phys = {0};

    if (dms_iova_to_phys(dev, iova, &phys) != 0)
        return false;
    assert_int_equal(phys.addr, iova);
    return true;
}

static void a_direct_region_is_there_before_the_stream_and_gone_after_it(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_device(rig, "dev", 1, NULL);
    const struct fake_call *log;
    unsigned count;

    assert_int_equal(dms_reserve(dev, SCREEN + 0x800, 0x1000, DMS_REGION_DIRECT, NULL), 0);
    assert_int_equal(dms_attach(dev, NULL), 0);
    assert_int_equal(dms_detach(dev, NULL), 0);
    log = fake_log(rig->fake, &count);
    assert_int_equal(count, 7);
    assert_int_equal(log[0].op, FAKE_DOMAIN_CREATE);
    assert_int_equal(log[1].op, FAKE_MAP);
    assert_int_equal(log[1].iova, SCREEN);
    assert_int_equal(log[1].size, 0x2000); /* outwards */
    assert_int_equal(log[2].op, FAKE_ATTACH);
    assert_int_equal(log[3].op, FAKE_DETACH);
    assert_int_equal(log[4].op, FAKE_UNMAP);
    assert_int_equal(log[5].op, FAKE_FLUSH);
    assert_int_equal(log[6].op, FAKE_DOMAIN_DESTROY);
    rig_end(dev);
}

static void a_direct_region_snoops_if_its_device_does(void **state)
{
    struct rig *rig = *state;
    struct dms_region screen = {SCREEN, 0x1000, DMS_REGION_DIRECT};
    const struct fake_call *log;
    unsigned count;

    for (unsigned i = 0; i < 2; i++) {
        struct dms_device_cfg cfg = {.coherence = i ? DMS_COHERENCE_SNOOPS : DMS_COHERENCE_NONE,
                                     .regions = &screen,
                                     .nregions = 1};
        struct dms_device *dev;

        fake_log_clear(rig->fake);
        dev = rig_attached(rig, "dev", 1, &cfg);
        log = fake_log(rig->fake, &count);
        assert_int_equal(log[1].op, FAKE_MAP);
        assert_int_equal(log[1].prot, DMS_READ | DMS_WRITE | DMS_PROT_BEGIN | DMS_PROT_END |
                                          (i ? DMS_PROT_COHERENT : 0));
        rig_end(dev);
    }
}

static void reserving_and_releasing_while_attached_takes_effect_at_once(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);

    assert_int_equal(dms_reserve(dev, SCREEN, 0x4000, DMS_REGION_DIRECT, NULL), 0);
    assert_true(is_mapped(dev, SCREEN + 0x3000));
    assert_int_equal(dms_unmap(dev, SCREEN, 0x4000, NULL), DMS_EBUSY); /* not a driver's mapping */
    assert_true(is_mapped(dev, SCREEN));
    assert_int_equal(dms_release(dev, SCREEN, 0x4000, DMS_REGION_DIRECT, NULL), 0);
    assert_false(is_mapped(dev, SCREEN));
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    assert_int_equal(dms_release(dev, SCREEN, 0x4000, DMS_REGION_DIRECT, NULL), DMS_ENOENT);
    rig_end(dev);
}

/* Around what another region has mapped already; the second piece fails. */
static void a_direct_region_is_mapped_whole_or_not_at_all(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);

    assert_int_equal(dms_reserve(dev, SCREEN + 0x1000, 0x1000, DMS_REGION_DIRECT, NULL), 0);
    fake_fail_nth(rig->fake, FAKE_MAP, 2, DMS_ENOMEM);
    assert_int_equal(dms_reserve(dev, SCREEN, 0x3000, DMS_REGION_DIRECT, NULL), DMS_ENOMEM);
    assert_int_equal(fake_pages(rig->fake), 1);
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    assert_true(is_mapped(dev, SCREEN + 0x1000));
    assert_int_equal(dms_reserve(dev, SCREEN, 0x3000, DMS_REGION_DIRECT, NULL), 0);
    assert_int_equal(fake_pages(rig->fake), 3);
    rig_end(dev);
}

static void an_unmap_inside_a_direct_region_names_it(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    struct dms_dma_opts opts = {.report = &rig->report};

    dms_reserve(dev, SCREEN, 0x4000, DMS_REGION_DIRECT, NULL);
    dms_reserve(dev, SCREEN - 0x10000, 0x4000, DMS_REGION_DIRECT, NULL);
    dms_reserve(dev, SCREEN - 0x8000, 0x4000, DMS_REGION_DIRECT, NULL);
    assert_int_equal(dms_unmap(dev, SCREEN - 0x10000, 0x4000, &opts), DMS_EBUSY);
    assert_int_equal(dms_unmap(dev, SCREEN + 0x1000, 0x1000, &opts), DMS_EBUSY);
    assert_int_equal(rig->report.party, DMS_PARTY_RESERVED);
    assert_int_equal(rig->report.kind, DMS_REGION_DIRECT);
    assert_string_equal(rig->report.name, "dev");
    rig_end(dev);
}

/* To the page table, a mapping and a direct region beside it look like two mappings. */
static void an_unmap_does_not_run_on_into_a_direct_region(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    struct dms_dma_opts below = {.lowest = SCREEN - 0x1000, .highest = SCREEN - 1};
    struct dms_dma_opts opts = {.report = &rig->report};
    void *page = rig_pages(1);
    dms_iova_t iova;

    dms_reserve(dev, SCREEN, 0x4000, DMS_REGION_DIRECT, NULL);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, &below, &iova), 0);
    assert_int_equal(iova, SCREEN - 0x1000);
    assert_int_equal(dms_unmap(dev, iova, 0x5000, &opts), DMS_EBUSY);
    assert_int_equal(rig->report.party, DMS_PARTY_MAPPING);
    assert_int_equal(rig->report.range.first, iova);
    assert_true(is_mapped(dev, SCREEN));
    assert_int_equal(dms_unmap(dev, iova, 0x1000, &opts), 0);
    rig_end(dev);
    free(page);
}

static void overlapping_direct_regions_share_pages(void **state)
{
    struct rig *rig = *state;
    struct dms_device *a = rig_attached(rig, "a", 1, NULL);
    struct dms_device *b =
        rig_attached(rig, "b", 2, &(struct dms_device_cfg){.share_group_with = a});

    assert_int_equal(dms_reserve(a, SCREEN, 0x4000, DMS_REGION_DIRECT, NULL), 0);
    assert_int_equal(dms_reserve(a, SCREEN + 0x2000, 0x4000, DMS_REGION_DIRECT, NULL), 0);
    assert_int_equal(dms_reserve(b, SCREEN + 0x3000, 0x1000, DMS_REGION_DIRECT, NULL), 0);
    assert_int_equal(dms_reserve(b, SCREEN + 0x3000, 0x1000, DMS_REGION_DIRECT, NULL), 0);
    assert_int_equal(fake_pages(rig->fake), 6);
    assert_int_equal(dms_release(a, SCREEN, 0x4000, DMS_REGION_DIRECT, NULL), 0);
    assert_false(is_mapped(a, SCREEN + 0x1000));
    assert_true(is_mapped(a, SCREEN + 0x2000));
    assert_int_equal(dms_detach(a, NULL), 0);
    assert_int_equal(fake_pages(rig->fake), 1);
    assert_true(is_mapped(b, SCREEN + 0x3000));
    assert_int_equal(dms_release(b, SCREEN + 0x3000, 0x1000, DMS_REGION_DIRECT, NULL), 0);
    assert_true(is_mapped(b, SCREEN + 0x3000)); /* the repeated one */
    assert_int_equal(dms_release(b, SCREEN + 0x3000, 0x1000, DMS_REGION_DIRECT, NULL), 0);
    assert_false(is_mapped(b, SCREEN + 0x3000));
    rig_end(a);
    rig_end(b);
}

static void own_regions_that_overlap_leave_nothing_behind(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_device(rig, "dev", 1, NULL);

    dms_reserve(dev, SCREEN, 0x4000, DMS_REGION_DIRECT, NULL);
    dms_reserve(dev, SCREEN + 0x2000, 0x4000, DMS_REGION_DIRECT, NULL);
    dms_reserve(dev, SCREEN + 0x1000, 0x8000, DMS_REGION_DIRECT, NULL);
    assert_int_equal(dms_attach(dev, NULL), 0);
    assert_int_equal(fake_pages(rig->fake), 9);
    assert_int_equal(dms_detach(dev, NULL), 0);
    assert_int_equal(fake_pages(rig->fake), 0);
    rig_end(dev);
}

static void a_release_that_is_not_confirmed_keeps_the_region(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);

    dms_reserve(dev, SCREEN, 0x4000, DMS_REGION_DIRECT, NULL);
    fake_fail_all(rig->fake, FAKE_FLUSH, DMS_ETIMEDOUT);
    assert_int_equal(dms_release(dev, SCREEN, 0x4000, DMS_REGION_DIRECT, &rig->report),
                     DMS_ETIMEDOUT);
    assert_int_equal(dms_regions(dev, NULL, 0), 1);
    assert_int_equal(dms_release(dev, SCREEN, 0x4000, DMS_REGION_DIRECT, &rig->report),
                     DMS_ETIMEDOUT);
    fake_fail_all(rig->fake, FAKE_FLUSH, 0);
    assert_int_equal(dms_release(dev, SCREEN, 0x4000, DMS_REGION_DIRECT, &rig->report), 0);
    assert_int_equal(dms_regions(dev, NULL, 0), 0);
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    rig_end(dev);
}

static void what_the_domain_cannot_translate_cannot_be_direct(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    uint64_t end = UINT64_C(1) << 39;

    assert_int_equal(dms_reserve(dev, end - 0x1000, 0x2000, DMS_REGION_DIRECT, &rig->report),
                     DMS_ERANGE);
    assert_int_equal(dms_regions(dev, NULL, 0), 0);
    assert_int_equal(fake_pages(rig->fake), 0);
    assert_int_equal(dms_reserve(dev, end - 0x1000, 0x1000, DMS_REGION_DIRECT, &rig->report), 0);
    assert_int_equal(dms_detach(dev, NULL), 0);
    assert_int_equal(dms_reserve(dev, end, 0x1000, DMS_REGION_DIRECT, &rig->report), 0);
    assert_int_equal(dms_attach(dev, &rig->report), DMS_ERANGE);
    assert_int_equal(fake_pages(rig->fake), 0);
    rig_end(dev);
}

static void a_detach_that_cannot_clear_its_direct_regions_can_be_retried(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);

    dms_reserve(dev, SCREEN, 0x1000, DMS_REGION_DIRECT, NULL);
    dms_reserve(dev, SCREEN + 0x10000, 0x1000, DMS_REGION_DIRECT, NULL);
    fake_fail_nth(rig->fake, FAKE_FLUSH, 2, DMS_ETIMEDOUT);
    assert_int_equal(dms_detach(dev, &rig->report), DMS_ETIMEDOUT);
    assert_true(dms_device_is_attached(dev));
    assert_int_equal(dms_detach(dev, &rig->report), 0);
    assert_int_equal(fake_domains(rig->fake), 0);
    rig_end(dev);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_direct_region_is_there_before_the_stream_and_gone_after_it),
        rig_test(a_direct_region_snoops_if_its_device_does),
        rig_test(reserving_and_releasing_while_attached_takes_effect_at_once),
        rig_test(a_direct_region_is_mapped_whole_or_not_at_all),
        rig_test(an_unmap_inside_a_direct_region_names_it),
        rig_test(an_unmap_does_not_run_on_into_a_direct_region),
        rig_test(overlapping_direct_regions_share_pages),
        rig_test(own_regions_that_overlap_leave_nothing_behind),
        rig_test(a_release_that_is_not_confirmed_keeps_the_region),
        rig_test(what_the_domain_cannot_translate_cannot_be_direct),
        rig_test(a_detach_that_cannot_clear_its_direct_regions_can_be_retried),
    };

    return cmocka_run_group_tests_name("direct", tests, NULL, NULL);
}
