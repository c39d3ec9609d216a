/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The suite on the software SMMUv3.
 *
 * usage: suite_model DTB FORMAT [CHARACTER]
 *   FORMAT     linear, two-level
 *   CHARACTER  qemu     what QEMU's SMMUv3 says of itself (the default)
 *              late     commands are taken up late, and take effect as late as they may
 *              thread   commands are taken up by a thread of the model
 *              plain    no range invalidation, 4 KiB granule only, 8-bit ASIDs
 */
#include "machine.h"

#include <dmaspace/posix.h>
#include <models/smmuv3/smmuv3_model.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As in model.dts. */
static const struct suite_master masters[] = {
    {.sid = 0x8, .function_id = 0x100, .requester_id = 0x8},
    {.sid = 0x10, .function_id = 0x101, .requester_id = 0x10},
    {.sid = 0x100, .function_id = 0x102, .requester_id = 0x100},
};

#define MASTERS (sizeof(masters) / sizeof(masters[0]))
#define RAM     (UINT64_C(128) << 20)

struct world {
    struct dms_posix *posix;
    struct model_ram ram;
    struct smmuv3_model *smmu;
    uint8_t buffers[MASTERS][SUITE_BURST_MAX];
    _Atomic unsigned irqs[2];
    pthread_t cpu;
    void (*fn)(void *arg);
    void *arg;
};

/* ---- masters --------------------------------------------------------------------------------- */

static void beats(struct world *w, unsigned master, dms_iova_t iova, uint8_t *bytes, size_t size,
                  bool write)
{
    for (size_t done = 0; done < size; done += 4) {
        const struct smmuv3_access beat = {
            .sid = masters[master].sid, .iova = iova + done, .size = 4, .write = write};

        if (smmuv3_model_access(w->smmu, &beat, bytes + done).outcome != SMMUV3_OK && !write)
            memset(bytes + done, 0, 4);
    }
}

static void post(void *ctx, unsigned master, dms_iova_t iova, uint16_t value)
{
    uint8_t word[4] = {(uint8_t)value, (uint8_t)(value >> 8), 0, 0};

    beats(ctx, master, iova, word, sizeof(word), true);
}

static void fetch(void *ctx, unsigned master, dms_iova_t iova, size_t size)
{
    beats(ctx, master, iova, ((struct world *)ctx)->buffers[master], size, false);
}

static void store(void *ctx, unsigned master, dms_iova_t iova, size_t size)
{
    beats(ctx, master, iova, ((struct world *)ctx)->buffers[master], size, true);
}

/* ---- interrupts, the other CPU, the rest ----------------------------------------------------- */

static void on_irq(void *ctx, enum smmuv3_irq which)
{
    struct world *w = ctx;

    if (which == SMMUV3_IRQ_EVENTQ)
        w->irqs[SUITE_IRQ_EVENTQ]++;
    if (which == SMMUV3_IRQ_GERROR)
        w->irqs[SUITE_IRQ_GERROR]++;
}

static unsigned irq_count(void *ctx, enum suite_irq irq)
{
    return ((struct world *)ctx)->irqs[irq];
}

static void *run_cpu(void *ctx)
{
    struct world *w = ctx;

    w->fn(w->arg);
    return NULL;
}

static bool cpu_start(void *ctx, void (*fn)(void *arg), void *arg)
{
    struct world *w = ctx;

    w->fn = fn;
    w->arg = arg;
    return pthread_create(&w->cpu, NULL, run_cpu, w) == 0;
}

static bool cpu_join(void *ctx)
{
    return pthread_join(((struct world *)ctx)->cpu, NULL) == 0;
}

static uint64_t live(void *ctx)
{
    struct dms_posix_stats stats;

    dms_posix_stats(((struct world *)ctx)->posix, &stats);
    return stats.objects + stats.tables;
}

static const char *lacks(void *ctx, enum suite_feature feature)
{
    (void)ctx;
    (void)feature;
    return NULL;
}

static void put(void *ctx, const char *line)
{
    (void)ctx;
    puts(line);
}

/* ---- the machine ----------------------------------------------------------------------------- */

/* IDR0 0x0d40101a, IDR1 0x02730010, IDR3 0x1404, IDR5 0x74: what QEMU 7.2 has. */
static struct smmuv3_model_cfg qemu_character(void)
{
    struct smmuv3_model_cfg cfg = smmuv3_model_default_cfg();

    cfg.oas_bits = 44;
    cfg.term_model = true;
    return cfg;
}

static bool set_character(struct smmuv3_model_cfg *cfg, const char *name)
{
    if (strcmp(name, "late") == 0) {
        cfg->commands = SMMUV3_CMDS_PER_ACCESS;
    } else if (strcmp(name, "thread") == 0) {
        cfg->commands = SMMUV3_CMDS_THREAD;
    } else if (strcmp(name, "plain") == 0) {
        cfg->ril = false;
        cfg->granules = 1u << 12;
        cfg->asid_bits = 8;
    } else {
        return strcmp(name, "qemu") == 0;
    }
    return true;
}

static void *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    void *bytes = malloc(1 << 16);

    if (!file || !bytes) {
        perror(path);
        exit(2);
    }
    *size = fread(bytes, 1, 1 << 16, file);
    fclose(file);
    return bytes;
}

static void quiet(void *ctx, enum dms_log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    (void)line;
}

static int usage(void)
{
    fputs("usage: suite_model DTB linear|two-level [qemu|late|thread|plain]\n", stderr);
    return 2;
}

static bool world_open(struct world *w, const char *character)
{
    const struct dms_posix_cfg posix_cfg = {.ram_size = RAM, .log = quiet};
    struct smmuv3_model_cfg cfg = qemu_character();
    struct dms_range ram;

    if (!set_character(&cfg, character) || dms_posix_create(&posix_cfg, &w->posix))
        return false;
    ram = dms_posix_ram(w->posix);
    w->ram = (struct model_ram){ram.first, RAM,
                                dms_posix_phys_ptr(w->posix, (dms_phys_t){ram.first}, RAM)};
    cfg.memory = model_ram_memory(&w->ram);
    cfg.irq = on_irq;
    cfg.ctx = w;
    return smmuv3_model_create(&cfg, &w->smmu) == 0;
}

int main(int argc, char **argv)
{
    static struct world w;
    struct suite_machine machine = {
        .ctx = &w,
        .smmu_path = "/smmuv3@9050000",
        .functions_path = "/functions",
        .host_path = "/pcie@10000000",
        .masters = masters,
        .nmasters = MASTERS,
        .post = post,
        .fetch = fetch,
        .store = store,
        .irq_count = irq_count,
        .cpu_start = cpu_start,
        .cpu_join = cpu_join,
        .live = live,
        .lacks = lacks,
        .put = put,
    };
    void *blob;
    unsigned failures;

    if (argc < 3 || argc > 4 || !world_open(&w, argc == 4 ? argv[3] : "qemu"))
        return usage();
    if (strcmp(argv[2], "linear") == 0)
        machine.strtab = DMS_SMMUV3_STRTAB_LINEAR;
    else if (strcmp(argv[2], "two-level") == 0)
        machine.strtab = DMS_SMMUV3_STRTAB_TWO_LEVEL;
    else
        return usage();
    blob = read_file(argv[1], &machine.blob_size);
    machine.blob = blob;
    machine.port = dms_posix_port(w.posix);
    machine.mmio = smmuv3_model_mmio(w.smmu);
    failures = suite_run(&machine);
    smmuv3_model_destroy(w.smmu);
    dms_posix_destroy(w.posix);
    free(blob);
    return failures ? 1 : 0;
}
