/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Scatter lists. */
#include "../device/rig.h"

static void entries_follow_one_another_in_one_run(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *pages = rig_pages(16);
    struct dms_sg list[] = {
        {.ptr = pages + 8 * 4096 + 0x700, .size = 0x900}, /* ends at a granule */
        {.ptr = pages + 2 * 4096, .size = 0x2000},        /* joins it, and ends at one */
        {.ptr = pages + 5 * 4096, .size = 0x10},          /* joins */
        {.ptr = pages + 12 * 4096 + 0x20, .size = 0x1000},
    };
    unsigned segments = 0;

    assert_int_equal(dms_map_sg(dev, list, 4, DMS_BIDIRECTIONAL, NULL, &segments), 0);
    assert_int_equal(segments, 2);
    assert_int_equal(list[0].iova & 0xfff, 0x700);
    assert_int_equal(list[1].iova, list[0].iova + 0x900);
    assert_int_equal(list[2].iova, list[1].iova + 0x2000);
    assert_int_equal(list[3].iova, list[2].iova + 0x1000 + 0x20);
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned at = 0; at < list[i].size; at += 8)
            rig_assert_hits(rig, dev, list[i].iova + at, DMS_WRITE, (char *)list[i].ptr + at);
    }
    assert_int_equal(fake_pages(rig->fake), 6);
    /* One mapping. */
    assert_int_equal(dms_unmap(dev, list[0].iova, list[0].size, NULL), DMS_EBUSY);
    assert_int_equal(dms_unmap_sg(dev, list, 4, NULL), 0);
    assert_int_equal(fake_pages(rig->fake), 0);
    assert_int_equal(fake_stale_pages(rig->fake), 0);
    rig_end(dev);
    free(pages);
}

static void neighbours_in_memory_are_mapped_in_one_go(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *pages = rig_pages(8);
    struct dms_sg list[8];

    for (unsigned i = 0; i < 8; i++)
        list[i] = (struct dms_sg){.ptr = pages + i * 4096, .size = 4096};
    assert_int_equal(dms_map_sg(dev, list, 8, DMS_TO_DEVICE, NULL, NULL), 0);
    assert_int_equal(fake_calls(rig->fake, FAKE_MAP), 1);
    assert_int_equal(dms_unmap_sg(dev, list, 8, NULL), 0);
    rig_end(dev);
    free(pages);
}

static void an_entry_of_scattered_memory_is_mapped_run_by_run(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *pages = rig_pages(8);
    struct dms_sg list[] = {{.ptr = pages + 0x10, .size = 0x3000},
                            {.ptr = pages + 0x5010, .size = 0x1fe0}};

    rig->tp.scatter = true;
    assert_int_equal(dms_map_sg(dev, list, 2, DMS_TO_DEVICE, NULL, NULL), 0);
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned at = 0; at < list[i].size; at += 16)
            rig_assert_hits(rig, dev, list[i].iova + at, DMS_READ, (char *)list[i].ptr + at);
    }
    assert_int_equal(dms_unmap_sg(dev, list, 2, NULL), 0);
    rig_end(dev);
    free(pages);
}

static void malformed_lists_are_refused(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *pages = rig_pages(2);
    struct dms_sg list[] = {{.ptr = pages, .size = 4096}, {.ptr = pages + 4096, .size = 0}};

    assert_int_equal(dms_map_sg(dev, list, 0, DMS_TO_DEVICE, NULL, NULL), DMS_EINVAL);
    assert_int_equal(dms_map_sg(dev, list, 2, DMS_TO_DEVICE, NULL, NULL), DMS_EINVAL);
    list[1].size = SIZE_MAX;
    assert_int_equal(dms_map_sg(dev, list, 2, DMS_TO_DEVICE, NULL, NULL), DMS_ERANGE);
    /* Each fits into 64 bits, and both together do not. */
    list[0].size = 0x3000;
    list[1].size = SIZE_MAX - 0x1fff;
    assert_int_equal(dms_map_sg(dev, list, 2, DMS_TO_DEVICE, NULL, NULL), DMS_ERANGE);
    assert_int_equal(dms_unmap_sg(dev, list, 0, NULL), DMS_EINVAL);
    list[0].iova = 0x2000;
    list[1].iova = 0x1000;
    list[1].size = 0x1000;
    assert_int_equal(dms_unmap_sg(dev, list, 2, NULL), DMS_EINVAL);
    assert_int_equal(fake_pages(rig->fake), 0);
    rig_end(dev);
    free(pages);
}

