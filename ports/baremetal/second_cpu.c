/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "second_cpu.h"

#include "cpu.h"
#include "gic.h"
#include "start.h"
#include "timer.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define PSCI_CPU_ON UINT64_C(0xc4000003)
#define SECOND      1u
#define JOIN_NS     UINT64_C(10000000000)

extern char next_cpu[]; /* start.S */
void cpu_main(uint64_t index);

static bool is_on;
static atomic_bool busy;
static void (*job)(void *arg);
static void *job_arg;

static int64_t psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = a;
    register uint64_t x2 __asm__("x2") = b;
    register uint64_t x3 __asm__("x3") = c;

    __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"memory");
    return (int64_t)x0;
}

/* Masked, so that a wake-up between the question and the sleep is not lost. */
static void wait_for_job(void)
{
    cpu_mask_interrupts();
    while (!atomic_load_explicit(&busy, memory_order_acquire)) {
        cpu_wait_for_interrupt();
        cpu_unmask_interrupts();
        cpu_isb();
        cpu_mask_interrupts();
    }
    cpu_unmask_interrupts();
}

/* From start.S, on the second CPU's own stack. */
void cpu_main(uint64_t index)
{
    start_cpu_local((unsigned)index);
    start_cpu();
    for (;;) {
        wait_for_job();
        job(job_arg);
        atomic_store_explicit(&busy, false, memory_order_release);
        gic_raise(GIC_SGI_WAKE, 0);
    }
}

bool second_cpu_start(void (*fn)(void *arg), void *arg)
{
    if (atomic_load_explicit(&busy, memory_order_acquire))
        return false;
    job = fn;
    job_arg = arg;
    atomic_store_explicit(&busy, true, memory_order_release);
    if (is_on)
        gic_raise(GIC_SGI_WAKE, SECOND);
    else
        is_on = psci(PSCI_CPU_ON, SECOND, (uintptr_t)next_cpu, SECOND) == 0;
    if (!is_on)
        atomic_store_explicit(&busy, false, memory_order_relaxed);
    return is_on;
}

static bool is_idle(void *ctx)
{
    (void)ctx;
    return !atomic_load_explicit(&busy, memory_order_acquire);
}

bool second_cpu_join(void)
{
    return timer_wait(is_idle, NULL, JOIN_NS, JOIN_NS);
}
