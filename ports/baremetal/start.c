/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "start.h"

#include "cpu.h"
#include "fence.h"
#include "gic.h"
#include "layout.h"
#include "timer.h"

unsigned first_cpu_main(const void *blob);

static struct cpu_local locals[CPU_MAX];

void start_cpu_local(unsigned index)
{
    locals[index] = (struct cpu_local){.index = index, .slot = index + 1};
    CPU_WRITE(tpidr_el0, (uintptr_t)&locals[index]);
}

void start_cpu(void)
{
    gic_start_cpu();
    timer_start_cpu();
    fence_start_cpu();
}

/* From start.S. */
unsigned first_cpu_main(const void *blob)
{
    start_cpu_local(0);
    return main(blob);
}
