/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What only shows on hardware with a TLB, blocks and a command queue of its own. */
#include "world.h"

#include <dmaspace/smmuv3.h>
#include <models/smmuv3/smmuv3_model.h>
#include <stdlib.h>
#include <string.h>

#define SID    UINT32_C(0x31)
#define SCREEN UINT64_C(0x40000000)
#define MB2    UINT64_C(0x200000)

static struct world world;

static int setup(void **state)
{
    (void)state;
    world_make_smmuv3(&world, WORLD_SMMUV3_DEFAULT);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_end(&world);
    return 0;
}

static struct dms_device *device(const char *name, dms_sid_t sid, struct dms_device_cfg cfg)
{
    struct dms_stream stream = {sid, 0};
    struct dms_device *dev = NULL;

    cfg.name = name;
    assert_int_equal(world_device(&world, &stream, 1, &cfg, &dev, NULL), 0);
    assert_int_equal(dms_attach(dev, NULL), 0);
    return dev;
}

static void end(struct dms_device *dev)
{
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_IDLE, NULL), 0);
}

static bool reaches(dms_sid_t sid, dms_iova_t iova, uint32_t access, uint64_t *pa)
{
    return world.access(&world, sid, iova, access, pa);
}

static bool reads(dms_iova_t iova)
{
    uint64_t pa;

    return reaches(SID, iova, DMS_READ, &pa);
}

static void dma_moves_bytes_for_its_own_function_only(void **state)
{
    struct dms_device *a = device("a", SID, (struct dms_device_cfg){0});
    struct dms_device *b = device("b", SID + 1, (struct dms_device_cfg){0});
    char *pages = dms_posix_ram_alloc(world.posix, 8192, 0, NULL);
    struct smmuv3_access write = {.sid = SID, .write = true, .size = 6};
    struct smmuv3_access read = {.sid = SID + 1, .size = 6};
    struct dms_dma_opts same = {.lowest = 0x10000000, .highest = 0x10000fff};
    char buf[8] = "hello";

    (void)state;
    /* The same IOVA in both, other memory behind it. */
    strcpy(pages + 4096, "other");
    assert_int_equal(dms_map(a, pages, 4096, DMS_FROM_DEVICE, &same, &write.iova), 0);
    assert_int_equal(dms_map(b, pages + 4096, 4096, DMS_TO_DEVICE, &same, &read.iova), 0);
    assert_int_equal(write.iova, read.iova);
    assert_int_equal(smmuv3_model_access(world_model(&world), &write, buf).outcome, SMMUV3_OK);
    assert_string_equal(pages, "hello");
    assert_int_equal(smmuv3_model_access(world_model(&world), &read, buf).outcome, SMMUV3_OK);
    assert_string_equal(buf, "other");
    write.sid = SID + 1;
    assert_int_equal(smmuv3_model_access(world_model(&world), &write, buf).outcome, SMMUV3_ABORTED);
    assert_string_equal(pages + 4096, "other");
    assert_int_equal(dms_unmap(a, write.iova, 4096, NULL), 0);
    assert_int_equal(dms_unmap(b, read.iova, 4096, NULL), 0);
    end(a);
    end(b);
    dms_posix_ram_free(world.posix, pages, 8192);
}

static void a_lazy_translation_lives_on_in_the_tlb_until_the_flush(void **state)
{
    struct dms_device *dev = device("lazy", SID, (struct dms_device_cfg){.lazy = true});
    char *page = dms_posix_ram_alloc(world.posix, 4096, 0, NULL);
    dms_iova_t iova;

    (void)state;
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, NULL, &iova), 0);
    assert_true(reads(iova));
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    assert_true(reads(iova)); /* or the test after the flush would show nothing */
    assert_int_equal(dms_flush(dev), 0);
    assert_false(reads(iova));
    end(dev);
    dms_posix_ram_free(world.posix, page, 4096);
}

