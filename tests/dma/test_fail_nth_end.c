/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Unmap, flush, release, detach and destroy: every call of the port fails once, and the IOMMU does
 * not confirm what it is asked. What it has not confirmed stays withheld, and with its owner.
 */
#include "fail_nth.h"

static struct dms_dma_stats stats(void)
{
    struct dms_dma_stats stats;

    assert_int_equal(dms_dma_get_stats(on.dev, &stats), 0);
    return stats;
}

/* ---- unmap ----------------------------------------------------------------------------------- */

static void map_pages(struct rig *rig)
{
    assert_int_equal(dms_map(on.dev, on.pages, 3 * 4096, DMS_TO_DEVICE, NULL, &on.iova), 0);
    rig_assert_hits(rig, on.dev, on.iova, DMS_READ, on.pages);
}

static void mapped(struct rig *rig)
{
    make_device(rig);
    map_pages(rig);
}

static int unmap_call(struct rig *rig)
{
    (void)rig;
    return dms_unmap(on.dev, on.iova, 3 * 4096, NULL);
}

/* Gone from the page table, but not from the IOMMU's caches; nobody is handed the addresses. */
static void unconfirmed(struct rig *rig)
{
    assert_int_equal(fake_pages(rig->fake), 0);
    assert_true(fake_is_stale(rig->fake, 1, on.iova));
    assert_int_equal(stats().live, 0);
    assert_int_equal(stats().withheld, 1);
    fake_fail_nth(rig->fake, FAKE_FLUSH, 1, DMS_ETIMEDOUT);
    assert_int_equal(dms_map_phys(on.dev, (dms_phys_t){0x1000000}, ROOM_SIZE, DMS_TO_DEVICE, NULL,
                                  &(dms_iova_t){0}),
                     DMS_EAGAIN);
}

static int flush_call(struct rig *rig)
{
    (void)rig;
    return dms_flush(on.dev);
}

static void mapped_list(struct rig *rig)
{
    make_device(rig);
    rig->tp.scatter = true;
    for (unsigned i = 0; i < 4; i++)
        on.list[i] = (struct dms_sg){.ptr = on.pages + i * 3 * 4096, .size = 2 * 4096};
    assert_int_equal(dms_map_sg(on.dev, on.list, 4, DMS_TO_DEVICE, NULL, NULL), 0);
    on.iova = on.list[0].iova;
}

static int unmap_list_call(struct rig *rig)
{
    (void)rig;
    return dms_unmap_sg(on.dev, on.list, 4, NULL);
}

static void coherent(struct rig *rig)
{
    make_device(rig);
    assert_int_equal(dms_coherent_alloc(on.dev, 8192, NULL, &on.coherent, &on.iova), 0);
}

static int coherent_free_call(struct rig *rig)
{
    (void)rig;
    return dms_coherent_free(on.dev, on.coherent, 8192, on.iova);
}

/* ---- lazily ---------------------------------------------------------------------------------- */

static void mapped_lazily(struct rig *rig)
{
    make_device_of(rig, (struct dms_device_cfg){.lazy = true});
    map_pages(rig);
}

static void flush_and_end(struct rig *rig)
{
    assert_int_equal(dms_flush(on.dev), 0);
    end_device(rig);
}

static void unmapped_lazily(struct rig *rig)
{
    mapped_lazily(rig);
    assert_int_equal(unmap_call(rig), 0);
}

/* ---- release --------------------------------------------------------------------------------- */

#define DIRECT_FIRST (ROOM_FIRST + 0x40000)

static void reserved(struct rig *rig)
{
    make_device(rig);
    assert_int_equal(dms_reserve(on.dev, DIRECT_FIRST, 0x4000, DMS_REGION_DIRECT, NULL), 0);
}

static int release_call(struct rig *rig)
{
    return dms_release(on.dev, DIRECT_FIRST, 0x4000, DMS_REGION_DIRECT, &rig->report);
}

/* Reserved all the same: for want of memory, or of the IOMMU's word. */
static void still_reserved(struct rig *rig)
{
    const struct dms_dma_opts there = {.lowest = DIRECT_FIRST, .highest = DIRECT_FIRST + 0x3fff};

    (void)rig;
    assert_int_equal(dms_regions(on.dev, NULL, 0), on.regions + 1);
    assert_int_not_equal(dms_map(on.dev, on.pages, 4096, DMS_TO_DEVICE, &there, &on.iova), 0);
}

/* ---- detach and destroy ---------------------------------------------------------------------- */

static void with_two_streams(struct rig *rig)
{
    static const struct dms_region direct = {0x30000000, 0x2000, DMS_REGION_DIRECT};
    struct rig_streams streams = {.count = 2, .at = {{1, 0}, {2, 0}}};
    struct dms_device_cfg cfg = {.regions = &direct, .nregions = 1};

    assert_int_equal(rig_try_device(rig, "dev", &streams, &cfg, &on.dev), 0);
    assert_int_equal(dms_attach(on.dev, NULL), 0);
}

