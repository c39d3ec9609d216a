/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#define _DEFAULT_SOURCE /* syscall */

#include "host.h"

#include <limits.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Slot + 1; at one distance from every thread's pointer. */
static _Thread_local unsigned my_number __attribute__((tls_model("initial-exec")));

static void *host_alloc(void *ctx, size_t size)
{
    struct host *host = ctx;

    if (atomic_fetch_add(&host->allocs, 1) + 1 == host->fail_at)
        return NULL;
    atomic_fetch_add(&host->live_bytes, size);
    return calloc(1, size);
}

static void host_free(void *ctx, void *ptr, size_t size)
{
    struct host *host = ctx;

    atomic_fetch_sub(&host->live_bytes, size);
    free(ptr);
}

_Static_assert(sizeof(pthread_mutex_t) <= sizeof(dms_lock_t), "a mutex fits into a lock");

static void host_lock_init(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    pthread_mutex_init((pthread_mutex_t *)lock, NULL);
}

static void host_lock_fini(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    pthread_mutex_destroy((pthread_mutex_t *)lock);
}

static void host_lock(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    pthread_mutex_lock((pthread_mutex_t *)lock);
}

static void host_unlock(void *ctx, dms_lock_t *lock)
{
    (void)ctx;
    pthread_mutex_unlock((pthread_mutex_t *)lock);
}

static unsigned host_thread_slot(void *ctx)
{
    struct host *host = ctx;

    if (atomic_fetch_add(&host->slot_calls, 1) + 1 == host->no_slot_at)
        return UINT_MAX;
    return my_number - 1;
}

static bool membarrier_register(void)
{
    return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

static void host_fence_all(void *ctx)
{
    (void)ctx;
    if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0))
        abort();
}

void host_init(struct host *host, unsigned thread_slots, enum host_threads threads)
{
    memset(host, 0, sizeof(*host));
    host->port = (struct dms_port){
        .ctx = host,
        .alloc = host_alloc,
        .free = host_free,
        .lock_init = host_lock_init,
        .lock_fini = host_lock_fini,
        .lock = host_lock,
        .unlock = host_unlock,
        .thread_slot = host_thread_slot,
        .thread_slots = thread_slots,
        .fence_all = threads >= HOST_FENCES && membarrier_register() ? host_fence_all : NULL,
    };
    if (threads == HOST_SHOWS)
        host->port.thread_slot_offset =
            (const char *)&my_number - (const char *)__builtin_thread_pointer();
}

void host_set_slot(unsigned slot)
{
    my_number = slot + 1;
}

uint64_t rnd(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * UINT64_C(0x2545f4914f6cdd1d);
}

uint64_t rnd_below(uint64_t *state, uint64_t limit)
{
    return (rnd(state) >> 11) % limit;
}

uint64_t seed_from_env(uint64_t otherwise)
{
    const char *text = getenv("DMS_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 0) : otherwise;

    return seed ? seed : 1;
}
