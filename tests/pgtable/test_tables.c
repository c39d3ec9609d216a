/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* When tables come and go. */
#include "../cmocka_all.h"

#include "hardware.h"

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)

static void start(struct fixture *f, unsigned keep)
{
    struct dms_pgtable_cfg cfg = fixture_cfg();

    cfg.keep_empty = (uint16_t)keep;
    fixture_start(f, cfg, true);
}

static void release(struct fixture *f, struct dms_iommu_gather *gather)
{
    assert_false(dms_pgtable_release(&f->pt, gather));
}

static void the_last_page_takes_its_tables_along(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct fixture f;

    (void)state;
    start(&f, 0);
    fixture_map(&f, 0, 0, KIB(4));
    fixture_map(&f, MIB(1), 0, KIB(4));
    fixture_map(&f, MIB(2), 0, KIB(4));
    fixture_map(&f, GIB(1), GIB(1), MIB(2));
    assert_int_equal(f.tables, 6);
    fixture_unmap(&f, 0, KIB(4), &gather);
    release(&f, &gather);
    assert_int_equal(f.tables, 6);
    fixture_unmap(&f, MIB(1), KIB(4), &gather);
    release(&f, &gather);
    assert_int_equal(f.tables, 5);
    fixture_unmap(&f, GIB(1), MIB(2), &gather);
    release(&f, &gather);
    assert_int_equal(f.tables, 4);
    fixture_unmap(&f, MIB(2), KIB(4), &gather);
    release(&f, &gather);
    assert_int_equal(f.tables, 1);
    fixture_stop(&f);
}

static void a_removed_table_is_out_of_reach_but_intact_until_released(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct hardware_cache cache = {0};
    struct dms_pgtable_stats stats;
    struct fixture f;

    (void)state;
    start(&f, 0);
    fixture_map(&f, 0, 0, KIB(4));
    hardware_walk_cached(&f, &cache, 0);
    fixture_unmap(&f, 0, KIB(4), &gather);
    assert_int_equal(hardware_tables(&f), 1);
    assert_int_equal(f.tables, 4);
    dms_pgtable_stats(&f.pt, &stats);
    assert_int_equal(stats.tables, 1);
    assert_int_equal(stats.removed, 3);
    assert_int_equal(hardware_walk_cached(&f, &cache, KIB(8)).level, 3);
    release(&f, &gather);
    assert_int_equal(f.tables, 1);
    fixture_stop(&f);
}

/* The walker may hold the old table still, so another one in its place would not be seen. */
static void mapping_where_a_table_was_removed_links_it_again(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct hardware_cache cache = {0};
    struct fixture f;

    (void)state;
    start(&f, 0);
    fixture_map(&f, MIB(2), 0, KIB(4));
    hardware_walk_cached(&f, &cache, MIB(2));
    fixture_unmap(&f, MIB(2), KIB(4), &gather);
    fixture_map(&f, MIB(2) + KIB(4), KIB(64), KIB(4));
    assert_int_equal(f.tables, 4);
    assert_int_equal(hardware_walk_cached(&f, &cache, MIB(2) + KIB(4)).phys, KIB(64));
    assert_int_equal(hardware_walk(&f, MIB(2) + KIB(4)).phys, KIB(64));
    release(&f, &gather);
    assert_int_equal(f.tables, 4);
    assert_int_equal(hardware_walk(&f, MIB(2) + KIB(4)).phys, KIB(64));
    fixture_stop(&f);
}

static void a_block_gives_way_to_a_table_that_may_be_cached(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct hardware_cache cache = {0};
    struct fixture f;

    (void)state;
    start(&f, 0);
    fixture_map(&f, GIB(1), 0, KIB(4));
    hardware_walk_cached(&f, &cache, GIB(1));
    fixture_unmap(&f, GIB(1), KIB(4), &gather);
    fixture_map(&f, GIB(1) + MIB(2), GIB(1) + MIB(2), GIB(1) - MIB(2));
    assert_int_equal(hardware_walk_cached(&f, &cache, GIB(1) + MIB(4)).phys, GIB(1) + MIB(4));
    release(&f, &gather);
    assert_int_equal(hardware_walk(&f, GIB(1) + MIB(4)).leaf_bytes, MIB(2));
    fixture_stop(&f);
}

