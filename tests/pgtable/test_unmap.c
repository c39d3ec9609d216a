/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include "hardware.h"

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)

static int unmap(struct fixture *f, uint64_t iova, uint64_t size, bool exact)
{
    struct dms_iommu_gather gather = {0};
    int error = dms_pgtable_unmap(&f->pt, iova, size, exact, &gather);

    if (error) {
        assert_int_equal(gather.pages, 0);
        assert_null(gather.freed);
    }
    while (dms_pgtable_release(&f->pt, &gather))
        ;
    return error;
}

static void a_hole_refuses_the_whole_range(void **state)
{
    struct fixture f;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    fixture_map(&f, 0, 0, MIB(2) - KIB(4));
    fixture_map(&f, MIB(2), MIB(2), MIB(2));
    assert_int_equal(unmap(&f, 0, MIB(4), true), DMS_ENOENT);
    assert_int_equal(unmap(&f, 0, MIB(2), false), DMS_ENOENT);
    assert_int_equal(unmap(&f, MIB(2), MIB(4), false), DMS_ENOENT);
    assert_int_equal(unmap(&f, GIB(600), KIB(4), false), DMS_ENOENT);
    assert_true(hardware_walk(&f, 0).mapped);
    assert_true(hardware_walk(&f, MIB(2)).mapped);
    fixture_stop(&f);
}

static void malformed_ranges_are_refused(void **state)
{
    struct fixture f;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    assert_int_equal(unmap(&f, 0, 0, true), DMS_EINVAL);
    assert_int_equal(unmap(&f, 1, KIB(4), true), DMS_EINVAL);
    assert_int_equal(unmap(&f, 0, 1, true), DMS_EINVAL);
    assert_int_equal(unmap(&f, f.pt.input_last + 1, KIB(4), true), DMS_ERANGE);
    assert_int_equal(unmap(&f, KIB(4), f.pt.input_last + 1, true), DMS_ERANGE);
    assert_int_equal(unmap(&f, KIB(8), -KIB(4), true), DMS_ERANGE);
    assert_int_equal(unmap(&f, -KIB(4), KIB(8), true), DMS_ERANGE);
    fixture_stop(&f);
}

static void a_cut_through_a_mapping_is_refused_when_exact(void **state)
{
    struct fixture f;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    fixture_map(&f, KIB(16), 0, KIB(16));
    fixture_map(&f, KIB(32), 0, KIB(16));
    assert_int_equal(unmap(&f, KIB(16), KIB(8), true), DMS_EBUSY);
    assert_int_equal(unmap(&f, KIB(24), KIB(8), true), DMS_EBUSY);
    assert_int_equal(unmap(&f, KIB(20), KIB(8), true), DMS_EBUSY);
    assert_int_equal(unmap(&f, KIB(24), KIB(16), true), DMS_EBUSY);
    assert_int_equal(unmap(&f, KIB(16), KIB(32), false), 0);
    assert_int_equal(f.tables, 1);
    fixture_stop(&f);
}

struct span {
    uint64_t first;
    uint64_t size;
};

/* Borders within a table, between tables, between pages and a block, between blocks. */
static void several_mappings_side_by_side_are_refused_when_exact(void **state)
{
    static const struct span mappings[] = {
        {MIB(2) - KIB(12), KIB(4)},         {MIB(2) - KIB(8), KIB(8)}, {MIB(2), KIB(4)},
        {MIB(2) + KIB(4), MIB(2) - KIB(4)}, {MIB(4), MIB(2)},          {MIB(6), MIB(2)}};
    const unsigned count = sizeof(mappings) / sizeof(mappings[0]);
    struct fixture f;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    for (unsigned i = 0; i < count; i++)
        fixture_map(&f, mappings[i].first, mappings[i].first, mappings[i].size);
    for (unsigned i = 0; i < count; i++) {
        for (unsigned j = i + 1; j < count; j++) {
            uint64_t end = mappings[j].first + mappings[j].size;

            assert_int_equal(unmap(&f, mappings[i].first, end - mappings[i].first, true),
                             DMS_EBUSY);
        }
    }
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(unmap(&f, mappings[i].first, mappings[i].size, true), 0);
    assert_int_equal(f.tables, 1);
    fixture_stop(&f);
}

