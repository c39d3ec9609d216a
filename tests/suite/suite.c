/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The order of the tests, and their TAP. */
#include "suite.h"

#include "base/text.h"

static const struct suite_test *const lists[] = {
    suite_bringup,  suite_streams,      suite_transfer,   suite_isolation, suite_reserve,
    suite_fixed,    suite_unmap_strict, suite_unmap_lazy, suite_faults,    suite_commands,
    suite_overflow, suite_interrupts,   suite_cpus,       suite_teardown,  suite_forget,
};

#define LISTS (sizeof(lists) / sizeof(lists[0]))

static unsigned count_tests(void)
{
    unsigned count = 0;

    for (size_t i = 0; i < LISTS; i++) {
        for (const struct suite_test *test = lists[i]; test->name; test++)
            count++;
    }
    return count;
}

static void put_plan(const struct suite_machine *machine, unsigned count)
{
    char line[32];
    struct dms_text text;

    dms_text_init(&text, line, sizeof(line));
    dms_text_str(&text, "1..");
    dms_text_dec(&text, count);
    machine->put(machine->ctx, line);
}

static void put_result(const struct suite *suite, unsigned number)
{
    char line[SUITE_LINE];
    struct dms_text text;

    dms_text_init(&text, line, sizeof(line));
    dms_text_str(&text, suite->failed ? "not ok " : "ok ");
    dms_text_dec(&text, number);
    dms_text_str(&text, " - ");
    dms_text_str(&text, suite->name);
    if (suite->skipped[0] && !suite->failed) {
        dms_text_str(&text, " # SKIP ");
        dms_text_str(&text, suite->skipped);
    }
    suite->machine->put(suite->machine->ctx, line);
}

/* The test's state; static, since the log has the machine's context and not the suite's. */
static struct suite suite;

static void keep_log(void *ctx, enum dms_log_level level, const char *line)
{
    struct dms_text text;

    (void)ctx;
    (void)level;
    dms_text_init(&text, suite.last_log, sizeof(suite.last_log));
    dms_text_str(&text, line);
}

/* Returns whether it failed. */
static bool run_test(const struct suite_machine *machine, const struct suite_test *test,
                     unsigned number)
{

    suite = (struct suite){.machine = machine, .port = *machine->port, .name = test->name};
    suite.port.log = keep_log;
    suite.live = machine->live(machine->ctx);
    test->run(&suite);
    suite_stop(&suite);
    if (suite.failed && suite.last_log[0])
        suite_note(&suite, suite.last_log);
    put_result(&suite, number);
    return suite.failed;
}

unsigned suite_run(const struct suite_machine *machine)
{
    unsigned failures = 0;
    unsigned number = 0;

    if (machine->nmasters < SUITE_MASTERS_MIN || machine->nmasters > SUITE_MASTERS_MAX) {
        machine->put(machine->ctx, "Bail out! the machine has too few or too many masters");
        return 1;
    }
    put_plan(machine, count_tests());
    for (size_t i = 0; i < LISTS; i++) {
        for (const struct suite_test *test = lists[i]; test->name; test++) {
            failures += run_test(machine, test, ++number);
            if (suite.stuck) {
                machine->put(machine->ctx, "Bail out! something could not be taken down");
                return failures;
            }
        }
    }
    return failures;
}
