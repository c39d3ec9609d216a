/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Random maps and unmaps beside the model, for every granule, several widths, with and without
 * guard, kept tables and a snooping walker. Two gathers are open at a time and released at random
 * moments.
 *
 * 1. Every call returns what the model returns, and only a call that returns 0 changes anything.
 * 2. The walker finds what the model says, even through a walk cache that is invalidated only as
 *    gathers demand.
 * 3. A table is freed only after the gather that names it.
 * 4. When all is unmapped and released, the root is left alone.
 */
#include "../cmocka_all.h"

#include "oracle.h"

#include <stdio.h>

struct run {
    struct fixture f;
    struct oracle o;
    struct hardware_cache cache;
    struct dms_iommu_gather gather[2];
    uint64_t seed;
};

static unsigned below(struct run *r, unsigned n)
{
    return (unsigned)(fixture_random(&r->seed) >> 33) % n;
}

static unsigned entries(const struct run *r)
{
    return 1u << (r->f.pt.cfg.granule_lg2 - 3);
}

/* Mostly small; now and then so large, and so aligned, that blocks fit. */
static void pick_range(struct run *r, unsigned *first, unsigned *n)
{
    unsigned kind = below(r, 8);

    *n = kind < 5   ? 1 + below(r, 8)
         : kind < 7 ? 1 + below(r, entries(r))
                    : entries(r) * (1 + below(r, 2));
    *first = below(r, r->o.pages - *n + 1);
    if (kind == 7 || below(r, 4) == 0)
        *first &= ~(entries(r) - 1);
}

static uint32_t pick_prot(struct run *r)
{
    static const uint32_t access[] = {DMS_READ, DMS_WRITE, DMS_READ | DMS_WRITE,
                                      DMS_READ | DMS_EXEC, DMS_READ | DMS_WRITE | DMS_PRIV};
    uint32_t prot = access[below(r, 5)];

    if (below(r, 2))
        prot |= DMS_PROT_COHERENT;
    if (below(r, 4))
        prot |= DMS_PROT_BEGIN | DMS_PROT_END;
    else if (below(r, 2))
        prot |= below(r, 2) ? DMS_PROT_BEGIN : DMS_PROT_END;
    return prot;
}

static void release(struct run *r, unsigned which)
{
    struct dms_iommu_gather *gather = &r->gather[which];
    unsigned rounds = 0;

    do {
        if (gather->tables)
            hardware_invalidate(&r->f, &r->cache, gather->first, gather->last);
        assert_true(rounds++ <= 3);
    } while (dms_pgtable_release(&r->f.pt, gather));
    assert_int_equal(gather->pages, 0);
    assert_null(gather->freed);
}

/* Released at once, or left to the gather that is open. */
static void make_room(struct run *r, uint64_t iova, uint64_t phys, uint64_t size)
{
    unsigned which = below(r, 2);

    if (dms_pgtable_make_room(&r->f.pt, iova, (dms_phys_t){phys}, size, &r->gather[which]) &&
        below(r, 2))
        release(r, which);
}

static void step_map(struct run *r)
{
    uint64_t granule = UINT64_C(1) << r->f.pt.cfg.granule_lg2;
    uint64_t phys =
        below(r, 2) ? below(r, 1 << 12) * granule : (1 + below(r, 3)) * entries(r) * granule;
    uint32_t prot = pick_prot(r);
    unsigned first, n;

    pick_range(r, &first, &n);
    if (phys + n * granule > r->f.pt.output_last)
        return;
    if (below(r, 2))
        make_room(r, r->o.base + first * granule, phys, n * granule);
    assert_int_equal(dms_pgtable_map(&r->f.pt, r->o.base + first * granule, (dms_phys_t){phys},
                                     n * granule, prot),
                     oracle_map(&r->o, first, n, phys, prot));
    oracle_check(&r->o, &r->cache, first);
    oracle_check(&r->o, &r->cache, first + n - 1);
}

static void step_unmap(struct run *r)
{
    uint64_t granule = UINT64_C(1) << r->f.pt.cfg.granule_lg2;
    bool exact = below(r, 2);
    unsigned first, n;
    int expected;

    pick_range(r, &first, &n);
    expected = oracle_unmap(&r->o, first, n, exact);
    assert_int_equal(dms_pgtable_unmap(&r->f.pt, r->o.base + first * granule, n * granule, exact,
                                       &r->gather[below(r, 2)]),
                     expected);
    oracle_check(&r->o, &r->cache, first);
    oracle_check(&r->o, &r->cache, first + n - 1);
}

