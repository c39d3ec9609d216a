/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "port_tests.h"

#include <baremetal/console.h>
#include <baremetal/cpu.h>
#include <baremetal/memory.h>
#include <baremetal/timer.h>

#include <stdatomic.h>

#define PAGE   4096u
#define PIECES 64u

void *memmove(void *dst, const void *src, size_t size);
int memcmp(const void *a, const void *b, size_t size);

static const struct suite_machine *machine;

/* ---- memory ---------------------------------------------------------------------------------- */

static bool is_zero(const uint8_t *at, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (at[i])
            return false;
    }
    return true;
}

/* Sizes and alignments in a mixture; every piece is filled with its own number, which nothing else may change. */
static bool fill(uint8_t *pieces[PIECES], size_t sizes[PIECES])
{
    for (unsigned i = 0; i < PIECES; i++) {
        size_t align = (size_t)PAGE << i % 5;

        sizes[i] = i % 3 ? 48u + 200u * i : PAGE * (1 + i % 7);
        pieces[i] = i % 3 ? memory_alloc(sizes[i]) : memory_alloc_pages(sizes[i], align);
        if (!pieces[i] || !is_zero(pieces[i], sizes[i]))
            return false;
        if (i % 3 == 0 && (uintptr_t)pieces[i] % align)
            return false;
        for (size_t at = 0; at < sizes[i]; at++)
            pieces[i][at] = (uint8_t)(i + 1);
    }
    return true;
}

static bool empty(uint8_t *pieces[PIECES], const size_t sizes[PIECES])
{
    bool intact = true;

    for (unsigned i = 0; i < PIECES; i++) {
        for (size_t at = 0; at < sizes[i]; at++)
            intact = intact && pieces[i][at] == (uint8_t)(i + 1);
        if (i % 3)
            memory_free(pieces[i], sizes[i]);
        else
            memory_free_pages(pieces[i], sizes[i]);
    }
    return intact;
}

static bool memory_is_zeroed_aligned_and_nobody_elses(void)
{
    uint64_t live = memory_live();
    uint8_t *pieces[PIECES];
    size_t sizes[PIECES];

    /* Twice: the second time with what the first has left behind. */
    for (unsigned round = 0; round < 2; round++) {
        if (!fill(pieces, sizes) || !empty(pieces, sizes))
            return false;
    }
    return memory_live() == live;
}

static size_t largest_piece(void)
{
    for (size_t size = (size_t)1 << 30; size >= PAGE; size /= 2) {
        void *piece = memory_alloc_pages(size, size);

        if (piece) {
            memory_free_pages(piece, size);
            return size;
        }
    }
    return 0;
}

static bool freed_pages_join_again(void)
{
    size_t largest = largest_piece();
    void *pages[PIECES];

    for (unsigned i = 0; i < PIECES; i++)
        pages[i] = memory_alloc_pages(PAGE, PAGE);
    for (unsigned i = 0; i < PIECES; i += 2)
        memory_free_pages(pages[i], PAGE);
    for (unsigned i = 1; i < PIECES; i += 2)
        memory_free_pages(pages[i], PAGE);
    return largest >= (size_t)8 << 20 && largest_piece() == largest;
}

static bool memory_functions_copy_move_and_compare(void)
{
    uint8_t bytes[64];
    uint8_t expected[64];

    for (unsigned shift = 0; shift < 20; shift++) {
        for (unsigned i = 0; i < 64; i++)
            bytes[i] = expected[i] = (uint8_t)i;
        for (unsigned i = 0; i < 40; i++)
            expected[i + shift] = (uint8_t)i;
        memmove(bytes + shift, bytes, 40);
        if (memcmp(bytes, expected, 64) != 0)
            return false;
        memmove(bytes, bytes + shift, 40);
        for (unsigned i = 0; i < 40; i++) {
            if (bytes[i] != i)
                return false;
        }
    }
    return memcmp("ab", "ac", 2) < 0 && memcmp("b", "a", 1) > 0;
}

