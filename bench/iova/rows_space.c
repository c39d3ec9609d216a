/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What it costs in memory, and what fits. */
#include "rows.h"

#include <stdlib.h>

#define LIMIT_32BIT (UINT64_C(1) << 20)
#define LIMIT_48BIT (UINT64_C(1) << 36)

struct live {
    uint64_t page;
    uint64_t pages;
};

struct memory_state {
    const struct iova_impl *impl;
    void *domain;
};

/* Enough work for every cache of the thread to come to life. */
static void touch(void *ctx, unsigned thread)
{
    struct memory_state *state = ctx;

    state->impl->enter(thread);
    for (unsigned i = 0; i < 100; i++) {
        for (uint64_t pages = 1; pages <= 32; pages *= 2)
            state->impl->free(state->domain, state->impl->alloc(state->domain, pages), pages);
    }
}

static uint64_t per_live(const struct iova_impl *impl, uint64_t count)
{
    void *domain = impl->create(LIMIT_48BIT, 0);
    struct live *live = calloc(count, sizeof(*live));
    uint64_t rng = 88172645463325252u;
    uint64_t before = impl->memory(domain);
    uint64_t bytes;

    for (uint64_t i = 0; i < 4 * count; i++) {
        struct live *one = &live[i < count ? i : rnd(&rng) % count];

        if (one->page)
            impl->free(domain, one->page, one->pages);
        one->pages = 33 + rnd(&rng) % 1000; /* past the peer's caches */
        one->page = impl->alloc(domain, one->pages);
    }
    bytes = impl->memory(domain) - before;
    impl->destroy(domain);
    free(live);
    return bytes;
}

void memory_use(const struct iova_impl *impl, uint64_t live, struct memory_result *result)
{
    struct memory_state state = {impl, impl->create(LIMIT_48BIT, 0)};

    run_threads(BENCH_THREADS, touch, &state);
    result->per_cpu_fixed = (double)impl->memory(state.domain) / BENCH_THREADS;
    impl->destroy(state.domain);
    result->per_live = (double)per_live(impl, live) / (double)live;
}

/* Half of the 4 GiB comes and goes in 128 KiB buffers, at random; then all of it goes. */
unsigned fits_after_churn(const struct iova_impl *impl, uint64_t mib)
{
    enum {
        BUFFERS = 16384,
        PAGES = 32
    };
    void *domain = impl->create(LIMIT_32BIT, 0);
    uint64_t *page = calloc(BUFFERS, sizeof(*page));
    uint64_t rng = 88172645463325252u;
    unsigned fit = 0;

    impl->enter(0);
    for (unsigned i = 0; i < 20 * BUFFERS; i++) {
        uint64_t *one = &page[rnd(&rng) % BUFFERS];

        if (*one)
            impl->free(domain, *one, PAGES);
        *one = *one ? 0 : impl->alloc(domain, PAGES);
    }
    for (unsigned i = 0; i < BUFFERS; i++) {
        if (page[i])
            impl->free(domain, page[i], PAGES);
    }
    while (impl->alloc(domain, mib * 256))
        fit++;
    impl->destroy(domain);
    free(page);
    return fit;
}