static void two_gathers_may_be_released_in_any_order(void **state)
{
    (void)state;
    for (unsigned order = 0; order < 2; order++) {
        struct dms_iommu_gather gather[2] = {{0}, {0}};
        struct fixture f;
        bool again;

        start(&f, 0);
        fixture_map(&f, 0, 0, KIB(4));
        fixture_map(&f, MIB(2), 0, KIB(4));
        fixture_unmap(&f, 0, KIB(4), &gather[0]);
        fixture_unmap(&f, MIB(2), KIB(4), &gather[1]);
        again = dms_pgtable_release(&f.pt, &gather[order]);
        assert_false(again);
        assert_int_equal(f.tables, 4);
        again = dms_pgtable_release(&f.pt, &gather[!order]);
        assert_true(again);
        assert_true(gather[!order].tables);
        release(&f, &gather[!order]);
        assert_int_equal(f.tables, 1);
        fixture_stop(&f);
    }
}

static void a_table_may_be_removed_twice_before_the_first_release(void **state)
{
    struct dms_iommu_gather gather[2] = {{0}, {0}};
    struct fixture f;

    (void)state;
    start(&f, 0);
    fixture_map(&f, 0, 0, KIB(4));
    fixture_unmap(&f, 0, KIB(4), &gather[0]);
    fixture_map(&f, KIB(4), 0, KIB(4));
    fixture_unmap(&f, KIB(4), KIB(4), &gather[1]);
    release(&f, &gather[0]);
    assert_int_equal(f.tables, 4);
    release(&f, &gather[1]);
    assert_int_equal(f.tables, 1);
    fixture_stop(&f);
}

static void a_kept_table_serves_the_same_page_again(void **state)
{
    struct fixture f;

    (void)state;
    start(&f, 1);
    for (unsigned i = 0; i < 5; i++) {
        struct dms_iommu_gather gather = {0};

        fixture_map(&f, KIB(4), 0, KIB(4));
        fixture_unmap(&f, KIB(4), KIB(4), &gather);
        assert_false(gather.tables);
        assert_int_equal(f.locks, 1);
        assert_false(dms_pgtable_release(&f.pt, &gather));
        assert_int_equal(f.tables, 4);
    }
    fixture_stop(&f);
}

static void the_oldest_kept_tables_go_when_another_one_empties(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct dms_pgtable_stats stats;
    struct fixture f;

    (void)state;
    start(&f, 4);
    for (unsigned i = 0; i < 5; i++)
        fixture_map(&f, i * GIB(1), 0, KIB(4));
    assert_int_equal(f.tables, 2 + 5 * 2);
    for (unsigned i = 0; i < 4; i++)
        fixture_unmap(&f, i * GIB(1), KIB(4), &gather);
    assert_false(gather.tables);
    dms_pgtable_stats(&f.pt, &stats);
    assert_int_equal(stats.kept, 4);
    fixture_unmap(&f, 4 * GIB(1), KIB(4), &gather);
    assert_true(gather.tables);
    assert_int_equal(gather.first, 0);
    release(&f, &gather);
    assert_int_equal(f.tables, 2 + 2 * 2);
    dms_pgtable_stats(&f.pt, &stats);
    assert_int_equal(stats.kept, 2);
    assert_int_equal(stats.tables, f.tables);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(hardware_walk(&f, i * GIB(1)).level, i < 3 ? 1 : 3);
    fixture_stop(&f);
}