/* One that never comes back: whatever is said to be done, is. */
static void a_stuck_command_queue_withholds_until_it_is_restarted(void **state)
{
    struct dms_device *dev = device("dev", SID, (struct dms_device_cfg){0});
    struct smmuv3_faults stuck = {.sync_stuck = {.first = 1, .every = 1}};
    struct smmuv3_faults none = {0};
    char *pages = dms_posix_ram_alloc(world.posix, 8192, 0, NULL);
    struct dms_dma_stats stats;
    struct dms_report report;
    dms_iova_t a, b;
    int err;

    (void)state;
    assert_int_equal(dms_map(dev, pages, 4096, DMS_TO_DEVICE, NULL, &a), 0);
    assert_int_equal(dms_map(dev, pages + 4096, 4096, DMS_TO_DEVICE, NULL, &b), 0);
    assert_true(reads(a));
    smmuv3_model_set_faults(world_model(&world), &stuck);
    assert_int_equal(dms_unmap(dev, a, 4096, NULL), DMS_ETIMEDOUT);
    assert_true(reads(a)); /* it was right not to say that it is done */
    assert_int_equal(dms_unmap(dev, b, 4096, NULL), DMS_EAGAIN);
    assert_int_equal(dms_dma_get_stats(dev, &stats), 0);
    assert_int_equal(stats.live, 1);
    assert_int_equal(stats.withheld, 1);
    err = dms_device_destroy(dev, DMS_DESTROY_FORCE, &report);
    assert_true(err == DMS_ETIMEDOUT || err == DMS_EIO);
    smmuv3_model_set_faults(world_model(&world), &none);
    assert_int_equal(dms_smmuv3_recover(world.iommu), 0);
    assert_int_equal(dms_flush(dev), 0);
    assert_false(reads(a));
    assert_true(reads(b));
    assert_int_equal(dms_device_destroy(dev, DMS_DESTROY_FORCE, &report), 0);
    assert_false(reads(b));
    dms_posix_ram_free(world.posix, pages, 8192);
}

static void a_fault_tells_the_whole_story(void **state)
{
    static const struct dms_range window = {0x25800000, 0xdfffffff};
    static const uint32_t id = 0x101;
    struct dms_device *dev =
        device("iris:non-pixel", SID,
               (struct dms_device_cfg){.ids = &id, .nids = 1, .window = &window, .nwindow = 1});
    char *page = dms_posix_ram_alloc(world.posix, 4096, 0, NULL);
    struct dms_dma_opts low = {.place = DMS_PLACE_BOTTOM_UP};
    char line[DMS_FAULT_LINE];
    dms_iova_t iova;
    uint64_t pa;

    (void)state;
    while (dms_machine_poll(world.machine))
        ;
    assert_int_equal(dms_map(dev, page, 4096, DMS_TO_DEVICE, &low, &iova), 0);
    assert_false(reaches(SID, 0x257ff000, DMS_WRITE, &pa));
    assert_int_equal(dms_machine_poll(world.machine), 1);
    dms_fault_format(&world.last_fault, line, sizeof(line));
    assert_string_equal(line, "fault: iris:non-pixel (id 0x101) stream 0x31 on smmuv3 write to "
                              "0x257ff000: not mapped; reserved 0x1000-0x257fffff (window, api, "
                              "by iris:non-pixel); nearest mapping 0x25800000-0x25800fff, 0x1000 "
                              "above");
    assert_false(reaches(SID, iova, DMS_WRITE, &pa));
    assert_int_equal(dms_machine_poll(world.machine), 1);
    assert_int_equal(world.last_fault.reason, DMS_FAULT_PERMISSION);
    assert_int_equal(world.last_fault.nearest, DMS_NEAREST_HERE);
    assert_false(reaches(SID + 1, iova, DMS_WRITE, &pa));
    assert_int_equal(dms_machine_poll(world.machine), 1);
    dms_fault_format(&world.last_fault, line, sizeof(line));
    assert_non_null(strstr(line, "nobody owns stream 0x32 on smmuv3, "));
    assert_non_null(strstr(line, "; below is 0x31 of iris:non-pixel"));
    assert_int_equal(dms_unmap(dev, iova, 4096, NULL), 0);
    end(dev);
    dms_posix_ram_free(world.posix, page, 4096);
}

/* ---- direct regions in blocks -------------------------------------------------------------------- */

static bool is_direct(dms_iova_t iova)
{
    uint64_t pa = 0;

    return reaches(SID, iova, DMS_READ, &pa) && pa == iova;
}

