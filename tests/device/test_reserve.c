/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Reserved regions and windows. */
#include "rig.h"

static const uint64_t MiB = UINT64_C(1) << 20;

/* The highest address that is handed out, with its page given back. */
static dms_iova_t topmost(struct dms_device *dev)
{
    static _Alignas(4096) char page[4096];
    struct dms_dma_opts opts = {.place = DMS_PLACE_TOP_DOWN};
    dms_iova_t iova = 0;

    assert_int_equal(dms_map(dev, page, sizeof(page), DMS_TO_DEVICE, &opts, &iova), 0);
    assert_int_equal(dms_unmap(dev, iova, sizeof(page), NULL), 0);
    return iova;
}

static void what_is_reserved_is_never_handed_out(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_device(rig, "dev", 1, NULL);

    assert_int_equal(dms_reserve(dev, 0xe0000000, 0x20000000, DMS_REGION_RESERVED, NULL), 0);
    assert_int_equal(dms_attach(dev, NULL), 0);
    assert_int_equal(topmost(dev), 0xdffff000);
    /* Also after attach, and rounded outwards. */
    assert_int_equal(dms_reserve(dev, 0xdffff800, 1, DMS_REGION_MSI, NULL), 0);
    assert_int_equal(topmost(dev), 0xdfffe000);
    rig_end(dev);
}

static void regions_survive_detach_and_attach(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);

    assert_int_equal(dms_reserve(dev, 0xe0000000, 0x20000000, DMS_REGION_RESERVED, NULL), 0);
    assert_int_equal(dms_detach(dev, NULL), 0);
    assert_int_equal(dms_regions(dev, NULL, 0), 1);
    assert_int_equal(dms_attach(dev, NULL), 0);
    assert_int_equal(topmost(dev), 0xdffff000);
    rig_end(dev);
}

static void a_reservation_over_a_live_mapping_is_refused_and_changes_nothing(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    void *page = rig_pages(1);
    dms_iova_t iova;

    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(dms_reserve(dev, iova - MiB, 2 * MiB, DMS_REGION_RESERVED, &rig->report),
                     DMS_EBUSY);
    assert_int_equal(rig->report.party, DMS_PARTY_MAPPING);
    assert_int_equal(rig->report.range.first, iova);
    assert_int_equal(dms_regions(dev, NULL, 0), 0);
    rig_assert_hits(rig, dev, iova, DMS_READ, page);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    assert_int_equal(topmost(dev), iova);
    rig_end(dev);
    free(page);
}

/* A range that only waits for its invalidation is not in the way. */
static void a_reservation_does_not_stumble_over_the_lazy_queue(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, &(struct dms_device_cfg){.lazy = true});
    struct dms_range low = {0x1000, 0x7fffffff};
    void *page = rig_pages(1);
    dms_iova_t iova;

    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    assert_int_equal(dms_reserve(dev, iova, 4096, DMS_REGION_RESERVED, &rig->report), 0);
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    assert_int_equal(dms_window(dev, &low, 1, &rig->report), 0);
    rig_end(dev);
    free(page);
}

static void overlapping_reservations_are_a_union(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);

    assert_int_equal(dms_reserve(dev, 0xf0000000, 0x10000000, DMS_REGION_RESERVED, NULL), 0);
    assert_int_equal(dms_reserve(dev, 0xf0000000, 0x10000000, DMS_REGION_RESERVED, NULL), 0);
    assert_int_equal(dms_reserve(dev, 0xe8000000, 0x10000000, DMS_REGION_MSI, NULL), 0);
    assert_int_equal(topmost(dev), 0xe7fff000);
    assert_int_equal(dms_release(dev, 0xf0000000, 0x10000000, DMS_REGION_RESERVED, NULL), 0);
    assert_int_equal(topmost(dev), 0xe7fff000); /* the other one still holds it */
    assert_int_equal(dms_release(dev, 0xe8000000, 0x10000000, DMS_REGION_MSI, NULL), 0);
    assert_int_equal(topmost(dev), 0xeffff000);
    assert_int_equal(dms_release(dev, 0xf0000000, 0x10000000, DMS_REGION_RESERVED, NULL), 0);
    assert_int_equal(topmost(dev), 0xfffff000);
    assert_int_equal(dms_release(dev, 0xf0000000, 0x10000000, DMS_REGION_RESERVED, &rig->report),
                     DMS_ENOENT);
    rig_end(dev);
}

