/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Changes a device tree so that it stays one: what a blind fuzzer breaks in its first bytes is of little interest. Most
 * changes are to properties that say something about DMA.
 */
#include <libfdt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

static const char *const names[] = {
    "iommu-map",
    "iommu-map-mask",
    "iommus",
    "#iommu-cells",
    "iommu-addresses",
    "memory-region",
    "iommu-ranges",
    "dma-ranges",
    "ranges",
    "#address-cells",
    "#size-cells",
    "reg",
    "phandle",
    "status",
    "compatible",
    "dma-coherent",
    "interconnects",
    "interconnect-names",
    "#interconnect-cells",
    "device_type",
};

enum {
    NAMES = sizeof(names) / sizeof(names[0]),
    LARGEST_VALUE = 512
};

struct spot {
    int node;
    const char *name;
    int length;
    uint8_t value[LARGEST_VALUE];
};

static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static int is_of_interest(const char *name)
{
    for (unsigned i = 0; i < NAMES; i++) {
        if (strcmp(names[i], name) == 0)
            return 1;
    }
    return 0;
}

/* One of all properties of interest, each as likely as any other. */
static int choose_property(const void *fdt, uint64_t *random, struct spot *spot)
{
    uint32_t seen = 0;
    int property;

    for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
        fdt_for_each_property_offset(property, fdt, node)
        {
            const char *name;
            int length;
            const void *value = fdt_getprop_by_offset(fdt, property, &name, &length);

            /* libfdt has checked the tree as it was, not what became of it since. */
            if (!value || length < 0 || length > LARGEST_VALUE || !is_of_interest(name) ||
                next_random(random) % ++seen)
                continue;
            spot->node = node;
            spot->name = name;
            spot->length = length;
            memcpy(spot->value, value, (size_t)length);
        }
    }
    return seen > 0;
}

static int choose_node(const void *fdt, uint64_t *random)
{
    uint32_t seen = 0;
    int chosen = 0;

    for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
        if (next_random(random) % ++seen == 0)
            chosen = node;
    }
    return chosen;
}

static uint32_t interesting_cell(const void *fdt, uint64_t *random)
{
    static const uint32_t cells[] = {
        0,      1,       2,      3,          4,          5,          16,         17,        0xff,
        0xffff, 0x10000, 0x1000, 0xffff0000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};

    switch (next_random(random) % 3) {
    case 0:
        return fdt_get_phandle(fdt, choose_node(fdt, random));
    case 1:
        return next_random(random);
    default:
        return cells[next_random(random) % (sizeof(cells) / sizeof(cells[0]))];
    }
}

static void change_cell(const void *fdt, uint64_t *random, struct spot *spot)
{
    uint8_t *cell = spot->value;
    uint32_t value;

    if (spot->length < 4)
        return;
    cell += next_random(random) % ((uint32_t)spot->length / 4) * 4;
    value = fdt32_ld((const fdt32_t *)(const void *)cell);
    switch (next_random(random) % 4) {
    case 0:
        value ^= UINT32_C(1) << next_random(random) % 32;
        break;
    case 1:
        value += next_random(random) % 9 - 4;
        break;
    default:
        value = interesting_cell(fdt, random);
    }
    fdt32_st(cell, value);
}

static void change_length(uint64_t *random, struct spot *spot)
{
    int by = (int)(next_random(random) % 5) * (next_random(random) % 8 ? 4 : 1);

    if (next_random(random) % 2) {
        spot->length = spot->length > by ? spot->length - by : 0;
    } else if (spot->length + by <= LARGEST_VALUE && spot->length >= by) {
        /* The end once more: another entry, like the last or not. */
        memcpy(spot->value + spot->length, spot->value + spot->length - by, (size_t)by);
        spot->length += by;
    }
}

/* A negative result of libfdt (no space, most of all) leaves a tree that is still one. */
static void change(void *fdt, uint64_t *random)
{
    struct spot spot;
    char name[32];

    if (!choose_property(fdt, random, &spot))
        return;
    snprintf(name, sizeof(name), "%s", spot.name);
    switch (next_random(random) % 12) {
    case 0:
        fdt_delprop(fdt, spot.node, name);
        return;
    case 1:
        fdt_del_node(fdt, choose_node(fdt, random));
        return;
    case 2:
        fdt_setprop(fdt, choose_node(fdt, random), name, spot.value, spot.length);
        return;
    case 3:
        fdt_setprop(fdt, spot.node, names[next_random(random) % NAMES], spot.value, spot.length);
        return;
    case 4:
        spot.length = (int)LLVMFuzzerMutate(spot.value, (size_t)spot.length, LARGEST_VALUE);
        break;
    case 5:
    case 6:
        change_length(random, &spot);
        break;
    default:
        change_cell(fdt, random, &spot);
    }
    fdt_setprop(fdt, spot.node, name, spot.value, spot.length);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    uint64_t random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    void *fdt;

    if (size < sizeof(struct fdt_header) || fdt_check_full(data, size) || max_size < size ||
        next_random(&random) % 16 == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    fdt = malloc(max_size);
    if (!fdt || fdt_open_into(data, fdt, (int)max_size)) {
        free(fdt);
        return LLVMFuzzerMutate(data, size, max_size);
    }
    for (uint32_t n = 1 + next_random(&random) % 4; n > 0; n--)
        change(fdt, &random);
    if (fdt_pack(fdt) == 0) {
        size = fdt_totalsize(fdt);
        memcpy(data, fdt, size);
    }
    free(fdt);
    return size;
}
