/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The two passes over a trace. */
#include "replay.h"

#include "../verb.h"

#include <dmaspace/error.h>
#include <dmaspace/posix.h>
#include <search.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_DEVICES = 4096,
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
    MOST_PLACED = 256, /* or counting is nearly all that a fuzzer does */
#else
    MOST_PLACED = 65536, /* of one device, before counting further sessions stops */
#endif
    MOST_PLACED_OF_ALL = 1 << 20, /* where there are many devices, they share this */
};

/* Where the events of one pass go. */
struct pass {
    struct replay *replay;
    bool survey;
    uint64_t bins; /* of the timeline that are filled */
};

_Static_assert(offsetof(struct device, name) == 0, "a name alone is compared with a device");

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static struct device *find_device(const struct replay *replay, const char *name)
{
    struct device *const *found = tfind(name, &replay->by_name, by_name);

    return found ? *found : NULL;
}

static struct device *add_device(struct replay *replay, const char *name)
{
    struct device *device;

    if (replay->devices.count == MOST_DEVICES)
        return NULL;
    device = calloc(1, sizeof(*device));
    if (!device)
        array_no_memory();
    snprintf(device->name, sizeof(device->name), "%s", name);
    device->port = dms_posix_port(replay->posix);
    device->options = &replay->options;
    device->keep_peak = replay->keep_peak;
    device_start(device, true);
    array_push(&replay->devices, device);
    if (!tsearch(device, &replay->by_name, by_name))
        array_no_memory();
    return device;
}

static const char *name_of(const struct trace_event *event)
{
    return event->device[0] ? event->device : UNNAMED_DEVICE;
}

/* An iommu:unmap that nobody needs is the shadow of a dma event, which tells its device itself. */
static bool is_shadow(const struct replay *replay, const struct device *unnamed,
                      const struct trace_event *event)
{
    struct dms_iova_place place = {.what = DMS_IOVA_IS_FREE};

    if (event->kind != TRACE_UNMAP || event->device[0] || !replay->has_dma)
        return false;
    if (unnamed)
        dms_iova_lookup(unnamed->kernel, event->iova, &place);
    return place.what != DMS_IOVA_IS_LIVE;
}

static void see_time(struct replay *replay, uint64_t time)
{
    if (replay->first_time == 0 || time < replay->first_time)
        replay->first_time = time;
    if (time > replay->last_time)
        replay->last_time = time;
}

static void on_survey(void *ctx, const struct trace_event *event)
{
    struct replay *replay = ctx;
    struct device *device = find_device(replay, name_of(event));

    see_time(replay, event->time);
    replay->has_dma |= event->device[0] != '\0';
    if (is_shadow(replay, device, event))
        return;
    if (!device)
        device = add_device(replay, name_of(event));
    if (device)
        device_event(device, event);
    else
        replay->too_many++;
}

static uint64_t bin_end(const struct replay *replay, uint64_t bin)
{
    uint64_t span = replay->last_time - replay->first_time;

    return replay->first_time + span / TIMELINE * (bin + 1) +
           span % TIMELINE * (bin + 1) / TIMELINE;
}

/* Each bin holds the state at its end. */
static void fill_timeline(struct pass *pass, uint64_t time, bool end)
{
    struct replay *replay = pass->replay;

    for (; pass->bins < TIMELINE && (end || bin_end(replay, pass->bins) < time); pass->bins++) {
        for (size_t i = 0; i < replay->devices.count; i++) {
            struct device *device = replay->devices.items[i];

            device->timeline[pass->bins] = device_moment(device, bin_end(replay, pass->bins));
        }
    }
}

static void on_replay(void *ctx, const struct trace_event *event)
{
    struct pass *pass = ctx;
    struct device *device = find_device(pass->replay, name_of(event));

    fill_timeline(pass, event->time, false);
    if (device && !is_shadow(pass->replay, device, event))
        device_event(device, event);
}

/* As many bits as the addresses of load and windows need, 32 at least: the trace does not tell the DMA mask. */
static struct dms_range aperture_of(const struct device *device)
{
    uint64_t last = UINT32_MAX | device->highest;
    const struct replay_options *options = device->options;

    for (size_t i = 0; i < options->rules.count; i++) {
        const struct rule *rule = &options->rules.items[i];

        if (rule->is_window && rule_applies(rule, device->name))
            last |= rule->range.last;
    }
    return (struct dms_range){0, UINT64_MAX >> __builtin_clzll(last)};
}

