/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Devices whose streams, limits and regions come from a device tree. */
#include "../of/fdt_builder.h"
#include "rig.h"

#define SMMU "/smmu"

static const uint32_t seed_map[] = {0x0, 1, 0x1940, 0x0, 0x1, /**/ 0x1, 1, 0x1943, 0x0, 0x1, /**/
                                    0x2, 1, 0x1944, 0x0, 0x1};

static const uint32_t kaanapali_map[] = {0x100, 1, 0x1944, 0, 1, 0x101, 1, 0x1940, 0, 1,
                                         0x101, 1, 0x1a20, 0, 1, 0x102, 1, 0x1943, 0, 1,
                                         0x300, 1, 0x1a22, 0, 1};

/* A two-cell Arm SMMU with phandle 1 and a video unit with the map. */
static struct fdt_builder *video_tree(const uint32_t *map, size_t cells)
{
    struct fdt_builder *fb = fb_begin();

    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 2);
    fb_node(fb, "smmu");
    fb_str(fb, "compatible", "qcom,smmu-500");
    fb_cells(fb, "phandle", 1);
    fb_cells(fb, "#iommu-cells", 2);
    fb_end(fb);
    fb_node(fb, "video");
    fb_cell_array(fb, "iommu-map", map, cells);
    fb_empty(fb, "dma-coherent");
    fb_cells(fb, "iommu-ranges", 0, 0x100000, 0, 0x100000);
    fb_end(fb);
    fb_finish(fb);
    return fb;
}

static struct rig *rig_of(struct fdt_builder *fb)
{
    return rig_create_tree(fb->blob, sizeof(fb->blob), SMMU);
}

static struct dms_device *node_device(struct rig *rig, const char *name, const char *node)
{
    struct dms_device_cfg cfg = {.name = name, .node = node, .dma_mask_bits = 64};
    struct dms_device *dev = NULL;

    assert_int_equal(dms_device_create(rig->machine, &cfg, &dev, &rig->report), 0);
    return dev;
}

static struct dms_device *function(struct rig *rig, struct dms_device *parent, uint32_t id,
                                   const char *name)
{
    struct dms_device_cfg cfg = {.name = name};
    struct dms_device *dev = NULL;

    assert_int_equal(dms_function_create(parent, id, &cfg, &dev, &rig->report), 0);
    return dev;
}

static void the_seed_map_gives_its_three_streams(void **state)
{
    static const dms_sid_t sids[] = {0x1940, 0x1943, 0x1944};
    struct rig *rig = rig_of(video_tree(seed_map, 15));
    struct dms_device *parent = node_device(rig, "iris", "/video");
    struct dms_device *functions[3];
    struct dms_device *dev;

    (void)state;
    assert_int_equal(dms_device_stream_count(parent), 0);
    assert_null(dms_device_iommu(parent));
    assert_int_equal(dms_attach(parent, &rig->report), DMS_ENODEV);
    for (uint32_t id = 0; id < 3; id++) {
        functions[id] = function(rig, parent, id, "f");
        assert_int_equal(dms_device_stream_count(functions[id]), 1);
        assert_int_equal(dms_device_stream(functions[id], 0).sid, sids[id]);
        assert_int_equal(dms_device_stream(functions[id], 0).mask, 0);
    }
    assert_int_equal(
        dms_function_create(parent, 3, &(struct dms_device_cfg){.name = "g"}, &dev, &rig->report),
        DMS_ENODEV);
    assert_int_equal(rig->report.party, DMS_PARTY_NODE);
    assert_string_equal(rig->report.name, "/video");
    for (uint32_t id = 0; id < 3; id++)
        rig_end(functions[id]);
    rig_end(parent);
    rig_destroy(rig);
}

