/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * x86: stores are ordered already; wmb() costs what it costs there. The port of the benchmark does
 * the same.
 */
#ifndef PEER_ASM_BARRIER_H
#define PEER_ASM_BARRIER_H

#if defined(__x86_64__)
#define dma_wmb() __asm__ volatile("" ::: "memory")
#define wmb()     __asm__ volatile("sfence" ::: "memory")
#else
#define dma_wmb() __atomic_thread_fence(__ATOMIC_RELEASE)
#define wmb()     __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif

#endif