/* What is not asked for leaves the list. */
static void select_devices(struct replay *replay)
{
    const struct replay_options *options = &replay->options;
    size_t kept = 0;

    for (size_t i = 0; i < replay->devices.count; i++) {
        struct device *device = replay->devices.items[i];
        bool wanted = options->devices.count > 0
                          ? options_select(options, device->name)
                          : device_is_translated(device, replay->counts.joined);

        device_stop(device);
        if (wanted && device->map_index > 0) {
            replay->devices.items[kept++] = device;
        } else {
            tdelete(device, &replay->by_name, by_name);
            array_push(&replay->skipped, device);
        }
    }
    replay->devices.count = kept;
}

static int complain(const struct replay *replay, const char *what)
{
    fprintf(stderr, "%s: %s\n", replay->options.file, what);
    return EXIT_UNUSABLE;
}

static int check_selection(const struct replay *replay)
{
    const struct replay_options *options = &replay->options;

    for (size_t i = 0; i < options->devices.count; i++) {
        bool found = false;

        for (size_t k = 0; k < replay->devices.count; k++)
            found |= rule_applies(&(struct rule){.device = options->devices.items[i]},
                                  replay->devices.items[k]->name);
        if (!found) {
            fprintf(stderr, "%s: no device \"%s\"; it has", options->file,
                    options->devices.items[i]);
            for (size_t k = 0; k < replay->devices.count; k++)
                fprintf(stderr, " %s", replay->devices.items[k]->name);
            for (size_t k = 0; k < replay->skipped.count && k < 20; k++)
                fprintf(stderr, " %s", replay->skipped.items[k]->name);
            fputs("\n", stderr);
            return EXIT_UNUSABLE;
        }
    }
    if (replay->devices.count == 0)
        return complain(replay,
                        "no device in it whose addresses an IOMMU translates; --device takes one "
                        "all the same");
    return EXIT_GOOD;
}

static int start_devices(const struct verb *verb, const struct replay *replay)
{
    size_t share = MOST_PLACED_OF_ALL / replay->devices.count;

    for (size_t i = 0; i < replay->devices.count; i++) {
        struct device *device = replay->devices.items[i];

        device->aperture = aperture_of(device);
        device->most_placed = share < MOST_PLACED ? share : MOST_PLACED;
        if (device_start(device, false) != 0)
            return usage_error(verb, "the windows leave %s no address", device->name);
    }
    return EXIT_GOOD;
}

int replay_run(const struct verb *verb, struct replay *replay)
{
    const struct dms_posix_cfg cfg = {.ram_size = UINT64_C(1) << 21, .thread_slots = 1};
    struct pass pass = {.replay = replay};
    int status;

    if (dms_posix_create(&cfg, &replay->posix) != 0)
        array_no_memory();
    status = trace_read(replay->options.file, on_survey, replay, &replay->counts);
    if (status != EXIT_GOOD)
        return status;
    select_devices(replay);
    status = check_selection(replay);
    if (status == EXIT_GOOD)
        status = start_devices(verb, replay);
    if (status == EXIT_GOOD)
        status = trace_read(replay->options.file, on_replay, &pass, &replay->counts);
    if (status == EXIT_GOOD)
        fill_timeline(&pass, 0, true);
    return status;
}

static void drop_device(struct device *device)
{
    device_stop(device);
    array_drop(&device->violations);
    array_drop(&device->at_peak);
    free(device->by_rule);
    free(device);
}

void replay_drop(struct replay *replay)
{
    for (size_t i = 0; i < replay->devices.count; i++) {
        tdelete(replay->devices.items[i], &replay->by_name, by_name);
        drop_device(replay->devices.items[i]);
    }
    for (size_t i = 0; i < replay->skipped.count; i++)
        drop_device(replay->skipped.items[i]);
    array_drop(&replay->devices);
    array_drop(&replay->skipped);
    dms_posix_destroy(replay->posix);
    options_drop(&replay->options);
}

double fragmentation(struct sample sample)
{
    if (sample.free_bytes == 0)
        return 0;
    return 1 - (double)sample.largest_gap / (double)sample.free_bytes;
}

bool replay_is_good(const struct replay *replay)
{
    for (size_t i = 0; i < replay->devices.count; i++) {
        const struct device_counts *counts = &replay->devices.items[i]->counts;

        if (counts->violations || counts->misfits)
            return false;
    }
    return true;
}

struct size_text size_text(uint64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    struct size_text out;
    double value = (double)bytes;
    unsigned unit = 0;

    while (value >= 1024 && unit + 1 < sizeof(units) / sizeof(*units)) {
        value /= 1024;
        unit++;
    }
    snprintf(out.text, sizeof(out.text), "%.*f %s",
             value == (double)(uint64_t)value || value >= 100 ? 0 : 1, value, units[unit]);
    return out;
}
