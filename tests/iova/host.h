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
    _Atomic uint64_t slot_calls;
    uint64_t no_slot_at; /* the question for a thread's number that finds none; 0: none does */
};

/* What the port tells of its threads; more of it means quicker ways into the caches. */
enum host_threads {
    HOST_CALLS,  /* their numbers by a call, and an exchange to enter a cache */
    HOST_FENCES, /* fence_all (membarrier) too, if this machine has it */
    HOST_SHOWS,  /* thread_slot_offset as well */
};

/* thread_slots 0: no caches. */
void host_init(struct host *host, unsigned thread_slots, enum host_threads threads);

/* The number that this thread gives to the port from now on; none in a thread that never called it. */
void host_set_slot(unsigned slot);

/* xorshift: the same numbers everywhere for one seed. */
uint64_t rnd(uint64_t *state);
uint64_t rnd_below(uint64_t *state, uint64_t limit);

/* DMS_SEED from the environment, or `otherwise`; never 0. */
uint64_t seed_from_env(uint64_t otherwise);

#endif
