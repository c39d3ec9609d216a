/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "device.h"

#include <dmaspace/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kernel's ranges are whole pages of 4 KiB at least, whatever its granule. */
#define PAGE UINT64_C(4096)

/* An unmap is traced after the address is free; another processor may have it again by then. */
#define LATE_NS UINT64_C(10000000)

static uint64_t bytes_of(struct dms_range range)
{
    return range.last - range.first + 1;
}

struct dms_range pages_of(const struct trace_event *event)
{
    return (struct dms_range){event->iova & ~(PAGE - 1),
                              (event->iova + (event->size - 1)) | (PAGE - 1)};
}

struct dms_iova_request device_request(const struct device *device, uint64_t bytes)
{
    struct dms_iova_request request = {.size = bytes, .policy = device->options->policy};

    if (device->options->align_to_size && bytes > 1 && bytes <= UINT64_C(1) << 63)
        request.align = UINT64_C(1) << (64 - __builtin_clzll(bytes - 1));
    return request;
}

static struct sample sample(struct dms_iova_space *space)
{
    struct dms_iova_stats stats;

    dms_iova_get_stats(space, &stats);
    return (struct sample){stats.free_bytes, stats.largest_gap};
}

struct moment device_moment(const struct device *device, uint64_t time)
{
    struct moment moment = {
        .time = time,
        .live_bytes = device->live_bytes,
        .live_count = device->live_count,
        .kernel = sample(device->kernel),
    };

    if (device->ours)
        moment.ours = sample(device->ours);
    return moment;
}

bool device_is_translated(const struct device *device, bool joined)
{
    if (joined)
        return device->claimed || strcmp(device->name, UNNAMED_DEVICE) == 0;
    return device->differs || !device->same;
}

/* ---- What leaves --------------------------------------------------------------------------------- */

static void retire(struct device *device, struct live *live)
{
    dms_iova_free(device->kernel, live->first, live->bytes);
    if (device->ours && live->fits)
        dms_iova_free(device->ours, live->ours, live->bytes);
    device->live_bytes -= live->bytes;
    device->live_count--;
    ledger_remove(&device->ledger, live);
}

static bool is_late(struct live *live, const struct trace_event *event)
{
    bool late = live->owes && event->pid != live->pid && event->time >= live->time &&
                event->time - live->time < LATE_NS;

    live->owes = live->owes && !late;
    return late;
}

/* dma_unmap_*, dma_free*: exactly what a call gave. */
static void unmap_one(struct device *device, const struct trace_event *event, struct live *live)
{
    if (!live)
        device->counts.unmatched++;
    else if (!is_late(live, event))
        retire(device, live);
}

/* iommu_unmap: any part of anything. */
static void unmap_range(struct device *device, const struct trace_event *event)
{
    struct dms_range range = pages_of(event);
    struct dms_iova_place place;
    bool matched = false;

    for (uint64_t at = range.first;; at = place.range.last + 1) {
        dms_iova_lookup(device->kernel, at, &place);
        if (place.what == DMS_IOVA_IS_LIVE) {
            struct live *live = ledger_find(&device->ledger, place.range.first);
            uint64_t last = place.range.last < range.last ? place.range.last : range.last;
            uint64_t part = last - at + 1;

            matched = true;
            live->left -= part < live->left ? part : live->left;
            if (live->left == 0)
                retire(device, live);
        }
        if (place.range.last >= range.last)
            break;
    }
    device->counts.unmatched += !matched;
}

static void unmap(struct device *device, const struct trace_event *event)
{
    device->counts.unmaps++;
    if (event->kind == TRACE_UNMAP_SG)
        unmap_one(device, event, ledger_find_phys(&device->ledger, event->phys));
    else if (event->device[0])
        unmap_one(device, event, ledger_find(&device->ledger, pages_of(event).first));
    else
        unmap_range(device, event);
}

/* ---- What comes ---------------------------------------------------------------------------------- */

