/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "demo.h"

#include "../tree.h"
#include "../verb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_FUNCTIONS = 256,
    MAX_PARENTS = 32,
    BUFFER = 4096
};

/* Function i gets addresses from i + 1 times this on, so that no two functions have one in common. */
#define STRIDE (UINT64_C(16) << 20)

struct function {
    struct dms_device *dev;
    uint8_t *cpu;
    dms_iova_t iova;
};

struct bench {
    struct model_machine *machine;
    struct demo_board *board;
    struct dms_device *parents[MAX_PARENTS];
    unsigned nparents;
    struct function functions[MAX_FUNCTIONS];
    unsigned nfunctions;
    char expected[DMS_NAME_MAX]; /* who the next fault should name */
};

static void count_fault(void *ctx, const struct dms_fault *fault)
{
    struct bench *b = ctx;

    if (fault->has_owner && !strcmp(fault->device, b->expected))
        b->board->faults++;
}

static void drop_log(void *ctx, enum dms_log_level level, const char *line)
{
    (void)ctx;
    if (level == DMS_LOG_ERROR)
        fprintf(stderr, "demo: %s\n", line);
}

static void fail(struct bench *b, const char *name, int error, const struct dms_report *report)
{
    fprintf(stderr, "demo: %s: %s%s%s\n", name, dms_strerror(error), report->text[0] ? ": " : "",
            report->text);
    b->board->failed++;
}

/* ---- creation ------------------------------------------------------------------------------------------------- */

/* The name and the rules of the next device: everything below its own addresses is reserved, as if it could not go there. */
struct place {
    char name[DMS_NAME_MAX];
    struct dms_region low;
    struct dms_device_cfg cfg;
};

static void place_next(const struct bench *b, struct place *place)
{
    place->low = (struct dms_region){0, (b->nfunctions + 1) * STRIDE, DMS_REGION_RESERVED};
    place->cfg = (struct dms_device_cfg){.name = place->name,
                                         .coherence = DMS_COHERENCE_SNOOPS,
                                         .regions = &place->low,
                                         .nregions = 1,
                                         .dma_mask_bits = 36};
}

/* Attaches the device that was created, or not, as the next one, and gives it a buffer. */
static void settle(struct bench *b, const char *name, int error, struct dms_report *report)
{
    struct function *f = &b->functions[b->nfunctions];
    struct dms_dma_opts opts = {.place = DMS_PLACE_BOTTOM_UP};

    if (error == DMS_EEXIST) {
        b->board->aliases++;
        return;
    }
    if (!error) {
        b->nfunctions++;
        error = dms_attach(f->dev, report);
        f->cpu = dms_posix_ram_alloc(model_machine_memory(b->machine), BUFFER, 0, NULL);
    }
    if (!error)
        error = f->cpu ? dms_map(f->dev, f->cpu, BUFFER, DMS_BIDIRECTIONAL, &opts, &f->iova)
                       : DMS_ENOMEM;
    if (error)
        fail(b, name, error, report);
}

static void add_function(struct bench *b, struct dms_device *parent, uint32_t id)
{
    struct dms_report report = {0};
    struct place place;
    int error;

    place_next(b, &place);
    snprintf(place.name, sizeof(place.name), "%.40s:0x%x", dms_device_name(parent), id);
    error = dms_function_create(parent, id, &place.cfg, &b->functions[b->nfunctions].dev, &report);
    settle(b, place.name, error, &report);
}

/* A device with streams of its own, beside the functions. */
static void add_codec(struct bench *b, const struct tree *tree, dms_of_node_t node)
{
    struct path path = path_of(tree, node);
    struct dms_report report = {0};
    struct place place;
    int error;

    if (b->nfunctions == MAX_FUNCTIONS)
        return;
    place_next(b, &place);
    snprintf(place.name, sizeof(place.name), "%.60s", dms_of_name(&tree->of, node));
    place.cfg.node = path.text;
    error = dms_device_create(model_machine_devices(b->machine), &place.cfg,
                              &b->functions[b->nfunctions].dev, &report);
    settle(b, place.name, error, &report);
}

static void add_parent(struct bench *b, const struct tree *tree, dms_of_node_t node,
                       struct dms_of_map *map)
{
    struct path path = path_of(tree, node);
    const struct dms_device_cfg cfg = {.name = dms_of_name(&tree->of, node), .node = path.text};
    struct dms_report report = {0};
    struct dms_of_map_entry entry;
    int error;