static void a_second_owner_of_a_function_is_refused_by_name(void **state)
{
    struct rig *rig = rig_of(video_tree(seed_map, 15));
    struct dms_device *parent = node_device(rig, "iris", "/video");
    struct dms_device *pixel = function(rig, parent, 1, "iris:pixel");
    struct dms_device *dev;

    (void)state;
    assert_int_equal(dms_function_create(parent, 1, &(struct dms_device_cfg){.name = "again"}, &dev,
                                         &rig->report),
                     DMS_EEXIST);
    assert_string_equal(rig->report.text, "stream 0x1943 belongs to iris:pixel");
    rig_end(pixel);
    rig_end(parent);
    rig_destroy(rig);
}

static void a_function_inherits_nothing_but_the_map(void **state)
{
    struct rig *rig = rig_of(video_tree(seed_map, 15));
    struct dms_device *parent = node_device(rig, "iris", "/video");
    struct dms_device *f = function(rig, parent, 0, "f");
    struct dms_range aperture;

    (void)state;
    assert_true(dms_device_is_coherent(parent));
    assert_false(dms_device_is_coherent(f));
    assert_int_equal(dms_regions(f, NULL, 0), 0);
    assert_int_equal(dms_aperture(f, &aperture), 0);
    assert_int_equal(aperture.first, 0x1000);
    assert_int_equal(aperture.last, 0xffffffff);
    assert_ptr_equal(dms_device_parent(f), parent);
    rig_end(f);
    rig_end(parent);
    rig_destroy(rig);
}

static void an_id_in_two_entries_has_the_first_stream_or_all_of_them(void **state)
{
    struct rig *rig = rig_of(video_tree(kaanapali_map, 25));
    struct dms_device *parent = node_device(rig, "iris", "/video");
    struct dms_device_cfg all = {.name = "non-pixel", .streams = DMS_STREAMS_ALL};
    struct dms_device *f = function(rig, parent, 0x101, "first");
    struct dms_device *both;

    (void)state;
    assert_int_equal(dms_device_stream_count(f), 1);
    assert_int_equal(dms_device_stream(f, 0).sid, 0x1940);
    rig_end(f);
    assert_int_equal(dms_function_create(parent, 0x101, &all, &both, &rig->report), 0);
    assert_int_equal(dms_device_stream_count(both), 2);
    assert_int_equal(dms_device_stream(both, 1).sid, 0x1a20);
    rig_end(both);
    rig_end(parent);
    rig_destroy(rig);
}

static void an_iommu_that_was_not_added_is_worth_another_try(void **state)
{
    struct fdt_builder *fb = video_tree(seed_map, 15);
    struct rig *rig = rig_create_tree(fb->blob, sizeof(fb->blob), NULL);
    struct dms_device *parent = node_device(rig, "iris", "/video");
    struct dms_device *dev;

    (void)state;
    assert_int_equal(
        dms_function_create(parent, 0, &(struct dms_device_cfg){.name = "f"}, &dev, &rig->report),
        DMS_EAGAIN);
    assert_string_equal(rig->report.name, SMMU);
    rig_end(parent);
    rig_destroy(rig);
}

/* ---- platform devices ------------------------------------------------------------------------ */

#define WIDE 0x1, 0x0 /* 4 GiB */

/* smmu: one cell. /bus has dma-ranges with a hole; /bus/dev has everything a node can say. */
static struct fdt_builder *platform_tree(void)
{
    struct fdt_builder *fb = fb_begin();

    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 2);
    fb_iommu(fb, "smmu", 1, 1);
    fb_node(fb, "reserved-memory");
    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 2);
    fb_empty(fb, "ranges");
    fb_node(fb, "hole");
    fb_cells(fb, "phandle", 2);
    fb_cells(fb, "iommu-addresses", 10, 0, 0x20000000, 0, 0x100000);
    fb_end(fb);
    fb_node(fb, "screen@30000000");
    fb_cells(fb, "phandle", 3);
    fb_cells(fb, "reg", 0, 0x30000000, 0, 0x200000);
    fb_cells(fb, "iommu-addresses", 10, 0, 0x30000000, 0, 0x200000);
    fb_end(fb);
    fb_end(fb);
    fb_node(fb, "bus");
    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 2);
    fb_cells(fb, "dma-ranges", /* 256 MB .. 1 GiB, and 2 .. 4 GiB */
             0, 0x10000000, 0, 0x10000000, 0, 0x30000000, 0, 0x80000000, 0, 0x80000000, 0,
             0x80000000);
    fb_node(fb, "dev");
    fb_cells(fb, "phandle", 10);
    fb_cells(fb, "iommus", 1, 0x11, 1, 0x12);
    fb_cells(fb, "memory-region", 2, 3);
    fb_cells(fb, "iommu-ranges", 0, 0x18000000, 0, 0xd8000000);
    fb_empty(fb, "dma-coherent");
    fb_end(fb);
    fb_node(fb, "plain");
    fb_end(fb);
    fb_end(fb);
    fb_finish(fb);
    return fb;
}