/* Whole mappings, so that the space does not only fill up. */
static void step_unmap_mapping(struct run *r)
{
    struct dms_iommu_mapping mapping;
    uint64_t granule = UINT64_C(1) << r->f.pt.cfg.granule_lg2;
    uint64_t from = r->o.base + below(r, r->o.pages) * granule;
    unsigned first, n;

    if (dms_pgtable_next(&r->f.pt, from, below(r, 2), &mapping))
        return;
    first = (unsigned)((mapping.iova.first - r->o.base) / granule);
    n = (unsigned)((mapping.iova.last - mapping.iova.first + 1) / granule);
    assert_int_equal(oracle_unmap(&r->o, first, n, true), 0);
    assert_int_equal(
        dms_pgtable_unmap(&r->f.pt, mapping.iova.first, n * granule, true, &r->gather[below(r, 2)]),
        0);
    oracle_check(&r->o, &r->cache, first);
}

static void check_all(struct run *r)
{
    struct dms_pgtable_stats stats;

    for (unsigned page = 0; page < r->o.pages; page += 1 + below(r, 5))
        oracle_check(&r->o, &r->cache, page);
    dms_pgtable_stats(&r->f.pt, &stats);
    assert_int_equal(stats.tables, hardware_tables(&r->f));
    assert_true(r->f.tables >= (long)stats.tables);
}

static void step(struct run *r)
{
    unsigned kind = below(r, 16);

    if (kind < 6)
        step_map(r);
    else if (kind < 10)
        step_unmap(r);
    else if (kind < 13)
        step_unmap_mapping(r);
    else if (kind < 14)
        release(r, below(r, 2));
    else
        oracle_check_next(&r->o, below(r, r->o.pages), kind & 1);
}

/* Unmaps all of it, mapping by mapping. */
static void drain(struct run *r)
{
    struct dms_iommu_mapping mapping;

    while (dms_pgtable_next(&r->f.pt, 0, false, &mapping) == 0)
        assert_int_equal(dms_pgtable_unmap(&r->f.pt, mapping.iova.first,
                                           mapping.iova.last - mapping.iova.first + 1, true,
                                           &r->gather[0]),
                         0);
    if (r->f.pt.cfg.keep_empty)
        dms_pgtable_trim(&r->f.pt, &r->gather[0]);
    release(r, 1);
    release(r, 0);
    assert_int_equal(hardware_tables(&r->f), 1);
    assert_int_equal(r->f.tables, 1);
    assert_int_equal(r->f.objects - (r->f.guard.memory != NULL), 0);
}

static void run_one(struct dms_pgtable_cfg cfg, bool guard, bool at_end, uint64_t seed)
{
    struct run r = {.seed = seed};
    uint64_t table_bytes, base;

    fixture_start(&r.f, cfg, guard);
    table_bytes = UINT64_C(1) << (2 * cfg.granule_lg2 - 3);
    /* Three tables of pages; where there is room, across a border of the level above. */
    base = at_end ? r.f.pt.input_last + 1 - 3 * table_bytes
                  : table_bytes *
                        ((entries(&r) < (r.f.pt.input_last / table_bytes) ? entries(&r) : 2) - 1);
    oracle_start(&r.o, &r.f, base, 3 * entries(&r));
    for (unsigned i = 0; i < 600; i++) {
        step(&r);
        if (i % 100 == 99)
            check_all(&r);
    }
    drain(&r);
    oracle_stop(&r.o);
    fixture_stop(&r.f);
}

/* The seed of the run that fails is the last one printed. */
static void run_all(unsigned granule_lg2)
{
    static const uint8_t widths[] = {32, 36, 39, 42, 47, 48};

    for (unsigned i = 0; i < 6 * 16; i++) {
        struct dms_pgtable_cfg cfg = fixture_cfg();
        uint64_t seed = fixture_seed(0x5eed0000 + granule_lg2 * 0x100 + i);

        cfg.granule_lg2 = (uint8_t)granule_lg2;
        cfg.input_bits = widths[i / 16];
        cfg.output_bits = i & 1 ? 48 : 40;
        cfg.coherent = !(i & 2);
        cfg.keep_empty = i & 4 ? 1 + (i & 1) * 3 : 0;
        if (granule_lg2 == 16 && cfg.input_bits == 32)
            cfg.input_bits = 33;
        print_message("# granule %u input %u case %u DMS_SEED=0x%llx\n", granule_lg2,
                      cfg.input_bits, i, (unsigned long long)seed);
        run_one(cfg, i & 8, i % 3 == 0, seed);
    }
}

static void a_4k_table_is_what_the_model_says(void **state)
{
    (void)state;
    run_all(12);
}

static void a_16k_table_is_what_the_model_says(void **state)
{
    (void)state;
    run_all(14);
}

static void a_64k_table_is_what_the_model_says(void **state)
{
    (void)state;
    run_all(16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_4k_table_is_what_the_model_says),
        cmocka_unit_test(a_16k_table_is_what_the_model_says),
        cmocka_unit_test(a_64k_table_is_what_the_model_says),
    };

    return cmocka_run_group_tests_name("pgtable oracle", tests, NULL, NULL);
}
