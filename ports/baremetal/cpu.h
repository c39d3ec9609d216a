/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Instructions that C has no words for. */
#ifndef BAREMETAL_CPU_H
#define BAREMETAL_CPU_H

#include <stdint.h>

#define CPU_READ(name)                                                                             \
    __extension__({                                                                                \
        uint64_t cpu_value;                                                                        \
        __asm__ volatile("mrs %0, " #name : "=r"(cpu_value));                                      \
        cpu_value;                                                                                 \
    })
#define CPU_WRITE(name, value) __asm__ volatile("msr " #name ", %0" ::"r"((uint64_t)(value)))

#define CPU_DMB(kind)          __asm__ volatile("dmb " #kind ::: "memory")
#define CPU_DSB(kind)          __asm__ volatile("dsb " #kind ::: "memory")

static inline void cpu_isb(void)
{
    __asm__ volatile("isb" ::: "memory");
}

/* Sleeps until an interrupt is pending, masked or not. */
static inline void cpu_wait_for_interrupt(void)
{
    __asm__ volatile("dsb sy; wfi" ::: "memory");
}

static inline void cpu_yield(void)
{
    __asm__ volatile("yield" ::: "memory");
}

static inline void cpu_mask_interrupts(void)
{
    __asm__ volatile("msr daifset, #2" ::: "memory");
}

static inline void cpu_unmask_interrupts(void)
{
    __asm__ volatile("msr daifclr, #2" ::: "memory");
}

/* What a CPU finds at its thread pointer. A thread here is a CPU: nothing moves one from one to another. */
struct cpu_local {
    unsigned index;
    unsigned slot; /* of struct dms_port's thread_slot_offset: index + 1 */
};

/* 0 for the CPU that booted; the others have the number that cpu_start gave them. */
static inline unsigned cpu_index(void)
{
    return ((const struct cpu_local *)CPU_READ(tpidr_el0))->index;
}

/* Registers of devices. Accesses to Device memory keep their order; what memory holds is ordered by barriers. */
static inline uint32_t mmio_read32(uintptr_t address)
{
    return *(const volatile uint32_t *)address;
}

static inline void mmio_write32(uintptr_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

static inline void mmio_write64(uintptr_t address, uint64_t value)
{
    *(volatile uint64_t *)address = value;
}

#endif
