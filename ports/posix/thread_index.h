/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A small number for each thread of the process, given at first use and taken back when the thread
 * ends.
 */
#ifndef POSIX_THREAD_INDEX_H
#define POSIX_THREAD_INDEX_H

#include <stddef.h>

#define THREAD_INDEX_MAX  256u
#define THREAD_INDEX_NONE (~0u)

/* Below THREAD_INDEX_MAX, or THREAD_INDEX_NONE while that many other threads have one. */
unsigned thread_index(void);

/* Where each thread keeps its index + 1 (0: none yet), in bytes from its thread pointer. */
ptrdiff_t thread_index_offset(void);

#endif
