/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Two devices at work on an SMMU that misbehaves in several ways at once, at random. Whatever it
 * does, short of saying that it has done what it has not:
 *  1. no call takes longer than a small multiple of the command timeout;
 *  2. after an unmap or a flush that returned 0, nothing gets through the old IOVA; after one that
 *     did not, the IOVA is not handed out again before the SMMU has confirmed;
 *  3. a device whose attach failed reaches nothing, and after a recover that failed none does;
 *  4. who was refused finds a reason in the counters;
 *  5. once the SMMU behaves again, one recover brings everything back, and in the end all memory
 *     comes back.
 * A failure prints what replays it: DMS_SEED=... DMS_FAULT="...".
 */
#include "../cmocka_all.h"
#include "../random.h"

#include <dmaspace/dmaspace.h>
#include <dmaspace/posix.h>
#include <dmaspace/smmuv3.h>
#include <models/smmuv3/smmuv3_model.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS       400
#define STEPS      60
#define PAGES      12
#define PAGE       4096u
#define TICK_NS    1000
#define TIMEOUT_NS 50000
#define LONGEST    (16 * (uint64_t)TIMEOUT_NS)

enum page_state {
    PAGE_FREE,
    PAGE_MAPPED,
    PAGE_LIMBO, /* unmapped, but not confirmed */
};

struct page {
    enum page_state state;
    unsigned dev;
    dms_iova_t iova;
    uint64_t *ptr;
};

struct life {
    struct dms_posix *posix;
    struct dms_port port;
    struct model_ram ram;
    struct smmuv3_model *smmu;
    struct dms_iommu *iommu;
    struct dms_machine *machine;
    struct dms_device *devs[2];
    struct page pages[PAGES];
    uint64_t refusals;     /* calls that failed because of the SMMU */
    bool failed_closed;    /* a recover has failed, and none has succeeded since */
    bool half_detached[2]; /* a detach has failed: attached, but its stream may abort */
};

static const dms_sid_t sids[2] = {0x1940, 0x1943};

static struct life life;
static uint64_t seed;
static struct test_random dice;
static uint64_t clock_ns;
static char fault_id[SMMUV3_FAULT_ID_MAX];
static struct smmuv3_faults faults;

static uint64_t below(uint64_t limit)
{
    return test_random_below(&dice, limit);
}

static uint64_t now(void *ctx)
{
    (void)ctx;
    clock_ns += TICK_NS;
    return clock_ns;
}

static void no_log(void *ctx, enum dms_log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    (void)line;
}

static void no_fault(void *ctx, const struct dms_fault *fault)
{
    (void)ctx;
    (void)fault;
}

/* ---- begin and end --------------------------------------------------------------------------- */

static int configure(struct dms_device *dev, struct dms_report *report)
{
    const struct dms_stream *stream = dms_device_driver_data(dev);

    return dms_configure_stream(dev, life.iommu, *stream, report);
}

static void begin_devices(void)
{
    static const struct dms_bus bus = {.name = "test", .dma_configure = configure};

    for (unsigned i = 0; i < 2; i++) {
        struct dms_stream stream = {.sid = sids[i]};
        const struct dms_device_cfg cfg = {.name = i ? "two" : "one",
                                           .bus = &bus,
                                           .coherence = DMS_COHERENCE_SNOOPS,
                                           .dma_mask_bits = 17, /* 31 pages: IOVAs come back soon */
                                           .driver_data = &stream};

        assert_int_equal(dms_device_create(life.machine, &cfg, &life.devs[i], NULL), 0);
        assert_int_equal(dms_attach(life.devs[i], NULL), 0);
    }
}

