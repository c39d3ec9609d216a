/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include "hardware.h"

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)

static void start(struct fixture *f, unsigned granule_lg2, unsigned input_bits)
{
    struct dms_pgtable_cfg cfg = fixture_cfg();

    cfg.granule_lg2 = (uint8_t)granule_lg2;
    cfg.input_bits = (uint8_t)input_bits;
    fixture_start(f, cfg, true);
}

static uint64_t leaf_at(const struct fixture *f, uint64_t iova)
{
    return hardware_walk(f, iova).leaf_bytes;
}

static void the_largest_blocks_that_alignment_allows_are_used(void **state)
{
    struct fixture f;

    (void)state;
    start(&f, 12, 48);
    fixture_map(&f, GIB(1) - MIB(2) - KIB(4), GIB(5) - MIB(2) - KIB(4), GIB(1) + MIB(4) + KIB(8));
    assert_int_equal(leaf_at(&f, GIB(1) - MIB(2) - KIB(4)), KIB(4));
    assert_int_equal(leaf_at(&f, GIB(1) - MIB(2)), MIB(2));
    assert_int_equal(leaf_at(&f, GIB(1)), GIB(1));
    assert_int_equal(leaf_at(&f, GIB(2)), MIB(2));
    assert_int_equal(leaf_at(&f, GIB(2) + MIB(2)), KIB(4));
    assert_int_equal(hardware_walk(&f, GIB(1) + 0x12345678).phys, GIB(5) + 0x12345678);
    assert_false(hardware_walk(&f, GIB(2) + MIB(2) + KIB(4)).mapped);
    fixture_stop(&f);
}

static void each_granule_has_its_block(void **state)
{
    static const struct {
        unsigned granule_lg2;
        uint64_t block;
    } cases[] = {{12, MIB(2)}, {14, MIB(32)}, {16, MIB(512)}};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct fixture f;

        start(&f, cases[i].granule_lg2, 39);
        fixture_map(&f, 4 * cases[i].block, 8 * cases[i].block, cases[i].block);
        assert_int_equal(leaf_at(&f, 4 * cases[i].block), cases[i].block);
        fixture_stop(&f);
    }
}

static void a_level_without_blocks_gets_a_table(void **state)
{
    static const struct {
        unsigned granule_lg2;
        uint64_t entry, block;
    } cases[] = {{12, GIB(512), GIB(1)}, {14, GIB(64), MIB(32)}, {16, GIB(4096), MIB(512)}};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct fixture f;

        start(&f, cases[i].granule_lg2, 48);
        fixture_map(&f, cases[i].entry, 0, 2 * cases[i].entry);
        assert_int_equal(leaf_at(&f, 2 * cases[i].entry), cases[i].block);
        assert_int_equal(hardware_walk(&f, 3 * cases[i].entry - 1).phys, 2 * cases[i].entry - 1);
        fixture_stop(&f);
    }
}

static void a_physical_address_without_the_alignment_takes_pages(void **state)
{
    struct fixture f;

    (void)state;
    start(&f, 12, 39);
    fixture_map(&f, MIB(2), MIB(2) + KIB(4), MIB(4));
    assert_int_equal(leaf_at(&f, MIB(2)), KIB(4));
    assert_int_equal(hardware_walk(&f, MIB(6) - 1).phys, MIB(6) + KIB(4) - 1);
    fixture_stop(&f);
}

static void the_whole_input_space_can_be_mapped_at_once(void **state)
{
    struct fixture f;

    (void)state;
    start(&f, 12, 32);
    fixture_map(&f, 0, 0, GIB(4));
    assert_int_equal(hardware_walk(&f, GIB(4) - 1).phys, GIB(4) - 1);
    assert_int_equal(hardware_tables(&f), 1);
    fixture_stop(&f);
}

static void the_first_and_the_last_page_of_each_width_can_be_mapped(void **state)
{
    (void)state;
    for (unsigned granule = 12; granule <= 16; granule += 2) {
        for (unsigned input = 25; input <= 48; input++) {
            uint64_t page = UINT64_C(1) << granule;
            struct dms_iommu_gather gather = {0};
            struct fixture f;

            start(&f, granule, input);
            fixture_map(&f, 0, GIB(1), page);
            fixture_map(&f, f.pt.input_last + 1 - page, GIB(2), page);
            assert_int_equal(hardware_walk(&f, 0).phys, GIB(1));
            assert_int_equal(hardware_walk(&f, f.pt.input_last).phys, GIB(2) + page - 1);
            fixture_unmap(&f, f.pt.input_last + 1 - page, page, &gather);
            fixture_unmap(&f, 0, page, &gather);
            assert_false(dms_pgtable_release(&f.pt, &gather));
            assert_int_equal(f.tables, 1);
            fixture_stop(&f);
        }
    }
}

