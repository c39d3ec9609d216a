/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef PEER_LINUX_KERNEL_H
#define PEER_LINUX_KERNEL_H

#include <linux/types.h>

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
#define likely(x)                       __builtin_expect(!!(x), 1)
#define unlikely(x)                     __builtin_expect(!!(x), 0)

/* A warning is a bug of the benchmark. */
#define WARN_ON(x)                                                                                 \
    ({                                                                                             \
        bool failed = (x);                                                                         \
                                                                                                   \
        if (unlikely(failed))                                                                      \
            abort();                                                                               \
        failed;                                                                                    \
    })
#define VM_BUG_ON(x)       ((void)(x))

#define min(a, b)          ((a) < (b) ? (a) : (b))
#define min_t(type, a, b)  ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define READ_ONCE(x)       (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)   (*(volatile __typeof__(x) *)&(x) = (v))

#endif
