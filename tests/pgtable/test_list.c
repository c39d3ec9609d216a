/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include "fixture.h"

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)

static void expect_next(struct fixture *f, uint64_t from, bool down, uint64_t first, uint64_t size)
{
    struct dms_iommu_mapping mapping = {.phys = {1}};

    assert_int_equal(dms_pgtable_next(&f->pt, from, down, &mapping), 0);
    assert_int_equal(mapping.iova.first, first);
    assert_int_equal(mapping.iova.last, first + size - 1);
}

static void expect_none(struct fixture *f, uint64_t from, bool down)
{
    struct dms_iommu_mapping mapping = {.phys = {1}};

    assert_int_equal(dms_pgtable_next(&f->pt, from, down, &mapping), DMS_ENOENT);
    assert_int_equal(mapping.phys.addr, 1);
}

static void an_empty_table_lists_nothing(void **state)
{
    struct fixture f;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    expect_none(&f, 0, false);
    expect_none(&f, UINT64_MAX, false);
    expect_none(&f, 0, true);
    expect_none(&f, UINT64_MAX, true);
    fixture_stop(&f);
}

static void the_nearest_mapping_is_found_on_either_side(void **state)
{
    struct fixture f;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    fixture_map(&f, KIB(4), 0, KIB(8));
    fixture_map(&f, GIB(1), GIB(1), GIB(1) + MIB(2));
    fixture_map(&f, f.pt.input_last + 1 - KIB(4), 0, KIB(4));
    expect_next(&f, 0, false, KIB(4), KIB(8));
    expect_none(&f, KIB(4) - 1, true);
    expect_next(&f, KIB(4), true, KIB(4), KIB(8));
    expect_next(&f, KIB(12) - 1, false, KIB(4), KIB(8));
    expect_next(&f, KIB(12), false, GIB(1), GIB(1) + MIB(2));
    expect_next(&f, GIB(2) + MIB(1), false, GIB(1), GIB(1) + MIB(2));
    expect_next(&f, GIB(100), true, GIB(1), GIB(1) + MIB(2));
    expect_next(&f, GIB(2) + MIB(2), false, f.pt.input_last + 1 - KIB(4), KIB(4));
    expect_next(&f, f.pt.input_last, true, f.pt.input_last + 1 - KIB(4), KIB(4));
    expect_next(&f, UINT64_MAX, true, f.pt.input_last + 1 - KIB(4), KIB(4));
    expect_none(&f, f.pt.input_last + 1, false);
    fixture_stop(&f);
}

static void neighbours_are_told_apart_by_their_marks(void **state)
{
    struct fixture f;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    fixture_map(&f, MIB(2) - KIB(8), 0, KIB(8));
    fixture_map(&f, MIB(2), MIB(2), MIB(4));
    fixture_map(&f, MIB(6), 0, KIB(4));
    expect_next(&f, MIB(2) - 1, false, MIB(2) - KIB(8), KIB(8));
    expect_next(&f, MIB(2), false, MIB(2), MIB(4));
    expect_next(&f, MIB(6) - 1, true, MIB(2), MIB(4));
    expect_next(&f, MIB(6), true, MIB(6), KIB(4));
    fixture_stop(&f);
}

static void a_scatter_list_is_one_mapping(void **state)
{
    struct dms_iommu_mapping mapping;
    struct fixture f;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    for (unsigned i = 0; i < 600; i++) {
        uint32_t prot = DMS_READ | (i == 0 ? DMS_PROT_BEGIN : 0) | (i == 599 ? DMS_PROT_END : 0);

        assert_int_equal(dms_pgtable_map(&f.pt, MIB(1) + KIB(4) * i,
                                         (dms_phys_t){GIB(9) - MIB(1) * i}, KIB(4), prot),
                         0);
    }
    expect_next(&f, MIB(1) + KIB(1300), false, MIB(1), KIB(2400));
    assert_int_equal(dms_pgtable_next(&f.pt, MIB(2), true, &mapping), 0);
    assert_int_equal(mapping.phys.addr, GIB(9));
    assert_int_equal(mapping.access, DMS_READ);
    fixture_stop(&f);
}

static void access_is_listed_as_it_is_enforced(void **state)
{
    struct dms_iommu_mapping mapping;
    struct fixture f;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    assert_int_equal(dms_pgtable_map(&f.pt, 0, (dms_phys_t){0}, KIB(4), DMS_WRITE | DMS_PRIV), 0);
    assert_int_equal(dms_pgtable_map(&f.pt, MIB(1), (dms_phys_t){0}, KIB(4), DMS_READ | DMS_EXEC),
                     0);
    assert_int_equal(dms_pgtable_next(&f.pt, 0, false, &mapping), 0);
    assert_int_equal(mapping.access, DMS_READ | DMS_WRITE);
    assert_int_equal(dms_pgtable_next(&f.pt, MIB(1), false, &mapping), 0);
    assert_int_equal(mapping.access, DMS_READ | DMS_EXEC);
    fixture_stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_table_lists_nothing),
        cmocka_unit_test(the_nearest_mapping_is_found_on_either_side),
        cmocka_unit_test(neighbours_are_told_apart_by_their_marks),
        cmocka_unit_test(a_scatter_list_is_one_mapping),
        cmocka_unit_test(access_is_listed_as_it_is_enforced),
    };

    return cmocka_run_group_tests_name("pgtable list", tests, NULL, NULL);
}
