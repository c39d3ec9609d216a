/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Table pages are aligned heap memory; physical addresses are linear in it, as the kernel's are. */
#ifndef PEER_LINUX_SLAB_H
#define PEER_LINUX_SLAB_H

#include <linux/kernel.h>
#include <linux/sizes.h>

#include <string.h>

struct page;

extern u64 peer_phys_offset;

static inline u64 virt_to_phys(const void *ptr)
{
    return (u64)(uintptr_t)ptr - peer_phys_offset;
}

static inline void *peer_virt(u64 phys)
{
    return (void *)(uintptr_t)(phys + peer_phys_offset);
}

#define __pa(ptr)  virt_to_phys(ptr)
#define __va(phys) peer_virt(phys)

static inline int get_order(size_t size)
{
    return size <= PAGE_SIZE ? 0 : 64 - __builtin_clzl((size - 1) / PAGE_SIZE);
}

static inline struct page *alloc_pages_node(int node, gfp_t gfp, int order)
{
    void *pages = aligned_alloc(PAGE_SIZE << order, PAGE_SIZE << order);

    (void)node;
    if (pages && (gfp & __GFP_ZERO))
        memset(pages, 0, PAGE_SIZE << order);
    return pages;
}

#define page_address(page)        ((void *)(page))
#define __free_pages(page, order) ((void)(order), free(page))
#define free_pages(addr, order)   ((void)(order), free((void *)(addr)))
#define kmalloc(size, gfp)        malloc(size)
#define kfree(ptr)                free(ptr)

#endif
