/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "memory.h"

#include "lock.h"

#include <dmaspace/error.h>

#define PAGE_LG2 12u
#define ORDERS   19u /* the largest piece has 2^18 pages: 1 GiB */

/* The smallest object has 64 bytes; objects of up to half a page share pages. */
#define SMALL_LG2 6u
#define SMALLS    (PAGE_LG2 - SMALL_LG2)

void *memset(void *dst, int byte, size_t size);

extern char image_start[], image_end[]; /* baremetal.ld */

/* A free piece, linked with those of its size. */
struct piece {
    struct piece *next;
    struct piece *prev; /* of whole pages only */
};

static spinlock_t lock;
/* A multiple of the largest piece, so that buddies are neighbours by address too. */
static uintptr_t base;
static uintptr_t ram_first, ram_last;
static struct piece *free_pages[ORDERS];
static struct piece *free_small[SMALLS];
/* For each page from base on: 1 + order of the free piece that begins there, or 0. */
static uint8_t *order_of;
static uint64_t live;

static unsigned ceil_lg2(size_t size)
{
    return size <= 1 ? 0 : 64 - (unsigned)__builtin_clzll(size - 1);
}

static void push(struct piece *piece, unsigned order)
{
    piece->prev = NULL;
    piece->next = free_pages[order];
    if (piece->next)
        piece->next->prev = piece;
    free_pages[order] = piece;
    order_of[((uintptr_t)piece - base) >> PAGE_LG2] = (uint8_t)(order + 1);
}

static void take(struct piece *piece, unsigned order)
{
    if (piece->prev)
        piece->prev->next = piece->next;
    else
        free_pages[order] = piece->next;
    if (piece->next)
        piece->next->prev = piece->prev;
    order_of[((uintptr_t)piece - base) >> PAGE_LG2] = 0;
}

static void *pages_alloc(unsigned order)
{
    unsigned at = order;
    struct piece *piece;

    while (at < ORDERS && !free_pages[at])
        at++;
    if (at >= ORDERS)
        return NULL;
    piece = free_pages[at];
    take(piece, at);
    while (at-- > order)
        push((struct piece *)((uintptr_t)piece + ((uintptr_t)1 << (at + PAGE_LG2))), at);
    return piece;
}

static bool is_free(uintptr_t piece, unsigned order)
{
    return piece >= ram_first && piece <= ram_last &&
           order_of[(piece - base) >> PAGE_LG2] == order + 1;
}

static void pages_free(uintptr_t piece, unsigned order)
{
    for (; order < ORDERS - 1; order++) {
        uintptr_t buddy = base + ((piece - base) ^ ((uintptr_t)1 << (order + PAGE_LG2)));

        if (!is_free(buddy, order))
            break;
        take((struct piece *)buddy, order);
        if (buddy < piece)
            piece = buddy;
    }
    push((struct piece *)piece, order);
}

/* index: objects of 2^(index + SMALL_LG2) bytes. Pages that became small objects stay so. */
static void *small_alloc(unsigned index)
{
    size_t size = (size_t)1 << (index + SMALL_LG2);
    struct piece *piece = free_small[index];

    if (!piece) {
        char *page = pages_alloc(0);

        for (size_t at = 0; page && at < (size_t)1 << PAGE_LG2; at += size) {
            struct piece *next = (struct piece *)(void *)(page + at);

            next->next = piece;
            piece = next;
        }
    }
    if (piece)
        free_small[index] = piece->next;
    return piece;
}

void memory_init(uintptr_t first, uintptr_t last)
{
    uintptr_t page = (uintptr_t)1 << PAGE_LG2;
    size_t map;

    first = (first + page - 1) & ~(page - 1);
    last = ((last + 1) & ~(page - 1)) - 1;
    base = first & ~(((uintptr_t)1 << (ORDERS - 1 + PAGE_LG2)) - 1);
    map = ((last - base) >> PAGE_LG2) + 1;
    order_of = (uint8_t *)first;
    memset(order_of, 0, map);
    ram_first = (first + map + page - 1) & ~(page - 1);
    ram_last = last;
    for (uintptr_t at = ram_first; at <= ram_last; at += page)
        pages_free(at, 0);
}

static void *counted(void *ptr, size_t size)
{
    live += ptr != NULL;
    spin_unlock(&lock);
    return ptr ? memset(ptr, 0, size) : NULL;
}

static unsigned small_index(size_t size)
{
    unsigned lg2 = ceil_lg2(size);

    return lg2 < SMALL_LG2 ? 0 : lg2 - SMALL_LG2;
}

static unsigned page_order(size_t size)
{
    unsigned lg2 = ceil_lg2(size);

    return lg2 < PAGE_LG2 ? 0 : lg2 - PAGE_LG2;
}

void *memory_alloc(size_t size)
{
    unsigned index = small_index(size);

    if (index >= SMALLS)
        return memory_alloc_pages(size, 1);
    spin_lock(&lock);
    return counted(small_alloc(index), size);
}

void memory_free(void *ptr, size_t size)
{
    unsigned index = small_index(size);
    struct piece *piece = ptr;

    if (index >= SMALLS) {
        memory_free_pages(ptr, size);
        return;
    }
    spin_lock(&lock);
    piece->next = free_small[index];
    free_small[index] = piece;
    live--;
    spin_unlock(&lock);
}

/* A piece is aligned to its size. One that had to be larger for that gives its upper halves back. */
void *memory_alloc_pages(size_t size, size_t align)
{
    unsigned order = page_order(size);
    unsigned aligned = page_order(align > size ? align : size);
    char *ptr;

    spin_lock(&lock);
    ptr = pages_alloc(aligned);
    while (ptr && aligned-- > order)
        push((struct piece *)(void *)(ptr + ((size_t)1 << (aligned + PAGE_LG2))), aligned);
    return counted(ptr, size);
}

void memory_free_pages(void *ptr, size_t size)
{
    spin_lock(&lock);
    pages_free((uintptr_t)ptr, page_order(size));
    live--;
    spin_unlock(&lock);
}

uint64_t memory_live(void)
{
    uint64_t count;

    spin_lock(&lock);
    count = live;
    spin_unlock(&lock);
    return count;
}

int memory_phys(void *ctx, const void *ptr, size_t size, dms_phys_t *phys, size_t *run)
{
    uintptr_t at = (uintptr_t)ptr;
    size_t left = ram_last - at;

    (void)ctx;
    if (left > ram_last - (uintptr_t)image_start)
        return DMS_EFAULT;
    phys->addr = at;
    *run = size <= left ? size : left + 1;
    return 0;
}
