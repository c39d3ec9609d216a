/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A port for tests of the device and dma rooms: host memory, a clock that only moves when told to,
 * a record of cache maintenance, and failures on request. Physical addresses are pointers,
 * optionally scattered page by page.
 */
#ifndef TESTS_DEVICE_TEST_PORT_H
#define TESTS_DEVICE_TEST_PORT_H

#include <dmaspace/error.h>
#include <dmaspace/port.h>
#include <pthread.h>
#include <stdatomic.h>

#define TEST_CACHE_OPS 64

struct test_cache_op {
    bool invalidate;
    const void *ptr;
    size_t size;
};

struct test_port {
    struct dms_port port;

    atomic_long live;       /* objects and tables that were not freed */
    atomic_long live_bytes; /* of these */
    atomic_long calls;      /* of alloc, table_alloc, virt_to_phys and thread_slot */
    atomic_long fail_at;    /* the call with this number fails; 0: none */
    atomic_bool failed;     /* it has */

    atomic_ullong now;
    atomic_uint slots; /* thread slots given out */

    bool scatter; /* odd pages lie elsewhere in physical memory */

    struct test_cache_op cache_ops[TEST_CACHE_OPS];
    unsigned cache_op_count;

    atomic_uint locks; /* initialised and not finished */
    char last_log[512];
};

/* Thread slots as given. Cache maintenance is off: everything is coherent. */
void test_port_init(struct test_port *tp, unsigned thread_slots);

/* Turns cache maintenance on; it is recorded. */
void test_port_make_noncoherent(struct test_port *tp);

/* Call number n from now on fails: no memory, no address, or no thread slot. */
void test_port_fail_nth(struct test_port *tp, long n);

/* The CPU's pointer to what a device reaches at `phys`. */
void *test_port_at(dms_phys_t phys);

/* Every object, table and lock is gone. */
void test_port_assert_clean(struct test_port *tp);

#endif
