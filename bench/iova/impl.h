/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* An allocator under measurement. All in pages of 4 KiB; page 0 is never handed out. */
#ifndef BENCH_IOVA_IMPL_H
#define BENCH_IOVA_IMPL_H

#include <stdint.h>

#define BENCH_THREADS 2u

enum impl_flag {
    IMPL_ALIGNED =
        1u
        << 0, /* every range aligned to its size rounded up to a power of two (the peer always does) */
    IMPL_BEST_FIT = 1u << 1,  /* ours only */
    IMPL_BARE = 1u << 2,      /* without caches; ours only */
    IMPL_BOTTOM_UP = 1u << 3, /* ours only */
    IMPL_LOW32 = 1u << 4,     /* ours only */
};

struct iova_impl {
    const char *name;
    /* A domain of pages 1..limit - 1. */
    void *(*create)(uint64_t limit, unsigned flags);
    void (*destroy)(void *domain);
    /* The first page; 0: refused. A refusal has flushed the caches. */
    uint64_t (*alloc)(void *domain, uint64_t pages);
    void (*free)(void *domain, uint64_t page, uint64_t pages);
    /* Like alloc, but not aligned, and past the caches: to build a layout. */
    uint64_t (*pack)(void *domain, uint64_t pages);
    void (*reserve)(void *domain, uint64_t page, uint64_t pages);
    void (*unreserve)(void *domain, uint64_t page, uint64_t pages);
    /* Before the first call on a thread: its number, below BENCH_THREADS. */
    void (*enter)(unsigned thread);
    /* With empty caches: the longest gap, and all that is free. In pages. */
    void (*gaps)(void *domain, uint64_t *longest, uint64_t *free_pages);
    /* Bytes held for the domain, now. */
    uint64_t (*memory)(void *domain);
    /* Tree nodes read so far; NULL: it does not count. */
    uint64_t (*visited)(void *domain);
};

extern const struct iova_impl ours_impl;

#endif