static void a_mapping_of_several_calls_is_one(void **state)
{
    struct fixture f;
    uint32_t prot = DMS_READ;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    assert_int_equal(
        dms_pgtable_map(&f.pt, MIB(2) - KIB(8), (dms_phys_t){0}, KIB(8), prot | DMS_PROT_BEGIN), 0);
    assert_int_equal(dms_pgtable_map(&f.pt, MIB(2), (dms_phys_t){MIB(8)}, MIB(2), prot), 0);
    assert_int_equal(dms_pgtable_map(&f.pt, MIB(4), (dms_phys_t){0}, KIB(4), prot | DMS_PROT_END),
                     0);
    assert_int_equal(unmap(&f, MIB(2) - KIB(8), KIB(8), true), DMS_EBUSY);
    assert_int_equal(unmap(&f, MIB(2), MIB(2), true), DMS_EBUSY);
    assert_int_equal(unmap(&f, MIB(4), KIB(4), true), DMS_EBUSY);
    assert_int_equal(unmap(&f, MIB(2) - KIB(8), MIB(2) + KIB(12), true), 0);
    assert_int_equal(f.tables, 1);
    fixture_stop(&f);
}

static void the_ends_of_the_input_space_are_ends_of_mappings(void **state)
{
    struct fixture f;
    uint64_t top;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    top = f.pt.input_last + 1 - KIB(4);
    assert_int_equal(dms_pgtable_map(&f.pt, 0, (dms_phys_t){0}, KIB(4), DMS_READ), 0);
    assert_int_equal(dms_pgtable_map(&f.pt, top, (dms_phys_t){0}, KIB(4), DMS_READ), 0);
    assert_int_equal(unmap(&f, top, KIB(4), true), 0);
    assert_int_equal(dms_pgtable_map(&f.pt, top, (dms_phys_t){0}, KIB(4), DMS_READ), 0);
    assert_int_equal(unmap(&f, 0, KIB(4), true), 0);
    fixture_stop(&f);
}

static void what_a_cut_leaves_counts_as_mappings(void **state)
{
    struct fixture f;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    fixture_map(&f, 0, 0, KIB(20));
    assert_int_equal(unmap(&f, KIB(8), KIB(4), false), 0);
    fixture_map(&f, KIB(8), 0, KIB(4));
    assert_int_equal(unmap(&f, 0, KIB(8), true), 0);
    assert_int_equal(unmap(&f, KIB(12), KIB(8), true), 0);
    assert_int_equal(unmap(&f, KIB(8), KIB(4), true), 0);
    fixture_stop(&f);
}

static void a_block_is_not_split(void **state)
{
    struct fixture f;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    fixture_map(&f, MIB(2), MIB(2), MIB(2));
    assert_int_equal(unmap(&f, MIB(2), KIB(4), false), DMS_EBUSY);
    assert_int_equal(unmap(&f, MIB(4) - KIB(4), KIB(4), false), DMS_EBUSY);
    assert_int_equal(unmap(&f, MIB(3), MIB(2), false), DMS_EBUSY);
    assert_int_equal(unmap(&f, MIB(2), MIB(2), false), 0);
    fixture_stop(&f);
}

static void the_gather_tells_what_to_invalidate(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct fixture f;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    fixture_map(&f, 0, 0, KIB(4));
    fixture_map(&f, MIB(1), 0, KIB(12));
    fixture_map(&f, MIB(4), MIB(4), MIB(4));
    fixture_unmap(&f, MIB(4), MIB(4), &gather);
    assert_int_equal(gather.first, MIB(4));
    assert_int_equal(gather.last, MIB(8) - 1);
    assert_int_equal(gather.pages, 2);
    assert_int_equal(gather.stride_lg2, 21);
    assert_false(gather.tables);
    fixture_unmap(&f, MIB(1), KIB(12), &gather);
    assert_int_equal(gather.first, MIB(1));
    assert_int_equal(gather.last, MIB(8) - 1);
    assert_int_equal(gather.pages, 5);
    assert_int_equal(gather.stride_lg2, 12);
    assert_false(gather.tables);
    fixture_unmap(&f, 0, KIB(4), &gather);
    assert_int_equal(gather.first, 0);
    assert_true(gather.tables);
    assert_false(dms_pgtable_release(&f.pt, &gather));
    assert_int_equal(gather.pages, 0);
    assert_false(gather.tables);
    fixture_stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hole_refuses_the_whole_range),
        cmocka_unit_test(malformed_ranges_are_refused),
        cmocka_unit_test(a_cut_through_a_mapping_is_refused_when_exact),
        cmocka_unit_test(several_mappings_side_by_side_are_refused_when_exact),
        cmocka_unit_test(a_mapping_of_several_calls_is_one),
        cmocka_unit_test(the_ends_of_the_input_space_are_ends_of_mappings),
        cmocka_unit_test(what_a_cut_leaves_counts_as_mappings),
        cmocka_unit_test(a_block_is_not_split),
        cmocka_unit_test(the_gather_tells_what_to_invalidate),
    };

    return cmocka_run_group_tests_name("pgtable unmap", tests, NULL, NULL);
}
