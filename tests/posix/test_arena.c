/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"
#include "../random.h"

#include <dmaspace/posix.h>

#include <stdio.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

static struct dms_posix *make(uint64_t size, uint64_t base)
{
    struct dms_posix_cfg cfg = {.ram_size = size, .ram_base = base};
    struct dms_posix *posix = NULL;

    assert_int_equal(dms_posix_create(&cfg, &posix), 0);
    return posix;
}

static uint64_t phys_of(struct dms_posix *posix, const void *ptr)
{
    dms_phys_t phys = {0};

    assert_int_equal(dms_posix_ptr_phys(posix, ptr, &phys), 0);
    return phys.addr;
}

static void a_malformed_configuration_is_refused(void **state)
{
    static const struct {
        struct dms_posix_cfg cfg;
        int error;
    } cases[] = {
        {{.ram_size = 4097}, DMS_EINVAL},
        {{.ram_base = 4096}, DMS_EINVAL},
        {{.thread_slots = 257}, DMS_EINVAL},
        {{.ram_size = 257 * GIB}, DMS_ERANGE},
        {{.ram_base = UINT64_C(0) - 2 * MIB, .ram_size = 4 * MIB}, DMS_ERANGE},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dms_posix *posix = (struct dms_posix *)&posix;

        assert_int_equal(dms_posix_create(&cases[i].cfg, &posix), cases[i].error);
        assert_ptr_equal(posix, &posix);
    }
}

static void the_defaults_are_one_gibibyte_at_two_gibibytes(void **state)
{
    struct dms_posix *posix;
    (void)state;

    assert_int_equal(dms_posix_create(NULL, &posix), 0);
    assert_int_equal(dms_posix_ram(posix).first, 0x80000000);
    assert_int_equal(dms_posix_ram(posix).last, 0xbfffffff);
    dms_posix_destroy(posix);
    dms_posix_destroy(NULL);
}

static void ram_may_end_at_the_last_physical_address(void **state)
{
    struct dms_posix *posix = make(2 * MIB, UINT64_C(0) - 2 * MIB);
    dms_phys_t last = {UINT64_MAX};
    (void)state;

    assert_int_equal(dms_posix_ram(posix).last, UINT64_MAX);
    assert_non_null(dms_posix_phys_ptr(posix, last, 1));
    assert_null(dms_posix_phys_ptr(posix, last, 2));
    dms_posix_destroy(posix);
}

static void tens_of_gibibytes_cost_only_what_is_touched(void **state)
{
    struct dms_posix *posix = make(64 * GIB, 0);
    char *buffer = dms_posix_ram_alloc(posix, 40 * GIB, 0, NULL);
    (void)state;

    assert_non_null(buffer);
    buffer[0] = 1;
    buffer[40 * GIB - 1] = 1;
    dms_posix_ram_free(posix, buffer, 40 * GIB);
    dms_posix_destroy(posix);
}

static void physical_and_virtual_addresses_translate_both_ways(void **state)
{
    struct dms_posix *posix = make(16 * MIB, 0);
    dms_phys_t phys;
    char *ptr = dms_posix_ram_alloc(posix, 10000, 0, &phys);
    (void)state;

    assert_int_equal(phys_of(posix, ptr + 9999), phys.addr + 9999);
    assert_ptr_equal(dms_posix_phys_ptr(posix, phys, 10000), ptr);
    assert_ptr_equal((void *)(uintptr_t)(phys.addr + dms_posix_port(posix)->table_offset), ptr);
    dms_posix_ram_free(posix, ptr, 10000);
    dms_posix_destroy(posix);
}

