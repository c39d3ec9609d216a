/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * From reset to C. The image is entered as the arm64 boot protocol says (Documentation/arch/arm64/booting.rst): x0 is
 * the device tree, MMU off, EL1. The first thing is an identity map, since with the MMU off all memory is Device
 * memory: atomics are not sure to work there, nor is memory then coherent with masters that snoop caches.
 */
#include "layout.h"

    .macro  adr_l reg, symbol
    adrp    \reg, \symbol
    add     \reg, \reg, :lo12:\symbol
    .endm

/* VMSAv8-64, 4 KiB granule, 39 bits: one table of 1 GiB blocks. */
#define BLOCK         1
#define BLOCK_AF      (1 << 10)
#define BLOCK_INNER   (3 << 8)
#define BLOCK_ATTR(n) ((n) << 2)
#define BLOCK_NOEXEC  (3 << 53) /* UXN, PXN */
#define NORMAL        (BLOCK | BLOCK_AF | BLOCK_INNER | BLOCK_ATTR(0))
#define DEVICE        (BLOCK | BLOCK_AF | BLOCK_ATTR(1) | BLOCK_NOEXEC)

#define MAIR 0x04ff       /* 0: write-back, 1: Device-nGnRE */
#define TCR  0x0000000200803519 /* T0SZ 25, walks write-back inner shareable, no TTBR1, 40 bits out */

#define SCTLR 0x30d0180d /* RES1, and I, SA, C, M */
#define CPACR_FPEN (3 << 20)

    .section .head, "ax"
    .global image_start
image_start:
    b       first_cpu
    .long   0
    .quad   0x80000         /* text_offset */
    .quad   0               /* image_size: unknown */
    .quad   0               /* flags: little-endian */
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

    .text
first_cpu:
    mov     x20, x0
    bl      cpu_setup
    adr_l   x1, stacks
    add     sp, x1, #CPU_STACK
    adr_l   x1, bss_start
    adr_l   x2, bss_end
1:  cmp     x1, x2
    b.hs    2f
    stp     xzr, xzr, [x1], #16
    b       1b
2:  mov     x0, x20
    bl      first_cpu_main
    b       exit_with

/* PSCI CPU_ON: x0 is what the caller gave, the CPU's index. */
    .global next_cpu
next_cpu:
    mov     x20, x0
    bl      cpu_setup
    adr_l   x1, stacks
    add     x2, x20, #1
    mov     x3, #CPU_STACK
    madd    x1, x2, x3, x1
    mov     sp, x1
    mov     x0, x20
    bl      cpu_main
3:  wfi
    b       3b

/* Leaf. Nothing is stored before caches are on. */
cpu_setup:
    adr_l   x1, vectors
    msr     vbar_el1, x1
    mov     x1, #CPACR_FPEN
    msr     cpacr_el1, x1
    ldr     x1, =MAIR
    msr     mair_el1, x1
    ldr     x1, =TCR
    msr     tcr_el1, x1
    adr_l   x1, identity
    msr     ttbr0_el1, x1
    isb
    tlbi    vmalle1
    dsb     nsh
    ic      iallu
    isb
    ldr     x1, =SCTLR
    msr     sctlr_el1, x1
    isb
    ret

    .data
    .balign 4096
identity:
    .quad   DEVICE
    .quad   NORMAL + RAM_MAPPED_FIRST
    .set    at, 2
    .rept   510
    .quad   DEVICE + (at << 30)
    .set    at, at + 1
    .endr

    .section .stacks, "aw", %nobits
    .balign 4096
stacks:
    .space  CPU_STACK * CPU_MAX
