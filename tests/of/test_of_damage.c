/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A tree with everything in it, damaged at random: opening and then asking everything of every node
 * must end, inside the blob, whatever the answers are. Meant for the sanitizer builds as well.
 */
#include "fdt_builder.h"
#include "of_random.h"

#include <libfdt.h>
#include <string.h>

#define ROUNDS 4000

static struct of_random rng;

static struct fdt_builder *whole_tree(void)
{
    struct fdt_builder *fb = fb_begin();

    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 2);
    fb_node(fb, "aliases");
    fb_str(fb, "video0", "/soc@0/video@1");
    fb_end(fb);
    fb_node(fb, "reserved-memory");
    fb_empty(fb, "ranges");
    fb_node(fb, "low");
    fb_cells(fb, "phandle", 1);
    fb_cells(fb, "reg", 0, 0x1000, 0, 0x1000);
    fb_cells(fb, "iommu-addresses", 3, 0, 0x1000, 0, 0x1000, 4, 5, 6, 3, 0, 0x9000, 0, 0);
    fb_end(fb);
    fb_end(fb);
    fb_node(fb, "soc@0");
    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 2);
    fb_cells(fb, "dma-ranges", 0, 0, 0, 0, 0x10, 0, 1, 1, 1, 1, 1, 1);
    fb_cells(fb, "ranges", 0, 0, 0, 0, 0x10, 0);
    fb_iommu(fb, "smmu@2", 2, 2);
    fb_node(fb, "video@1");
    fb_cells(fb, "phandle", 3);
    fb_cells(fb, "iommus", 2, 0x1940, 0, 2, 0x1941, 0x7f);
    fb_cells(fb, "iommu-map", 0, 2, 0x10, 0, 1, 5, 2, 0x15, 0, 1);
    fb_cells(fb, "iommu-map-mask", 0xff);
    fb_cells(fb, "iommu-ranges", 0, 0x25800000, 0, 0xba800000);
    fb_cells(fb, "memory-region", 1);
    fb_str(fb, "interconnect-names", "dma-mem");
    fb_cells(fb, "interconnects", 5, 0);
    fb_end(fb);
    fb_node(fb, "mc@5");
    fb_cells(fb, "phandle", 5);
    fb_cells(fb, "#interconnect-cells", 1);
    fb_empty(fb, "dma-ranges");
    fb_empty(fb, "dma-coherent");
    fb_end(fb);
    fb_node(fb, "bus");
    fb_cells(fb, "#address-cells", 1);
    fb_cells(fb, "#size-cells", 1);
    fb_node(fb, "narrow");
    fb_cells(fb, "phandle", 4);
    fb_str(fb, "status", "disabled");
    fb_cells(fb, "iommu-map", 0, 2, 0x10, 1, 1, 2, 0x11, 1);
    fb_end(fb);
    fb_end(fb);
    fb_end(fb);
    fb_finish(fb);
    return fb;
}

static uint8_t *random_place(struct fdt_builder *fb)
{
    uint32_t total = fdt_totalsize((const void *)fb->blob);

    if (total > FB_SIZE || of_random_one_in(&rng, 8))
        total = 4096;
    return fb->blob + of_random_below(&rng, total / 4) * (size_t)4;
}

static void damage(struct fdt_builder *fb)
{
    static const uint32_t words[] = {0, 1, 2, 3, 4, 5, 9, 16, 0x7fffffff, 0xffffffff, 0x80000000};

    for (uint32_t i = 1 + of_random_below(&rng, 4); i-- > 0;) {
        uint8_t *place = random_place(fb);

        switch (of_random_below(&rng, 4)) {
        case 0:
            fdt32_st(place, words[of_random_below(&rng, sizeof(words) / sizeof(words[0]))]);
            break;
        case 1:
            fdt32_st(place, fdt32_ld((fdt32_t *)(void *)place) ^ UINT32_C(1)
                                                                     << of_random_below(&rng, 32));
            break;
        case 2:
            place[of_random_below(&rng, 4)] = (uint8_t)of_random_u32(&rng);
            break;
        default:
            memcpy(place, random_place(fb), 4);
        }
    }
}