static void a_block_that_two_direct_regions_share_cannot_be_cut(void **state)
{
    struct dms_device *dev = device("dev", SID, (struct dms_device_cfg){0});

    (void)state;
    assert_int_equal(dms_reserve(dev, SCREEN, 2 * MB2, DMS_REGION_DIRECT, NULL), 0);
    assert_int_equal(dms_reserve(dev, SCREEN + MB2 + 0x1000, 0x1000, DMS_REGION_DIRECT, NULL), 0);
    assert_int_equal(dms_release(dev, SCREEN, 2 * MB2, DMS_REGION_DIRECT, NULL), DMS_EBUSY);
    assert_int_equal(dms_regions(dev, NULL, 0), 2);
    assert_true(is_direct(SCREEN));
    assert_true(is_direct(SCREEN + MB2));
    assert_int_equal(dms_release(dev, SCREEN + MB2 + 0x1000, 0x1000, DMS_REGION_DIRECT, NULL), 0);
    assert_int_equal(dms_release(dev, SCREEN, 2 * MB2, DMS_REGION_DIRECT, NULL), 0);
    assert_false(is_direct(SCREEN));
    assert_false(is_direct(SCREEN + MB2 + 0x1000));
    end(dev);
}

static void whole_blocks_of_a_direct_region_go_and_others_stay(void **state)
{
    struct dms_device *dev = device("dev", SID, (struct dms_device_cfg){0});

    (void)state;
    assert_int_equal(dms_reserve(dev, SCREEN, 3 * MB2, DMS_REGION_DIRECT, NULL), 0);
    assert_int_equal(dms_reserve(dev, SCREEN + 2 * MB2, 2 * MB2, DMS_REGION_DIRECT, NULL), 0);
    assert_int_equal(dms_release(dev, SCREEN, 3 * MB2, DMS_REGION_DIRECT, NULL), 0);
    assert_false(is_direct(SCREEN + MB2));
    assert_true(is_direct(SCREEN + 2 * MB2));
    assert_true(is_direct(SCREEN + 4 * MB2 - 1));
    end(dev);
}

/* ---- every granule ------------------------------------------------------------------------------- */

static void every_granule_works(void **state)
{
    (void)state;
    for (uint8_t lg2 = 12; lg2 <= 16; lg2 += 2) {
        uint64_t granule = UINT64_C(1) << lg2;
        struct dms_device *dev = device("dev", SID, (struct dms_device_cfg){.granule_lg2 = lg2});
        char *pages = dms_posix_ram_alloc(world.posix, 4 * granule, granule, NULL);
        dms_phys_t phys;
        dms_iova_t iova;
        uint64_t pa;

        assert_int_equal(dms_posix_ptr_phys(world.posix, pages + 100, &phys), 0);
        assert_int_equal(dms_map(dev, pages + 100, 3 * granule, DMS_BIDIRECTIONAL, NULL, &iova), 0);
        assert_int_equal(iova & (granule - 1), 100);
        assert_true(reaches(SID, iova + 3 * granule - 1, DMS_WRITE, &pa));
        assert_int_equal(pa, phys.addr + 3 * granule - 1);
        assert_false(reads(iova + 4 * granule));
        assert_int_equal(dms_unmap(dev, iova, 3 * granule, NULL), 0);
        assert_false(reads(iova));
        end(dev);
        dms_posix_ram_free(world.posix, pages, 4 * granule);
    }
}

/* ---- a whole life, with every allocation failing once --------------------------------------------- */

struct life {
    struct dms_device *dev;
    char *pages;
    dms_iova_t iova;
    struct dms_sg list[3];
    void *coherent;
    dms_iova_t coherent_iova;
    unsigned done; /* steps that succeeded */
};

static int step_create(struct life *l)
{
    static const struct dms_region regions[] = {{SCREEN, 3 * 4096, DMS_REGION_DIRECT},
                                                {0x10000000, 0x100000, DMS_REGION_FIXED}};
    static const struct dms_range window[] = {{0x1000, 0x7fffffff}};
    struct dms_device_cfg cfg = {.name = "life",
                                 .regions = regions,
                                 .nregions = 2,
                                 .window = window,
                                 .nwindow = 1,
                                 .lazy = true};
    struct dms_stream streams[] = {{SID, 0}, {0x1000, 0}};

    return world_device(&world, streams, 2, &cfg, &l->dev, NULL);
}

static int step_attach(struct life *l)
{
    return dms_attach(l->dev, NULL);
}

static int step_reserve(struct life *l)
{
    return dms_reserve(l->dev, 0x20000000, 0x1000, DMS_REGION_DIRECT, NULL);
}

