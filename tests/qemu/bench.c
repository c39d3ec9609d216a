/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What a driver's calls cost, counted in instructions. Every operation ends as it began, so that it can be repeated: map
 * and unmap, allocate and free, create and destroy. The clock is read before and after RUNS of them, after WARM_UP.
 */
#include "bench.h"

#include <baremetal/console.h>
#include <baremetal/timer.h>

#include <dmaspace/dmaspace.h>

#define WARM_UP 600u
#define RUNS    2048u /* a multiple of what fills a lazy queue */

#define KIB     1024u
#define PIECES  64u
#define PIECE   0x1000u

struct bench {
    const struct suite_machine *machine;
    struct dms_iommu *iommu;
    struct dms_machine *devices;
    struct dms_device *parent;
    struct dms_device *strict;
    struct dms_device *lazy;
    uint8_t *buffer; /* 1 MiB */
    struct dms_sg list[PIECES];
};

static int map_and_unmap(struct bench *b, struct dms_device *dev, size_t size)
{
    dms_iova_t iova;
    int err = dms_map(dev, b->buffer, size, DMS_BIDIRECTIONAL, NULL, &iova);

    return err ? err : dms_unmap(dev, iova, size, NULL);
}

static int map_and_unmap_list(struct bench *b, struct dms_device *dev, size_t size)
{
    int err = dms_map_sg(dev, b->list, PIECES, DMS_BIDIRECTIONAL, NULL, NULL);

    (void)size;
    return err ? err : dms_unmap_sg(dev, b->list, PIECES, NULL);
}

static int coherent(struct bench *b, struct dms_device *dev, size_t size)
{
    dms_iova_t iova;
    void *ptr;
    int err = dms_coherent_alloc(dev, size, NULL, &ptr, &iova);

    (void)b;
    return err ? err : dms_coherent_free(dev, ptr, size, iova);
}

static int create(struct bench *b, unsigned master, bool lazy, struct dms_device **out)
{
    const struct dms_device_cfg cfg = {
        .name = "bench", .coherence = DMS_COHERENCE_SNOOPS, .lazy = lazy};

    return dms_function_create(b->parent, b->machine->masters[master].function_id, &cfg, out, NULL);
}

/* Beside the device that the others work on. */
static int function_life(struct bench *b, struct dms_device *other, size_t size)
{
    struct dms_device *dev;
    int err = create(b, 2, false, &dev);

    (void)other;
    (void)size;
    if (err)
        return err;
    err = dms_attach(dev, NULL);
    return err ? err : dms_device_destroy(dev, DMS_DESTROY_IDLE, NULL);
}

/* ---- a machine with two functions ------------------------------------------------------------ */

static int start(struct bench *b)
{
    const struct suite_machine *m = b->machine;
    const struct dms_smmuv3_cfg smmu = {.port = m->port, .mmio = m->mmio, .strtab = m->strtab};
    const struct dms_machine_cfg machine = {
        .port = m->port, .blob = m->blob, .blob_size = m->blob_size};
    const struct dms_device_cfg parent = {.name = "functions", .node = m->functions_path};
    int err = dms_smmuv3_create(&smmu, &b->iommu);

    if (!err)
        err = dms_machine_create(&machine, &b->devices);
    if (!err)
        err = dms_machine_add_iommu(b->devices, b->iommu, m->smmu_path);
    if (!err)
        err = dms_device_create(b->devices, &parent, &b->parent, NULL);
    if (!err)
        err = create(b, 0, false, &b->strict);
    if (!err)
        err = create(b, 1, true, &b->lazy);
    if (!err)
        err = dms_attach(b->strict, NULL);
    return err ? err : dms_attach(b->lazy, NULL);
}

/* Every other page: no two pieces adjoin. */
static int lay_out(struct bench *b)
{
    dms_phys_t phys;

    b->buffer = b->machine->port->table_alloc(b->machine->port->ctx, 1024 * KIB, 1024 * KIB, &phys);
    if (!b->buffer)
        return DMS_ENOMEM;
    for (unsigned i = 0; i < PIECES; i++)
        b->list[i] = (struct dms_sg){.ptr = b->buffer + (size_t)i * 2 * PIECE, .size = PIECE};
    return 0;
}

/* ---- counting -------------------------------------------------------------------------------- */

static bool put_result(const char *name, int err, uint64_t instructions)
{
    struct line line = {.length = 0};

    line_text(&line, name);
    line_text(&line, " ");
    if (err) {
        line_text(&line, "failed: ");
        line_text(&line, dms_strerror(err));
    } else {
        line_decimal(&line, instructions);
    }
    console_put(line.text);
    return !err;
}

static const struct operation {
    const char *name;
    int (*run)(struct bench *b, struct dms_device *dev, size_t size);
    size_t size;
    bool lazy;
} operations[] = {
    {"map_unmap_4k_strict", map_and_unmap, 4 * KIB, false},
    {"map_unmap_4k_lazy", map_and_unmap, 4 * KIB, true},
    {"map_unmap_64k_strict", map_and_unmap, 64 * KIB, false},
    {"map_unmap_64k_lazy", map_and_unmap, 64 * KIB, true},
    {"map_unmap_1m_strict", map_and_unmap, 1024 * KIB, false},
    {"map_unmap_1m_lazy", map_and_unmap, 1024 * KIB, true},
    {"map_unmap_sg64_strict", map_and_unmap_list, 0, false},
    {"map_unmap_sg64_lazy", map_and_unmap_list, 0, true},
    {"coherent_4k", coherent, 4 * KIB, false},
    {"coherent_64k", coherent, 64 * KIB, false},
    {"create_destroy", function_life, 0, false},
};

static int repeat(struct bench *b, const struct operation *op, unsigned runs)
{
    struct dms_device *dev = op->lazy ? b->lazy : b->strict;
    int err = 0;

    while (runs-- && !err)
        err = op->run(b, dev, op->size);
    return err;
}

/* Rounded up: no part of an instruction is lost. */
static bool measure(struct bench *b, const struct operation *op)
{
    int err = repeat(b, op, WARM_UP);
    uint64_t begin = timer_ticks();

    if (!err)
        err = repeat(b, op, RUNS);
    return put_result(op->name, err, (timer_ticks() - begin + RUNS - 1) / RUNS);
}

bool bench_run(const struct suite_machine *machine)
{
    static struct bench bench;
    bool good;
    int err;

    bench.machine = machine;
    err = start(&bench);
    if (!err)
        err = lay_out(&bench);
    if (err)
        return put_result("start", err, 0);
    good = true;
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
        good = measure(&bench, &operations[i]) && good;
    return good;
}
