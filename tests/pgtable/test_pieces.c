/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Lists of pieces: each as a map of its own, all of them one mapping. */
#include "../cmocka_all.h"

#include "hardware.h"

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)

#define PROT   (DMS_READ | DMS_PROT_BEGIN | DMS_PROT_END)

static void start(struct fixture *f, bool coherent)
{
    struct dms_pgtable_cfg cfg = fixture_cfg();

    cfg.coherent = coherent;
    cfg.keep_empty = 8;
    fixture_start(f, cfg, true);
}

static void free_all(struct fixture *f, struct dms_iommu_gather *gather)
{
    while (dms_pgtable_release(&f->pt, gather))
        ;
}

/* Across the end of a table of pages. */
static const uint64_t first = MIB(4) - KIB(8);
static const struct dms_iommu_piece pieces[] = {
    {{GIB(1)}, KIB(4)}, {{GIB(2)}, KIB(8)}, {{MIB(6)}, KIB(4)}, {{GIB(3)}, KIB(4)}};
#define PIECES 4
#define TOTAL  KIB(20)

static void expect_pieces(struct fixture *f)
{
    struct dms_iommu_mapping mapping;
    uint64_t at = first;

    for (unsigned i = 0; i < PIECES; at += pieces[i++].size) {
        assert_int_equal(hardware_walk(f, at).phys, pieces[i].phys.addr);
        assert_int_equal(hardware_walk(f, at + pieces[i].size - 1).phys,
                         pieces[i].phys.addr + pieces[i].size - 1);
    }
    assert_false(hardware_walk(f, first - 1).mapped);
    assert_false(hardware_walk(f, at).mapped);
    assert_int_equal(dms_pgtable_next(&f->pt, 0, false, &mapping), 0);
    assert_int_equal(mapping.iova.first, first);
    assert_int_equal(mapping.iova.last, first + TOTAL - 1);
}

static void pieces_side_by_side_are_one_mapping(void **state)
{
    (void)state;
    for (unsigned coherent = 0; coherent < 2; coherent++) {
        struct dms_iommu_gather gather = {0};
        struct fixture f;
        uint64_t mapped;

        start(&f, coherent);
        for (unsigned round = 0; round < 3; round++) {
            long barriers = f.barriers;

            assert_int_equal(dms_pgtable_map_list(&f.pt, first, pieces, PIECES, PROT, &mapped), 0);
            assert_int_equal(mapped, TOTAL);
            assert_true(round == 0 || f.barriers == barriers + 1);
            expect_pieces(&f);
            assert_int_equal(dms_pgtable_unmap(&f.pt, first, KIB(4), true, &gather), DMS_EBUSY);
            fixture_unmap(&f, first, TOTAL, &gather);
            free_all(&f, &gather);
        }
        fixture_stop(&f);
    }
}

static void a_list_stops_at_the_piece_that_fails(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct fixture f;
    uint64_t mapped;

    (void)state;
    start(&f, true);
    fixture_map(&f, first + KIB(12), GIB(9), KIB(4));
    assert_int_equal(dms_pgtable_map_list(&f.pt, first, pieces, PIECES, PROT, &mapped), DMS_EEXIST);
    assert_int_equal(mapped, KIB(12));
    assert_int_equal(hardware_walk(&f, first + KIB(8)).phys, GIB(2) + KIB(4));
    assert_int_equal(hardware_walk(&f, first + KIB(12)).phys, GIB(9));
    assert_false(hardware_walk(&f, first + KIB(16)).mapped);
    assert_int_equal(dms_pgtable_unmap(&f.pt, first, KIB(12), false, &gather), 0);
    fixture_unmap(&f, first + KIB(12), KIB(4), &gather);
    free_all(&f, &gather);
    fixture_stop(&f);
}

#define PAGES 24u

/* Single pages that lie apart in memory; the tenth is the last of its table of pages. */
static const uint64_t scattered_first = MIB(4) - KIB(40);

static void scatter(struct dms_iommu_piece list[PAGES])
{
    for (unsigned i = 0; i < PAGES; i++)
        list[i] = (struct dms_iommu_piece){{GIB(1) + MIB(i)}, KIB(4)};
}

/* The first `count` pages of the list are mapped, and no more. */
static void expect_scattered(struct fixture *f, unsigned count)
{
    for (unsigned i = 0; i < PAGES; i++) {
        struct hardware_result seen = hardware_walk(f, scattered_first + KIB(4) * i);

        assert_int_equal(seen.mapped, i < count);
        assert_true(i >= count || seen.phys == GIB(1) + MIB(i));
    }
}