static void a_node_gives_its_device_streams_limits_and_regions(void **state)
{
    static const char expected[] = "0x0000000000001000 0x000000000fffffff window\n"
                                   "0x0000000000001000 0x0000000017ffffff window\n"
                                   "0x0000000020000000 0x00000000200fffff reserved\n"
                                   "0x0000000030000000 0x00000000301fffff direct\n"
                                   "0x0000000040000000 0x000000007fffffff window\n"
                                   "0x00000000f0000000 0x0000ffffffffffff window\n"
                                   "0x0000000100000000 0x0000ffffffffffff window\n";
    struct rig *rig = rig_of(platform_tree());
    struct dms_device *dev = node_device(rig, "dev", "/bus/dev");
    struct dms_region_info info[7];
    struct dms_range aperture;
    char text[512];

    (void)state;
    assert_int_equal(dms_device_stream_count(dev), 2);
    assert_int_equal(dms_device_stream(dev, 1).sid, 0x12);
    assert_true(dms_device_is_coherent(dev));
    assert_int_equal(dms_aperture(dev, &aperture), 0);
    assert_int_equal(aperture.first, 0x10000000);
    assert_int_equal(aperture.last, 0xffffffff);
    assert_int_equal(dms_regions(dev, info, 7), 7);
    for (unsigned i = 0; i < 7; i++)
        assert_int_equal(info[i].origin, DMS_ORIGIN_DEVICETREE);
    assert_int_equal(dms_regions_text(dev, text, sizeof(text)), sizeof(expected) - 1);
    assert_string_equal(text, expected);
    rig_end(dev);
    rig_destroy(rig);
}

static void direct_regions_of_the_tree_are_mapped_while_attached(void **state)
{
    struct rig *rig = rig_of(platform_tree());
    struct dms_device *dev = node_device(rig, "dev", "/bus/dev");
    dms_phys_t phys;

    (void)state;
    assert_int_equal(dms_attach(dev, &rig->report), 0);
    assert_int_equal(dms_iova_to_phys(dev, 0x30123456, &phys), 0);
    assert_int_equal(phys.addr, 0x30123456);
    assert_int_equal(dms_iova_to_phys(dev, 0x30200000, &phys), DMS_ENOENT);
    assert_int_equal(dms_iova_to_phys(dev, 0x20000000, &phys), DMS_ENOENT);
    assert_int_equal(dms_detach(dev, &rig->report), 0);
    assert_int_equal(fake_pages(rig->fake), 0);
    rig_end(dev);
    rig_destroy(rig);
}

static void a_node_without_iommu_is_a_device_without_streams(void **state)
{
    struct rig *rig = rig_of(platform_tree());
    struct dms_device *dev = node_device(rig, "plain", "/bus/plain");
    struct dms_range range = {0x1000, 0x1fff};
    dms_iova_t iova;
    int word;

    (void)state;
    assert_int_equal(dms_attach(dev, NULL), DMS_ENODEV);
    assert_int_equal(dms_detach(dev, NULL), 0);
    assert_int_equal(dms_reserve(dev, 0x1000, 0x1000, DMS_REGION_RESERVED, NULL), DMS_ENODEV);
    assert_int_equal(dms_window(dev, &range, 1, NULL), DMS_ENODEV);
    assert_int_equal(dms_release(dev, 0x1000, 0x1000, DMS_REGION_RESERVED, NULL), DMS_ENOENT);
    assert_int_equal(dms_aperture(dev, &range), DMS_ENODEV);
    assert_int_equal(dms_regions(dev, NULL, 0), 0);
    assert_int_equal(dms_set_dma_mask(dev, 40, NULL), 0);
    assert_int_equal(dms_map(dev, &word, sizeof(word), DMS_TO_DEVICE, NULL, &iova), DMS_ENODEV);
    assert_int_equal(dms_unmap(dev, 0x1000, 4, NULL), DMS_ENODEV);
    assert_int_equal(dms_flush(dev), DMS_ENODEV);
    assert_int_equal(dms_device_granule(dev), 0);
    rig_end(dev);
    rig_destroy(rig);
}

