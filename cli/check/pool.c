/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "pool.h"

#include "verb.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS_MAX 64
#define AHEAD       256 /* files that may be done before the one whose turn it is: bounds memory */

/* One for each file between the next to tell and AHEAD beyond it, by number modulo AHEAD. */
struct slot {
    struct check_result result;
    bool done;
};

struct pool {
    const struct check_job *job;
    pthread_mutex_t lock;   /* protects all below */
    pthread_cond_t changed; /* a slot is done, or is free again */
    size_t next;            /* file to take */
    size_t told;            /* files whose results were handed out */
    struct slot slots[AHEAD];
};

/* The number of a file to check, or job->count when there are no more. */
static size_t take(struct pool *pool)
{
    size_t number;

    pthread_mutex_lock(&pool->lock);
    while (pool->next < pool->job->count && pool->next >= pool->told + AHEAD)
        pthread_cond_wait(&pool->changed, &pool->lock);
    number = pool->next;
    if (number < pool->job->count)
        pool->next++;
    pthread_mutex_unlock(&pool->lock);
    return number;
}

static void put(struct pool *pool, size_t number)
{
    pthread_mutex_lock(&pool->lock);
    pool->slots[number % AHEAD].done = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

/* The slot is this thread's until put(). */
static void check_one(struct pool *pool, struct checker *c, size_t number)
{
    struct check_result *result = &pool->slots[number % AHEAD].result;

    result->file = pool->job->files[number];
    result->findings.count = 0;
    result->model = NULL;
    result->hidden = 0;
    result->dropped = 0;
    result->status = check_file(c, result->file, &result->error);
    if (result->status == EXIT_UNUSABLE)
        return;
    result->model = strdup(string_of(&c->tree, DMS_OF_ROOT, "model").text);
    result->hidden = c->hidden;
    result->dropped = c->dropped;
    for (size_t i = 0; i < c->findings.count; i++)
        array_push(&result->findings, c->findings.items[i]);
}

static void *work(void *arg)
{
    struct pool *pool = arg;
    struct checker c = {0};
    size_t number;

    checker_begin(&c, pool->job->wanted, pool->job->counted, pool->job->dma_bits);
    while ((number = take(pool)) < pool->job->count) {
        check_one(pool, &c, number);
        put(pool, number);
    }
    checker_drop(&c);
    return NULL;
}

static void tell(struct pool *pool, size_t number)
{
    struct slot *slot = &pool->slots[number % AHEAD];

    pthread_mutex_lock(&pool->lock);
    while (!slot->done)
        pthread_cond_wait(&pool->changed, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
    pool->job->result(pool->job->ctx, &slot->result);
    if (pool->job->progress)
        pool->job->progress(pool->job->ctx, number + 1, pool->job->count);
    findings_drop(slot->result.findings.items, slot->result.findings.count);
    free(slot->result.model);
    pthread_mutex_lock(&pool->lock);
    slot->done = false;
    pool->told++;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

static unsigned thread_count(const struct check_job *job)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t count = job->threads ? job->threads : processors > 0 ? (size_t)processors : 1;

    if (count > job->count)
        count = job->count;
    return count < THREADS_MAX ? (unsigned)count : THREADS_MAX;
}

void check_all(const struct check_job *job)
{
    struct pool *pool = calloc(1, sizeof(*pool));
    pthread_t threads[THREADS_MAX];
    unsigned count = thread_count(job);
    unsigned started = 0;

    if (!pool)
        array_no_memory();
    pool->job = job;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    while (started < count && pthread_create(&threads[started], NULL, work, pool) == 0)
        started++;
    if (started == 0 && job->count > 0) {
        fputs("dmaspace: no thread can be made; raise the limit of processes\n", stderr);
        exit(EXIT_UNUSABLE);
    }
    for (size_t i = 0; i < job->count; i++)
        tell(pool, i);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 0; i < AHEAD; i++)
        array_drop(&pool->slots[i].result.findings);
    free(pool);
}
