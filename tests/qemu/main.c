/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The image: brings the machine up and runs the suite, or with the word "port" in bootargs the tests of the bare-metal
 * port, with "bench" the benchmark; machine_qemu.h has more words. Exit status 0: all tests passed, 1: some failed, 2: this is not the machine that it needs, 3: it crashed.
 */
#include "bench.h"
#include "machine_qemu.h"
#include "port_tests.h"

#include <baremetal/console.h>
#include <baremetal/gic.h>
#include <baremetal/memory.h>
#include <baremetal/start.h>

extern char image_end[]; /* baremetal.ld */

static void must(const char *problem)
{
    struct line line = {.length = 0};

    if (!problem)
        return;
    line_text(&line, "Bail out! ");
    line_text(&line, problem);
    console_put(line.text);
    exit_with(2);
}

/* QEMU puts the device tree above the image; what lies between the two is plenty. */
static void start_memory(const struct platform *platform, const void *blob)
{
    uint64_t last = platform->ram + platform->ram_size - 1;

    if ((uintptr_t)blob > (uintptr_t)image_end && (uintptr_t)blob <= last)
        last = (uintptr_t)blob - 1;
    memory_init((uintptr_t)image_end, last);
}

unsigned main(const void *blob)
{
    static struct platform platform;
    static struct suite_machine machine;

    must(platform_read(&platform, blob));
    console_init(platform.uart);
    gic_init(platform.gic_distributor, platform.gic_cpu_interface);
    start_cpu();
    start_memory(&platform, blob);
    must(machine_qemu_init(&platform, &machine));
    if (platform_has_arg(&platform, "port"))
        return port_tests_run(&machine) != 0;
    if (platform_has_arg(&platform, "bench"))
        return !bench_run(&machine);
    return suite_run(&machine) != 0;
}
