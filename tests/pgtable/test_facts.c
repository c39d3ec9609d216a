/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include "hardware.h"

struct facts {
    uint8_t granule_lg2, input_bits, output_bits; /* asked for */
    uint8_t t0sz, tg0, ips, start_level;
    uint16_t root_bytes_64th;
    uint64_t leaf_sizes;
};

static const struct facts all_facts[] = {
    {12, 48, 48, 16, 0, 5, 0, 4096 / 64, 0x40201000},
    {12, 39, 40, 25, 0, 2, 1, 4096 / 64, 0x40201000},
    {12, 40, 47, 24, 0, 4, 0, 1, 0x40201000},
    {12, 36, 36, 28, 0, 1, 1, 512 / 64, 0x40201000},
    {12, 32, 32, 32, 0, 0, 1, 1, 0x40201000},
    {12, 30, 48, 34, 0, 5, 2, 4096 / 64, 0x201000},
    {12, 25, 48, 39, 0, 5, 2, 2, 0x201000},
    {14, 48, 44, 16, 2, 4, 0, 1, 0x2004000},
    {14, 47, 42, 17, 2, 3, 1, 16384 / 64, 0x2004000},
    {14, 36, 52, 28, 2, 5, 2, 16384 / 64, 0x2004000},
    {14, 25, 48, 39, 2, 5, 3, 16384 / 64, 0x4000},
    {16, 48, 41, 16, 1, 2, 1, 512 / 64, 0x20010000},
    {16, 42, 48, 22, 1, 5, 2, 65536 / 64, 0x20010000},
    {16, 29, 48, 35, 1, 5, 3, 65536 / 64, 0x10000},
};

static void the_facts_for_a_context_descriptor_follow_from_the_widths(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(all_facts) / sizeof(all_facts[0]); i++) {
        const struct facts *facts = &all_facts[i];
        struct dms_pgtable_cfg cfg = fixture_cfg();
        struct fixture f;

        cfg.granule_lg2 = facts->granule_lg2;
        cfg.input_bits = facts->input_bits;
        cfg.output_bits = facts->output_bits;
        fixture_start(&f, cfg, false);
        assert_int_equal(f.pt.t0sz, facts->t0sz);
        assert_int_equal(f.pt.tg0, facts->tg0);
        assert_int_equal(f.pt.ips, facts->ips);
        assert_int_equal(f.pt.start_level, facts->start_level);
        assert_int_equal(f.pt.root_bytes, facts->root_bytes_64th * 64);
        assert_int_equal(f.pt.root.addr % f.pt.root_bytes, 0);
        assert_int_equal(f.pt.leaf_sizes, facts->leaf_sizes);
        assert_int_equal(f.pt.input_last, (UINT64_C(1) << facts->input_bits) - 1);
        fixture_stop(&f);
    }
}

static int init_with(struct fixture *f, struct dms_pgtable_cfg cfg)
{
    struct dms_pgtable pt;

    cfg.port = cfg.port ? cfg.port : &f->port;
    return dms_pgtable_init(&pt, &cfg);
}

static void a_configuration_outside_the_format_is_refused(void **state)
{
    static const struct dms_port other;
    struct dms_pgtable_cfg good = fixture_cfg(), bad;
    struct dms_pgtable_guard guard = {.port = &other};
    struct fixture f;

    (void)state;
    fixture_start(&f, good, false);
    bad = good, bad.granule_lg2 = 13;
    assert_int_equal(init_with(&f, bad), DMS_EINVAL);
    bad = good, bad.input_bits = 24;
    assert_int_equal(init_with(&f, bad), DMS_EINVAL);
    bad = good, bad.input_bits = 49;
    assert_int_equal(init_with(&f, bad), DMS_EINVAL);
    bad = good, bad.output_bits = 31;
    assert_int_equal(init_with(&f, bad), DMS_EINVAL);
    bad = good, bad.keep_empty = DMS_PGTABLE_KEEP_MAX + 1;
    assert_int_equal(init_with(&f, bad), DMS_EINVAL);
    bad = good, bad.guard = &guard;
    assert_int_equal(init_with(&f, bad), DMS_EINVAL);
    assert_int_equal(dms_pgtable_init(&f.pt, &good), DMS_EINVAL);
    assert_int_equal(f.tables, 1);
    fixture_stop(&f);
}

/* The arena begins at 1 GiB: within 32 bits; the port says that it lies higher. */
static void *far_table(void *ctx, size_t size, size_t align, dms_phys_t *phys)
{
    struct fixture *f = ctx;
    struct dms_port near = f->port;
    void *table;

    near.table_alloc = f->near_alloc;
    table = near.table_alloc(ctx, size, align, phys);
    phys->addr += UINT64_C(1) << 40;
    return table;
}

static void a_table_that_no_entry_can_point_to_counts_as_no_memory(void **state)
{
    struct dms_pgtable_cfg cfg = fixture_cfg();
    struct fixture f;

    (void)state;
    cfg.output_bits = 40;
    fixture_start(&f, cfg, false);
    f.near_alloc = f.port.table_alloc;
    f.port.table_alloc = far_table;
    assert_int_equal(init_with(&f, cfg), DMS_ENOMEM);
    assert_int_equal(dms_pgtable_map(&f.pt, 0, (dms_phys_t){0}, 4096, DMS_READ), DMS_ENOMEM);
    assert_int_equal(f.tables, 1);
    fixture_stop(&f);
}

static void no_memory_for_the_root_or_the_guard_leaves_nothing(void **state)
{
    struct dms_pgtable_guard guard;
    struct fixture f;

    (void)state;
    fixture_start(&f, fixture_cfg(), false);
    f.fail_after = 0;
    assert_int_equal(init_with(&f, fixture_cfg()), DMS_ENOMEM);
    assert_int_equal(dms_pgtable_guard_init(&guard, &f.port), DMS_ENOMEM);
    assert_int_equal(f.tables, 1);
    fixture_stop(&f);
}

static void a_port_without_threads_makes_an_empty_guard(void **state)
{
    struct dms_pgtable_guard guard;
    struct fixture f;

    (void)state;
    fixture_start(&f, fixture_cfg(), false);
    f.port.thread_slots = 0;
    f.fail_after = 0;
    assert_int_equal(dms_pgtable_guard_init(&guard, &f.port), 0);
    assert_int_equal(guard.count, 0);
    dms_pgtable_guard_fini(&guard);
    fixture_stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_facts_for_a_context_descriptor_follow_from_the_widths),
        cmocka_unit_test(a_configuration_outside_the_format_is_refused),
        cmocka_unit_test(a_table_that_no_entry_can_point_to_counts_as_no_memory),
        cmocka_unit_test(no_memory_for_the_root_or_the_guard_leaves_nothing),
        cmocka_unit_test(a_port_without_threads_makes_an_empty_guard),
    };

    return cmocka_run_group_tests_name("pgtable facts", tests, NULL, NULL);
}