/* The kernel's own place. What is there already is gone: its unmap was lost, or comes late. */
static bool mirror(struct device *device, struct live *live)
{
    struct dms_iova_place place;
    int error;

    while ((error = dms_iova_alloc_at(device->kernel, live->first, live->bytes, 0, NULL, &place)) ==
               DMS_EBUSY &&
           place.what == DMS_IOVA_IS_LIVE) {
        struct live *old = ledger_find(&device->ledger, place.range.first);

        live->owes = old->first == live->first && old->bytes == live->bytes;
        device->counts.displaced++;
        retire(device, old);
    }
    if (error == DMS_ENOMEM)
        array_no_memory();
    return error == 0;
}

static struct violation describe(const struct trace_event *event)
{
    struct violation violation = {.time = event->time, .range = pages_of(event), .pid = event->pid};

    memcpy(violation.task, event->task, sizeof(violation.task));
    memcpy(violation.call, event->call, sizeof(violation.call));
    return violation;
}

static bool judge(struct device *device, const struct trace_event *event)
{
    uint64_t granule = UINT64_C(1) << device->options->granule_lg2;
    struct dms_range pages = pages_of(event);
    uint64_t first = pages.first & ~(granule - 1);
    uint64_t size = (pages.last | (granule - 1)) - first + 1;
    struct violation violation = describe(event);
    struct dms_iova_place place = {0};

    if (dms_iova_alloc_at(device->laws, first, size, 0, NULL, &place) == 0) {
        dms_iova_free(device->laws, first, size);
        return false;
    }
    if (place.what != DMS_IOVA_IS_RESERVED)
        return false;
    violation.rule =
        (size_t)((const struct rule *)place.region.owner - device->options->rules.items);
    device->by_rule[violation.rule]++;
    device->counts.violations++;
    device->counts.violating_bytes += bytes_of(pages);
    if (device->violations.count < device->options->limit)
        array_push(&device->violations, violation);
    return true;
}

static void place_ours(struct device *device, const struct trace_event *event, struct live *live)
{
    struct dms_iova_request request = device_request(device, live->bytes);
    int error = dms_iova_alloc(device->ours, &request, &live->ours);

    if (error == DMS_ENOMEM)
        array_no_memory();
    live->fits = error == 0;
    if (live->fits)
        return;
    if (device->counts.misfits++ == 0) {
        device->first_misfit = describe(event);
        device->misfit_live_bytes = device->live_bytes;
        device->misfit_free_bytes = sample(device->ours).free_bytes;
    }
}

static void count_peak(struct device *device, const struct trace_event *event)
{
    if (device->live_bytes <= device->peak_bytes)
        return;
    device->peak_bytes = device->live_bytes;
    device->peak_count = device->live_count;
    device->peak_time = event->time;
    if (!device->ours)
        device->peak_map = device->map_index;
}

static void keep(void *ctx, const struct live *live)
{
    struct device *device = ctx;

    if (device->at_peak.count < PEAK_MOST)
        array_push(&device->at_peak, *live);
}

static void look_at_peak(struct device *device)
{
    headroom_measure(device);
    if (device->keep_peak)
        ledger_each(&device->ledger, keep, device);
}

static void map(struct device *device, const struct trace_event *event)
{
    struct dms_range pages = pages_of(event);
    struct live live = {
        .first = pages.first,
        .bytes = bytes_of(pages),
        .left = bytes_of(pages),
        .has_phys = event->has_phys,
        .phys = event->phys,
        .pid = event->pid,
        .time = event->time,
    };

    memcpy(live.task, event->task, sizeof(live.task));
    device->counts.maps++;
    if (!mirror(device, &live)) {
        device->counts.outside++;
        return;
    }
    if (device->ours) {
        live.violates = judge(device, event);
        place_ours(device, event, &live);
    }
    ledger_add(&device->ledger, &live);
    device->live_bytes += live.bytes;
    device->live_count++;
    count_peak(device, event);
    if (device->ours && device->map_index == device->peak_map)
        look_at_peak(device);
}