static void begin(void)
{
    const struct dms_posix_cfg posix_cfg = {.ram_size = 64 << 20, .log = no_log};
    struct smmuv3_model_cfg model_cfg = smmuv3_model_default_cfg();
    struct dms_smmuv3_cfg driver_cfg = {
        .name = "smmu", .cmdq_lg2 = 3, .evtq_lg2 = 3, .command_timeout_ns = TIMEOUT_NS};
    struct dms_machine_cfg machine_cfg = {.on_fault = no_fault};
    struct dms_range ram;

    memset(&life, 0, sizeof(life));
    assert_int_equal(dms_posix_create(&posix_cfg, &life.posix), 0);
    life.port = *dms_posix_port(life.posix);
    life.port.now_ns = now;
    ram = dms_posix_ram(life.posix);
    life.ram = (struct model_ram){ram.first, ram.last - ram.first + 1, NULL};
    life.ram.host = dms_posix_phys_ptr(life.posix, (dms_phys_t){ram.first}, life.ram.size);
    model_cfg.memory = model_ram_memory(&life.ram);
    assert_int_equal(smmuv3_model_create(&model_cfg, &life.smmu), 0);
    driver_cfg.port = machine_cfg.port = &life.port;
    driver_cfg.mmio = smmuv3_model_mmio(life.smmu);
    assert_int_equal(dms_smmuv3_create(&driver_cfg, &life.iommu), 0);
    assert_int_equal(dms_machine_create(&machine_cfg, &life.machine), 0);
    assert_int_equal(dms_machine_add_iommu(life.machine, life.iommu, NULL), 0);
    begin_devices();
    for (unsigned i = 0; i < PAGES; i++)
        life.pages[i].ptr = dms_posix_ram_alloc(life.posix, PAGE, PAGE, NULL);
    smmuv3_model_set_faults(life.smmu, &faults);
}

static void end(void)
{
    static const struct smmuv3_faults none;
    struct dms_posix_stats stats;

    smmuv3_model_set_faults(life.smmu, &none);
    assert_int_equal(dms_smmuv3_recover(life.iommu), 0);
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(dms_device_destroy(life.devs[i], DMS_DESTROY_FORCE, NULL), 0);
    assert_int_equal(dms_machine_destroy(life.machine, NULL), 0);
    assert_int_equal(dms_smmuv3_destroy(life.iommu), 0);
    smmuv3_model_destroy(life.smmu);
    for (unsigned i = 0; i < PAGES; i++)
        dms_posix_ram_free(life.posix, life.pages[i].ptr, PAGE);
    dms_posix_stats(life.posix, &stats);
    assert_int_equal(stats.objects, 0);
    assert_int_equal(stats.tables, 0);
    dms_posix_destroy(life.posix);
}

/* ---- what a device reaches ------------------------------------------------------------------- */

/* An access to what is mapped may fail all the same. */
static bool may_abort(unsigned dev)
{
    return faults.tlb_conflict.first || faults.cfg_conflict.first || life.failed_closed ||
           life.half_detached[dev];
}

static bool writes(unsigned dev, dms_iova_t iova, uint64_t value)
{
    const struct smmuv3_access access = {.sid = sids[dev], .iova = iova, .size = 8, .write = true};

    return smmuv3_model_access(life.smmu, &access, &value).outcome == SMMUV3_OK;
}

static void assert_reaches(const struct page *page)
{
    uint64_t value = test_random_u64(&dice);

    if (writes(page->dev, page->iova, value))
        assert_true(*page->ptr == value);
    else
        assert_true(may_abort(page->dev));
}

static void assert_gone(const struct page *page)
{
    uint64_t was = *page->ptr;

    assert_false(writes(page->dev, page->iova, ~was));
    assert_true(*page->ptr == was);
}

static void settle_limbo(unsigned dev)
{
    for (unsigned i = 0; i < PAGES; i++) {
        struct page *page = &life.pages[i];

        if (page->state == PAGE_LIMBO && page->dev == dev) {
            assert_gone(page);
            page->state = PAGE_FREE;
        }
    }
}

/* ---- calls ----------------------------------------------------------------------------------- */

