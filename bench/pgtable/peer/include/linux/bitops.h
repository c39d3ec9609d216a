/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef PEER_LINUX_BITOPS_H
#define PEER_LINUX_BITOPS_H

#include <linux/kernel.h>

#define BIT(n)              (1ul << (n))
#define GENMASK_ULL(hi, lo) ((~0ull >> (63 - (hi))) & (~0ull << (lo)))
#define ilog2(x)            (63 - __builtin_clzll(x))
#define __ffs(x)            ((unsigned long)__builtin_ctzl(x))
#define __fls(x)            ((unsigned long)(63 - __builtin_clzl(x)))

#endif