static void survey(struct device *device, const struct trace_event *event)
{
    uint64_t last = pages_of(event).last;

    device->claimed |= event->claimed;
    device->differs |= event->has_phys && event->phys != event->iova;
    device->same |= event->has_phys && event->phys == event->iova;
    if (last > device->highest)
        device->highest = last;
}

void device_event(struct device *device, const struct trace_event *event)
{
    device->map_index += event->kind == TRACE_MAP;
    if (event->kind == TRACE_MAP && !device->ours)
        survey(device, event);
    switch (event->kind) {
    case TRACE_MAP:
        map(device, event);
        break;
    case TRACE_FAILED:
        device->counts.failed++;
        break;
    default:
        unmap(device, event);
        break;
    }
}

/* ---- Beginning and end --------------------------------------------------------------------------- */

static int create_space(const struct device *device, unsigned granule_lg2, unsigned flags,
                        struct dms_iova_space **space)
{
    struct dms_iova_config config = {
        .port = device->port,
        .aperture = device->aperture,
        .granule_lg2 = granule_lg2,
        .flags = DMS_IOVA_NO_CACHES | flags,
    };

    return dms_iova_space_create(&config, space);
}

static int apply_windows(const struct device *device, struct dms_iova_space *space)
{
    const struct replay_options *options = device->options;
    ARRAY(struct dms_range) windows = {0};
    const struct rule *owner = NULL;
    int error = 0;

    for (size_t i = 0; i < options->rules.count; i++) {
        const struct rule *rule = &options->rules.items[i];

        if (!rule->is_window || !rule_applies(rule, device->name))
            continue;
        array_push(&windows, rule->range);
        owner = owner ? owner : rule;
    }
    if (windows.count > 0)
        error = dms_iova_reserve_outside(space, windows.items, windows.count, DMS_ORIGIN_API, owner,
                                         NULL);
    array_drop(&windows);
    return error;
}

static int apply_rules(const struct device *device, struct dms_iova_space *space)
{
    const struct replay_options *options = device->options;
    int error = apply_windows(device, space);

    for (size_t i = 0; i < options->rules.count && error == 0; i++) {
        const struct rule *rule = &options->rules.items[i];
        struct dms_iova_region region = {.range = rule->range,
                                         .kind = DMS_REGION_RESERVED,
                                         .origin = DMS_ORIGIN_API,
                                         .owner = rule};

        if (!rule->is_window && rule_applies(rule, device->name))
            error = dms_iova_reserve(space, &region, NULL);
    }
    return error;
}

static void forget(struct device *device)
{
    device->counts = (struct device_counts){0};
    device->map_index = 0;
    device->live_bytes = 0;
    device->live_count = 0;
    device->peak_bytes = 0;
    device->violations.count = 0;
}

int device_start(struct device *device, bool survey)
{
    unsigned granule_lg2 = device->options->granule_lg2;
    unsigned flags = device->options->policy == DMS_IOVA_BEST_FIT ? DMS_IOVA_SIZE_INDEX : 0;
    int error;

    forget(device);
    if (survey)
        device->aperture = (struct dms_range){0, UINT64_MAX};
    error = create_space(device, 12, 0, &device->kernel);
    if (error == 0 && !survey)
        error = create_space(device, granule_lg2, flags, &device->ours);
    if (error == 0 && !survey)
        error = create_space(device, granule_lg2, 0, &device->laws);
    if (error == 0 && !survey)
        error = apply_rules(device, device->ours);
    if (error == 0 && !survey)
        error = apply_rules(device, device->laws);
    if (!device->by_rule)
        device->by_rule = calloc(device->options->rules.count + 1, sizeof(*device->by_rule));
    if (error == DMS_ENOMEM || !device->by_rule)
        array_no_memory();
    return error;
}

void device_stop(struct device *device)
{
    dms_iova_space_destroy(device->laws);
    dms_iova_space_destroy(device->ours);
    dms_iova_space_destroy(device->kernel);
    device->laws = device->ours = device->kernel = NULL;
    ledger_drop(&device->ledger);
}
