/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef PEER_LINUX_ATOMIC_H
#define PEER_LINUX_ATOMIC_H

#define cmpxchg64_relaxed(ptr, old, new) __sync_val_compare_and_swap(ptr, old, new)

#endif
