/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Numbers that assembly and C share. */
#ifndef BAREMETAL_LAYOUT_H
#define BAREMETAL_LAYOUT_H

#define CPU_MAX   4
#define CPU_STACK 65536

/* The memory that the identity map makes cacheable: one block of 1 GiB. The rest is Device memory. */
#define RAM_MAPPED_FIRST 0x40000000
#define RAM_MAPPED_LAST  0x7fffffff

/* Registers that vectors.S saves, and their place in struct exception_frame. */
#define FRAME_SIZE 288

#endif