/* One that thread 0 has used, so that fences count. */
static void start_with_fences(struct fixture *f, unsigned keep)
{
    start(f, keep);
    if (!fixture_fence_all(f))
        skip();
    fixture_become(0);
    fixture_map(f, GIB(400), 0, KIB(4));
    fixture_become(1);
}

static void many_tables_that_empty_stay_within_the_bound_and_share_fences(void **state)
{
    const unsigned keep = 16, rounds = 20, width = 40;
    struct fixture f;
    long objects;

    (void)state;
    start_with_fences(&f, keep);
    objects = f.objects;
    for (unsigned i = 0; i < rounds * width; i++) {
        uint64_t iova = (i % width) * MIB(2);
        struct dms_iommu_gather gather = {0};
        struct dms_pgtable_stats stats;

        fixture_map(&f, iova, 0, KIB(4));
        fixture_unmap(&f, iova, KIB(4), &gather);
        release(&f, &gather);
        dms_pgtable_stats(&f.pt, &stats);
        assert_true(stats.kept <= keep);
        assert_int_equal(f.objects - objects, stats.kept);
        assert_int_equal(stats.removed, 0);
        assert_int_equal(f.tables, stats.tables);
        assert_int_equal(f.tables, 4 + 1 + stats.kept);
    }
    /* Each time the list is full, half of it and one more go. */
    assert_int_equal(f.fences, (rounds * width - keep / 2) / (keep / 2 + 1));
    fixture_stop(&f);
}

/* Thread 0 is inside a kept table, about to map there, when the table's turn comes. */
static void neighbour_fills_the_list(struct fixture *f)
{
    f->on_event = NULL;
    fixture_become(1);
    for (unsigned i = 1; i <= 6; i++) {
        struct dms_iommu_gather gather = {0};
        struct dms_pgtable_stats stats;

        fixture_map(f, i * GIB(1), 0, KIB(4));
        fixture_unmap(f, i * GIB(1), KIB(4), &gather);
        while (dms_pgtable_release(&f->pt, &gather))
            ;
        dms_pgtable_stats(&f->pt, &stats);
        assert_true(stats.kept <= 2 + 1);
    }
    fixture_become(0);
}

static void a_kept_table_with_a_thread_inside_stays_kept(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct dms_pgtable_cfg cfg = fixture_cfg();
    struct fixture f;

    (void)state;
    cfg.keep_empty = 2;
    fixture_start(&f, cfg, true);
    fixture_become(0);
    fixture_map(&f, MIB(2), 0, KIB(4));
    fixture_unmap(&f, MIB(2), KIB(4), &gather);
    /* While it links the table below, and has planned to find the kept one above. */
    f.on_event = neighbour_fills_the_list;
    fixture_map(&f, MIB(2) - KIB(4), 0, KIB(8));
    assert_null(f.on_event);
    assert_true(hardware_walk(&f, MIB(2)).mapped);
    fixture_unmap(&f, MIB(2) - KIB(4), KIB(8), &gather);
    dms_pgtable_trim(&f.pt, &gather);
    release(&f, &gather);
    assert_int_equal(f.tables, 1);
    fixture_stop(&f);
}

static void a_kept_parent_goes_once_and_with_its_children(void **state)
{
    (void)state;
    for (unsigned order = 0; order < 2; order++) {
        struct dms_iommu_gather gather = {0};
        struct fixture f;

        start(&f, 8);
        /* The table of blocks empties before its child, or after a page made and emptied it. */
        fixture_map(&f, MIB(2), MIB(2), MIB(2));
        if (order == 0)
            fixture_unmap(&f, MIB(2), MIB(2), &gather);
        fixture_map(&f, 0, 0, KIB(4));
        fixture_unmap(&f, 0, KIB(4), &gather);
        if (order == 1)
            fixture_unmap(&f, MIB(2), MIB(2), &gather);
        assert_false(gather.tables);
        dms_pgtable_trim(&f.pt, &gather);
        release(&f, &gather);
        assert_int_equal(f.tables, 1);
        fixture_stop(&f);
    }
}