/* ---- requesters ------------------------------------------------------------------------------ */

static struct fdt_builder *pci_tree(void)
{
    struct fdt_builder *fb = fb_begin();

    fb_cells(fb, "#address-cells", 2);
    fb_cells(fb, "#size-cells", 2);
    fb_iommu(fb, "smmu", 1, 1);
    fb_node(fb, "pcie");
    fb_cells(fb, "#address-cells", 3);
    fb_cells(fb, "#size-cells", 2);
    fb_cells(fb, "dma-ranges", 0x02000000, 0, 0x80000000, 0, 0x80000000, 0, 0x40000000);
    fb_empty(fb, "dma-coherent");
    fb_cells(fb, "iommu-map", 0, 1, 0x100, 0x1000);
    fb_cells(fb, "iommu-map-mask", 0xfff8);
    fb_end(fb);
    fb_finish(fb);
    return fb;
}

static int requester(struct rig *rig, const uint32_t *ids, unsigned n, struct dms_device **out)
{
    struct dms_device_cfg cfg = {
        .name = "00:01.0", .bus = &dms_requester_bus, .node = "/pcie", .ids = ids, .nids = n};

    return dms_device_create(rig->machine, &cfg, out, &rig->report);
}

static void a_requester_goes_through_the_map_of_its_host(void **state)
{
    static const uint32_t ids[] = {0x0008, 0x000b, 0x0010}; /* the mask makes the first two one */
    static const uint32_t far = 0x2000;
    struct dms_dma_opts everywhere = {
        .lowest = 1, .highest = UINT64_MAX, .place = DMS_PLACE_BOTTOM_UP};
    dms_iova_t iova;
    struct rig *rig = rig_of(pci_tree());
    struct dms_device *dev;
    struct dms_range aperture;

    (void)state;
    assert_int_equal(requester(rig, ids, 3, &dev), 0);
    assert_int_equal(dms_device_stream_count(dev), 2);
    assert_int_equal(dms_device_stream(dev, 0).sid, 0x108);
    assert_int_equal(dms_device_stream(dev, 1).sid, 0x110);
    assert_true(dms_device_is_coherent(dev));
    assert_int_equal(dms_aperture(dev, &aperture), 0);
    assert_int_equal(aperture.first, 0x80000000);
    assert_int_equal(aperture.last, 0xbfffffff);
    /* Options bound an address within the aperture, not beyond it. */
    assert_int_equal(dms_attach(dev, NULL), 0);
    assert_int_equal(
        dms_map_phys(dev, (dms_phys_t){0x1000}, 4096, DMS_TO_DEVICE, &everywhere, &iova), 0);
    assert_int_equal(iova, 0x80000000);
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    rig_end(dev);
    assert_int_equal(requester(rig, &far, 1, &dev), DMS_ENODEV);
    assert_int_equal(requester(rig, NULL, 0, &dev), DMS_ENODEV);
    rig_destroy(rig);
}

/* ---- broken trees ---------------------------------------------------------------------------- */

/* A bus with these dma-ranges and a device on it that is fine in itself. */
static void broken_bus(struct fdt_builder *fb, const char *name, const uint32_t *cells,
                       size_t count)
{
    fb_node(fb, name);
    fb_cells(fb, "#address-cells", 1);
    fb_cells(fb, "#size-cells", 1);
    fb_cell_array(fb, "dma-ranges", cells, count);
    fb_node(fb, "dev");
    fb_cells(fb, "iommus", 1, 6);
    fb_end(fb);
    fb_end(fb);
}

