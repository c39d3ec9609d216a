/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Emulated physical memory: one mapping, cut into runs of pages and chunks of pages. */
#include "posix_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/*
 * ram and ram_base agree modulo this, so that what is aligned for the device is aligned for the
 * CPU.
 */
#define ARENA_ALIGN (UINT64_C(1) << 30)

static void *reserve(size_t size)
{
    void *ptr = mmap(NULL, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return ptr == MAP_FAILED ? NULL : ptr;
}

int arena_create(struct dms_posix *posix, uint64_t base, uint64_t size)
{
    uint32_t count = (uint32_t)(size >> PAGE_LG2);
    struct page *page = reserve(count * sizeof(*page));
    uint64_t skip;

    if (!page)
        return DMS_ENOMEM;
    posix->reserved_size = size + ARENA_ALIGN;
    posix->reserved = reserve(posix->reserved_size);
    if (!posix->reserved) {
        munmap(page, count * sizeof(*page));
        return DMS_ENOMEM;
    }
    skip = (base - (uintptr_t)posix->reserved) % ARENA_ALIGN;
    posix->ram = (unsigned char *)posix->reserved + skip;
    posix->ram_base = base;
    posix->ram_size = size;
    pages_init(&posix->pages, page, count, base >> PAGE_LG2);
    for (unsigned i = 0; i < CHUNK_CLASSES; i++)
        posix->chunk_head[i] = PAGE_NONE;
    pthread_mutex_init(&posix->lock, NULL);
    return 0;
}

void arena_destroy(struct dms_posix *posix)
{
    pthread_mutex_destroy(&posix->lock);
    munmap(posix->reserved, posix->reserved_size);
    munmap(posix->pages.page, posix->pages.count * sizeof(struct page));
}

/* 0 when the arena could never hold that much. */
static uint32_t pages_for(const struct dms_posix *posix, size_t size)
{
    return size > posix->ram_size ? 0 : (uint32_t)((size + DMS_POSIX_PAGE - 1) >> PAGE_LG2);
}

static void *chunk_of(struct dms_posix *posix, size_t size)
{
    unsigned size_lg2 = CHUNK_MIN_LG2;
    uint64_t offset;

    while ((size_t)1 << size_lg2 < size)
        size_lg2++;
    offset = chunk_alloc(posix, size_lg2);
    return offset == CHUNK_NONE ? NULL : posix->ram + offset;
}

void *arena_alloc(struct dms_posix *posix, size_t size, size_t align)
{
    size_t larger = size > align ? size : align;
    uint32_t length = pages_for(posix, size);
    uint32_t first;

    if (length == 0 || align > posix->ram_size)
        return NULL;
    if (larger <= DMS_POSIX_PAGE / 2)
        return chunk_of(posix, larger);
    first = run_alloc(posix, length, align > DMS_POSIX_PAGE ? (uint32_t)(align >> PAGE_LG2) : 1);
    return first == PAGE_NONE ? NULL : posix->ram + ((uint64_t)first << PAGE_LG2);
}

void arena_free(struct dms_posix *posix, void *ptr, size_t size)
{
    uint64_t offset = (uintptr_t)ptr - (uintptr_t)posix->ram;
    const struct page *page;

    if (offset >= posix->ram_size)
        posix_misuse("not from this arena", ptr, size);
    page = &posix->pages.page[offset >> PAGE_LG2];
    if (page->state == PAGE_CHUNKS) {
        chunk_free(posix, offset, size);
        return;
    }
    if (page->state != PAGE_RUN || offset % DMS_POSIX_PAGE != 0)
        posix_misuse("freed twice, or never allocated", ptr, size);
    if (page->length != pages_for(posix, size))
        posix_misuse("freed with another size", ptr, size);
    run_free(posix, (uint32_t)(offset >> PAGE_LG2), page->length);
}

_Noreturn void posix_misuse(const char *what, const void *ptr, size_t size)
{
    fprintf(stderr, "dmaspace: memory %p of %zu bytes: %s\n", ptr, size, what);
    abort();
}