static void a_block_takes_the_place_of_kept_tables_after_an_invalidation(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct hardware_cache cache = {0};
    struct fixture f;

    (void)state;
    start(&f, 8);
    fixture_map(&f, MIB(4) + KIB(4), 0, KIB(4)); /* its table stays in use */
    for (unsigned i = 1; i < 6; i++) {
        fixture_map(&f, i * MIB(2), 0, KIB(4));
        hardware_walk_cached(&f, &cache, i * MIB(2));
    }
    for (unsigned i = 1; i < 6; i++)
        fixture_unmap(&f, i * MIB(2), KIB(4), &gather);
    release(&f, &gather);
    assert_false(dms_pgtable_make_room(&f.pt, MIB(6), (dms_phys_t){0}, MIB(1), &gather));
    assert_false(dms_pgtable_make_room(&f.pt, MIB(6), (dms_phys_t){KIB(4)}, MIB(4), &gather));
    assert_false(dms_pgtable_make_room(&f.pt, MIB(6), (dms_phys_t){1}, MIB(4), &gather));
    assert_false(dms_pgtable_make_room(&f.pt, MIB(6), (dms_phys_t){0}, -MIB(2), &gather));
    assert_true(dms_pgtable_make_room(&f.pt, MIB(6) - KIB(4), (dms_phys_t){GIB(1) - KIB(4)},
                                      MIB(4) + KIB(4), &gather));
    assert_int_equal(gather.first, MIB(6));
    assert_true(gather.last < MIB(10));
    hardware_invalidate(&f, &cache, gather.first, gather.last);
    release(&f, &gather);
    fixture_map(&f, MIB(6), GIB(1), MIB(4));
    for (unsigned i = 3; i < 5; i++) {
        assert_int_equal(hardware_walk(&f, i * MIB(2)).leaf_bytes, MIB(2));
        assert_int_equal(hardware_walk_cached(&f, &cache, i * MIB(2)).phys,
                         GIB(1) + (i - 3) * MIB(2));
    }
    assert_int_equal(hardware_walk(&f, MIB(2)).level, 3);
    assert_int_equal(hardware_walk(&f, MIB(4)).level, 3);
    assert_int_equal(hardware_walk(&f, MIB(10)).level, 3);
    fixture_stop(&f);
}

/*
 * The parent, kept for blocks that it held, is emptied by the child that gives way, and goes before
 * its own turn, whatever its place among those that are kept.
 */
static void a_kept_parent_goes_with_a_child_that_gives_way(void **state)
{
    (void)state;
    for (unsigned place = 0; place < 3; place++) {
        uint64_t child = (place + 1) * GIB(1) + MIB(4);
        struct dms_iommu_gather gather = {0};
        struct fixture f;

        start(&f, 8);
        for (unsigned i = 0; i < 3; i++) {
            fixture_map(&f, (i + 1) * GIB(1), 0, MIB(2));
            fixture_unmap(&f, (i + 1) * GIB(1), MIB(2), &gather);
            if (i != place)
                fixture_map(&f, (i + 1) * GIB(1), 0, MIB(2));
        }
        fixture_map(&f, child, 0, KIB(4));
        fixture_unmap(&f, child, KIB(4), &gather);
        release(&f, &gather);
        assert_int_equal(f.tables, 1 + 1 + 3 + 1);
        assert_true(dms_pgtable_make_room(&f.pt, child, (dms_phys_t){0}, MIB(2), &gather));
        release(&f, &gather);
        assert_int_equal(f.tables, 1 + 1 + 2);
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(hardware_walk(&f, (i + 1) * GIB(1)).mapped, i != place);
            if (i != place)
                fixture_unmap(&f, (i + 1) * GIB(1), MIB(2), &gather);
        }
        dms_pgtable_trim(&f.pt, &gather);
        release(&f, &gather);
        assert_int_equal(f.tables, 1);
        fixture_stop(&f);
    }
}

