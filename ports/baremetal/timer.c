/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "timer.h"

#include "cpu.h"
#include "gic.h"

#include <stddef.h>

#define TIMER_PPI  GIC_PPI(14)

#define CTL_ENABLE 1u

#define NS_PER_S   UINT64_C(1000000000)

/* A level interrupt: it stays until the timer is off. */
static void timer_expired(void *ctx)
{
    (void)ctx;
    CPU_WRITE(cntp_ctl_el0, 0);
    cpu_isb();
}

void timer_start_cpu(void)
{
    CPU_WRITE(cntp_ctl_el0, 0);
    gic_enable(TIMER_PPI, false, timer_expired, NULL);
}

/* Without the barrier the counter may be read before earlier instructions have finished (D11.2.1). */
uint64_t timer_ticks(void)
{
    cpu_isb();
    return CPU_READ(cntvct_el0);
}

uint64_t timer_now_ns(void)
{
    uint64_t frequency = CPU_READ(cntfrq_el0);
    uint64_t ticks = timer_ticks();

    if (frequency == NS_PER_S)
        return ticks;
    return ticks / frequency * NS_PER_S + ticks % frequency * NS_PER_S / frequency;
}

static void set_alarm(uint64_t delay_ns)
{
    uint64_t frequency = CPU_READ(cntfrq_el0);

    CPU_WRITE(cntp_tval_el0,
              delay_ns / NS_PER_S * frequency + delay_ns % NS_PER_S * frequency / NS_PER_S + 1);
    CPU_WRITE(cntp_ctl_el0, CTL_ENABLE);
    cpu_isb();
}

/* Interrupts are masked between the question and the sleep, or an answer that comes in between would be slept over. */
bool timer_wait(bool (*done)(void *ctx), void *ctx, uint64_t timeout_ns, uint64_t step_ns)
{
    uint64_t start = timer_now_ns();
    bool result = done(ctx);

    while (!result && timer_now_ns() - start < timeout_ns) {
        cpu_mask_interrupts();
        result = done(ctx);
        if (!result) {
            set_alarm(step_ns);
            cpu_wait_for_interrupt();
        }
        cpu_unmask_interrupts();
        cpu_isb();
        result = result || done(ctx);
    }
    CPU_WRITE(cntp_ctl_el0, 0);
    return result;
}