/* ---- time and CPUs --------------------------------------------------------------------------- */

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static bool a_wait_sleeps_as_long_as_it_was_told(void)
{
    uint64_t start = timer_now_ns();
    bool answer = timer_wait(never, NULL, 5000000, 1000000);
    uint64_t slept = timer_now_ns() - start;

    return !answer && slept >= 5000000 && slept < 8000000;
}

struct meeting {
    dms_lock_t lock;
    uint64_t count;
    unsigned slot;
};

#define ROUNDS 20000u

static void count_under_lock(struct meeting *meeting)
{
    const struct dms_port *port = machine->port;

    for (unsigned i = 0; i < ROUNDS; i++) {
        port->lock(port->ctx, &meeting->lock);
        *(volatile uint64_t *)&meeting->count += 1;
        port->unlock(port->ctx, &meeting->lock);
    }
}

static void on_second_cpu(void *arg)
{
    struct meeting *meeting = arg;

    meeting->slot = machine->port->thread_slot(machine->port->ctx);
    count_under_lock(meeting);
}

static bool two_cpus_have_slots_of_their_own_and_one_lock(void)
{
    struct meeting meeting = {.count = 0};

    machine->port->lock_init(machine->port->ctx, &meeting.lock);
    if (!machine->cpu_start(machine->ctx, on_second_cpu, &meeting))
        return false;
    count_under_lock(&meeting);
    return machine->cpu_join(machine->ctx) && meeting.count == 2 * ROUNDS && meeting.slot == 1 &&
           machine->port->thread_slot(machine->port->ctx) == 0;
}

/* ---- masters: the SMMU is still off, and QEMU lets everything pass then -------------------------- */

static bool every_master_reads_and_writes_memory(void)
{
    volatile uint32_t *words = memory_alloc_pages(PAGE, PAGE);
    bool works = words != NULL;

    for (unsigned i = 0; works && i < machine->nmasters; i++) {
        uintptr_t address = (uintptr_t)words;

        for (unsigned w = 0; w < 16; w++)
            words[w] = 0x1000 * i + w;
        machine->fetch(machine->ctx, i, address, 64);
        machine->store(machine->ctx, i, address + 256, 64);
        machine->post(machine->ctx, i, address + 512, (uint16_t)(0xa000 + i));
        for (unsigned w = 0; w < 16; w++)
            works = works && words[64 + w] == 0x1000 * i + w;
        works = works && words[128] == 0xa000 + i;
    }
    memory_free_pages((void *)(uintptr_t)words, PAGE);
    return works;
}

static bool one_master_sits_behind_a_bridge(void)
{
    return machine->masters[0].sid < 0x100 && machine->masters[1].sid < 0x100 &&
           machine->masters[machine->nmasters - 1].sid >= 0x100;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static const struct {
    const char *name;
    bool (*run)(void);
} tests[] = {
#define TEST(function)                                                                             \
    {                                                                                              \
        .name = #function, .run = function                                                         \
    }
    TEST(memory_is_zeroed_aligned_and_nobody_elses),     TEST(freed_pages_join_again),
    TEST(memory_functions_copy_move_and_compare),        TEST(a_wait_sleeps_as_long_as_it_was_told),
    TEST(two_cpus_have_slots_of_their_own_and_one_lock), TEST(one_master_sits_behind_a_bridge),
    TEST(every_master_reads_and_writes_memory),
};

#define TESTS (sizeof(tests) / sizeof(tests[0]))

unsigned port_tests_run(const struct suite_machine *on)
{
    unsigned failures = 0;
    struct line plan = {.length = 0};

    machine = on;
    line_text(&plan, "1..");
    line_decimal(&plan, TESTS);
    console_put(plan.text);
    for (unsigned i = 0; i < TESTS; i++) {
        struct line line = {.length = 0};
        bool ok = tests[i].run();

        line_text(&line, ok ? "ok " : "not ok ");
        line_decimal(&line, i + 1);
        line_text(&line, " - ");
        line_text(&line, tests[i].name);
        console_put(line.text);
        failures += !ok;
    }
    return failures;
}