    if (b->nparents == MAX_PARENTS)
        return;
    error = dms_device_create(model_machine_devices(b->machine), &cfg, &b->parents[b->nparents],
                              &report);
    if (error) {
        fail(b, path.text, error, &report);
        return;
    }
    b->nparents++;
    while (dms_of_map_next(map, &entry, NULL) == 0) {
        /* A range of ids (a PCIe segment's) is shown by its first ones. */
        for (uint32_t i = 0; i < entry.length && i < 16 && b->nfunctions < MAX_FUNCTIONS; i++)
            add_function(b, b->parents[b->nparents - 1], entry.id_base + i);
    }
}

static void add_master(struct bench *b, const struct tree *tree, dms_of_node_t node)
{
    struct dms_of_map map;

    if (dms_of_map_begin(&tree->of, node, &map, NULL) == 0)
        add_parent(b, tree, node, &map);
    else if (!strncmp(dms_of_name(&tree->of, node), "video-codec@", strlen("video-codec@")))
        add_codec(b, tree, node);
}

/* ---- use ------------------------------------------------------------------------------------------------------- */

static void fill(uint8_t *buffer, unsigned index)
{
    for (size_t i = 0; i < BUFFER; i++)
        buffer[i] = (uint8_t)(i * 7 + index * 13 + 1);
}

static void move_bytes(struct bench *b, unsigned index)
{
    struct function *f = &b->functions[index];
    struct dma_engine engine = model_machine_engine(b->machine, f->dev, 0);
    uint8_t pattern[BUFFER];

    if (!f->cpu)
        return;
    fill(pattern, index);
    memset(f->cpu, 0, BUFFER);
    if (dma_engine_write(&engine, f->iova, pattern, BUFFER).ok &&
        !memcmp(f->cpu, pattern, BUFFER)) {
        b->board->functions++;
        return;
    }
    fprintf(stderr, "demo: %s: its DMA did not arrive\n", dms_device_name(f->dev));
    b->board->failed++;
}

/* `from` reaches for the address of `to`: it must fault, in its own name, and see nothing. */
static void intrude(struct bench *b, const struct function *from, const struct function *to)
{
    struct dma_engine engine = model_machine_engine(b->machine, from->dev, 0);
    uint8_t seen[16] = {0};

    snprintf(b->expected, sizeof(b->expected), "%s", dms_device_name(from->dev));
    b->board->pairs++;
    if (dma_engine_read(&engine, to->iova, seen, sizeof(seen)).ok ||
        !memcmp(seen, to->cpu, sizeof(seen)))
        b->board->leaks++;
    dms_machine_poll(model_machine_devices(b->machine));
}

static unsigned count_iommus(const struct bench *b)
{
    unsigned n = 0;

    for (unsigned i = 0; i < model_machine_iommu_count(b->machine); i++) {
        for (unsigned f = 0; f < b->nfunctions; f++) {
            if (dms_device_iommu(b->functions[f].dev) == model_machine_iommu(b->machine, i)) {
                n++;
                break;
            }
        }
    }
    return n;
}

static void use_all(struct bench *b)
{
    for (unsigned i = 0; i < b->nfunctions; i++)
        move_bytes(b, i);
    for (unsigned i = 0; i < b->nfunctions; i++) {
        demo_progress("isolation: function %u of %u", i + 1, b->nfunctions);
        for (unsigned j = 0; j < b->nfunctions; j++) {
            if (i != j && b->functions[i].cpu && b->functions[j].cpu)
                intrude(b, &b->functions[i], &b->functions[j]);
        }
    }
    demo_progress(NULL);
    b->board->iommus = count_iommus(b);
}

static void destroy_all(struct bench *b)
{
    struct dms_report report = {0};

    while (b->nfunctions-- > 0)
        dms_device_destroy(b->functions[b->nfunctions].dev, DMS_DESTROY_FORCE, &report);
    while (b->nparents-- > 0)
        dms_device_destroy(b->parents[b->nparents], DMS_DESTROY_FORCE, &report);
    if (model_machine_close(b->machine)) {
        fprintf(stderr, "demo: a device was left behind\n");
        b->board->failed++;
    }
}

int demo_board_run(const char *dtb, struct demo_board *board)
{
    struct bench *b = calloc(1, sizeof(*b));
    struct model_machine_cfg cfg = {.on_fault = count_fault, .on_fault_ctx = b, .log = drop_log};
    struct tree tree = {0};
    dms_of_node_t node = DMS_OF_NONE;

    memset(board, 0, sizeof(*board));
    if (!b || tree_open(&tree, dtb) != EXIT_GOOD ||
        model_machine_open_file(dtb, &cfg, &b->machine)) {
        fprintf(stderr, "demo: %s cannot be used\n", dtb);
        tree_close(&tree);
        free(b);
        return -1;
    }
    b->board = board;
    while ((node = dms_of_next_master(&tree.of, node)) != DMS_OF_NONE)
        add_master(b, &tree, node);
    use_all(b);
    destroy_all(b);
    tree_close(&tree);
    free(b);
    return 0;
}
