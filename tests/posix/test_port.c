/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include <dmaspace/posix.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct dms_posix *posix;
static const struct dms_port *port;

static int set_up(void **state)
{
    (void)state;
    if (dms_posix_create(NULL, &posix) != 0)
        return -1;
    port = dms_posix_port(posix);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dms_posix_destroy(posix);
    return 0;
}

static struct dms_posix_stats stats(void)
{
    struct dms_posix_stats out;

    dms_posix_stats(posix, &out);
    return out;
}

static void everything_a_port_can_have_is_there(void **state)
{
    (void)state;
    assert_true(port->alloc && port->free && port->table_alloc && port->table_free);
    assert_true(port->virt_to_phys && port->now_ns && port->relax && port->log);
    assert_true(port->lock_init && port->lock_fini && port->lock && port->unlock);
    assert_true(port->thread_slot && port->thread_slots == 64);
}

static void small_objects_are_zero_and_counted(void **state)
{
    static const char zero[100];
    char *ptr = port->alloc(port->ctx, 100);
    (void)state;

    assert_memory_equal(ptr, zero, 100);
    assert_int_equal(stats().objects, 1);
    assert_int_equal(stats().object_bytes, 100);
    port->free(port->ctx, ptr, 100);
    assert_int_equal(stats().objects, 0);
    assert_int_equal(stats().object_bytes, 0);
    assert_int_equal(stats().calls, 1);
}

static void each_kind_of_memory_has_its_own_count(void **state)
{
    dms_phys_t phys;
    void *table = port->table_alloc(port->ctx, 512, 64, &phys);
    void *large = port->table_alloc(port->ctx, 65536, 65536, &phys);
    void *buffer = dms_posix_ram_alloc(posix, 5000, 0, NULL);
    (void)state;

    assert_int_equal(stats().tables, 2);
    assert_int_equal(stats().table_bytes, 512 + 65536);
    assert_int_equal(stats().buffers, 1);
    assert_int_equal(stats().buffer_bytes, 5000);
    assert_int_equal(stats().objects, 0);
    port->table_free(port->ctx, table, 512);
    port->table_free(port->ctx, large, 65536);
    dms_posix_ram_free(posix, buffer, 5000);
    assert_int_equal(stats().tables + stats().buffers + stats().table_bytes + stats().buffer_bytes,
                     0);
    assert_int_equal(stats().calls, 3);
}

static void a_table_is_zero_when_its_memory_was_used_before(void **state)
{
    static const char zero[4096];
    (void)state;

    for (size_t size = 64; size <= 4096; size *= 2) {
        dms_phys_t first, second;
        void *ptr = port->table_alloc(port->ctx, size, size, &first);

        memset(ptr, 0xff, size);
        port->table_free(port->ctx, ptr, size);
        ptr = port->table_alloc(port->ctx, size, size, &second);
        assert_int_equal(first.addr, second.addr);
        assert_memory_equal(ptr, zero, size);
        port->table_free(port->ctx, ptr, size);
    }
}

static void a_physical_run_ends_with_the_arena(void **state)
{
    struct dms_range ram = dms_posix_ram(posix);
    char *end = (char *)dms_posix_phys_ptr(posix, (dms_phys_t){ram.last}, 1) + 1;
    dms_phys_t phys;
    size_t run;
    (void)state;

    assert_int_equal(port->virt_to_phys(port->ctx, end - 100, 60, &phys, &run), 0);
    assert_int_equal(phys.addr, ram.last - 99);
    assert_int_equal(run, 60);
    assert_int_equal(port->virt_to_phys(port->ctx, end - 100, 101, &phys, &run), 0);
    assert_int_equal(run, 100);
    assert_int_equal(port->virt_to_phys(port->ctx, end, 1, &phys, &run), DMS_EFAULT);
    assert_int_equal(port->virt_to_phys(port->ctx, &phys, sizeof(phys), &phys, &run), DMS_EFAULT);
}