static void scattered_pages_go_on_in_the_next_table(void **state)
{
    (void)state;
    for (unsigned coherent = 0; coherent < 2; coherent++) {
        struct dms_iommu_gather gather = {0};
        struct dms_iommu_piece list[PAGES];
        struct dms_iommu_mapping mapping;
        struct fixture f;
        uint64_t mapped;

        start(&f, coherent);
        scatter(list);
        for (unsigned round = 0; round < 2; round++) {
            assert_int_equal(
                dms_pgtable_map_list(&f.pt, scattered_first, list, PAGES, PROT, &mapped), 0);
            expect_scattered(&f, PAGES);
            assert_int_equal(dms_pgtable_next(&f.pt, 0, false, &mapping), 0);
            assert_int_equal(mapping.iova.last, scattered_first + KIB(4) * PAGES - 1);
            fixture_unmap(&f, scattered_first, KIB(4) * PAGES, &gather);
            free_all(&f, &gather);
        }
        fixture_stop(&f);
    }
}

/* Where page `at` is wrong, those before it are mapped, and it is refused as in a map of its own. */
static void expect_refused_at(unsigned at, struct dms_iommu_piece wrong, bool occupied, int error)
{
    struct dms_iommu_gather gather = {0};
    struct dms_iommu_piece list[PAGES];
    struct fixture f;
    uint64_t mapped;

    start(&f, true);
    scatter(list);
    list[at] = wrong;
    if (occupied)
        fixture_map(&f, scattered_first + KIB(4) * at, GIB(9), KIB(4));
    assert_int_equal(dms_pgtable_map_list(&f.pt, scattered_first, list, PAGES, PROT, &mapped),
                     error);
    assert_int_equal(mapped, KIB(4) * at);
    if (occupied) {
        assert_int_equal(hardware_walk(&f, scattered_first + KIB(4) * at).phys, GIB(9));
        fixture_unmap(&f, scattered_first + KIB(4) * at, KIB(4), &gather);
    }
    expect_scattered(&f, at);
    fixture_stop(&f);
}

static void a_page_inside_of_a_list_is_looked_at(void **state)
{
    const struct dms_iommu_piece good = {{GIB(1)}, KIB(4)};
    const struct dms_iommu_piece ragged = {{GIB(1) + 512}, KIB(4)};
    const struct dms_iommu_piece beyond = {{UINT64_C(1) << 50}, KIB(4)};

    (void)state;
    for (unsigned at = 3; at < PAGES; at += 10) {
        expect_refused_at(at, good, true, DMS_EEXIST);
        expect_refused_at(at, ragged, false, DMS_EINVAL);
        expect_refused_at(at, beyond, false, DMS_ERANGE);
    }
}

static void a_list_that_is_empty_or_too_long_is_refused(void **state)
{
    static const struct dms_iommu_piece endless[] = {{{GIB(1)}, KIB(4)},
                                                     {{GIB(2)}, UINT64_MAX - KIB(4) + 1}};
    struct fixture f;
    uint64_t mapped = 1;

    (void)state;
    start(&f, true);
    assert_int_equal(dms_pgtable_map_list(&f.pt, first, pieces, 0, PROT, &mapped), DMS_EINVAL);
    assert_int_equal(mapped, 0);
    assert_int_equal(dms_pgtable_map_list(&f.pt, first, endless, 2, PROT, &mapped), DMS_ERANGE);
    assert_int_equal(
        dms_pgtable_map_list(&f.pt, UINT64_MAX - KIB(4) + 1, pieces, PIECES, PROT, &mapped),
        DMS_ERANGE);
    assert_int_equal(
        dms_pgtable_map_list(&f.pt, f.pt.input_last - KIB(4) + 1, pieces, PIECES, PROT, &mapped),
        DMS_ERANGE);
    assert_int_equal(mapped, KIB(4));
    fixture_stop(&f);
}

static void a_large_piece_takes_a_block(void **state)
{
    static const struct dms_iommu_piece large[] = {
        {{GIB(1)}, KIB(4)}, {{GIB(2)}, MIB(2)}, {{GIB(3)}, KIB(4)}};
    struct fixture f;
    uint64_t mapped;

    (void)state;
    start(&f, true);
    assert_int_equal(dms_pgtable_map_list(&f.pt, MIB(2) - KIB(4), large, 3, PROT, &mapped), 0);
    assert_int_equal(hardware_walk(&f, MIB(2)).leaf_bytes, MIB(2));
    assert_int_equal(hardware_walk(&f, MIB(4)).phys, GIB(3));
    fixture_stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_side_by_side_are_one_mapping),
        cmocka_unit_test(a_list_stops_at_the_piece_that_fails),
        cmocka_unit_test(scattered_pages_go_on_in_the_next_table),
        cmocka_unit_test(a_page_inside_of_a_list_is_looked_at),
        cmocka_unit_test(a_list_that_is_empty_or_too_long_is_refused),
        cmocka_unit_test(a_large_piece_takes_a_block),
    };

    return cmocka_run_group_tests_name("pgtable pieces", tests, NULL, NULL);
}
