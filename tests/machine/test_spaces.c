/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Functions made at run time and child nodes end in the same address spaces, down to every reserved byte. */
#include "../cmocka_all.h"

#include <models/machine.h>

#include <dmaspace/dma.h>

#include <stdio.h>
#include <string.h>

enum {
    FUNCTIONS = 4,
    MAX_RANGES = 16
};

static const char *runtime_dtb;
static const char *child_dtb;

static const struct {
    const char *name;
    uint32_t id;
    struct dms_range window;
} functions[FUNCTIONS] = {
    {"bitstream", 0x100, {0, 0xdabfffff}},
    {"non-pixel", 0x101, {0x25800000, 0xdabfffff}},
    {"pixel", 0x102, {0, 0xdabfffff}},
    {"firmware", 0x300, {0x0a000000, 0x0a7fffff}},
};

struct spaces {
    struct model_machine *machine;
    struct dms_device *parent;
    struct dms_device *devices[FUNCTIONS];
};

static void drop(void *ctx, enum dms_log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    (void)line;
}

static void open_machine(struct spaces *s, const char *dtb)
{
    const struct model_machine_cfg cfg = {.log = drop};

    memset(s, 0, sizeof(*s));
    assert_int_equal(model_machine_open_file(dtb, &cfg, &s->machine), 0);
}

static void open_runtime(struct spaces *s)
{
    const struct dms_device_cfg parent = {.name = "iris", .node = "/soc@0/video-codec@2000000"};

    open_machine(s, runtime_dtb);
    assert_int_equal(
        dms_device_create(model_machine_devices(s->machine), &parent, &s->parent, NULL), 0);
    for (int i = 0; i < FUNCTIONS; i++) {
        const struct dms_device_cfg cfg = {.name = functions[i].name,
                                           .streams = DMS_STREAMS_ALL,
                                           .window = &functions[i].window,
                                           .nwindow = 1,
                                           .dma_mask_bits = 36};

        assert_int_equal(
            dms_function_create(s->parent, functions[i].id, &cfg, &s->devices[i], NULL), 0);
        assert_int_equal(dms_attach(s->devices[i], NULL), 0);
    }
}

static void open_children(struct spaces *s)
{
    open_machine(s, child_dtb);
    for (int i = 0; i < FUNCTIONS; i++) {
        char node[96];
        const struct dms_device_cfg cfg = {
            .name = functions[i].name, .node = node, .dma_mask_bits = 36};

        snprintf(node, sizeof(node), "/soc@0/video-codec@2000000/%s", functions[i].name);
        assert_int_equal(
            dms_device_create(model_machine_devices(s->machine), &cfg, &s->devices[i], NULL), 0);
        assert_int_equal(dms_attach(s->devices[i], NULL), 0);
    }
}

static void close_spaces(struct spaces *s)
{
    for (int i = FUNCTIONS; i-- > 0;)
        assert_int_equal(dms_device_destroy(s->devices[i], DMS_DESTROY_IDLE, NULL), 0);
    if (s->parent)
        assert_int_equal(dms_device_destroy(s->parent, DMS_DESTROY_IDLE, NULL), 0);
    assert_int_equal(model_machine_close(s->machine), 0);
}

/* The union of the regions within the aperture, whoever said it: that is what the space looks like to the allocator. */
static unsigned reserved_union(struct dms_device *dev, struct dms_range out[MAX_RANGES])
{
    struct dms_region_info regions[MAX_RANGES];
    struct dms_range aperture;
    unsigned n = 0;
    size_t count = dms_regions(dev, regions, MAX_RANGES);

    assert_in_range(count, 1, MAX_RANGES);
    assert_int_equal(dms_aperture(dev, &aperture), 0);
    for (size_t i = 0; i < count; i++) {
        struct dms_range r = regions[i].range;

        if (r.last < aperture.first || r.first > aperture.last)
            continue;
        r.first = r.first < aperture.first ? aperture.first : r.first;
        r.last = r.last > aperture.last ? aperture.last : r.last;
        if (n && r.first <= out[n - 1].last + 1)
            out[n - 1].last = r.last > out[n - 1].last ? r.last : out[n - 1].last;
        else
            out[n++] = r;
    }
    return n;
}

static void both_descriptions_give_the_same_spaces(void **state)
{
    struct spaces a, b;

    (void)state;
    open_runtime(&a);
    open_children(&b);
    for (int i = 0; i < FUNCTIONS; i++) {
        struct dms_range ra[MAX_RANGES], rb[MAX_RANGES], aa, ab;
        unsigned n = reserved_union(a.devices[i], ra);

        assert_int_equal(dms_aperture(a.devices[i], &aa), 0);
        assert_int_equal(dms_aperture(b.devices[i], &ab), 0);
        assert_memory_equal(&aa, &ab, sizeof(aa));
        assert_int_equal(n, reserved_union(b.devices[i], rb));
        assert_memory_equal(ra, rb, n * sizeof(ra[0]));
    }
    close_spaces(&b);
    close_spaces(&a);
}

static void both_descriptions_give_the_same_streams(void **state)
{
    struct spaces a, b;

    (void)state;
    open_runtime(&a);
    open_children(&b);
    for (int i = 0; i < FUNCTIONS; i++) {
        unsigned n = dms_device_stream_count(a.devices[i]);

        assert_int_equal(n, functions[i].id == 0x101 ? 2 : 1);
        assert_int_equal(n, dms_device_stream_count(b.devices[i]));
        for (unsigned s = 0; s < n; s++)
            assert_int_equal(dms_device_stream(a.devices[i], s).sid,
                             dms_device_stream(b.devices[i], s).sid);
    }
    close_spaces(&b);
    close_spaces(&a);
}

static void both_hand_out_the_same_addresses(void **state)
{
    struct spaces a, b;

    (void)state;
    open_runtime(&a);
    open_children(&b);
    for (int i = 0; i < FUNCTIONS; i++) {
        void *pa = dms_posix_ram_alloc(model_machine_memory(a.machine), 65536, 0, NULL);
        void *pb = dms_posix_ram_alloc(model_machine_memory(b.machine), 65536, 0, NULL);
        dms_iova_t ia, ib;

        assert_int_equal(dms_map(a.devices[i], pa, 65536, DMS_TO_DEVICE, NULL, &ia), 0);
        assert_int_equal(dms_map(b.devices[i], pb, 65536, DMS_TO_DEVICE, NULL, &ib), 0);
        assert_int_equal(ia, ib);
        assert_true(ia >= functions[i].window.first && ia + 65535 <= functions[i].window.last);
        assert_int_equal(dms_unmap(a.devices[i], ia, 65536, NULL), 0);
        assert_int_equal(dms_unmap(b.devices[i], ib, 65536, NULL), 0);
    }
    close_spaces(&b);
    close_spaces(&a);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_descriptions_give_the_same_spaces),
        cmocka_unit_test(both_descriptions_give_the_same_streams),
        cmocka_unit_test(both_hand_out_the_same_addresses),
    };

    if (argc != 3)
        return 2;
    runtime_dtb = argv[1];
    child_dtb = argv[2];
    return cmocka_run_group_tests_name("spaces", tests, NULL, NULL);
}