static struct fdt_builder *broken_tree(void)
{
    struct fdt_builder *fb = fb_begin();

    fb_cells(fb, "#address-cells", 1);
    fb_cells(fb, "#size-cells", 1);
    fb_iommu(fb, "smmu", 1, 1);
    fb_node(fb, "cut");
    fb_cells(fb, "iommus", 1);
    fb_end(fb);
    fb_node(fb, "dangling");
    fb_cells(fb, "iommus", 77, 1);
    fb_end(fb);
    fb_node(fb, "narrow");
    fb_cells(fb, "iommus", 1, 3);
    fb_cells(fb, "iommu-ranges", 0x1000, 0x800);
    fb_end(fb);
    fb_node(fb, "odd");
    fb_cells(fb, "iommus", 1, 4);
    fb_cells(fb, "iommu-ranges", 0x1000);
    fb_end(fb);
    fb_node(fb, "wide");
    fb_cells(fb, "iommus", 1, 0x10000);
    fb_end(fb);
    fb_node(fb, "empty");
    fb_cells(fb, "iommus", 1, 5);
    fb_cells(fb, "iommu-ranges", 0x1000, 0);
    fb_end(fb);
    fb_node(fb, "smmu3");
    fb_str(fb, "compatible", "arm,smmu-v3");
    fb_cells(fb, "phandle", 3);
    fb_cells(fb, "#iommu-cells", 2);
    fb_end(fb);
    fb_node(fb, "cells");
    fb_cells(fb, "iommus", 3, 1, 0);
    fb_end(fb);
    fb_node(fb, "unmapped");
    fb_cells(fb, "iommu-map", 0, 1, 0);
    fb_end(fb);
    broken_bus(fb, "cut-bus", (const uint32_t[]){1, 2}, 2);
    broken_bus(fb, "null-bus", (const uint32_t[]){0x1000, 0x1000, 0}, 3);
    broken_bus(fb, "tiny-bus", (const uint32_t[]){0x1000, 0x1000, 0x800}, 3);
    fb_finish(fb);
    return fb;
}

static void a_malformed_property_is_refused_with_the_place(void **state)
{
    static const struct {
        const char *node;
        int error;
    } bad[] = {
        {"/cut", DMS_EINVAL},          {"/narrow", DMS_EINVAL},      {"/odd", DMS_EINVAL},
        {"/wide", DMS_ERANGE},         {"/nowhere", DMS_ENOENT},     {"/empty", DMS_EINVAL},
        {"/cells", DMS_EINVAL},        {"/cut-bus/dev", DMS_EINVAL}, {"/null-bus/dev", DMS_EINVAL},
        {"/tiny-bus/dev", DMS_EINVAL},
    };
    struct rig *rig = rig_of(broken_tree());
    struct dms_device *dev;
    struct dms_device *f;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct dms_device_cfg cfg = {.name = "dev", .node = bad[i].node};

        assert_int_equal(dms_device_create(rig->machine, &cfg, &dev, &rig->report), bad[i].error);
        assert_string_not_equal(rig->report.text, "");
    }
    /* A map that is cut short, seen by a function. */
    dev = node_device(rig, "unmapped", "/unmapped");
    assert_int_equal(
        dms_function_create(dev, 0, &(struct dms_device_cfg){.name = "f"}, &f, &rig->report),
        DMS_EINVAL);
    assert_string_equal(rig->report.name, "/unmapped");
    rig_end(dev);
    /* A phandle that leads nowhere is no IOMMU. */
    dev = node_device(rig, "dangling", "/dangling");
    assert_int_equal(dms_device_stream_count(dev), 0);
    rig_end(dev);
    rig_destroy(rig);
}

/* ---- Arm SMMUs of the older kind ------------------------------------------------------------- */

/*
 * One cell per specifier, and the mask in the SMMU's own node; a map of the legacy form against two
 * cells.
 */
