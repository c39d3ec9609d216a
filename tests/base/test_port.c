/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The thin wrappers over struct dms_port: every optional callback may be missing, and those present
 * are called.
 */
#include "../cmocka_all.h"

#include "base/barrier.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/memory.h"

#include <stdio.h>
#include <string.h>

static char calls[256];

static void note(void *ctx, const char *call, uint64_t a, uint64_t b)
{
    size_t used = strlen(calls);

    assert_ptr_equal(ctx, calls);
    snprintf(calls + used, sizeof(calls) - used, "%s(%llu,%llu) ", call, (unsigned long long)a,
             (unsigned long long)b);
}

static void *alloc(void *ctx, size_t size)
{
    note(ctx, "alloc", size, 0);
    return calls;
}

static void free_(void *ctx, void *ptr, size_t size)
{
    note(ctx, "free", ptr == calls, size);
}

static void *table_alloc(void *ctx, size_t size, size_t align, dms_phys_t *phys)
{
    note(ctx, "table_alloc", size, align);
    phys->addr = 77;
    return calls;
}

static void table_free(void *ctx, void *ptr, size_t size)
{
    note(ctx, "table_free", ptr == calls, size);
}

static void *table_at(void *ctx, dms_phys_t phys)
{
    note(ctx, "table_at", phys.addr, 0);
    return calls;
}

static void lock_init(void *ctx, dms_lock_t *lock)
{
    note(ctx, "init", lock->words[0], 0);
}

static void lock_fini(void *ctx, dms_lock_t *lock)
{
    note(ctx, "fini", lock->words[0], 0);
}

static void lock_take(void *ctx, dms_lock_t *lock)
{
    note(ctx, "lock", lock->words[0], 0);
}

static void lock_drop(void *ctx, dms_lock_t *lock)
{
    note(ctx, "unlock", lock->words[0], 0);
}

static unsigned thread_slot(void *ctx)
{
    note(ctx, "slot", 0, 0);
    return 3;
}

static void barrier(void *ctx, enum dms_barrier what)
{
    note(ctx, "barrier", (uint64_t)what, 0);
}

static void cache_clean(void *ctx, const void *ptr, size_t size)
{
    note(ctx, "clean", ptr == calls, size);
}

static void cache_invalidate(void *ctx, void *ptr, size_t size)
{
    note(ctx, "invalidate", ptr == calls, size);
}

static void log_line(void *ctx, enum dms_log_level level, const char *line)
{
    note(ctx, line, (uint64_t)level, 0);
}

static const struct dms_port full = {
    .ctx = calls,
    .alloc = alloc,
    .free = free_,
    .table_alloc = table_alloc,
    .table_free = table_free,
    .table_at = table_at,
    .lock_init = lock_init,
    .lock_fini = lock_fini,
    .lock = lock_take,
    .unlock = lock_drop,
    .thread_slot = thread_slot,
    .thread_slots = 8,
    .barrier = barrier,
    .cache_clean = cache_clean,
    .cache_invalidate = cache_invalidate,
    .log = log_line,
};

/* Only what is required. */
static const struct dms_port bare = {
    .ctx = calls,
    .alloc = alloc,
    .free = free_,
    .table_alloc = table_alloc,
    .table_free = table_free,
    .table_offset = UINT64_C(0) - 0x1000,
    .thread_slots = 8,
};

static int set_up(void **state)
{
    (void)state;
    calls[0] = '\0';
    return 0;
}

static void locks_are_the_ports(void **state)
{
    dms_lock_t lock = {.words = {5}};
    (void)state;

    port_lock_init(&full, &lock);
    port_lock(&full, &lock);
    port_unlock(&full, &lock);
    port_lock_fini(&full, &lock);
    assert_string_equal(calls, "init(5,0) lock(5,0) unlock(5,0) fini(5,0) ");
}

static void order_and_caches_are_the_ports(void **state)
{
    (void)state;
    port_barrier(&full, DMS_BARRIER_MMIO);
    port_cache_clean(&full, calls, 64);
    port_cache_invalidate(&full, calls, 128);
    port_log(&full, DMS_LOG_WARNING, "line");
    assert_string_equal(calls, "barrier(1,0) clean(1,64) invalidate(1,128) line(1,0) ");
}

static void what_a_port_leaves_out_does_nothing(void **state)
{
    dms_lock_t lock = {.words = {5}};
    (void)state;

    port_lock_init(&bare, &lock);
    port_lock(&bare, &lock);
    port_unlock(&bare, &lock);
    port_lock_fini(&bare, &lock);
    port_barrier(&bare, DMS_BARRIER_TABLE);
    port_cache_clean(&bare, calls, 64);
    port_cache_invalidate(&bare, calls, 64);
    port_log(&bare, DMS_LOG_ERROR, "line");
    assert_string_equal(calls, "");
}

static void a_thread_without_a_slot_has_a_number_beyond_them(void **state)
{
    (void)state;
    assert_int_equal(port_thread_slot(&full), 3);
    assert_int_equal(port_thread_slot(&bare), 8);
}

static void small_objects_go_back_with_their_size(void **state)
{
    void *ptr;
    (void)state;

    ptr = port_alloc(&full, 24);
    port_free(&full, ptr, 24);
    ptr = port_alloc_array(&full, 3, 8);
    port_free_array(&full, ptr, 3, 8);
    port_free(&full, NULL, 24);
    assert_string_equal(calls, "alloc(24,0) free(1,24) alloc(24,0) free(1,24) ");
}

static void an_array_too_large_for_memory_is_not_asked_for(void **state)
{
    (void)state;
    assert_null(port_alloc_array(&full, SIZE_MAX / 8 + 1, 8));
    assert_string_equal(calls, "");
}

static void tables_are_aligned_to_64_at_least(void **state)
{
    dms_phys_t phys = {0};
    void *ptr;
    (void)state;

    ptr = port_table_alloc(&full, 32, 8, &phys);
    assert_int_equal(phys.addr, 77);
    port_table_free(&full, ptr, 32);
    port_table_free(&full, NULL, 32);
    port_table_alloc(&full, 4096, 4096, &phys);
    assert_string_equal(calls, "table_alloc(32,64) table_free(1,32) table_alloc(4096,4096) ");
}

static void tables_are_found_by_callback_or_by_offset(void **state)
{
    dms_phys_t phys = {0x1000 + (uint64_t)(uintptr_t)calls};
    (void)state;

    assert_ptr_equal(port_table_at(&bare, phys), calls);
    assert_string_equal(calls, "");
    assert_ptr_equal(port_table_at(&full, (dms_phys_t){42}), calls);
    assert_string_equal(calls, "table_at(42,0) ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(locks_are_the_ports, set_up),
        cmocka_unit_test_setup(order_and_caches_are_the_ports, set_up),
        cmocka_unit_test_setup(what_a_port_leaves_out_does_nothing, set_up),
        cmocka_unit_test_setup(a_thread_without_a_slot_has_a_number_beyond_them, set_up),
        cmocka_unit_test_setup(small_objects_go_back_with_their_size, set_up),
        cmocka_unit_test_setup(an_array_too_large_for_memory_is_not_asked_for, set_up),
        cmocka_unit_test_setup(tables_are_aligned_to_64_at_least, set_up),
        cmocka_unit_test_setup(tables_are_found_by_callback_or_by_offset, set_up),
    };

    return cmocka_run_group_tests_name("port", tests, NULL, NULL);
}
