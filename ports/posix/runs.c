/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Whole pages: from the calling thread's cache where it can, from the shared buddy system where it
 * must.
 */
#include "posix_internal.h"

static unsigned cache_limit(unsigned order)
{
    return order == 0 ? CACHE_SINGLES : CACHE_LARGER;
}

/*
 * The order of a run that caches take: a power of two long, and aligned to its length. Or
 * CACHE_ORDERS.
 */
static unsigned cache_order(uint32_t length)
{
    unsigned order = (unsigned)__builtin_ctz(length);

    return (length & (length - 1)) == 0 && order < CACHE_ORDERS ? order : CACHE_ORDERS;
}

static bool is_natural(const struct dms_posix *posix, uint32_t first, uint32_t length)
{
    return ((posix->pages.first_frame + first) & (length - 1)) == 0;
}

static void shared_free(struct dms_posix *posix, uint32_t first)
{
    pthread_mutex_lock(&posix->lock);
    pages_free(&posix->pages, first);
    pthread_mutex_unlock(&posix->lock);
}

static uint32_t shared_alloc(struct dms_posix *posix, uint32_t length, uint32_t align)
{
    uint32_t first;

    pthread_mutex_lock(&posix->lock);
    first = pages_alloc(&posix->pages, length, align);
    pthread_mutex_unlock(&posix->lock);
    return first;
}

/* What the thread hoards may be what is missing. */
static void cache_flush(struct dms_posix *posix, struct run_cache *cache)
{
    for (unsigned order = 0; order < CACHE_ORDERS; order++) {
        while (cache->count[order] > 0)
            shared_free(posix, cache->run[order][--cache->count[order]]);
    }
}

uint32_t run_alloc(struct dms_posix *posix, uint32_t length, uint32_t align)
{
    struct slot *slot = slot_mine(posix);
    unsigned order = align <= length ? cache_order(length) : CACHE_ORDERS;
    uint32_t first;

    if (slot && order < CACHE_ORDERS && slot->cache.count[order] > 0)
        return slot->cache.run[order][--slot->cache.count[order]];
    first = shared_alloc(posix, length, align);
    if (first == PAGE_NONE && slot) {
        cache_flush(posix, &slot->cache);
        first = shared_alloc(posix, length, align);
    }
    return first;
}

static bool is_cached(const struct run_cache *cache, unsigned order, uint32_t first)
{
    for (unsigned i = 0; i < cache->count[order]; i++) {
        if (cache->run[order][i] == first)
            return true;
    }
    return false;
}

void run_free(struct dms_posix *posix, uint32_t first, uint32_t length)
{
    struct slot *slot = slot_mine(posix);
    unsigned order = cache_order(length);

    if (!slot || order == CACHE_ORDERS || !is_natural(posix, first, length)) {
        shared_free(posix, first);
        return;
    }
    if (is_cached(&slot->cache, order, first))
        posix_misuse("freed twice", posix->ram + ((uint64_t)first << PAGE_LG2), length);
    if (slot->cache.count[order] == cache_limit(order)) {
        shared_free(posix, first);
        return;
    }
    slot->cache.run[order][slot->cache.count[order]++] = first;
}
