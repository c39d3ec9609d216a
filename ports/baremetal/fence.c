/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "fence.h"

#include "cpu.h"
#include "gic.h"
#include "layout.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* By CPU. Requests are counted, so that several CPUs may ask at the same time. */
static atomic_bool takes_part[CPU_MAX];
static atomic_uint asked[CPU_MAX];
static atomic_uint answered[CPU_MAX];

/* Taking an interrupt is no barrier: the DMB is. */
static void answer(void *ctx)
{
    unsigned cpu = cpu_index();
    unsigned request = atomic_load_explicit(&asked[cpu], memory_order_acquire);

    (void)ctx;
    CPU_DMB(ish);
    atomic_store_explicit(&answered[cpu], request, memory_order_release);
}

void fence_start_cpu(void)
{
    gic_enable(GIC_SGI_FENCE, true, answer, NULL);
    atomic_store(&takes_part[cpu_index()], true);
    /* Who did not see that has its stores seen by the loads that follow here. */
    CPU_DMB(ish);
}

static bool has_answered(unsigned cpu, unsigned request)
{
    return (int)(atomic_load_explicit(&answered[cpu], memory_order_acquire) - request) >= 0;
}

/* A CPU that begins to take part between the two loops was not asked, and need not answer. */
void fence_all_cpus(void)
{
    unsigned request[CPU_MAX];
    bool is_asked[CPU_MAX];

    CPU_DMB(ish);
    for (unsigned cpu = 0; cpu < CPU_MAX; cpu++) {
        is_asked[cpu] = cpu != cpu_index() && atomic_load(&takes_part[cpu]);
        if (!is_asked[cpu])
            continue;
        request[cpu] = atomic_fetch_add(&asked[cpu], 1) + 1;
        gic_raise(GIC_SGI_FENCE, cpu);
    }
    for (unsigned cpu = 0; cpu < CPU_MAX; cpu++) {
        while (is_asked[cpu] && !has_answered(cpu, request[cpu]))
            cpu_yield();
    }
    CPU_DMB(ish);
}
