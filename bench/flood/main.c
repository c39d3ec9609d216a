/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bench_flood TREE.dtb [--quick] [--json FILE]
 *
 * One function maps and unmaps as fast as it can. A second function's engine faults up to a million times a second,
 * beside a buffer of many pages, and the event queue is polled. How long does the poll take for each fault, and what is
 * left of the first function's rate? Quiet and flooded rounds take turns.
 *
 * The flood is on a processor of its own. But the SMMU is the software one, which translates there and takes commands on
 * the mapping processor, with locks between them that no hardware has: a strict unmap waits at them each time, a lazy
 * one hardly ever. So a third measurement has no locks to wait at: one processor floods, polls and maps in turns, and
 * only the mapping is timed.
 *
 * Ends with status 1 when the first function's own faults, one in the middle of each flooded round, are not all told.
 */
#include "../common/bench.h"

#include <models/machine.h>

#include <dmaspace/dmaspace.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODE     "/soc@0/video-codec@2000000"
#define WORKER   0x102u
#define FLOODER  0x100u
#define PAGE     4096u
#define PIECES   4096u /* of the flooder's buffer, no two of them neighbours in memory */
#define BATCH    64u   /* faults between two polls */
#define BATCH_NS (BATCH * UINT64_C(1000))
#define ROUNDS   31u
#define CALLS    20000u /* of a round; 20 times fewer if --quick */

_Static_assert(ROUNDS <= DMS_FAULT_LOOKS, "each of the function's own faults is looked into");

struct bench {
    struct model_machine *machine;
    struct dms_device *worker, *flooder;
    char *page;
    unsigned calls;    /* of a round */
    dms_iova_t beyond; /* the flooder's buffer */
    atomic_bool flood; /* the flooding thread faults while this holds */
    atomic_bool end;
    uint64_t faults, flood_ns, poll_ns; /* the flooding thread's */
    unsigned told;                      /* of the worker's faults; the flooding thread's */
};

static void must(int error, const struct dms_report *report)
{
    if (error) {
        fprintf(stderr, "bench_flood: %s: %s\n", dms_errname(error), report ? report->text : "");
        exit(1);
    }
}

static void fault(const struct dma_engine *engine, dms_iova_t iova)
{
    char byte;

    if (dma_engine_read(engine, iova, &byte, 1).ok)
        must(DMS_EFAULT, NULL);
}

/* No faster than a million a second; as fast as it can be where that is less. */
static void flood_once(struct bench *bench, const struct dma_engine *engine)
{
    uint64_t start = bench_clock_ns(), poll;

    for (unsigned i = 0; i < BATCH; i++)
        fault(engine, bench->beyond);
    poll = bench_clock_ns();
    dms_machine_poll(model_machine_devices(bench->machine));
    bench->poll_ns += bench_clock_ns() - poll;
    while (bench_clock_ns() - start < BATCH_NS)
        ;
    bench->faults += BATCH;
    bench->flood_ns += bench_clock_ns() - start;
}

static void *flooding(void *arg)
{
    struct bench *bench = arg;
    struct dma_engine engine = model_machine_engine(bench->machine, bench->flooder, 0);

    bench_pin(1);
    while (!atomic_load(&bench->end)) {
        if (atomic_load(&bench->flood))
            flood_once(bench, &engine);
    }
    return NULL;
}

/* Nanoseconds of so many pairs of calls. */
static double pairs(const struct bench *bench, unsigned count)
{
    uint64_t start = bench_clock_ns();
    dms_iova_t iova;

    for (unsigned i = 0; i < count; i++) {
        must(dms_map(bench->worker, bench->page, PAGE, DMS_TO_DEVICE, NULL, &iova), NULL);
        must(dms_unmap(bench->worker, iova, PAGE, NULL), NULL);
    }
    return (double)(bench_clock_ns() - start);
}

/* Of one pair. */
static double round_of(const struct bench *bench)
{
    return pairs(bench, bench->calls) / bench->calls;
}

static double flooded_round(struct bench *bench)
{
    struct dma_engine engine = model_machine_engine(bench->machine, bench->worker, 0);
    double first, second;

    atomic_store(&bench->flood, true);
    first = round_of(bench);
    fault(&engine, 0);
    second = round_of(bench);
    atomic_store(&bench->flood, false);
    return (first + second) / 2;
}

/* As many faults as pairs of calls, in turns. */
static double round_in_turns(struct bench *bench, bool flood)
{
    struct dma_engine engine = model_machine_engine(bench->machine, bench->flooder, 0);
    unsigned batches = bench->calls / BATCH;
    double sum = 0;

    for (unsigned i = 0; i < batches; i++) {
        for (unsigned k = 0; flood && k < BATCH; k++)
            fault(&engine, bench->beyond);
        dms_machine_poll(model_machine_devices(bench->machine));
        sum += pairs(bench, BATCH);
    }
    return sum / (batches * BATCH);
}

static double median(double *figures)
{
    qsort(figures, ROUNDS, sizeof(*figures), bench_compare_doubles);
    return figures[ROUNDS / 2];
}

static void put(const char *row, unsigned threads, const char *unit, double figure, double goal,
                const char *note)
{
    bench_put(&(struct bench_line){
        .bench = "flood",
        .row = row,
        .unit = unit,
        .note = note,
        .threads = threads,
        .ours = figure,
        .theirs = -1,
        .goal = goal,
        .more_is_better = *unit == '%',
    });
}