static int step_map(struct life *l)
{
    return dms_map(l->dev, l->pages, 3 * 4096, DMS_BIDIRECTIONAL, NULL, &l->iova);
}

static int step_sg(struct life *l)
{
    for (unsigned i = 0; i < 3; i++)
        l->list[i] = (struct dms_sg){.ptr = l->pages + 2 * i * 4096, .size = 4096};
    return dms_map_sg(l->dev, l->list, 3, DMS_TO_DEVICE, NULL, NULL);
}

static int step_fixed(struct life *l)
{
    return dms_map_fixed(l->dev, 0x10000000, l->pages, 4096, DMS_TO_DEVICE, NULL);
}

static int step_coherent(struct life *l)
{
    return dms_coherent_alloc(l->dev, 8192, NULL, &l->coherent, &l->coherent_iova);
}

static int step_unmap(struct life *l)
{
    return dms_unmap(l->dev, l->iova, 3 * 4096, NULL);
}

static int step_unmap_sg(struct life *l)
{
    return dms_unmap_sg(l->dev, l->list, 3, &(struct dms_dma_opts){.strict = true});
}

static int step_release(struct life *l)
{
    return dms_release(l->dev, 0x20000000, 0x1000, DMS_REGION_DIRECT, NULL);
}

static int step_free(struct life *l)
{
    return dms_coherent_free(l->dev, l->coherent, 8192, l->coherent_iova);
}

static int (*const steps[])(struct life *l) = {
    step_create,   step_attach, step_reserve,  step_map,     step_sg,   step_fixed,
    step_coherent, step_unmap,  step_unmap_sg, step_release, step_free,
};

static unsigned live_mappings(struct life *l)
{
    struct dms_dma_stats stats;

    return l->done >= 2 && dms_dma_get_stats(l->dev, &stats) == 0 ? (unsigned)stats.live : 0;
}

/* A step that fails leaves as many mappings as there were, and succeeds when it is made again. */
static bool live(struct life *l, uint64_t n)
{
    bool failed = false;

    dms_posix_fail_nth(world.posix, n);
    while (l->done < sizeof(steps) / sizeof(steps[0])) {
        unsigned before = live_mappings(l);
        int err = steps[l->done](l);

        failed = failed || dms_posix_has_failed(world.posix);
        if (err) {
            assert_int_equal(err, DMS_ENOMEM);
            assert_true(failed);
            assert_int_equal(live_mappings(l), before);
            dms_posix_fail_nth(world.posix, 0);
            assert_int_equal(steps[l->done](l), 0);
        }
        l->done++;
    }
    dms_posix_fail_nth(world.posix, 0);
    return failed;
}

static void a_life_survives_the_failure_of_any_allocation(void **state)
{
    uint64_t n = 0;
    bool failed;

    (void)state;
    do {
        struct life l = {0};
        uint64_t pa;

        /* A fresh SMMU, too: it keeps tables that it has made once. */
        if (n++) {
            world_end(&world);
            world_make_smmuv3(&world, WORLD_SMMUV3_DEFAULT);
        }
        l.pages = dms_posix_ram_alloc(world.posix, 8 * 4096, 0, NULL);
        failed = live(&l, n);
        assert_int_equal(dms_flush(l.dev), 0);
        assert_false(reads(l.iova));
        assert_true(reaches(SID, 0x10000000, DMS_READ, &pa));
        assert_int_equal(dms_device_destroy(l.dev, DMS_DESTROY_FORCE, NULL), 0);
        dms_posix_ram_free(world.posix, l.pages, 8 * 4096);
    } while (failed);
    assert_in_range(n, 30, 300);
    print_message("# %llu faults injected\n", (unsigned long long)n - 1);
}

#define test_here(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_here(dma_moves_bytes_for_its_own_function_only),
        test_here(a_lazy_translation_lives_on_in_the_tlb_until_the_flush),
        test_here(a_stuck_command_queue_withholds_until_it_is_restarted),
        test_here(a_fault_tells_the_whole_story),
        test_here(a_block_that_two_direct_regions_share_cannot_be_cut),
        test_here(whole_blocks_of_a_direct_region_go_and_others_stay),
        test_here(every_granule_works),
        test_here(a_life_survives_the_failure_of_any_allocation),
    };

    return cmocka_run_group_tests_name("smmuv3", tests, NULL, NULL);
}