static void sizes_and_addresses_that_are_not_whole_granules_are_refused(void **state)
{
    struct fixture f;

    (void)state;
    start(&f, 14, 39);
    assert_int_equal(dms_pgtable_map(&f.pt, 0, (dms_phys_t){0}, 0, DMS_READ), DMS_EINVAL);
    assert_int_equal(dms_pgtable_map(&f.pt, KIB(4), (dms_phys_t){0}, KIB(16), DMS_READ),
                     DMS_EINVAL);
    assert_int_equal(dms_pgtable_map(&f.pt, 0, (dms_phys_t){KIB(4)}, KIB(16), DMS_READ),
                     DMS_EINVAL);
    assert_int_equal(dms_pgtable_map(&f.pt, 0, (dms_phys_t){0}, KIB(20), DMS_READ), DMS_EINVAL);
    assert_int_equal(dms_pgtable_map(&f.pt, 0, (dms_phys_t){0}, KIB(16), 0), DMS_EINVAL);
    assert_int_equal(dms_pgtable_map(&f.pt, 0, (dms_phys_t){0}, KIB(16), DMS_PRIV), DMS_EINVAL);
    assert_int_equal(dms_pgtable_map(&f.pt, 0, (dms_phys_t){0}, KIB(16), DMS_READ | 1u << 31),
                     DMS_EINVAL);
    assert_int_equal(f.tables, 1);
    fixture_stop(&f);
}

static void what_passes_the_input_or_output_width_is_refused(void **state)
{
    static const struct {
        uint64_t iova, phys, size;
    } cases[] = {
        {GIB(512), 0, KIB(4)},           {GIB(512) - KIB(4), 0, KIB(8)},
        {0, 0, GIB(512) + KIB(4)},       {KIB(4), 0, UINT64_MAX & ~KIB(4)},
        {UINT64_MAX << 12, 0, KIB(4)},   {0, GIB(1024), KIB(4)},
        {0, GIB(1024) - KIB(4), KIB(8)}, {0, UINT64_MAX << 12, KIB(4)},
        {0, UINT64_MAX << 12, KIB(8)},
    };
    struct dms_pgtable_cfg cfg = fixture_cfg();
    struct fixture f;

    (void)state;
    cfg.input_bits = 39;
    cfg.output_bits = 40;
    fixture_start(&f, cfg, true);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(dms_pgtable_map(&f.pt, cases[i].iova, (dms_phys_t){cases[i].phys},
                                         cases[i].size, DMS_READ),
                         i == 3 ? DMS_EINVAL : DMS_ERANGE);
    }
    fixture_map(&f, GIB(512) - KIB(4), GIB(1024) - KIB(4), KIB(4));
    fixture_stop(&f);
}

static void one_mapped_page_refuses_the_whole_range(void **state)
{
    static const uint64_t taken[] = {0, MIB(2) - KIB(4), MIB(2), MIB(512), GIB(1), GIB(2) - KIB(4)};

    (void)state;
    for (unsigned i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        struct fixture f;
        long tables, barriers;

        start(&f, 12, 48);
        fixture_map(&f, taken[i], GIB(7), KIB(4));
        tables = f.tables, barriers = f.barriers;
        assert_int_equal(dms_pgtable_map(&f.pt, 0, (dms_phys_t){GIB(8)}, GIB(2), DMS_READ),
                         DMS_EEXIST);
        assert_int_equal(f.tables, tables);
        assert_int_equal(f.barriers, barriers);
        for (uint64_t at = 0; at < GIB(2); at += MIB(1) - KIB(4))
            assert_int_equal(hardware_walk(&f, at).mapped, at == taken[i]);
        fixture_stop(&f);
    }
}

static void a_block_is_in_the_way_of_a_page(void **state)
{
    struct fixture f;

    (void)state;
    start(&f, 12, 48);
    fixture_map(&f, MIB(2), MIB(2), MIB(2));
    fixture_map(&f, GIB(1), GIB(1), GIB(1));
    assert_int_equal(dms_pgtable_map(&f.pt, MIB(3), (dms_phys_t){0}, KIB(4), DMS_READ), DMS_EEXIST);
    assert_int_equal(dms_pgtable_map(&f.pt, GIB(1) + MIB(6), (dms_phys_t){0}, MIB(2), DMS_READ),
                     DMS_EEXIST);
    assert_int_equal(dms_pgtable_map(&f.pt, MIB(4), (dms_phys_t){0}, GIB(1), DMS_READ), DMS_EEXIST);
    fixture_stop(&f);
}