/* The invalidation did not come, so the table must stay where the walker may still look. */
static void without_the_invalidation_pages_take_the_place(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct hardware_cache cache = {0};
    struct fixture f;

    (void)state;
    start(&f, 8);
    fixture_map(&f, MIB(2), 0, KIB(4));
    hardware_walk_cached(&f, &cache, MIB(2));
    fixture_unmap(&f, MIB(2), KIB(4), &gather);
    release(&f, &gather);
    assert_true(dms_pgtable_make_room(&f.pt, MIB(2), (dms_phys_t){0}, MIB(2), &gather));
    fixture_map(&f, MIB(2), GIB(1), MIB(2));
    assert_int_equal(hardware_walk_cached(&f, &cache, MIB(4) - KIB(4)).phys,
                     GIB(1) + MIB(2) - KIB(4));
    assert_int_equal(hardware_walk(&f, MIB(2)).leaf_bytes, KIB(4));
    release(&f, &gather);
    assert_int_equal(hardware_walk(&f, MIB(2)).phys, GIB(1));
    fixture_stop(&f);
}

static void a_kept_table_in_use_again_loses_its_place_but_stays(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct fixture f;

    (void)state;
    start(&f, 1);
    fixture_map(&f, 0, 0, KIB(4));
    fixture_unmap(&f, 0, KIB(4), &gather);
    fixture_map(&f, 0, 0, KIB(4));
    fixture_map(&f, MIB(2), 0, KIB(4));
    fixture_unmap(&f, MIB(2), KIB(4), &gather);
    assert_false(gather.tables);
    fixture_unmap(&f, 0, KIB(4), &gather);
    assert_true(gather.tables);
    release(&f, &gather);
    assert_int_equal(f.tables, 4);
    fixture_stop(&f);
}

static void a_kept_table_that_was_removed_and_linked_again_is_kept_no_more(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct fixture f;

    (void)state;
    start(&f, 1);
    fixture_map(&f, 0, 0, KIB(4));
    fixture_unmap(&f, 0, KIB(4), &gather);
    dms_pgtable_trim(&f.pt, &gather);
    fixture_map(&f, 0, 0, KIB(4));
    release(&f, &gather);
    fixture_map(&f, GIB(1), 0, KIB(4));
    fixture_unmap(&f, 0, KIB(4), &gather);
    assert_false(gather.tables);
    fixture_unmap(&f, GIB(1), KIB(4), &gather);
    assert_true(gather.tables);
    release(&f, &gather);
    assert_int_equal(f.tables, 4);
    fixture_stop(&f);
}

static void trim_leaves_no_empty_table(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct fixture f;

    (void)state;
    start(&f, 4);
    for (unsigned i = 0; i < 4; i++)
        fixture_map(&f, i * GIB(200), 0, KIB(4));
    for (unsigned i = 1; i < 4; i++)
        fixture_unmap(&f, i * GIB(200), KIB(4), &gather);
    release(&f, &gather);
    assert_int_equal(f.tables, 1 + 2 + 4 + 4);
    dms_pgtable_trim(&f.pt, &gather);
    assert_true(gather.tables);
    assert_int_equal(gather.pages, 0);
    assert_int_equal(gather.first, GIB(200));
    release(&f, &gather);
    assert_int_equal(f.tables, 4);
    fixture_unmap(&f, 0, KIB(4), &gather);
    dms_pgtable_trim(&f.pt, &gather);
    release(&f, &gather);
    assert_int_equal(f.tables, 1);
    fixture_stop(&f);
}

/*
 * Thread 1 takes the last page but one while thread 0 is inside the table, in the middle of taking
 * the last.
 */
