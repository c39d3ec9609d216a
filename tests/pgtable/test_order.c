/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * How much is written, and what a walker can see at every moment in between: a page that is not
 * mapped yet or any more, or the whole truth; never a table that is not cleared.
 */
#include "../cmocka_all.h"

#include "hardware.h"

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)

struct work {
    uint64_t entries;
    uint64_t barriers;
    uint64_t cleans;
};

static struct work work_of(struct fixture *f)
{
    struct dms_pgtable_stats stats;

    dms_pgtable_stats(&f->pt, &stats);
    assert_int_equal(stats.barriers, f->barriers);
    assert_int_equal(stats.cleans, f->cleans);
    return (struct work){stats.entries, stats.barriers, stats.cleans};
}

static void expect_work(struct fixture *f, struct work *before, uint64_t entries, uint64_t barriers,
                        uint64_t cleans)
{
    struct work now = work_of(f);

    assert_int_equal(now.entries - before->entries, entries);
    assert_int_equal(now.barriers - before->barriers, barriers);
    assert_int_equal(now.cleans - before->cleans, cleans);
    *before = now;
}

static void a_run_is_one_barrier(void **state)
{
    struct dms_iommu_gather gather = {0};
    struct fixture f;
    struct work work;

    (void)state;
    fixture_start(&f, fixture_cfg(), true);
    work = work_of(&f);
    fixture_map(&f, KIB(4), 0, KIB(4));
    expect_work(&f, &work, 3 + 1, 3 + 1, 0);
    fixture_map(&f, KIB(8), 0, KIB(4));
    expect_work(&f, &work, 1, 1, 0);
    fixture_map(&f, MIB(2), KIB(4), MIB(2));
    expect_work(&f, &work, 1 + 512, 1 + 1, 0);
    fixture_map(&f, MIB(4), MIB(2), MIB(2));
    expect_work(&f, &work, 1, 1, 0);
    fixture_unmap(&f, KIB(8), KIB(4), &gather);
    expect_work(&f, &work, 1, 0, 0);
    fixture_unmap(&f, MIB(2), MIB(2), &gather);
    expect_work(&f, &work, 512 + 1, 0, 0);
    assert_false(dms_pgtable_release(&f.pt, &gather));
    expect_work(&f, &work, 1, 0, 0);
    fixture_stop(&f);
}

static void a_walker_that_does_not_snoop_gets_each_run_cleaned_once(void **state)
{
    struct dms_pgtable_cfg cfg = fixture_cfg();
    struct dms_iommu_gather gather = {0};
    struct fixture f;
    struct work work;

    (void)state;
    cfg.coherent = false;
    fixture_start(&f, cfg, true);
    assert_int_equal(f.cleans, 1);
    work = work_of(&f);
    fixture_map(&f, KIB(4), 0, KIB(4));
    expect_work(&f, &work, 3 + 1, 3 + 1, 3 * 2 + 1);
    fixture_map(&f, MIB(1), 0, KIB(512));
    expect_work(&f, &work, 128, 1, 1);
    fixture_unmap(&f, MIB(1), KIB(512), &gather);
    expect_work(&f, &work, 128, 0, 1);
    fixture_stop(&f);
}

static uint64_t watched, watched_phys;

static void watch(struct fixture *f)
{
    struct hardware_result r = hardware_walk(f, watched);

    if (r.mapped)
        assert_int_equal(r.phys, watched_phys);
}

static void no_moment_shows_a_walker_anything_else(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct dms_pgtable_cfg cfg = fixture_cfg();
        struct dms_iommu_gather gather = {0};
        struct fixture f;

        cfg.coherent = i;
        fixture_start(&f, cfg, true);
        watched = GIB(1) + KIB(12), watched_phys = KIB(64);
        f.on_event = watch;
        fixture_map(&f, watched, watched_phys, KIB(4));
        assert_true(hardware_walk(&f, watched).mapped);
        fixture_map(&f, MIB(2), MIB(2), GIB(1) - MIB(2));
        fixture_unmap(&f, watched, KIB(4), &gather);
        assert_false(hardware_walk(&f, watched).mapped);
        fixture_map(&f, watched, watched_phys, KIB(4));
        assert_false(dms_pgtable_release(&f.pt, &gather));
        assert_true(hardware_walk(&f, watched).mapped);
        fixture_stop(&f);
    }
}

/*
 * Thread 1 looks, and then maps, in a table that thread 0 has linked but not cleaned yet: after its
 * call the page must be reachable.
 */
static void neighbour_maps(struct fixture *f, uint64_t tables, uint64_t iova, uint64_t size)
{
    struct dms_pgtable_stats stats;
    dms_phys_t phys;

    dms_pgtable_stats(&f->pt, &stats);
    if (stats.tables < tables)
        return;
    f->late_clean = NULL;
    fixture_become(1);
    assert_int_equal(dms_pgtable_iova_to_phys(&f->pt, iova, &phys), DMS_ENOENT);
    fixture_map(f, iova, iova, size);
    assert_true(hardware_walk(f, iova).mapped);
    fixture_become(0);
}

static void neighbour_maps_a_page(struct fixture *f)
{
    neighbour_maps(f, 4, KIB(4), KIB(4));
}

static void neighbour_maps_a_block(struct fixture *f)
{
    neighbour_maps(f, 3, MIB(2), MIB(2));
}

/* It has mapped beside it before, and remembers the table in which the new link is. */
static void neighbour_maps_where_it_was(struct fixture *f)
{
    neighbour_maps(f, 5, KIB(4), KIB(4));
}

static void whoever_meets_a_link_on_its_way_to_memory_sends_it_along(void **state)
{
    void (*const neighbours[])(struct fixture * f) = {neighbour_maps_a_page, neighbour_maps_a_block,
                                                      neighbour_maps_where_it_was};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct dms_pgtable_cfg cfg = fixture_cfg();
        struct fixture f;

        cfg.coherent = false;
        fixture_start(&f, cfg, true);
        if (i == 2) {
            fixture_become(1);
            fixture_map(&f, MIB(2), 0, KIB(4));
            fixture_map(&f, MIB(2) + KIB(4), 0, KIB(4));
        }
        fixture_become(0);
        f.late_clean = neighbours[i];
        fixture_map(&f, 0, 0, KIB(4));
        assert_null(f.late_clean);
        assert_true(hardware_walk(&f, 0).mapped);
        fixture_stop(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_one_barrier),
        cmocka_unit_test(a_walker_that_does_not_snoop_gets_each_run_cleaned_once),
        cmocka_unit_test(no_moment_shows_a_walker_anything_else),
        cmocka_unit_test(whoever_meets_a_link_on_its_way_to_memory_sends_it_along),
    };

    return cmocka_run_group_tests_name("pgtable order", tests, NULL, NULL);
}
