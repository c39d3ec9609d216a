/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Tables smaller than a page: pages cut into equal chunks, each page with a bitmap of what is free.
 */
#include "posix_internal.h"

static uint64_t all_chunks(unsigned size_lg2)
{
    unsigned count = 1u << (PAGE_LG2 - size_lg2);

    return ~UINT64_C(0) >> (64 - count);
}

/* Called with the lock held. */
static uint32_t page_with_chunk(struct dms_posix *posix, unsigned size_lg2)
{
    uint32_t *head = &posix->chunk_head[size_lg2 - CHUNK_MIN_LG2];
    uint32_t index = *head;

    if (index != PAGE_NONE)
        return index;
    index = pages_alloc(&posix->pages, 1, 1);
    if (index == PAGE_NONE)
        return PAGE_NONE;
    posix->pages.page[index].state = PAGE_CHUNKS;
    posix->pages.page[index].order = (uint8_t)size_lg2;
    posix->pages.page[index].free_chunks = all_chunks(size_lg2);
    page_list_push(&posix->pages, head, index);
    return index;
}

uint64_t chunk_alloc(struct dms_posix *posix, unsigned size_lg2)
{
    uint64_t offset = CHUNK_NONE;
    uint32_t index;

    pthread_mutex_lock(&posix->lock);
    index = page_with_chunk(posix, size_lg2);
    if (index != PAGE_NONE) {
        struct page *page = &posix->pages.page[index];
        unsigned chunk = (unsigned)__builtin_ctzll(page->free_chunks);

        page->free_chunks &= page->free_chunks - 1;
        if (page->free_chunks == 0)
            page_list_remove(&posix->pages, &posix->chunk_head[size_lg2 - CHUNK_MIN_LG2], index);
        offset = ((uint64_t)index << PAGE_LG2) + ((uint64_t)chunk << size_lg2);
    }
    pthread_mutex_unlock(&posix->lock);
    return offset;
}

/*
 * Called with the lock held; the chunk is marked free already, `before` is the bitmap from before
 * that.
 */
static void page_after_free(struct dms_posix *posix, uint32_t index, uint64_t before)
{
    struct page *page = &posix->pages.page[index];
    uint32_t *head = &posix->chunk_head[page->order - CHUNK_MIN_LG2];

    if (before == 0)
        page_list_push(&posix->pages, head, index);
    if (page->free_chunks == all_chunks(page->order)) {
        page_list_remove(&posix->pages, head, index);
        page->state = PAGE_RUN;
        page->length = 1;
        pages_free(&posix->pages, index);
    }
}

void chunk_free(struct dms_posix *posix, uint64_t offset, size_t size)
{
    uint32_t index = (uint32_t)(offset >> PAGE_LG2);
    struct page *page = &posix->pages.page[index];
    uint64_t inside = offset & ((1u << PAGE_LG2) - 1);
    uint64_t bit, before;

    pthread_mutex_lock(&posix->lock);
    bit = UINT64_C(1) << (inside >> page->order);
    before = page->free_chunks;
    if ((inside & ((1u << page->order) - 1)) != 0 || size > 1u << page->order || (before & bit))
        posix_misuse("freed twice, or never allocated", posix->ram + offset, size);
    page->free_chunks |= bit;
    page_after_free(posix, index, before);
    pthread_mutex_unlock(&posix->lock);
}