static void addresses_outside_the_arena_have_no_translation(void **state)
{
    struct dms_posix *posix = make(16 * MIB, 0);
    char *first = dms_posix_phys_ptr(posix, (dms_phys_t){DMS_POSIX_RAM_BASE}, 16 * MIB);
    dms_phys_t phys = {1};
    (void)state;

    assert_non_null(first);
    assert_int_equal(dms_posix_ptr_phys(posix, first - 1, &phys), DMS_EFAULT);
    assert_int_equal(dms_posix_ptr_phys(posix, first + 16 * MIB, &phys), DMS_EFAULT);
    assert_int_equal(phys.addr, 1);
    assert_null(dms_posix_phys_ptr(posix, (dms_phys_t){DMS_POSIX_RAM_BASE - 1}, 1));
    assert_null(dms_posix_phys_ptr(posix, (dms_phys_t){DMS_POSIX_RAM_BASE + 16 * MIB}, 1));
    assert_null(dms_posix_phys_ptr(posix, (dms_phys_t){DMS_POSIX_RAM_BASE + 1}, 16 * MIB));
    assert_null(dms_posix_phys_ptr(posix, (dms_phys_t){DMS_POSIX_RAM_BASE + 1}, UINT64_MAX));
    assert_null(dms_posix_phys_ptr(posix, (dms_phys_t){DMS_POSIX_RAM_BASE}, 0));
    dms_posix_destroy(posix);
}

static void buffers_are_aligned_for_device_and_cpu(void **state)
{
    struct dms_posix *posix = make(4 * GIB, 2 * MIB);
    (void)state;

    for (size_t align = 1; align <= GIB; align *= 2) {
        dms_phys_t phys;
        void *ptr = dms_posix_ram_alloc(posix, 5000, align, &phys);
        size_t expected = align < 4096 ? 4096 : align;

        assert_non_null(ptr);
        assert_int_equal(phys.addr % expected, 0);
        assert_int_equal((uintptr_t)ptr % expected, 0);
        dms_posix_ram_free(posix, ptr, 5000);
    }
    dms_posix_destroy(posix);
}

static void nonsense_is_not_allocated(void **state)
{
    struct dms_posix *posix = make(16 * MIB, 0);
    (void)state;

    assert_null(dms_posix_ram_alloc(posix, 0, 0, NULL));
    assert_null(dms_posix_ram_alloc(posix, 4096, 4097, NULL));
    assert_null(dms_posix_ram_alloc(posix, 4096, 32 * MIB, NULL));
    assert_null(dms_posix_ram_alloc(posix, 16 * MIB + 1, 0, NULL));
    assert_null(dms_posix_ram_alloc(posix, SIZE_MAX, 0, NULL));
    dms_posix_ram_free(posix, NULL, 4096);
    dms_posix_destroy(posix);
}

/* 9 of 16 MiB leave no aligned 8 MiB block free, but 7 MiB in a row. */
static void what_is_contiguous_can_be_had_whatever_its_size(void **state)
{
    struct dms_posix *posix = make(16 * MIB, 0);
    void *low = dms_posix_ram_alloc(posix, 9 * MIB, 0, NULL);
    void *high = dms_posix_ram_alloc(posix, 7 * MIB, 0, NULL);
    (void)state;

    assert_non_null(low);
    assert_non_null(high);
    assert_null(dms_posix_ram_alloc(posix, 4096, 0, NULL));
    dms_posix_ram_free(posix, low, 9 * MIB);
    dms_posix_ram_free(posix, high, 7 * MIB);
    low = dms_posix_ram_alloc(posix, 16 * MIB, 0, NULL);
    assert_non_null(low);
    dms_posix_ram_free(posix, low, 16 * MIB);
    dms_posix_destroy(posix);
}

static void what_a_thread_keeps_in_its_cache_is_not_lost(void **state)
{
    struct dms_posix *posix = make(2 * MIB, 0);
    void *pages[16];
    void *all;
    (void)state;

    for (int i = 0; i < 16; i++)
        pages[i] = dms_posix_ram_alloc(posix, 4096, 0, NULL);
    for (int i = 0; i < 16; i++)
        dms_posix_ram_free(posix, pages[i], 4096);
    all = dms_posix_ram_alloc(posix, 2 * MIB, 0, NULL);
    assert_non_null(all);
    dms_posix_ram_free(posix, all, 2 * MIB);
    dms_posix_destroy(posix);
}

