/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pages.h"

void page_list_push(struct pages *pages, uint32_t *head, uint32_t index)
{
    pages->page[index].next = *head;
    pages->page[index].prev = PAGE_NONE;
    if (*head != PAGE_NONE)
        pages->page[*head].prev = index;
    *head = index;
}

void page_list_remove(struct pages *pages, uint32_t *head, uint32_t index)
{
    const struct page *page = &pages->page[index];

    if (page->next != PAGE_NONE)
        pages->page[page->next].prev = page->prev;
    if (page->prev != PAGE_NONE)
        pages->page[page->prev].next = page->next;
    else
        *head = page->next;
}

static void block_insert(struct pages *pages, uint32_t index, unsigned order)
{
    pages->page[index].state = PAGE_FREE;
    pages->page[index].order = (uint8_t)order;
    page_list_push(pages, &pages->head[order], index);
    pages->orders |= 1u << order;
    pages->free_count += 1u << order;
}

static void block_remove(struct pages *pages, uint32_t index)
{
    unsigned order = pages->page[index].order;

    page_list_remove(pages, &pages->head[order], index);
    if (pages->head[order] == PAGE_NONE)
        pages->orders &= ~(1u << order);
    pages->page[index].state = PAGE_INSIDE;
    pages->free_count -= 1u << order;
}

/* The block's other half one order up, or PAGE_NONE when that is not wholly free. */
static uint32_t free_buddy(const struct pages *pages, uint32_t index, unsigned order)
{
    uint64_t frame = (pages->first_frame + index) ^ (UINT64_C(1) << order);
    uint64_t buddy = frame - pages->first_frame;

    if (frame < pages->first_frame || buddy + (UINT64_C(1) << order) > pages->count)
        return PAGE_NONE;
    if (pages->page[buddy].state != PAGE_FREE || pages->page[buddy].order != order)
        return PAGE_NONE;
    return (uint32_t)buddy;
}

static void block_free(struct pages *pages, uint32_t index, unsigned order)
{
    while (order + 1 < PAGE_ORDERS) {
        uint32_t buddy = free_buddy(pages, index, order);

        if (buddy == PAGE_NONE)
            break;
        block_remove(pages, buddy);
        index = buddy < index ? buddy : index;
        order++;
    }
    block_insert(pages, index, order);
}

/* The largest order with which a block can begin at `index` and not be longer than `length`. */
static unsigned order_at(const struct pages *pages, uint32_t index, uint32_t length)
{
    uint64_t frame = pages->first_frame + index;
    unsigned fits = 31 - (unsigned)__builtin_clz(length);
    unsigned aligned = frame == 0 ? PAGE_ORDERS - 1 : (unsigned)__builtin_ctzll(frame);
    unsigned order = fits < aligned ? fits : aligned;

    return order < PAGE_ORDERS ? order : PAGE_ORDERS - 1;
}

static void free_range(struct pages *pages, uint32_t index, uint32_t length)
{
    while (length > 0) {
        unsigned order = order_at(pages, index, length);

        block_free(pages, index, order);
        index += 1u << order;
        length -= 1u << order;
    }
}

void pages_init(struct pages *pages, struct page *page, uint32_t count, uint64_t first_frame)
{
    *pages = (struct pages){.page = page, .count = count, .first_frame = first_frame};
    for (unsigned order = 0; order < PAGE_ORDERS; order++)
        pages->head[order] = PAGE_NONE;
    free_range(pages, 0, count);
}

/* From the smallest block of at least 2^order pages. */
static uint32_t take_block(struct pages *pages, uint32_t length, unsigned order)
{
    uint32_t usable = order < PAGE_ORDERS ? pages->orders & (~0u << order) : 0;
    uint32_t index;

    if (usable == 0)
        return PAGE_NONE;
    index = pages->head[__builtin_ctz(usable)];
    unsigned have = pages->page[index].order;

    block_remove(pages, index);
    while (have > order) {
        have--;
        block_insert(pages, index + (1u << have), have);
    }
    free_range(pages, index + length, (1u << order) - length);
    return index;
}

/*
 * Takes [first, first + length), which is free; start is the first page of the free block that
 * holds `first`.
 */
static uint32_t carve(struct pages *pages, uint32_t start, uint32_t first, uint32_t length)
{
    uint32_t end = start;

    while (end < first + length) {
        uint32_t index = end;

        end += 1u << pages->page[index].order;
        if (end > first)
            block_remove(pages, index);
        else
            start = end;
    }
    free_range(pages, start, first - start);
    free_range(pages, first + length, end - first - length);
    return first;
}

/* First fit over neighbouring blocks: slow, and the last resort of a crowded arena. */
static uint32_t take_neighbours(struct pages *pages, uint32_t length, uint32_t align)
{
    uint64_t mask = (uint64_t)align - 1;
    uint32_t start = 0;
    uint32_t index = 0;

    while (index < pages->count) {
        if (pages->page[index].state != PAGE_FREE) {
            start = ++index;
            continue;
        }
        uint64_t frame = (pages->first_frame + start + mask) & ~mask;
        uint64_t first = frame - pages->first_frame;

        index += 1u << pages->page[index].order;
        if (first + length <= index)
            return carve(pages, start, (uint32_t)first, length);
    }
    return PAGE_NONE;
}

static unsigned order_for(uint32_t length)
{
    return length == 1 ? 0 : 32 - (unsigned)__builtin_clz(length - 1);
}

uint32_t pages_alloc(struct pages *pages, uint32_t length, uint32_t align)
{
    uint32_t index;

    if (length > pages->free_count)
        return PAGE_NONE;
    index = take_block(pages, length, order_for(length > align ? length : align));
    if (index == PAGE_NONE)
        index = take_neighbours(pages, length, align);
    if (index == PAGE_NONE)
        return PAGE_NONE;
    pages->page[index].state = PAGE_RUN;
    pages->page[index].length = length;
    return index;
}

void pages_free(struct pages *pages, uint32_t first)
{
    pages->page[first].state = PAGE_INSIDE;
    free_range(pages, first, pages->page[first].length);
}
