/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A host for allocator tests: counts memory, can fail the n-th allocation, and gives threads numbers. */
#ifndef TESTS_IOVA_HOST_H
#define TESTS_IOVA_HOST_H

#include <dmaspace/port.h>

#include <stdint.h>

struct host {
    struct dms_port port;
    _Atomic uint64_t live_bytes;
    _Atomic uint64_t allocs;
    uint64_t fail_at; /* the allocation with this number fails, once; 0: none */
};

/* thread_slots 0: no caches. fenced: the port has fence_all (membarrier), if this machine has it. */
void host_init(struct host *host, unsigned thread_slots, bool fenced);

/* The number that this thread gives to the port from now on; 0 in a thread that never called it. */
void host_set_slot(unsigned slot);

/* xorshift: the same numbers everywhere for one seed. */
uint64_t rnd(uint64_t *state);
uint64_t rnd_below(uint64_t *state, uint64_t limit);

/* DMS_SEED from the environment, or `otherwise`; never 0. */
uint64_t seed_from_env(uint64_t otherwise);

#endif