static int detach_call(struct rig *rig)
{
    return dms_detach(on.dev, &rig->report);
}

static void assert_owned(struct rig *rig, dms_sid_t sid)
{
    struct rig_streams same = {.count = 1, .at = {{sid, 0}}};
    struct dms_device *thief;

    assert_int_equal(rig_try_device(rig, "thief", &same, NULL, &thief), DMS_EEXIST);
}

/* It counts as attached, and has its streams. */
static void still_attached(struct rig *rig)
{
    assert_true(dms_device_is_attached(on.dev));
    assert_owned(rig, 1);
    assert_owned(rig, 2);
}

static void assert_streams_abort(struct rig *rig)
{
    dms_phys_t phys;

    assert_int_equal(fake_access(rig->fake, 1, 0x30000000, DMS_READ, &phys, NULL), DMS_EIO);
    assert_int_equal(fake_access(rig->fake, 2, 0x30000000, DMS_READ, &phys, NULL), DMS_EIO);
    assert_int_equal(fake_pages(rig->fake) + fake_domains(rig->fake), 0);
}

static void destroy_detached(struct rig *rig)
{
    assert_streams_abort(rig);
    assert_int_equal(dms_device_destroy(on.dev, DMS_DESTROY_IDLE, NULL), 0);
}

static int destroy_call(struct rig *rig)
{
    return dms_device_destroy(on.dev, DMS_DESTROY_IDLE, &rig->report);
}

static void two_streams_and_mappings(struct rig *rig)
{
    dms_iova_t iova;

    with_two_streams(rig);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(dms_map(on.dev, on.pages + i * 4096, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_int_equal(dms_unmap(on.dev, iova, 4096, NULL), 0);
}

static int force_call(struct rig *rig)
{
    return dms_device_destroy(on.dev, DMS_DESTROY_FORCE, &rig->report);
}

/* A member of a group goes, with a mapping in its fixed region; its stream is free at last. */
static void member_with_fixed_mapping(struct rig *rig)
{
    on.parent = rig_attached(rig, "first", 4, NULL);
    on.dev = rig_attached(rig, "dev", 1, &(struct dms_device_cfg){.share_group_with = on.parent});
    assert_int_equal(dms_reserve(on.dev, ROOM_FIRST, 0x4000, DMS_REGION_FIXED, NULL), 0);
    assert_int_equal(dms_map_fixed(on.dev, ROOM_FIRST, on.pages, 4096, DMS_TO_DEVICE, NULL), 0);
}

static void member_is_still_there(struct rig *rig)
{
    assert_true(dms_device_is_attached(on.dev));
    assert_owned(rig, 1);
    rig_assert_aborts(rig, on.parent, ROOM_FIRST + 0x1000, DMS_READ);
}

static void end_first(struct rig *rig)
{
    rig_assert_aborts(rig, on.parent, ROOM_FIRST, DMS_READ);
    rig_end(rig_attached(rig, "heir", 1, NULL));
    rig_end(on.parent);
}

static const struct subject subjects[] = {
    {"unmap", mapped, unmap_call, unconfirmed, flush_call, end_device},
    {"unmap a list", mapped_list, unmap_list_call, unconfirmed, flush_call, end_device},
    {"free a coherent buffer", coherent, coherent_free_call, unconfirmed, flush_call, end_device},
    {"unmap lazily", mapped_lazily, unmap_call, unconfirmed, flush_call, flush_and_end},
    {"flush", unmapped_lazily, flush_call, unconfirmed, NULL, end_device},
    {"release", reserved, release_call, still_reserved, NULL, end_device},
    {"detach", with_two_streams, detach_call, still_attached, NULL, destroy_detached},
    {"destroy", with_two_streams, destroy_call, still_attached, NULL, assert_streams_abort},
    {"destroy by force", two_streams_and_mappings, force_call, still_attached, NULL,
     assert_streams_abort},
    {"destroy a member", member_with_fixed_mapping, force_call, member_is_still_there, NULL,
     end_first},
};

#define SUBJECTS (sizeof(subjects) / sizeof(subjects[0]))

static void nothing_needs_memory_to_end(void **state)
{
    (void)state;
    assert_int_equal(fail_port_calls(subjects, SUBJECTS), 0);
}

static void the_iommu_may_confirm_nothing(void **state)
{
    static const struct refusal refusals[] = {{FAKE_FLUSH, DMS_ETIMEDOUT},
                                              {FAKE_FLUSH, DMS_EIO},
                                              {FAKE_DETACH, DMS_ETIMEDOUT},
                                              {FAKE_DETACH, DMS_EIO}};

    (void)state;
    fail_requests(subjects, SUBJECTS, refusals, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_needs_memory_to_end),
        cmocka_unit_test(the_iommu_may_confirm_nothing),
    };

    return cmocka_run_group_tests_name("fail_nth_end", tests, NULL, NULL);
}
