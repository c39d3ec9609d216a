/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Which pages of the arena are free: a buddy system whose bookkeeping lies outside the arena, so
 * that whatever an emulated device scribbles there cannot break it. Blocks are aligned by physical
 * address. No lock of its own.
 */
#ifndef POSIX_PAGES_H
#define POSIX_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_LG2    12
#define PAGE_ORDERS 27 /* blocks of 1 .. 2^26 pages: 256 GiB */
#define PAGE_NONE   UINT32_MAX

enum page_state {
    PAGE_INSIDE = 0, /* not the first page of anything */
    PAGE_FREE,       /* first page of a free block of 2^order pages */
    PAGE_RUN,        /* first page of an allocated run of `length` pages */
    PAGE_CHUNKS,     /* cut into chunks of 2^order bytes */
};

/* Pages are numbered from the start of the arena. */
struct page {
    uint8_t state;
    uint8_t order;
    uint32_t next; /* PAGE_FREE, PAGE_CHUNKS: list links */
    uint32_t prev;
    union {
        uint32_t length;      /* PAGE_RUN */
        uint64_t free_chunks; /* PAGE_CHUNKS: bit n set: chunk n is free */
    };
};

struct pages {
    struct page *page; /* count of them */
    uint32_t count;
    uint32_t free_count;
    uint64_t first_frame; /* physical address of page 0, in pages */
    uint32_t head[PAGE_ORDERS];
    uint32_t orders; /* bit n set: head[n] is not PAGE_NONE */
};

/* page: count entries, all zero. */
void pages_init(struct pages *pages, struct page *page, uint32_t count, uint64_t first_frame);

/*
 * A run of `length` pages at a multiple of `align` pages (a power of two), as PAGE_RUN. PAGE_NONE:
 * there is none.
 */
uint32_t pages_alloc(struct pages *pages, uint32_t length, uint32_t align);

/* first is a PAGE_RUN. */
void pages_free(struct pages *pages, uint32_t first);

/* Doubly linked lists through struct page; *head is PAGE_NONE when empty. */
void page_list_push(struct pages *pages, uint32_t *head, uint32_t index);
void page_list_remove(struct pages *pages, uint32_t *head, uint32_t index);

#endif