/* The call that began at `start` has ended with err. Returns whether it was refused. */
static bool refused(uint64_t start, int err)
{
    assert_true(clock_ns - start <= LONGEST);
    if (err == 0)
        return false;
    assert_true(err == DMS_ETIMEDOUT || err == DMS_EIO || err == DMS_EAGAIN);
    life.refusals++;
    return true;
}

/*
 * Nobody else's. One that was in limbo may be handed out once the SMMU has confirmed, in whatever
 * call that was: then what comes next finds no trace of the old page.
 */
static void leave_limbo(unsigned dev, dms_iova_t iova)
{
    for (unsigned i = 0; i < PAGES; i++) {
        struct page *page = &life.pages[i];

        if (page->state == PAGE_FREE || page->dev != dev || page->iova != iova)
            continue;
        assert_int_equal(page->state, PAGE_LIMBO);
        page->state = PAGE_FREE;
    }
}

static void map(struct page *page)
{
    uint64_t start = clock_ns;
    unsigned dev = (unsigned)below(2);
    dms_iova_t iova = 0;

    if (!dms_device_is_attached(life.devs[dev]))
        return;
    if (refused(start, dms_map(life.devs[dev], page->ptr, PAGE, DMS_BIDIRECTIONAL, NULL, &iova)))
        return;
    leave_limbo(dev, iova);
    *page = (struct page){PAGE_MAPPED, dev, iova, page->ptr};
    assert_reaches(page);
}

static void unmap(struct page *page)
{
    uint64_t start = clock_ns;
    int err = dms_unmap(life.devs[page->dev], page->iova, PAGE, NULL);

    if (!refused(start, err)) {
        assert_gone(page);
        page->state = PAGE_FREE;
        settle_limbo(page->dev);
    } else if (err != DMS_EAGAIN) {
        page->state = PAGE_LIMBO;
    }
}

static void flush(unsigned dev)
{
    uint64_t start = clock_ns;

    if (dms_device_is_attached(life.devs[dev]) && !refused(start, dms_flush(life.devs[dev])))
        settle_limbo(dev);
}

static bool has_mappings(unsigned dev)
{
    for (unsigned i = 0; i < PAGES; i++) {
        if (life.pages[i].state == PAGE_MAPPED && life.pages[i].dev == dev)
            return true;
    }
    return false;
}

static void detach_and_attach(unsigned dev)
{
    const struct page anywhere = {.dev = dev, .iova = PAGE, .ptr = life.pages[0].ptr};
    uint64_t start = clock_ns;

    if (has_mappings(dev))
        return;
    if (dms_device_is_attached(life.devs[dev])) {
        life.half_detached[dev] = refused(start, dms_detach(life.devs[dev], NULL));
        if (!life.half_detached[dev]) {
            settle_limbo(dev);
            assert_gone(&anywhere);
        }
    } else if (refused(start, dms_attach(life.devs[dev], NULL))) {
        assert_gone(&anywhere);
    }
}

static void recover(void)
{
    uint64_t start = clock_ns;

    life.failed_closed = refused(start, dms_smmuv3_recover(life.iommu));
    for (unsigned i = 0; i < PAGES; i++) {
        const struct page *page = &life.pages[i];

        /* All traffic aborts, or nothing is cached any more. */
        if (page->state == PAGE_LIMBO || (page->state == PAGE_MAPPED && life.failed_closed))
            assert_gone(page);
    }
}

static void step(void)
{
    struct page *page = &life.pages[below(PAGES)];

    switch (below(12)) {
    case 0:
        flush((unsigned)below(2));
        break;
    case 1:
        detach_and_attach((unsigned)below(2));
        break;
    case 2:
        recover();
        break;
    case 3:
        dms_machine_poll(life.machine);
        break;
    default:
        if (page->state == PAGE_MAPPED)
            unmap(page);
        else if (page->state == PAGE_FREE)
            map(page);
        break;
    }
}