static void tell(const struct bench *bench, bool lazy, double quiet, double flooded)
{
    char note[80];

    snprintf(note, sizeof(note), "%.0f ns, alone %.0f; %.2f million faults a second", flooded,
             quiet, (double)bench->faults * 1e3 / (double)bench->flood_ns);
    put(lazy ? "rate beside a flood, 4 KiB, lazy" : "rate beside a flood, 4 KiB, strict", 2, "%",
        100 * quiet / flooded, lazy ? 80 : -1, note);
    if (lazy)
        put("dms_machine_poll in a flood, per fault", 2, "ns",
            (double)bench->poll_ns / (double)bench->faults, 1000, NULL);
}

static void measure_in_turns(struct bench *bench)
{
    double quiet[ROUNDS], flooded[ROUNDS], alone, beside;
    char note[80];

    round_in_turns(bench, true);
    for (unsigned i = 0; i < ROUNDS; i++) {
        quiet[i] = round_in_turns(bench, false);
        flooded[i] = round_in_turns(bench, true);
    }
    alone = median(quiet);
    beside = median(flooded);
    snprintf(note, sizeof(note), "%.0f ns, alone %.0f; a fault for each pair of calls", beside,
             alone);
    put("rate in turns with a flood, 4 KiB, strict", 1, "%", 100 * alone / beside, 80, note);
}

static void check_told(const struct bench *bench)
{
    if (bench->told == ROUNDS)
        return;
    fprintf(stderr, "bench_flood: %u of the function's own %u faults were told\n", bench->told,
            ROUNDS);
    exit(1);
}

static void measure(struct bench *bench, bool lazy)
{
    double quiet[ROUNDS], flooded[ROUNDS];
    pthread_t thread;

    atomic_store(&bench->end, false);
    bench->faults = bench->flood_ns = bench->poll_ns = bench->told = 0;
    if (pthread_create(&thread, NULL, flooding, bench) != 0)
        must(DMS_ENOMEM, NULL);
    bench_pin(0);
    round_of(bench);
    for (unsigned i = 0; i < ROUNDS; i++) {
        quiet[i] = round_of(bench);
        flooded[i] = flooded_round(bench);
    }
    atomic_store(&bench->end, true);
    pthread_join(thread, NULL);
    dms_machine_poll(model_machine_devices(bench->machine));
    check_told(bench);
    tell(bench, lazy, median(quiet), median(flooded));
}

static void on_fault(void *ctx, const struct dms_fault *fault)
{
    struct bench *bench = ctx;

    bench->told += strcmp(fault->device, "worker") == 0 && !fault->brief;
}

static void nowhere(void *ctx, enum dms_log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    (void)line;
}

static struct dms_device *function(struct dms_device *parent, uint32_t id,
                                   const struct dms_device_cfg *cfg)
{
    struct dms_report report = {0};
    struct dms_device *dev;

    must(dms_function_create(parent, id, cfg, &dev, &report), &report);
    must(dms_attach(dev, &report), &report);
    return dev;
}

static void end(struct dms_device *dev)
{
    struct dms_report report = {0};

    must(dms_device_destroy(dev, DMS_DESTROY_IDLE, &report), &report);
}

static void run(struct bench *bench, struct dms_device *parent, bool lazy)
{
    static struct dms_sg list[PIECES];
    struct dms_posix *memory = model_machine_memory(bench->machine);
    char *pages = dms_posix_ram_alloc(memory, 2 * PIECES * (size_t)PAGE, 0, NULL);

    bench->worker =
        function(parent, WORKER, &(struct dms_device_cfg){.name = "worker", .lazy = lazy});
    bench->flooder = function(parent, FLOODER, &(struct dms_device_cfg){.name = "flooder"});
    bench->page = dms_posix_ram_alloc(memory, PAGE, 0, NULL);
    for (unsigned i = 0; i < PIECES; i++)
        list[i] = (struct dms_sg){pages + 2 * i * (size_t)PAGE, PAGE, 0};
    must(dms_map_sg(bench->flooder, list, PIECES, DMS_TO_DEVICE, NULL, NULL), NULL);
    bench->beyond = list[PIECES - 1].iova + PAGE;
    measure(bench, lazy);
    if (!lazy)
        measure_in_turns(bench);
    must(dms_unmap_sg(bench->flooder, list, PIECES, NULL), NULL);
    dms_posix_ram_free(memory, bench->page, PAGE);
    dms_posix_ram_free(memory, pages, 2 * PIECES * (size_t)PAGE);
    end(bench->flooder);
    end(bench->worker);
}

int main(int argc, char **argv)
{
    struct bench bench = {.calls = CALLS};
    const struct dms_device_cfg unit = {.name = "iris", .node = NODE};
    const struct model_machine_cfg cfg = {
        .log = nowhere, .on_fault = on_fault, .on_fault_ctx = &bench};
    struct dms_report report = {0};
    struct dms_device *parent;

    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0)
            bench.calls = CALLS / 20;
        else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc)
            bench_lines_open(argv[++i]);
        else
            return fprintf(stderr, "usage: see the top of bench/flood/main.c\n"), 2;
    }
    if (argc < 2 || model_machine_open_file(argv[1], &cfg, &bench.machine))
        return 2;
    must(dms_device_create(model_machine_devices(bench.machine), &unit, &parent, &report), &report);
    bench_head();
    run(&bench, parent, true);
    run(&bench, parent, false);
    end(parent);
    must(model_machine_close(bench.machine), NULL);
    return 0;
}
