/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A device tree becomes a machine: an emulated SMMU for each IOMMU, a device for each master and for the functions of
 * its iommu-map. Whatever the tree says, a device that can be attached and mapped
 *
 *  1. is handed an address inside its aperture and outside every reserved region,
 *  2. reaches its buffer there, and no longer after unmap,
 *  3. leaves nothing behind.
 */
#include "fuzz.h"

#include <dmaspace/dmaspace.h>
#include <models/machine.h>
#include <string.h>

enum {
    MOST_SIZE = 32768,
    MOST_DEVICES = 24,
    MOST_IDS = 6,
    BUFFER = 4096
};

struct bench {
    struct model_machine *machine;
    struct dms_of of;
    void *buffer;
    struct dms_device *devices[MOST_DEVICES];
    unsigned count;
};

static void drop_log(void *ctx, enum dms_log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    (void)line;
}

/* Promise 1. */
static void check_place(struct dms_device *dev, dms_iova_t iova)
{
    struct dms_region_info regions[32];
    struct dms_range aperture;
    size_t n = dms_regions(dev, regions, 32);

    must_hold(dms_aperture(dev, &aperture) == 0);
    must_hold(aperture.first <= iova && iova + (BUFFER - 1) <= aperture.last);
    for (size_t i = 0; i < n && i < 32; i++)
        must_hold(regions[i].range.last < iova || iova + (BUFFER - 1) < regions[i].range.first);
}

/* Promise 2. */
static void use(struct bench *b, struct dms_device *dev)
{
    struct dma_engine engine;
    char byte = 0x5a;
    dms_iova_t iova;

    if (dms_attach(dev, NULL))
        return;
    if (dms_map(dev, b->buffer, BUFFER, DMS_BIDIRECTIONAL, NULL, &iova))
        return;
    check_place(dev, iova);
    engine = model_machine_engine(b->machine, dev, 0);
    memset(b->buffer, 0, BUFFER);
    must_hold(dma_engine_write(&engine, iova + 7, &byte, 1).ok);
    must_hold(((const char *)b->buffer)[7] == byte);
    must_hold(dms_unmap(dev, iova, BUFFER, NULL) == 0);
    must_hold(!dma_engine_write(&engine, iova, &byte, 1).ok);
}

/* Where the next device goes; it counts once keep() is told that there is one. */
static struct dms_device **next(struct bench *b)
{
    return &b->devices[b->count];
}

static struct dms_device *keep(struct bench *b, int error)
{
    return error ? NULL : b->devices[b->count++];
}

static void add_functions(struct bench *b, struct dms_device *parent, dms_of_node_t node)
{
    const struct dms_device_cfg cfg = {
        .name = "function", .dma_mask_bits = 40, .coherence = DMS_COHERENCE_SNOOPS};
    struct dms_of_map_entry entry;
    struct dms_of_map map;

    if (dms_of_map_begin(&b->of, node, &map, NULL))
        return;
    for (unsigned i = 0; i < MOST_IDS && b->count < MOST_DEVICES; i++) {
        if (dms_of_map_next(&map, &entry, NULL))
            return;
        if (keep(b, dms_function_create(parent, entry.id_base, &cfg, next(b), NULL)))
            use(b, b->devices[b->count - 1]);
    }
}

static void add_master(struct bench *b, dms_of_node_t node)
{
    static const struct dms_bus bus = {
        .name = "any", .iommu_optional = true, .dma_configure = dms_configure_iommus};
    char path[512];
    struct dms_machine *machine = model_machine_devices(b->machine);
    struct dms_device_cfg cfg = {.name = "master", .node = path};
    struct dms_device *dev;

    if (dms_of_path(&b->of, node, path, sizeof(path)) >= sizeof(path))
        return;
    dev = keep(b, dms_device_create(machine, &cfg, next(b), NULL));
    if (dev) {
        use(b, dev);
    } else {
        /* It may have an iommu-map alone: then it is a parent without streams. */
        cfg.bus = &bus;
        dev = keep(b, dms_device_create(machine, &cfg, next(b), NULL));
    }
    if (dev)
        add_functions(b, dev, node);
}

static void run(struct bench *b)
{
    dms_of_node_t node = DMS_OF_NONE;

    b->buffer = dms_posix_ram_alloc(model_machine_memory(b->machine), BUFFER, 0, NULL);
    must_hold(b->buffer);
    while ((node = dms_of_next_master(&b->of, node)) != DMS_OF_NONE && b->count < MOST_DEVICES)
        add_master(b, node);
    dms_machine_poll(model_machine_devices(b->machine));
    while (b->count) /* children after their parents, so the other way round */
        must_hold(dms_device_destroy(b->devices[--b->count], DMS_DESTROY_FORCE, NULL) == 0);
    dms_posix_ram_free(model_machine_memory(b->machine), b->buffer, BUFFER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct model_machine_cfg cfg = {.ram_size = UINT64_C(256) << 20, .log = drop_log};
    struct bench b = {0};
    void *blob;

    if (size > MOST_SIZE)
        return 0;
    blob = malloc(size ? size : 1);
    must_hold(blob);
    memcpy(blob, data, size);
    if (dms_of_open(&b.of, blob, size, NULL) == 0 &&
        model_machine_open(blob, size, &cfg, &b.machine) == 0) {
        run(&b);
        must_hold(model_machine_close(b.machine) ==
                  0); /* promise 3; its memory counts for itself */
    }
    free(blob);
    return 0;
}
