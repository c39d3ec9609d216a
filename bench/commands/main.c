/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bench_commands TREE.dtb [--json FILE]
 *
 * What dms_map and dms_unmap ask of the SMMU: invalidations and syncs per call, counted by the driver on the software
 * SMMUv3. Times on emulated hardware would say nothing, so there are none.
 */
#include "../common/bench.h"

#include <models/machine.h>

#include <dmaspace/dmaspace.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIB(n)   ((size_t)(n) << 10)
#define CALLS    1024u
#define NODE     "/soc@0/video-codec@2000000"
#define FUNCTION 0x102u
#define PIECES   64u

struct row {
    const char *name;
    size_t size;
    bool lazy;
    bool list; /* `size` in PIECES pieces */
    double goal_syncs;
};

static const struct row rows[] = {
    {"dms_map + dms_unmap, 4 KiB, strict", KIB(4), false, false, 1},
    {"dms_map + dms_unmap, 64 KiB, strict", KIB(64), false, false, 1},
    {"dms_map + dms_unmap, 1 MiB, strict", KIB(1024), false, false, 1},
    {"dms_map_sg + dms_unmap_sg, 64 x 4 KiB, strict", KIB(256), false, true, 1},
    {"dms_map + dms_unmap, 4 KiB, lazy", KIB(4), true, false, 1.0 / DMS_LAZY_MAX_COUNT},
};

static void must(int error, const struct dms_report *report)
{
    if (error) {
        fprintf(stderr, "bench_commands: %s: %s\n", dms_errname(error), report ? report->text : "");
        exit(1);
    }
}

static void map_and_unmap(struct dms_device *dev, const struct row *row, char *buffer)
{
    struct dms_sg list[PIECES];
    dms_iova_t iova;

    if (!row->list) {
        must(dms_map(dev, buffer, row->size, DMS_TO_DEVICE, NULL, &iova), NULL);
        must(dms_unmap(dev, iova, row->size, NULL), NULL);
        return;
    }
    for (unsigned i = 0; i < PIECES; i++)
        list[i] = (struct dms_sg){buffer + i * (row->size / PIECES), row->size / PIECES, 0};
    must(dms_map_sg(dev, list, PIECES, DMS_TO_DEVICE, NULL, NULL), NULL);
    must(dms_unmap_sg(dev, list, PIECES, NULL), NULL);
}

static void put(const struct row *row, const struct dms_smmuv3_stats *before,
                const struct dms_smmuv3_stats *after)
{
    uint64_t all = after->commands - before->commands, syncs = after->syncs - before->syncs;

    bench_put(&(struct bench_line){
        .bench = "commands",
        .row = row->name,
        .unit = "syncs",
        .threads = 1,
        .ours = (double)syncs / CALLS,
        .theirs = -1,
        .goal = row->goal_syncs,
        .invalidations = (double)(all - syncs) / CALLS,
        .syncs = (double)syncs / CALLS,
    });
}

/* The flush at the end is inside, so that nothing is left out of a lazy row. */
static void run(struct model_machine *machine, struct dms_device *parent, const struct row *row)
{
    struct dms_device_cfg cfg = {.name = "bench", .lazy = row->lazy};
    struct dms_posix *memory = model_machine_memory(machine);
    struct dms_iommu *iommu = model_machine_iommu(machine, 0);
    char *buffer = dms_posix_ram_alloc(memory, row->size, 0, NULL);
    struct dms_smmuv3_stats before, after;
    struct dms_report report = {0};
    struct dms_device *dev;

    must(dms_function_create(parent, FUNCTION, &cfg, &dev, &report), &report);
    must(dms_attach(dev, &report), &report);
    map_and_unmap(dev, row, buffer);
    must(dms_flush(dev), NULL);
    dms_smmuv3_stats(iommu, &before);
    for (unsigned i = 0; i < CALLS; i++)
        map_and_unmap(dev, row, buffer);
    must(dms_flush(dev), NULL);
    dms_smmuv3_stats(iommu, &after);
    put(row, &before, &after);
    must(dms_device_destroy(dev, DMS_DESTROY_IDLE, &report), &report);
    dms_posix_ram_free(memory, buffer, row->size);
}

static void quiet(void *ctx, enum dms_log_level level, const char *line)
{
    (void)ctx;
    if (level == DMS_LOG_ERROR)
        fprintf(stderr, "bench_commands: %s\n", line);
}

int main(int argc, char **argv)
{
    struct dms_device_cfg unit = {.name = "iris", .node = NODE};
    struct model_machine_cfg cfg = {.log = quiet};
    struct dms_report report = {0};
    struct model_machine *machine;
    struct dms_device *parent;

    if (argc == 4 && strcmp(argv[2], "--json") == 0)
        bench_lines_open(argv[3]);
    else if (argc != 2)
        return fprintf(stderr, "usage: see the top of bench/commands/main.c\n"), 2;
    if (model_machine_open_file(argv[1], &cfg, &machine))
        return 2;
    must(dms_device_create(model_machine_devices(machine), &unit, &parent, &report), &report);
    bench_head();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        run(machine, parent, &rows[i]);
    must(dms_device_destroy(parent, DMS_DESTROY_IDLE, &report), &report);
    must(model_machine_close(machine), NULL);
    return 0;
}