static void neighbour_unmaps(struct fixture *f)
{
    struct dms_iommu_gather gather = {0};

    f->on_event = NULL;
    fixture_become(1);
    fixture_unmap(f, KIB(4), KIB(4), &gather);
    assert_false(gather.tables);
    fixture_become(0);
}

static void a_table_with_a_thread_inside_is_left_to_that_thread(void **state)
{
    struct dms_pgtable_cfg cfg = fixture_cfg();
    struct dms_iommu_gather gather = {0};
    struct fixture f;

    (void)state;
    cfg.coherent = false;
    fixture_start(&f, cfg, true);
    fixture_become(0);
    fixture_map(&f, 0, 0, KIB(4));
    fixture_map(&f, KIB(4), 0, KIB(4));
    f.on_event = neighbour_unmaps;
    fixture_unmap(&f, 0, KIB(4), &gather);
    assert_null(f.on_event);
    assert_true(gather.tables);
    release(&f, &gather);
    assert_int_equal(f.tables, 1);
    fixture_stop(&f);
}

static void other_threads_are_bothered_only_if_there_are_any(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct fixture f;

    (void)state;
    start(&f, 0);
    fixture_become(0);
    if (!fixture_fence_all(&f))
        skip();
    fixture_map(&f, 0, 0, KIB(4));
    fixture_unmap(&f, 0, KIB(4), &gather);
    assert_true(gather.tables);
    assert_int_equal(f.fences, 0);
    release(&f, &gather);
    fixture_map(&f, 0, 0, KIB(4));
    fixture_become(f.port.thread_slots);
    fixture_unmap(&f, 0, KIB(4), &gather);
    assert_int_equal(f.fences, 3);
    release(&f, &gather);
    fixture_become(1);
    fixture_map(&f, 0, 0, KIB(4));
    fixture_become(0);
    fixture_unmap(&f, 0, KIB(4), &gather);
    assert_int_equal(f.fences, 6);
    release(&f, &gather);
    fixture_stop(&f);
}

/* Thread 1 links the tables that thread 0 has taken from the port and was about to link. */
static void neighbour_links_first(struct fixture *f)
{
    f->on_event = NULL;
    fixture_become(1);
    fixture_map(f, KIB(4), KIB(4), KIB(4));
    fixture_become(0);
}

static void a_lost_race_for_a_table_costs_no_memory(void **state)
{
    struct fixture f;

    (void)state;
    start(&f, 0);
    fixture_become(0);
    f.on_event = neighbour_links_first;
    fixture_map(&f, 0, 0, KIB(4));
    assert_int_equal(hardware_walk(&f, KIB(4)).phys, KIB(4));
    assert_true(hardware_walk(&f, 0).mapped);
    assert_int_equal(f.tables, 4);
    fixture_stop(&f);
}

/* Thread 1 takes the only page of a table that thread 0 is going to map in. */
static void neighbour_empties(struct fixture *f)
{
    struct dms_iommu_gather gather = {0};

    f->on_event = NULL;
    fixture_become(1);
    fixture_unmap(f, MIB(2) + KIB(4), KIB(4), &gather);
    assert_false(gather.tables);
    fixture_become(0);
}

static void a_table_that_a_thread_is_going_to_map_in_stays(void **state)
{
    struct fixture f;
    long locks;

    (void)state;
    start(&f, 0);
    fixture_become(0);
    fixture_map(&f, MIB(2) + KIB(4), 0, KIB(4));
    f.on_event = neighbour_empties;
    fixture_map(&f, MIB(2) - KIB(4), 0, KIB(8));
    assert_null(f.on_event);
    assert_true(hardware_walk(&f, MIB(2)).mapped);
    locks = f.locks;
    fixture_map(&f, MIB(2) + KIB(8), 0, KIB(4));
    assert_int_equal(f.locks, locks);
    fixture_stop(&f);
}

