/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Exception vectors of EL1: interrupts are handled, everything else is reported and ends the run. */
#include "layout.h"

    .macro save
    sub     sp, sp, #FRAME_SIZE
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    mrs     x0, elr_el1
    stp     x30, x0, [sp, #240]
    mrs     x0, spsr_el1
    mrs     x1, esr_el1
    stp     x0, x1, [sp, #256]
    mrs     x0, far_el1
    str     x0, [sp, #272]
    .endm

    .macro fatal number
    .balign 128
    save
    mov     x0, sp
    mov     x1, #\number
    bl      exception_report
    .endm

    .text
    .balign 2048
    .global vectors
vectors:
    fatal   0
    fatal   1
    fatal   2
    fatal   3
    fatal   4
    .balign 128
    b       interrupt
    fatal   6
    fatal   7
    fatal   8
    fatal   9
    fatal   10
    fatal   11
    fatal   12
    fatal   13
    fatal   14
    fatal   15

/*
 * x20 to x27 are as they were: the C code keeps them (AAPCS64 6.1.1). It has no floating point
 * (-mgeneral-regs-only), so those registers stay as they are, too.
 */
interrupt:
    save
    bl      gic_handle
    ldp     x0, x1, [sp, #256]
    msr     spsr_el1, x0
    ldp     x30, x0, [sp, #240]
    msr     elr_el1, x0
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x28, x29, [sp, #224]
    add     sp, sp, #FRAME_SIZE
    eret