static void assert_refusals_have_reasons(void)
{
    struct dms_smmuv3_stats stats;

    dms_smmuv3_stats(life.iommu, &stats);
    if (life.refusals)
        assert_true(stats.timeouts + stats.command_errors + stats.bogus > 0);
}

/* ---- runs ------------------------------------------------------------------------------------ */

/*
 * One to three kinds of misbehaviour; none of those that say that they have done what they have
 * not.
 */
static void choose_faults(void)
{
    struct smmuv3_when *const kinds[] = {
        &faults.cmdq_stuck,   &faults.sync_stuck,   &faults.cmd_illegal,    &faults.cmd_abort,
        &faults.evtq_full,    &faults.evtq_abort,   &faults.spurious_event, &faults.spurious_irq,
        &faults.tlb_conflict, &faults.cfg_conflict,
    };

    memset(&faults, 0, sizeof(faults));
    for (uint64_t n = 1 + below(3); n > 0; n--) {
        struct smmuv3_when *when = kinds[below(sizeof(kinds) / sizeof(kinds[0]))];

        when->first = 1 + (uint32_t)below(60);
        when->every = below(2) ? 0 : 2 + (uint32_t)below(12);
    }
    if (below(3) == 0)
        faults.cmdq_slow = (uint32_t)below(8);
}

/* Adds up what came to pass in all runs. */
struct total {
    uint64_t faults;
    uint64_t refusals;
};

static void run(uint64_t which, struct total *total)
{
    const char *given = getenv("DMS_FAULT");
    struct smmuv3_counters counters;

    seed = which;
    dice = (struct test_random){seed, seed};
    choose_faults();
    if (given)
        assert_true(smmuv3_faults_parse(given, &faults, NULL));
    smmuv3_faults_print(&faults, fault_id);
    clock_ns = 0;
    begin();
    for (unsigned i = 0; i < STEPS; i++)
        step();
    assert_refusals_have_reasons();
    smmuv3_model_counters(life.smmu, &counters);
    total->faults += counters.faults;
    total->refusals += life.refusals;
    end();
}

static void a_misbehaving_smmu_refuses_but_never_lies(void **state)
{
    const char *given = getenv("DMS_SEED");
    struct total total = {0};

    (void)state;
    if (given) {
        run(strtoull(given, NULL, 0), &total);
        return;
    }
    for (uint64_t i = 1; i <= RUNS; i++)
        run(i, &total);
    print_message("# %u runs, %llu faults injected, %llu calls refused\n", RUNS,
                  (unsigned long long)total.faults, (unsigned long long)total.refusals);
    /* Or else the faults above are none. */
    assert_true(total.refusals > RUNS);
}

/* What the driver cannot know. That it is seen here shows that a driver's own omission would be. */
static void an_smmu_that_lies_is_found_out_by_this_test(void **state)
{
    struct page *page = &life.pages[0];

    (void)state;
    memset(&faults, 0, sizeof(faults));
    faults.tlbi_dropped.first = 1;
    begin();
    assert_int_equal(dms_map(life.devs[0], page->ptr, PAGE, DMS_BIDIRECTIONAL, NULL, &page->iova),
                     0);
    assert_true(writes(0, page->iova, 1));
    assert_int_equal(dms_unmap(life.devs[0], page->iova, PAGE, NULL), 0);
    assert_true(writes(0, page->iova, 2));
    /* The stale entry goes with everything else. */
    assert_int_equal(dms_smmuv3_recover(life.iommu), 0);
    assert_gone(page);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_misbehaving_smmu_refuses_but_never_lies),
        cmocka_unit_test(an_smmu_that_lies_is_found_out_by_this_test),
    };

    if (cmocka_run_group_tests_name("misbehaving", tests, NULL, NULL) == 0)
        return 0;
    fprintf(stderr, "replay: DMS_SEED=%llu DMS_FAULT=\"%s\"\n", (unsigned long long)seed, fault_id);
    return 1;
}