static void ask_map(struct fdt_builder *fb, dms_of_node_t node)
{
    struct dms_of_map map;
    struct dms_of_map_entry entry;
    struct dms_of_spec spec;

    for (uint32_t id = 0; id < 8; id++)
        dms_of_map_id(&fb->of, node, id, id % 2, &spec, &fb->diag);
    if (dms_of_map_begin(&fb->of, node, &map, &fb->diag) != 0)
        return;
    while (dms_of_map_next(&map, &entry, &fb->diag) == 0)
        dms_of_map_duplicate(&fb->of, node, &entry, &entry);
}

/* Listed entry by entry and asked for one by one, iommus say the same. */
static void ask_iommus(struct fdt_builder *fb, dms_of_node_t node)
{
    struct dms_of_iommus_entry entry;
    struct dms_of_iommus list;
    struct dms_of_spec spec;
    int listed = dms_of_iommus_begin(&fb->of, node, &list, &fb->diag);

    for (uint32_t i = 0; i < 4; i++) {
        int error = dms_of_iommus(&fb->of, node, i, &spec, &fb->diag);

        listed = listed ? listed : dms_of_iommus_next(&list, &entry, &fb->diag);
        assert_int_equal(error == 0, listed == 0 && entry.iommu_available);
        if (error == 0)
            assert_int_equal(spec.iommu, entry.spec.iommu);
    }
}

static void ask_addresses(struct fdt_builder *fb, dms_of_node_t node)
{
    dms_of_node_t bus = dms_of_dma_parent(&fb->of, node);
    struct dms_of_ranges ranges;
    struct dms_of_regions regions;
    struct dms_of_region region;
    struct dms_range range;
    int error;

    dms_of_dma_aperture(&fb->of, bus, &range, &fb->diag);
    if (dms_of_iommu_ranges(&fb->of, node, &ranges, &fb->diag) == 0) {
        while ((error = dms_of_ranges_next(&ranges, &range, &fb->diag)) != DMS_ENOENT)
            assert_true(error == DMS_ERANGE || (error == 0 && range.first <= range.last));
    }
    dms_of_regions_begin(&fb->of, node, &regions);
    while ((error = dms_of_regions_next(&regions, &region, &fb->diag)) != DMS_ENOENT)
        assert_true(error != 0 || region.range.first <= region.range.last);
}

static void ask_everything(struct fdt_builder *fb)
{
    char line[64];
    dms_of_node_t node;

    dms_of_find(&fb->of, "video0/x", &node, &fb->diag);
    dms_of_find(&fb->of, "/soc/video", &node, &fb->diag);
    for (node = DMS_OF_ROOT; node != DMS_OF_NONE; node = dms_of_next(&fb->of, node)) {
        ask_iommus(fb, node);
        ask_map(fb, node);
        ask_addresses(fb, node);
        dms_of_dma_coherent(&fb->of, node);
        dms_of_available(&fb->of, node);
        dms_of_path(&fb->of, node, line, sizeof(line));
        dms_of_diag_line(&fb->diag, line, sizeof(line));
    }
    for (node = DMS_OF_NONE; (node = dms_of_next_master(&fb->of, node)) != DMS_OF_NONE;)
        assert_true(node >= 0);
}

static void no_damage_makes_reading_fail_to_end(void **state)
{
    unsigned opened = 0;
    (void)state;

    rng = of_random_begin();
    print_message("# DMS_SEED=%" PRIu64 "\n", rng.seed);
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct fdt_builder *fb = whole_tree();

        damage(fb);
        if (fb_reopen(fb) != 0)
            continue;
        opened++;
        if (round % 2)
            assert_int_equal(dms_of_index(&fb->of, fb->index, FB_NODES), 0);
        ask_everything(fb);
    }
    assert_true(opened > ROUNDS / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_damage_makes_reading_fail_to_end),
    };

    return cmocka_run_group_tests_name("of_damage", tests, NULL, NULL);
}
