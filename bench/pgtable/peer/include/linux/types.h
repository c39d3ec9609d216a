/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the kernel's headers would give io-pgtable-arm.c, in user space and from scratch. */
#ifndef PEER_LINUX_TYPES_H
#define PEER_LINUX_TYPES_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef uint64_t u64;
typedef uint32_t u32;
typedef int64_t s64;
typedef u64 phys_addr_t;
typedef u64 dma_addr_t;
typedef unsigned gfp_t;

#define __GFP_ZERO    1u
#define __GFP_HIGHMEM 2u
#define GFP_KERNEL    0u
#define GFP_ATOMIC    0u

#endif