static void a_page_leaves_the_rest_of_its_table_free(void **state)
{
    struct fixture f;

    (void)state;
    start(&f, 12, 48);
    fixture_map(&f, MIB(1), MIB(1), KIB(4));
    fixture_map(&f, MIB(2), MIB(2), GIB(1) - MIB(2));
    fixture_map(&f, 0, 0, MIB(1));
    assert_int_equal(leaf_at(&f, 0), KIB(4));
    assert_int_equal(leaf_at(&f, MIB(2)), MIB(2));
    fixture_stop(&f);
}

static void protection_becomes_what_the_walker_enforces(void **state)
{
    static const struct {
        uint32_t prot;
        bool write, exec, privileged;
        unsigned mair, share;
    } cases[] = {
        {DMS_READ, false, false, false, 0x44, 2},
        {DMS_WRITE, true, false, false, 0x44, 2},
        {DMS_READ | DMS_WRITE | DMS_PROT_COHERENT, true, false, false, 0xff, 3},
        {DMS_READ | DMS_EXEC | DMS_PROT_COHERENT, false, true, false, 0xff, 3},
        {DMS_READ | DMS_WRITE | DMS_PROT_DEVICE | DMS_PROT_COHERENT, true, false, false, 0x04, 2},
        {DMS_READ | DMS_PRIV, false, false, true, 0x44, 2},
        {DMS_EXEC, false, true, false, 0x44, 2},
    };
    struct fixture f;

    (void)state;
    start(&f, 12, 48);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint64_t iova = MIB(2) * i;
        struct hardware_result page, block;

        assert_int_equal(dms_pgtable_map(&f.pt, iova, (dms_phys_t){0}, KIB(4), cases[i].prot), 0);
        assert_int_equal(
            dms_pgtable_map(&f.pt, iova + GIB(1), (dms_phys_t){0}, MIB(2), cases[i].prot), 0);
        page = hardware_walk(&f, iova);
        block = hardware_walk(&f, iova + GIB(1));
        assert_int_equal(block.leaf_bytes, MIB(2));
        assert_int_equal(page.descriptor & ~UINT64_C(2), block.descriptor);
        assert_int_equal(page.writable, cases[i].write);
        assert_int_equal(page.executable, cases[i].exec);
        assert_int_equal(page.privileged_only, cases[i].privileged);
        assert_int_equal(page.mair, cases[i].mair);
        assert_int_equal(page.share, cases[i].share);
    }
    fixture_stop(&f);
}

static void an_iova_leads_where_it_was_mapped(void **state)
{
    struct fixture f;
    dms_phys_t phys = {99};

    (void)state;
    start(&f, 12, 48);
    fixture_map(&f, GIB(3), GIB(6), GIB(1));
    fixture_map(&f, MIB(2), MIB(6), MIB(2));
    fixture_map(&f, KIB(4), KIB(64), KIB(4));
    assert_int_equal(dms_pgtable_iova_to_phys(&f.pt, GIB(3) + 0x2345678, &phys), 0);
    assert_int_equal(phys.addr, GIB(6) + 0x2345678);
    assert_int_equal(dms_pgtable_iova_to_phys(&f.pt, MIB(3) + 5, &phys), 0);
    assert_int_equal(phys.addr, MIB(7) + 5);
    assert_int_equal(dms_pgtable_iova_to_phys(&f.pt, KIB(8) - 1, &phys), 0);
    assert_int_equal(phys.addr, KIB(68) - 1);
    assert_int_equal(dms_pgtable_iova_to_phys(&f.pt, KIB(8), &phys), DMS_ENOENT);
    assert_int_equal(dms_pgtable_iova_to_phys(&f.pt, f.pt.input_last + 1 + KIB(4), &phys),
                     DMS_ENOENT);
    assert_int_equal(dms_pgtable_iova_to_phys(&f.pt, UINT64_MAX, &phys), DMS_ENOENT);
    assert_int_equal(phys.addr, KIB(68) - 1);
    fixture_stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_blocks_that_alignment_allows_are_used),
        cmocka_unit_test(each_granule_has_its_block),
        cmocka_unit_test(a_level_without_blocks_gets_a_table),
        cmocka_unit_test(a_physical_address_without_the_alignment_takes_pages),
        cmocka_unit_test(the_whole_input_space_can_be_mapped_at_once),
        cmocka_unit_test(the_first_and_the_last_page_of_each_width_can_be_mapped),
        cmocka_unit_test(sizes_and_addresses_that_are_not_whole_granules_are_refused),
        cmocka_unit_test(what_passes_the_input_or_output_width_is_refused),
        cmocka_unit_test(one_mapped_page_refuses_the_whole_range),
        cmocka_unit_test(a_block_is_in_the_way_of_a_page),
        cmocka_unit_test(a_page_leaves_the_rest_of_its_table_free),
        cmocka_unit_test(protection_becomes_what_the_walker_enforces),
        cmocka_unit_test(an_iova_leads_where_it_was_mapped),
    };

    return cmocka_run_group_tests_name("pgtable map", tests, NULL, NULL);
}