static void what_others_reserved_cannot_be_released(void **state)
{
    struct rig *rig = *state;
    struct dms_device *a = rig_device(rig, "a", 1, NULL);
    struct dms_device *b = rig_device(rig, "b", 2, &(struct dms_device_cfg){.share_group_with = a});

    assert_int_equal(dms_reserve(a, 0x10000000, 0x1000, DMS_REGION_FIXED, NULL), 0);
    assert_int_equal(dms_release(b, 0x10000000, 0x1000, DMS_REGION_FIXED, &rig->report),
                     DMS_ENOENT);
    assert_int_equal(rig->report.party, DMS_PARTY_RESERVED);
    assert_string_equal(rig->report.name, "a");
    assert_string_equal(
        rig->report.text,
        "0x10000000-0x10000fff overlaps reserved region 0x10000000-0x10000fff (fixed, api) of a");
    /* Nor with another kind, size or base. */
    assert_int_equal(dms_release(a, 0x10000000, 0x1000, DMS_REGION_RESERVED, NULL), DMS_ENOENT);
    assert_int_equal(dms_release(a, 0x10000000, 0x2000, DMS_REGION_FIXED, NULL), DMS_ENOENT);
    assert_int_equal(dms_release(a, 0x0ffff000, 0x2000, DMS_REGION_FIXED, NULL), DMS_ENOENT);
    assert_int_equal(dms_release(a, 0x10000000, 0, DMS_REGION_FIXED, NULL), DMS_ENOENT);
    assert_int_equal(dms_release(a, 0x10000000, 0x1000, DMS_REGION_FIXED, NULL), 0);
    rig_end(a);
    rig_end(b);
}

static void malformed_reservations_are_refused(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_device(rig, "dev", 1, NULL);

    assert_int_equal(dms_reserve(dev, 0x1000, 0, DMS_REGION_RESERVED, &rig->report), DMS_EINVAL);
    assert_int_equal(dms_reserve(dev, 0x1000, 0x1000, DMS_REGION_WINDOW, &rig->report), DMS_EINVAL);
    assert_int_equal(dms_reserve(dev, 0x1000, 0x1000, (enum dms_region_kind)77, &rig->report),
                     DMS_EINVAL);
    assert_int_equal(dms_reserve(dev, UINT64_MAX, 2, DMS_REGION_RESERVED, &rig->report),
                     DMS_ERANGE);
    assert_int_equal(dms_reserve(dev, UINT64_MAX, 1, DMS_REGION_RESERVED, &rig->report), 0);
    assert_int_equal(dms_reserve(dev, 0, UINT64_MAX, DMS_REGION_RESERVED, &rig->report), 0);
    assert_int_equal(dms_regions(dev, NULL, 0), 2);
    rig_end(dev);
}

static void regions_are_listed_in_address_order(void **state)
{
    static const char expected[] = "0x0000000008000000 0x00000000080fffff msi\n"
                                   "0x0000000010000000 0x0000000010000fff fixed\n"
                                   "0x00000000e0000000 0x00000000ffffffff reserved\n";
    struct rig *rig = *state;
    struct dms_device *dev = rig_device(rig, "dev", 1, NULL);
    struct dms_region_info info[2];
    char text[256];

    dms_reserve(dev, 0xe0000000, 0x20000000, DMS_REGION_RESERVED, NULL);
    dms_reserve(dev, 0x08000000, 0x100000, DMS_REGION_MSI, NULL);
    dms_reserve(dev, 0x10000000, 0x1000, DMS_REGION_FIXED, NULL);
    assert_int_equal(dms_regions(dev, info, 2), 3);
    assert_int_equal(info[0].range.first, 0x08000000);
    assert_int_equal(info[0].kind, DMS_REGION_MSI);
    assert_int_equal(info[0].origin, DMS_ORIGIN_API);
    assert_int_equal(info[1].range.first, 0x10000000);
    assert_int_equal(dms_regions_text(dev, text, sizeof(text)), strlen(expected));
    assert_string_equal(text, expected);
    /* Cut off after a whole line. */
    assert_int_equal(dms_regions_text(dev, text, 100), strlen(expected));
    assert_int_equal(strlen(text), (size_t)(strchr(expected + 50, '\n') + 1 - expected));
    assert_memory_equal(text, expected, strlen(text));
    assert_int_equal(dms_regions_text(dev, NULL, 0), strlen(expected));
    rig_end(dev);
}

static void a_window_is_all_that_is_handed_out(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_device(rig, "dev", 1, NULL);
    struct dms_range iris[] = {{0x25800000, 0xdfffffff}};
    struct dms_range narrower[] = {{0xd0000800, 0xd00027ff}, {0x100, 0x200}};
    struct dms_dma_opts low = {.place = DMS_PLACE_BOTTOM_UP};
    void *pages = rig_pages(2);
    dms_iova_t iova;

    assert_int_equal(dms_window(dev, iris, 1, NULL), 0);
    assert_int_equal(dms_attach(dev, NULL), 0);
    assert_int_equal(topmost(dev), 0xdffff000);
    assert_int_equal(dms_map(dev, pages, 8192, DMS_TO_DEVICE, &low, &iova), 0);
    assert_int_equal(iova, 0x25800000);
    assert_int_equal(dms_window(dev, narrower, 2, &rig->report), DMS_EBUSY);
    assert_int_equal(rig->report.range.first, iova);
    assert_int_equal(dms_unmap(dev, iova, 8192, NULL), 0);
    /* Rounded inwards: one whole page of the first range, nothing of the second. */
    assert_int_equal(dms_window(dev, narrower, 2, &rig->report), 0);
    assert_int_equal(topmost(dev), 0xd0001000);
    assert_int_equal(dms_map(dev, pages, 8192, DMS_TO_DEVICE, &low, &iova), DMS_ENOSPC);
    rig_end(dev);
    free(pages);
}