static void without_memory_to_remember_it_an_empty_table_stays_for_trim(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct fixture f;

    (void)state;
    start(&f, 0);
    fixture_map(&f, 0, 0, KIB(4));
    f.fail_after = 0;
    fixture_unmap(&f, 0, KIB(4), &gather);
    assert_false(gather.tables);
    release(&f, &gather);
    assert_int_equal(f.tables, 4);
    assert_false(hardware_walk(&f, 0).mapped);
    f.fail_after = -1;
    dms_pgtable_trim(&f.pt, &gather);
    release(&f, &gather);
    assert_int_equal(f.tables, 1);
    fixture_stop(&f);
}

/*
 * Fails each allocation of a map in turn. 2 GiB less 2 pages around 512 GiB: two tables on each of
 * three levels.
 */
static void no_memory_for_a_table_leaves_everything_as_it_was(void **state)
{
    struct fixture f;
    long n = 0;
    int error;

    (void)state;
    start(&f, 0);
    fixture_map(&f, GIB(512) + GIB(1), 0, KIB(4));
    do {
        long tables = f.tables;
        struct dms_pgtable_stats before, after;

        f.fail_after = n++;
        dms_pgtable_stats(&f.pt, &before);
        error = dms_pgtable_map(&f.pt, GIB(511) + KIB(4), (dms_phys_t){GIB(3) + KIB(4)},
                                GIB(2) - KIB(8), DMS_READ);
        dms_pgtable_stats(&f.pt, &after);
        if (error) {
            assert_int_equal(error, DMS_ENOMEM);
            assert_int_equal(f.tables, tables);
            assert_int_equal(before.entries, after.entries);
            assert_false(hardware_walk(&f, GIB(511) + KIB(4)).mapped);
        }
    } while (error);
    assert_int_equal(n - 1, 5);
    assert_int_equal(hardware_walk(&f, GIB(513) - KIB(8)).phys, GIB(5) - KIB(8));
    fixture_stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_page_takes_its_tables_along),
        cmocka_unit_test(a_removed_table_is_out_of_reach_but_intact_until_released),
        cmocka_unit_test(mapping_where_a_table_was_removed_links_it_again),
        cmocka_unit_test(a_block_gives_way_to_a_table_that_may_be_cached),
        cmocka_unit_test(two_gathers_may_be_released_in_any_order),
        cmocka_unit_test(a_table_may_be_removed_twice_before_the_first_release),
        cmocka_unit_test(a_kept_table_serves_the_same_page_again),
        cmocka_unit_test(the_oldest_kept_tables_go_when_another_one_empties),
        cmocka_unit_test(many_tables_that_empty_stay_within_the_bound_and_share_fences),
        cmocka_unit_test(a_kept_table_with_a_thread_inside_stays_kept),
        cmocka_unit_test(a_kept_parent_goes_once_and_with_its_children),
        cmocka_unit_test(a_kept_parent_goes_with_a_child_that_gives_way),
        cmocka_unit_test(a_block_takes_the_place_of_kept_tables_after_an_invalidation),
        cmocka_unit_test(without_the_invalidation_pages_take_the_place),
        cmocka_unit_test(a_kept_table_in_use_again_loses_its_place_but_stays),
        cmocka_unit_test(a_kept_table_that_was_removed_and_linked_again_is_kept_no_more),
        cmocka_unit_test(a_table_that_a_thread_is_going_to_map_in_stays),
        cmocka_unit_test(other_threads_are_bothered_only_if_there_are_any),
        cmocka_unit_test(a_lost_race_for_a_table_costs_no_memory),
        cmocka_unit_test(trim_leaves_no_empty_table),
        cmocka_unit_test(a_table_with_a_thread_inside_is_left_to_that_thread),
        cmocka_unit_test(without_memory_to_remember_it_an_empty_table_stays_for_trim),
        cmocka_unit_test(no_memory_for_a_table_leaves_everything_as_it_was),
    };

    return cmocka_run_group_tests_name("pgtable tables", tests, NULL, NULL);
}