static void exactly_the_nth_allocation_fails(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 4; n++) {
        void *ptr[4];
        dms_phys_t phys;

        dms_posix_fail_nth(posix, n);
        assert_false(dms_posix_has_failed(posix));
        for (unsigned i = 0; i < 4; i++) {
            ptr[i] =
                i % 2 ? port->table_alloc(port->ctx, 64, 64, &phys) : port->alloc(port->ctx, 64);
            assert_int_equal(ptr[i] == NULL, i + 1 == n);
        }
        assert_true(dms_posix_has_failed(posix));
        for (unsigned i = 0; i < 4; i++) {
            if (ptr[i])
                (i % 2 ? port->table_free : port->free)(port->ctx, ptr[i], 64);
        }
        assert_int_equal(stats().objects + stats().tables, 0);
    }
}

static void a_failure_that_never_comes_can_be_called_off(void **state)
{
    void *ptr;
    (void)state;

    dms_posix_fail_nth(posix, 1);
    dms_posix_fail_nth(posix, 0);
    ptr = port->alloc(port->ctx, 8);
    assert_non_null(ptr);
    assert_false(dms_posix_has_failed(posix));
    port->free(port->ctx, ptr, 8);
}

static void buffers_are_not_made_to_fail(void **state)
{
    void *ptr;
    (void)state;

    dms_posix_fail_nth(posix, 1);
    ptr = dms_posix_ram_alloc(posix, 4096, 0, NULL);
    assert_non_null(ptr);
    assert_false(dms_posix_has_failed(posix));
    dms_posix_ram_free(posix, ptr, 4096);
}

static void time_does_not_go_back(void **state)
{
    uint64_t last = port->now_ns(port->ctx);
    (void)state;

    for (int i = 0; i < 1000; i++) {
        uint64_t now = port->now_ns(port->ctx);

        assert_true(now >= last);
        last = now;
    }
    port->relax(port->ctx);
}

struct sink {
    enum dms_log_level level;
    char line[64];
};

static void keep_line(void *ctx, enum dms_log_level level, const char *line)
{
    struct sink *sink = ctx;

    sink->level = level;
    snprintf(sink->line, sizeof(sink->line), "%s", line);
}

static void log_lines_go_to_the_users_sink(void **state)
{
    struct sink sink = {DMS_LOG_ERROR, ""};
    struct dms_posix_cfg cfg = {.log = keep_line, .log_ctx = &sink};
    struct dms_posix *other;
    (void)state;

    assert_int_equal(dms_posix_create(&cfg, &other), 0);
    dms_posix_port(other)->log(dms_posix_port(other)->ctx, DMS_LOG_INFO, "hello");
    assert_int_equal(sink.level, DMS_LOG_INFO);
    assert_string_equal(sink.line, "hello");
    dms_posix_destroy(other);
}

/* stderr of the process leads into a file for the time of the call. */
static void log_lines_go_to_stderr_else(void **state)
{
    char line[64] = "";
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    (void)state;

    assert_non_null(file);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    port->log(port->ctx, DMS_LOG_WARNING, "queue full");
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    assert_non_null(fgets(line, sizeof(line), file));
    fclose(file);
    assert_string_equal(line, "dmaspace: warning: queue full\n");
}

static void two_ports_know_nothing_of_each_other(void **state)
{
    struct dms_posix *other;
    void *ptr;
    (void)state;

    assert_int_equal(dms_posix_create(NULL, &other), 0);
    dms_posix_fail_nth(other, 1);
    ptr = dms_posix_ram_alloc(posix, 4096, 0, NULL);
    assert_int_equal(dms_posix_ptr_phys(other, ptr, &(dms_phys_t){0}), DMS_EFAULT);
    dms_posix_ram_free(posix, ptr, 4096);
    ptr = port->alloc(port->ctx, 8);
    assert_non_null(ptr);
    port->free(port->ctx, ptr, 8);
    dms_posix_destroy(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_a_port_can_have_is_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(small_objects_are_zero_and_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_kind_of_memory_has_its_own_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_table_is_zero_when_its_memory_was_used_before, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_physical_run_ends_with_the_arena, set_up, tear_down),
        cmocka_unit_test_setup_teardown(exactly_the_nth_allocation_fails, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_that_never_comes_can_be_called_off, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(buffers_are_not_made_to_fail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(time_does_not_go_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(log_lines_go_to_the_users_sink, set_up, tear_down),
        cmocka_unit_test_setup_teardown(log_lines_go_to_stderr_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_ports_know_nothing_of_each_other, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("posix port", tests, NULL, NULL);
}
