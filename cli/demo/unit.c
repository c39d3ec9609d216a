/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "demo.h"

#include <stdio.h>
#include <string.h>

#define NODE "/soc@0/video-codec@2000000"

/* A 32-session load needs several GiB of addresses; only the bytes that the unit touches become memory. */
#define RAM_SIZE (UINT64_C(16) << 30)

static const struct function {
    const char *name;
    uint32_t id;
    struct dms_range window;
} functions[DEMO_FUNCTIONS] = {
    [DEMO_BITSTREAM] = {"bitstream", 0x100, {0, 0xdabfffff}},
    [DEMO_NON_PIXEL] = {"non-pixel", 0x101, {DEMO_SECURE_END, 0xdabfffff}},
    [DEMO_PIXEL] = {"pixel", 0x102, {0, 0xdabfffff}},
    [DEMO_FIRMWARE] = {"firmware",
                       0x300,
                       {DEMO_FIRMWARE_BASE, DEMO_FIRMWARE_BASE + DEMO_FIRMWARE_SIZE - 1}},
};

const char *demo_plan_title(enum demo_plan plan)
{
    static const char *const titles[DEMO_PLANS] = {
        [DEMO_NO_RESERVATION] = "without reservations",
        [DEMO_ONE_RESERVATION] = "one reservation for the device",
        [DEMO_PER_FUNCTION] = "reservations per function",
    };

    return titles[plan];
}

struct dms_range demo_window(enum demo_function function)
{
    return functions[function].window;
}

const char *demo_function_name(enum demo_function function)
{
    return functions[function].name;
}

static void keep_first_fault(void *ctx, const struct dms_fault *fault)
{
    struct demo_unit *unit = ctx;

    if (!unit->faulted)
        unit->fault = *fault;
    unit->faulted = true;
}

static void drop_log(void *ctx, enum dms_log_level level, const char *line)
{
    (void)ctx;
    if (level == DMS_LOG_ERROR)
        fprintf(stderr, "demo: %s\n", line);
}

static int complain(const char *what, int error, const struct dms_report *report)
{
    fprintf(stderr, "demo: %s: %s%s%s\n", what, dms_strerror(error), report->text[0] ? ": " : "",
            report->text);
    return -1;
}

static int create_function(struct demo_unit *unit, enum demo_function which)
{
    static const struct dms_region low = {0, DEMO_SECURE_END, DMS_REGION_RESERVED};
    const struct function *f = &functions[which];
    struct dms_report report = {0};
    struct dms_device_cfg cfg = {.name = f->name,
                                 .streams = DMS_STREAMS_ALL,
                                 .coherence = DMS_COHERENCE_SNOOPS,
                                 .dma_mask_bits = 32};
    int error;

    if (unit->plan == DEMO_PER_FUNCTION || which == DEMO_FIRMWARE) {
        cfg.window = &f->window;
        cfg.nwindow = 1;
    } else if (which != DEMO_BITSTREAM) {
        cfg.share_group_with = unit->functions[DEMO_BITSTREAM];
    }
    if (unit->plan == DEMO_ONE_RESERVATION && which != DEMO_FIRMWARE) {
        cfg.regions = &low;
        cfg.nregions = 1;
    }
    error = dms_function_create(unit->parent, f->id, &cfg, &unit->functions[which], &report);
    if (!error)
        error = dms_attach(unit->functions[which], &report);
    return error ? complain(f->name, error, &report) : 0;
}

int demo_unit_open(struct demo_unit *unit, const char *dtb, enum demo_plan plan)
{
    const struct model_machine_cfg machine_cfg = {
        .ram_size = RAM_SIZE, .on_fault = keep_first_fault, .on_fault_ctx = unit, .log = drop_log};
    const struct dms_device_cfg parent_cfg = {.name = "iris", .node = NODE};
    struct dms_report report = {0};
    int error;

    memset(unit, 0, sizeof(*unit));
    unit->plan = plan;
    error = model_machine_open_file(dtb, &machine_cfg, &unit->machine);
    if (error)
        return complain(dtb, error, &report);
    error = dms_device_create(model_machine_devices(unit->machine), &parent_cfg, &unit->parent,
                              &report);
    if (error) {
        demo_unit_close(unit);
        return complain(NODE, error, &report);
    }
    for (int f = 0; f < DEMO_FUNCTIONS; f++) {
        if (create_function(unit, (enum demo_function)f)) {
            demo_unit_close(unit);
            return -1;
        }
    }
    unit->iris.soc = iris_soc_by_name("kaanapali");
    unit->iris.smmu = model_machine_smmu_of(unit->machine, unit->functions[DEMO_BITSTREAM]);
    return 0;
}

void demo_unit_close(struct demo_unit *unit)
{
    struct dms_report report = {0};

    for (int f = DEMO_FUNCTIONS; f-- > 0;) {
        if (unit->functions[f] &&
            dms_device_destroy(unit->functions[f], DMS_DESTROY_FORCE, &report))
            complain(functions[f].name, report.error, &report);
    }
    if (unit->parent)
        dms_device_destroy(unit->parent, DMS_DESTROY_FORCE, &report);
    if (model_machine_close(unit->machine))
        fprintf(stderr, "demo: a device was left behind\n");
}
