/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "thread_index.h"

#include <pthread.h>
#include <stdint.h>

/* The lock orders the last use of a number by one thread before its first use by the next. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t taken[THREAD_INDEX_MAX / 64];

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static int key_error;

/* index + 1; 0: none yet. In the static TLS block, at one distance from every thread's pointer. */
static _Thread_local unsigned mine __attribute__((tls_model("initial-exec")));

static unsigned take_lowest(void)
{
    for (unsigned word = 0; word < THREAD_INDEX_MAX / 64; word++) {
        if (~taken[word] != 0) {
            unsigned bit = (unsigned)__builtin_ctzll(~taken[word]);

            taken[word] |= UINT64_C(1) << bit;
            return word * 64 + bit;
        }
    }
    return THREAD_INDEX_NONE;
}

static void give_back(unsigned index)
{
    pthread_mutex_lock(&lock);
    taken[index / 64] &= ~(UINT64_C(1) << (index % 64));
    pthread_mutex_unlock(&lock);
}

/*
 * Another destructor of the same thread may call the library after this one; it gets a new number
 * then.
 */
static void thread_ends(void *value)
{
    mine = 0;
    give_back((unsigned)(uintptr_t)value - 1);
}

static void make_key(void)
{
    key_error = pthread_key_create(&key, thread_ends);
}

/* Out of line, so that the usual way saves no registers. */
static __attribute__((noinline)) unsigned claim(void)
{
    unsigned index;

    pthread_once(&key_once, make_key);
    if (key_error)
        return THREAD_INDEX_NONE;
    pthread_mutex_lock(&lock);
    index = take_lowest();
    pthread_mutex_unlock(&lock);
    if (index == THREAD_INDEX_NONE)
        return THREAD_INDEX_NONE;
    /* Without the destructor the number would stay taken for ever. */
    if (pthread_setspecific(key, (void *)(uintptr_t)(index + 1)) != 0) {
        give_back(index);
        return THREAD_INDEX_NONE;
    }
    mine = index + 1;
    return index;
}

unsigned thread_index(void)
{
    return __builtin_expect(mine != 0, 1) ? mine - 1 : claim();
}

ptrdiff_t thread_index_offset(void)
{
    return (const char *)&mine - (const char *)__builtin_thread_pointer();
}