static void a_failure_in_the_middle_undoes_the_whole_list(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *pages = rig_pages(16);
    struct dms_sg list[4];

    for (unsigned i = 0; i < 4; i++)
        list[i] = (struct dms_sg){.ptr = pages + i * 2 * 4096, .size = 4096};
    for (unsigned n = 1; n <= 4; n++) {
        fake_fail_nth(rig->fake, FAKE_MAP, n, DMS_ENOMEM);
        assert_int_equal(dms_map_sg(dev, list, 4, DMS_TO_DEVICE, NULL, NULL), DMS_ENOMEM);
        assert_int_equal(fake_pages(rig->fake), 0);
        assert_int_equal(fake_stale_pages(rig->fake), 0);
    }
    /* The port fails while the list is measured. */
    for (long n = 1; n <= 8; n++) {
        test_port_fail_nth(&rig->tp, n);
        if (dms_map_sg(dev, list, 4, DMS_TO_DEVICE, NULL, NULL) == 0)
            assert_int_equal(dms_unmap_sg(dev, list, 4, NULL), 0);
        assert_int_equal(fake_pages(rig->fake), 0);
    }
    test_port_fail_nth(&rig->tp, 0);
    assert_int_equal(dms_map_sg(dev, list, 4, DMS_TO_DEVICE, NULL, NULL), 0);
    assert_int_equal(dms_unmap_sg(dev, list, 4, NULL), 0);
    rig_end(dev);
    free(pages);
}

/*
 * Memory in several runs is asked about again when it is mapped; a port that answers differently
 * must not win. Ten calls to a round; in every other one the second answer needs fewer pages, not
 * more.
 */
static int fickle_port(void *ctx, const void *ptr, size_t size, dms_phys_t *phys, size_t *run)
{
    struct test_port *tp = ctx;
    unsigned call = (unsigned)atomic_fetch_add(&tp->calls, 1);
    size_t offset = (call % 10 == 1) != (call / 10 % 2 == 1) ? 0x800 : 0;

    phys->addr = ((uintptr_t)ptr & ~(uintptr_t)4095) + (call % 10 < 2 ? offset : 0x20000);
    *run = call % 10 < 2 ? 4096 - offset : size;
    return 0;
}

static void a_port_that_changes_its_mind_is_refused(void **state)
{
    struct rig *rig = *state;
    struct dms_device *dev = rig_attached(rig, "dev", 1, NULL);
    char *pages = rig_pages(3);
    struct dms_sg list[] = {{.ptr = pages, .size = 8192}};

    rig->tp.port.virt_to_phys = fickle_port;
    for (unsigned i = 0; i < 2; i++) {
        /* More pages than were measured; then fewer. */
        atomic_store(&rig->tp.calls, i * 10);
        assert_int_equal(dms_map_sg(dev, list, 1, DMS_TO_DEVICE, NULL, NULL), DMS_EFAULT);
        assert_int_equal(fake_pages(rig->fake), 0);
        assert_int_equal(fake_stale_pages(rig->fake), 0);
    }
    rig_end(dev);
    free(pages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(entries_follow_one_another_in_one_run),
        rig_test(neighbours_in_memory_are_mapped_in_one_go),
        rig_test(an_entry_of_scattered_memory_is_mapped_run_by_run),
        rig_test(malformed_lists_are_refused),
        rig_test(a_port_that_changes_its_mind_is_refused),
        rig_test(a_failure_in_the_middle_undoes_the_whole_list),
    };

    return cmocka_run_group_tests_name("sg", tests, NULL, NULL);
}