static void a_window_that_leaves_nothing_is_refused(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_device(rig, "dev", 1, NULL);
    struct dms_range first = {0x10000000, 0x1fffffff};
    struct dms_range apart = {0x20000000, 0x2fffffff};
    struct dms_range wide = {UINT64_C(1) << 32, UINT64_C(1) << 33};
    struct dms_range inside_a_page = {0x11000100, 0x11000eff};
    struct dms_range odd = {0x2000, 0x1fff};
    struct dms_range null_page = {0, 0xfff};

    assert_int_equal(dms_window(dev, &wide, 1, &rig->report), DMS_EINVAL);
    assert_int_equal(rig->report.party, DMS_PARTY_APERTURE);
    assert_string_equal(rig->report.name, "dev");
    assert_int_equal(dms_window(dev, &null_page, 1, &rig->report), DMS_EINVAL);
    assert_int_equal(dms_window(dev, &odd, 1, &rig->report), DMS_EINVAL);
    assert_int_equal(dms_window(dev, &first, 0, &rig->report), DMS_EINVAL);
    assert_int_equal(dms_window(dev, &first, 1, &rig->report), 0);
    assert_int_equal(dms_window(dev, &apart, 1, &rig->report), DMS_EINVAL);
    assert_int_equal(dms_window(dev, &inside_a_page, 1, &rig->report), DMS_EINVAL);
    assert_int_equal(dms_attach(dev, NULL), 0);
    assert_int_equal(topmost(dev), 0x1ffff000); /* no refused window has left a trace */
    rig_end(dev);
}

/* A firmware device: its only window is one fixed region. */
/* What an earlier window leaves out lies above all that the device can send. */
static void windows_beyond_the_mask_are_no_obstacle(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    const struct dms_range wide = {0x10000, UINT64_C(0x1ffffffff)};
    const struct dms_range page = {0x20000, 0x20fff};
    const struct dms_range beyond = {UINT64_C(0x100000000), UINT64_C(0x1ffffffff)};
    dms_iova_t iova;

    assert_int_equal(dms_window(dev, &wide, 1, &rig->report), 0);
    assert_int_equal(dms_window(dev, &beyond, 1, &rig->report), DMS_EINVAL);
    assert_int_equal(dms_window(dev, &page, 1, &rig->report), 0);
    assert_int_equal(dms_map_phys(dev, (dms_phys_t){0x1000}, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(iova, 0x20000);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    rig_end(dev);
}

static void a_fixed_region_may_fill_the_whole_window(void **state)
{
    struct rig *rig = *state;
    struct dms_range window = {0x0a000000, 0x0a7fffff};
    struct dms_region fixed = {0x0a000000, 0x00800000, DMS_REGION_FIXED};
    struct dms_device *dev =
        rig_attached(rig, "firmware", 1,
                     &(struct dms_device_cfg){
                         .window = &window, .nwindow = 1, .regions = &fixed, .nregions = 1});
    void *image = rig_pages(4);
    dms_iova_t iova;

    assert_int_equal(dms_map_fixed(dev, 0x0a000000, image, 4 * 4096, DMS_TO_DEVICE, NULL), 0);
    rig_assert_hits(rig, dev, 0x0a001234, DMS_READ, (char *)image + 0x1234);
    assert_int_equal(dms_map(dev, image, 4096, DMS_TO_DEVICE, NULL, &iova), DMS_ENOSPC);
    assert_int_equal(dms_unmap(dev, 0x0a000000, 4 * 4096, NULL), 0);
    rig_end(dev);
    free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(what_is_reserved_is_never_handed_out),
        rig_test(regions_survive_detach_and_attach),
        rig_test(a_reservation_over_a_live_mapping_is_refused_and_changes_nothing),
        rig_test(a_reservation_does_not_stumble_over_the_lazy_queue),
        rig_test(overlapping_reservations_are_a_union),
        rig_test(what_others_reserved_cannot_be_released),
        rig_test(malformed_reservations_are_refused),
        rig_test(regions_are_listed_in_address_order),
        rig_test(a_window_is_all_that_is_handed_out),
        rig_test(a_window_that_leaves_nothing_is_refused),
        rig_test(windows_beyond_the_mask_are_no_obstacle),
        rig_test(a_fixed_region_may_fill_the_whole_window),
    };

    return cmocka_run_group_tests_name("reserve", tests, NULL, NULL);
}