static struct fdt_builder *arm_tree(void)
{
    struct fdt_builder *fb = fb_begin();

    fb_cells(fb, "#address-cells", 1);
    fb_cells(fb, "#size-cells", 1);
    fb_node(fb, "smmu");
    fb_str(fb, "compatible", "arm,mmu-500");
    fb_cells(fb, "phandle", 1);
    fb_cells(fb, "#iommu-cells", 1);
    fb_cells(fb, "stream-match-mask", 0x7f80);
    fb_end(fb);
    fb_node(fb, "smmu2");
    fb_str(fb, "compatible", "arm,mmu-500");
    fb_cells(fb, "phandle", 2);
    fb_cells(fb, "#iommu-cells", 2);
    fb_end(fb);
    fb_node(fb, "dev");
    fb_cells(fb, "iommus", 1, 0x15);
    fb_end(fb);
    fb_node(fb, "pcie");
    fb_cells(fb, "iommu-map", 0, 2, 0x40, 1, 0x100, 2, 0x41, 1);
    fb_end(fb);
    fb_finish(fb);
    return fb;
}

static void a_one_cell_smmu_ignores_the_bits_that_its_node_says(void **state)
{
    struct rig *rig = rig_of(arm_tree());
    struct dms_device *dev = node_device(rig, "dev", "/dev");
    char name[DMS_NAME_MAX];

    (void)state;
    assert_int_equal(dms_device_stream(dev, 0).sid, 0x15);
    assert_int_equal(dms_device_stream(dev, 0).mask, 0x7f80);
    assert_int_equal(dms_stream_owner(rig->machine, fake_iommu_base(rig->fake), 0x4015, name), 0);
    rig_end(dev);
    rig_destroy(rig);
}

static void what_linux_accepts_though_odd_is_logged_once(void **state)
{
    struct fdt_builder *fb = arm_tree();
    struct rig *rig = rig_create_tree(fb->blob, sizeof(fb->blob), "/smmu2");
    struct dms_device *pcie = node_device(rig, "pcie", "/pcie");
    struct dms_device_cfg cfg = {.name = "f"};
    struct dms_device *f;

    (void)state;
    rig->tp.last_log[0] = '\0';
    assert_int_equal(dms_function_create(pcie, 0x100, &cfg, &f, &rig->report), 0);
    assert_int_equal(dms_device_stream(f, 0).sid, 0x41);
    assert_non_null(strstr(rig->tp.last_log, "/pcie"));
    rig_end(f);
    rig->tp.last_log[0] = '\0';
    assert_int_equal(dms_function_create(pcie, 0, &cfg, &f, &rig->report), 0);
    assert_string_equal(rig->tp.last_log, "");
    rig_end(f);
    rig_end(pcie);
    rig_destroy(rig);
}

/* ---- without a node -------------------------------------------------------------------------- */

static void what_wants_a_node_says_so(void **state)
{
    static const uint32_t id = 1;
    struct rig *rig = rig_of(platform_tree());
    struct dms_device_cfg cfg = {.name = "bare"};
    struct dms_device_cfg nodeless = {
        .name = "requester", .bus = &dms_requester_bus, .ids = &id, .nids = 1};
    struct dms_device_cfg orphan = {
        .name = "orphan", .bus = &dms_function_bus, .ids = &id, .nids = 1};
    struct dms_region region = {0x1000, 0x1000, DMS_REGION_RESERVED};
    struct dms_device *bare;
    struct dms_device *dev;

    (void)state;
    assert_int_equal(dms_device_create(rig->machine, &nodeless, &dev, &rig->report), DMS_ENODEV);
    assert_string_equal(rig->report.text, "the device has no device-tree node");
    assert_int_equal(dms_device_create(rig->machine, &orphan, &dev, &rig->report), DMS_ENODEV);
    assert_int_equal(dms_device_create(rig->machine, &cfg, &bare, &rig->report), 0);
    assert_int_equal(dms_device_stream_count(bare), 0);
    assert_int_equal(dms_function_create(bare, 1, &cfg, &dev, &rig->report), DMS_ENODEV);
    rig_end(bare);
    cfg.regions = &region;
    cfg.nregions = 1;
    assert_int_equal(dms_device_create(rig->machine, &cfg, &dev, &rig->report), DMS_ENODEV);
    rig_destroy(rig);
}

