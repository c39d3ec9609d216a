/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Misuse of arena memory ends the process at once; each case runs in a child. */
#include "../cmocka_all.h"

#include <dmaspace/posix.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct dms_posix *posix;
static const struct dms_port *port;

/* True when `crime` does not return. */
static bool is_stopped(void (*crime)(void))
{
    const struct rlimit no_core = {0, 0};
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr) || dms_posix_create(NULL, &posix) != 0)
            _exit(2);
        port = dms_posix_port(posix);
        crime();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void free_page_twice(void)
{
    void *ptr = dms_posix_ram_alloc(posix, 4096, 0, NULL);

    dms_posix_ram_free(posix, ptr, 4096);
    dms_posix_ram_free(posix, ptr, 4096);
}

static void free_large_twice(void)
{
    void *ptr = dms_posix_ram_alloc(posix, 5 << 20, 0, NULL);

    dms_posix_ram_free(posix, ptr, 5 << 20);
    dms_posix_ram_free(posix, ptr, 5 << 20);
}

static void free_table_twice(void)
{
    dms_phys_t phys;
    void *keep = port->table_alloc(port->ctx, 64, 64, &phys);
    void *ptr = port->table_alloc(port->ctx, 64, 64, &phys);

    port->table_free(port->ctx, ptr, 64);
    port->table_free(port->ctx, ptr, 64);
    port->table_free(port->ctx, keep, 64);
}

static void free_middle(void)
{
    char *ptr = dms_posix_ram_alloc(posix, 8192, 0, NULL);

    dms_posix_ram_free(posix, ptr + 4096, 4096);
}

static void free_middle_of_page(void)
{
    char *ptr = dms_posix_ram_alloc(posix, 4096, 0, NULL);

    dms_posix_ram_free(posix, ptr + 64, 4096);
}

static void free_middle_of_table(void)
{
    dms_phys_t phys;
    char *ptr = port->table_alloc(port->ctx, 1024, 1024, &phys);

    port->table_free(port->ctx, ptr + 64, 64);
}

static void free_other_size(void)
{
    void *ptr = dms_posix_ram_alloc(posix, 8192, 0, NULL);

    dms_posix_ram_free(posix, ptr, 4096);
}

static void free_too_much_table(void)
{
    dms_phys_t phys;
    void *ptr = port->table_alloc(port->ctx, 64, 64, &phys);

    port->table_free(port->ctx, ptr, 128);
}

static void free_foreign(void)
{
    dms_posix_ram_free(posix, &posix, 4096);
}

static void free_well(void)
{
    dms_posix_ram_free(posix, dms_posix_ram_alloc(posix, 8192, 0, NULL), 8192);
}

static void memory_freed_twice_stops_the_process(void **state)
{
    (void)state;
    assert_true(is_stopped(free_page_twice));
    assert_true(is_stopped(free_large_twice));
    assert_true(is_stopped(free_table_twice));
}

static void memory_freed_in_its_middle_stops_the_process(void **state)
{
    (void)state;
    assert_true(is_stopped(free_middle));
    assert_true(is_stopped(free_middle_of_page));
    assert_true(is_stopped(free_middle_of_table));
}

static void memory_freed_with_another_size_stops_the_process(void **state)
{
    (void)state;
    assert_true(is_stopped(free_other_size));
    assert_true(is_stopped(free_too_much_table));
}

static void memory_from_elsewhere_stops_the_process(void **state)
{
    (void)state;
    assert_true(is_stopped(free_foreign));
}

static void good_use_does_not(void **state)
{
    (void)state;
    assert_false(is_stopped(free_well));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_freed_twice_stops_the_process),
        cmocka_unit_test(memory_freed_in_its_middle_stops_the_process),
        cmocka_unit_test(memory_freed_with_another_size_stops_the_process),
        cmocka_unit_test(memory_from_elsewhere_stops_the_process),
        cmocka_unit_test(good_use_does_not),
    };

    return cmocka_run_group_tests_name("posix misuse", tests, NULL, NULL);
}
