/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Linux's allocator as an impl. PEER_RBTREE and PEER_IOVA are its files, included here unmodified. */
#include "shim.h"

#include PEER_RBTREE
#include PEER_IOVA

_Thread_local unsigned shim_cpu;
_Atomic uint64_t shim_bytes;

void *shim_alloc(size_t size)
{
    void *ptr = NULL;

    if (posix_memalign(&ptr, 64, size))
        return NULL;
    atomic_fetch_add_explicit(&shim_bytes, size, memory_order_relaxed);
    return memset(ptr, 0, size);
}

void shim_free(void *ptr, size_t size)
{
    if (ptr)
        atomic_fetch_sub_explicit(&shim_bytes, size, memory_order_relaxed);
    free(ptr);
}

void *kzalloc(size_t size, gfp_t flags)
{
    struct shim_sized *head = shim_alloc(sizeof(*head) + size);

    (void)flags;
    if (!head)
        return NULL;
    head->size = size;
    atomic_fetch_sub_explicit(&shim_bytes, sizeof(*head), memory_order_relaxed);
    return head + 1;
}

void *kcalloc(size_t count, size_t size, gfp_t flags)
{
    return kzalloc(count * size, flags);
}

void kfree(const void *ptr)
{
    struct shim_sized *head = (struct shim_sized *)ptr - 1;

    if (!ptr)
        return;
    atomic_fetch_sub_explicit(&shim_bytes, head->size, memory_order_relaxed);
    free(head);
}

/* One cache only, of struct iova: 64 bytes with SLAB_HWCACHE_ALIGN. Free objects stay with the thread. */
#define OBJECT     64u
#define SLAB_CHUNK (OBJECT * 1024u)

struct object {
    struct object *next;
};

static _Thread_local struct object *free_objects;
static _Thread_local char *chunk_at, *chunk_end;
static _Thread_local int64_t objects_held; /* allocated minus freed on this thread */

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align, unsigned flags,
                                     void (*ctor)(void *))
{
    (void)name, (void)align, (void)flags, (void)ctor;
    if (size > OBJECT)
        abort();
    return (struct kmem_cache *)&shim_bytes;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
    (void)cache;
}

void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t flags)
{
    struct object *object = free_objects;

    (void)cache, (void)flags;
    objects_held++;
    if (object) {
        free_objects = object->next;
    } else {
        if (chunk_at == chunk_end) {
            chunk_at = aligned_alloc(64, SLAB_CHUNK);
            chunk_end = chunk_at + SLAB_CHUNK;
        }
        object = (struct object *)chunk_at;
        chunk_at += OBJECT;
    }
    return memset(object, 0, sizeof(struct iova));
}

void kmem_cache_free(struct kmem_cache *cache, void *ptr)
{
    struct object *object = ptr;

    (void)cache;
    objects_held--;
    object->next = free_objects;
    free_objects = object;
}

/* ---- the impl ---- */
struct domain {
    struct iova_domain iovad;
    uint64_t limit;
    uint64_t bytes_before;
    int64_t objects_before;
};

static void *peer_create(uint64_t limit, unsigned flags)
{
    struct domain *domain = calloc(1, sizeof(*domain));

    (void)flags;
    if (!domain || iova_cache_get())
        abort();
    domain->limit = limit;
    domain->bytes_before = shim_bytes;
    domain->objects_before = objects_held;
    init_iova_domain(&domain->iovad, 4096, 1);
    if (iova_domain_init_rcaches(&domain->iovad))
        abort();
    return domain;
}

static void peer_destroy(void *ptr)
{
    struct domain *domain = ptr;

    put_iova_domain(&domain->iovad);
    iova_cache_put();
    free(domain);
}

static uint64_t peer_alloc(void *ptr, uint64_t pages)
{
    struct domain *domain = ptr;

    return alloc_iova_fast(&domain->iovad, pages, domain->limit - 1, true);
}

static uint64_t peer_pack(void *ptr, uint64_t pages)
{
    struct domain *domain = ptr;
    struct iova *iova = alloc_iova(&domain->iovad, pages, domain->limit - 1, false);

    return iova ? iova->pfn_lo : 0;
}

static void peer_free(void *ptr, uint64_t page, uint64_t pages)
{
    struct domain *domain = ptr;

    free_iova_fast(&domain->iovad, page, pages);
}

static void peer_reserve(void *ptr, uint64_t page, uint64_t pages)
{
    struct domain *domain = ptr;

    reserve_iova(&domain->iovad, page, page + pages - 1);
}

static void peer_unreserve(void *ptr, uint64_t page, uint64_t pages)
{
    struct domain *domain = ptr;

    (void)pages;
    free_iova(&domain->iovad, page);
}

static void peer_enter(unsigned thread)
{
    shim_cpu = thread;
}

static void peer_gaps(void *ptr, uint64_t *longest, uint64_t *free_pages)
{
    struct domain *domain = ptr;
    uint64_t next = 1;
    unsigned cpu;

    for_each_online_cpu(cpu) free_cpu_cached_iovas(cpu, &domain->iovad);
    free_global_cached_iovas(&domain->iovad);
    *longest = *free_pages = 0;
    for (struct rb_node *node = rb_first(&domain->iovad.rbroot); node; node = rb_next(node)) {
        uint64_t lo = to_iova(node)->pfn_lo < domain->limit ? to_iova(node)->pfn_lo : domain->limit;

        if (lo - next > *longest)
            *longest = lo - next;
        *free_pages += lo - next;
        next = to_iova(node)->pfn_hi + 1;
    }
}

static uint64_t peer_memory(void *ptr)
{
    struct domain *domain = ptr;

    return shim_bytes - domain->bytes_before +
           (uint64_t)(objects_held - domain->objects_before) * OBJECT + sizeof(domain->iovad);
}

__attribute__((visibility("default"))) const struct iova_impl peer_impl = {
    .name = "linux",
    .create = peer_create,
    .destroy = peer_destroy,
    .alloc = peer_alloc,
    .free = peer_free,
    .pack = peer_pack,
    .reserve = peer_reserve,
    .unreserve = peer_unreserve,
    .enter = peer_enter,
    .gaps = peer_gaps,
    .memory = peer_memory,
};