static void a_device_knows_what_it_was_made_of(void **state)
{
    struct rig *rig = rig_of(video_tree(seed_map, 15));
    struct dms_device *parent = node_device(rig, "iris", "/video");
    struct dms_device_cfg cfg = {.name = "f", .driver_data = &cfg};
    struct dms_device *f;
    const uint32_t *ids;
    unsigned count;

    (void)state;
    assert_int_equal(dms_function_create(parent, 2, &cfg, &f, NULL), 0);
    ids = dms_device_ids(f, &count);
    assert_int_equal(count, 1);
    assert_int_equal(ids[0], 2);
    assert_ptr_equal(dms_device_machine(f), rig->machine);
    assert_ptr_equal(dms_device_driver_data(f), &cfg);
    rig_end(f);
    rig_end(parent);
    rig_destroy(rig);
}

static void a_blob_that_is_no_tree_makes_no_machine(void **state)
{
    _Alignas(8) static const char junk[64] = "no tree";
    struct test_port tp;
    struct dms_machine_cfg cfg = {.port = &tp.port, .blob = junk, .blob_size = sizeof(junk)};
    struct dms_machine *machine;

    (void)state;
    test_port_init(&tp, 0);
    assert_int_equal(dms_machine_create(&cfg, &machine), DMS_EINVAL);
    assert_string_not_equal(tp.last_log, "");
    tp.port.now_ns = NULL;
    cfg.blob = NULL;
    assert_int_equal(dms_machine_create(&cfg, &machine), DMS_EINVAL);
    cfg.port = NULL;
    assert_int_equal(dms_machine_create(&cfg, &machine), DMS_EINVAL);
    test_port_assert_clean(&tp);
}

static void an_iommu_is_added_once_and_where_there_is_a_node(void **state)
{
    struct rig *rig = rig_of(platform_tree());
    struct fake_iommu *other = fake_iommu_create(&rig->tp.port, "other", 8);
    struct dms_iommu *iommu = fake_iommu_base(other);

    (void)state;
    assert_int_equal(dms_machine_add_iommu(rig->machine, iommu, "/nowhere"), DMS_ENOENT);
    assert_int_equal(dms_machine_add_iommu(rig->machine, iommu, SMMU), DMS_EEXIST);
    rig_destroy(rig);
    fake_iommu_destroy(other);
    rig = rig_create();
    assert_int_equal(dms_machine_add_iommu(rig->machine, iommu, SMMU), DMS_EINVAL);
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seed_map_gives_its_three_streams),
        cmocka_unit_test(a_second_owner_of_a_function_is_refused_by_name),
        cmocka_unit_test(a_function_inherits_nothing_but_the_map),
        cmocka_unit_test(an_id_in_two_entries_has_the_first_stream_or_all_of_them),
        cmocka_unit_test(an_iommu_that_was_not_added_is_worth_another_try),
        cmocka_unit_test(a_node_gives_its_device_streams_limits_and_regions),
        cmocka_unit_test(direct_regions_of_the_tree_are_mapped_while_attached),
        cmocka_unit_test(a_node_without_iommu_is_a_device_without_streams),
        cmocka_unit_test(a_requester_goes_through_the_map_of_its_host),
        cmocka_unit_test(a_malformed_property_is_refused_with_the_place),
        cmocka_unit_test(a_one_cell_smmu_ignores_the_bits_that_its_node_says),
        cmocka_unit_test(what_linux_accepts_though_odd_is_logged_once),
        cmocka_unit_test(what_wants_a_node_says_so),
        cmocka_unit_test(a_device_knows_what_it_was_made_of),
        cmocka_unit_test(a_blob_that_is_no_tree_makes_no_machine),
        cmocka_unit_test(an_iommu_is_added_once_and_where_there_is_a_node),
    };

    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