/*
 * Every live allocation is filled with its own byte; a second owner of any byte would overwrite it.
 * Sizes from 64 bytes to 3 MiB, alignments to 64 KiB, as tables and as buffers.
 */
struct live {
    unsigned char *ptr;
    size_t size;
    bool table;
    unsigned char fill;
};

static void take(struct dms_posix *posix, struct test_random *random, struct live *live)
{
    const struct dms_port *port = dms_posix_port(posix);
    size_t align = (size_t)64 << test_random_below(random, 11);
    dms_phys_t phys;

    live->table = test_random_below(random, 2);
    live->size = 1 + (size_t)(test_random_u64(random) % (64u << test_random_below(random, 16)));
    live->fill = (unsigned char)test_random_u64(random);
    if (live->table)
        live->ptr = port->table_alloc(port->ctx, live->size, align, &phys);
    else
        live->ptr = dms_posix_ram_alloc(posix, live->size, align, &phys);
    if (!live->ptr)
        return;
    if (phys.addr % align != 0 || (uintptr_t)live->ptr % align != 0)
        fail_msg("not aligned to %zu, seed %llu", align, (unsigned long long)random->seed);
    for (size_t i = 0; live->table && i < live->size; i++) {
        if (live->ptr[i] != 0)
            fail_msg("table not zero, seed %llu", (unsigned long long)random->seed);
    }
    memset(live->ptr, live->fill, live->size);
}

static void give_back(struct dms_posix *posix, struct test_random *random, struct live *live)
{
    const struct dms_port *port = dms_posix_port(posix);

    for (size_t i = 0; i < live->size; i++) {
        if (live->ptr[i] != live->fill)
            fail_msg("two owners of a byte, seed %llu", (unsigned long long)random->seed);
    }
    if (live->table)
        port->table_free(port->ctx, live->ptr, live->size);
    else
        dms_posix_ram_free(posix, live->ptr, live->size);
    live->ptr = NULL;
}

static void live_allocations_never_overlap_and_all_comes_back(void **state)
{
    struct test_random random = test_random_start();
    struct dms_posix *posix =
        make(64 * MIB, 6 * MIB); /* a base that is not aligned to the arena's size */
    struct dms_posix_stats stats;
    struct live live[150] = {{0}};
    void *all;
    (void)state;

    for (int step = 0; step < 4000; step++) {
        struct live *one = &live[test_random_below(&random, 150)];

        if (one->ptr)
            give_back(posix, &random, one);
        else
            take(posix, &random, one);
    }
    for (int i = 0; i < 150; i++) {
        if (live[i].ptr)
            give_back(posix, &random, &live[i]);
    }
    dms_posix_stats(posix, &stats);
    assert_int_equal(stats.tables + stats.table_bytes + stats.buffers + stats.buffer_bytes, 0);
    all = dms_posix_ram_alloc(posix, 64 * MIB, 0, NULL);
    if (!all)
        fail_msg("not all came back, seed %llu", (unsigned long long)random.seed);
    dms_posix_ram_free(posix, all, 64 * MIB);
    dms_posix_destroy(posix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_malformed_configuration_is_refused),
        cmocka_unit_test(the_defaults_are_one_gibibyte_at_two_gibibytes),
        cmocka_unit_test(ram_may_end_at_the_last_physical_address),
        cmocka_unit_test(tens_of_gibibytes_cost_only_what_is_touched),
        cmocka_unit_test(physical_and_virtual_addresses_translate_both_ways),
        cmocka_unit_test(addresses_outside_the_arena_have_no_translation),
        cmocka_unit_test(buffers_are_aligned_for_device_and_cpu),
        cmocka_unit_test(nonsense_is_not_allocated),
        cmocka_unit_test(what_is_contiguous_can_be_had_whatever_its_size),
        cmocka_unit_test(what_a_thread_keeps_in_its_cache_is_not_lost),
        cmocka_unit_test(live_allocations_never_overlap_and_all_comes_back),
    };

    return cmocka_run_group_tests_name("posix arena", tests, NULL, NULL);
}
