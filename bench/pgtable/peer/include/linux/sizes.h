/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef PEER_LINUX_SIZES_H
#define PEER_LINUX_SIZES_H

#define SZ_4K     0x1000
#define SZ_16K    0x4000
#define SZ_64K    0x10000
#define SZ_2M     0x200000
#define SZ_32M    0x2000000
#define SZ_512M   0x20000000
#define SZ_1G     0x40000000

#define PAGE_SIZE 4096ul
#define PAGE_MASK (~(PAGE_SIZE - 1))

#endif
