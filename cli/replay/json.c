/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* replay as JSON: docs/json-replay.md. */
#include "replay.h"

#include "../json.h"

#include <stdio.h>

static json_t *count(uint64_t value)
{
    return json_integer((json_int_t)(value > INT64_MAX ? INT64_MAX : value));
}

static json_t *time_of(const struct replay *replay, uint64_t time)
{
    return json_real(time < replay->first_time ? 0 : (double)(time - replay->first_time) / 1e9);
}

static json_t *json_rules(const struct replay *replay, const struct device *device)
{
    json_t *rules = json_array();

    for (size_t i = 0; i < replay->options.rules.count; i++) {
        const struct rule *rule = &replay->options.rules.items[i];
        json_t *object;

        if (!rule_applies(rule, device->name))
            continue;
        object = json_range(rule->range);
        json_object_set_new(object, "rule", json_string(rule->is_window ? "window" : "reserve"));
        json_object_set_new(object, "violations", count(device->by_rule[i]));
        json_array_append_new(rules, object);
    }
    return rules;
}

static json_t *json_place(const struct replay *replay, const struct violation *violation)
{
    json_t *object = json_range(violation->range);

    json_object_set_new(object, "time", time_of(replay, violation->time));
    json_object_set_new(object, "task", json_text(violation->task));
    json_object_set_new(object, "pid", count(violation->pid));
    json_object_set_new(object, "call", json_text(violation->call));
    return object;
}

static json_t *json_violations(const struct replay *replay, const struct device *device)
{
    json_t *list = json_array();

    for (size_t i = 0; i < device->violations.count; i++) {
        const struct violation *violation = &device->violations.items[i];
        const struct rule *rule = &replay->options.rules.items[violation->rule];
        json_t *object = json_place(replay, violation);

        json_object_set_new(object, "rule", json_string(rule->is_window ? "window" : "reserve"));
        json_object_set_new(object, "rule_range", json_range(rule->range));
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *json_headroom(const struct headroom *headroom)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:b}", "tasks", count(headroom->tasks),
                     "pid", headroom->pid ? count(headroom->pid) : json_null(), "session_bytes",
                     count(headroom->session_bytes), "session_ranges",
                     count(headroom->session_count), "more", count(headroom->ours), "more_is_bound",
                     headroom->ours_more, "more_in_kernel", count(headroom->kernel),
                     "more_in_kernel_is_bound", headroom->kernel_more);
}

static json_t *json_state(struct sample sample)
{
    return json_pack("{s:o, s:o, s:f}", "free_bytes", count(sample.free_bytes), "largest_gap",
                     count(sample.largest_gap), "split", fragmentation(sample));
}

static json_t *json_timeline(const struct replay *replay, const struct device *device)
{
    json_t *list = json_array();

    for (int i = 0; i < TIMELINE; i++) {
        const struct moment *moment = &device->timeline[i];

        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o, s:o, s:o}", "time", time_of(replay, moment->time),
                            "live_bytes", count(moment->live_bytes), "live_ranges",
                            count(moment->live_count), "kernel", json_state(moment->kernel),
                            "dmaspace", json_state(moment->ours)));
    }
    return list;
}

static json_t *json_load(const struct replay *replay, const struct device *device)
{
    const struct device_counts *counts = &device->counts;

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "maps", count(counts->maps),
                     "unmaps", count(counts->unmaps), "refused", count(counts->failed), "unmatched",
                     count(counts->unmatched), "displaced", count(counts->displaced), "at_zero",
                     count(counts->outside), "peak_bytes", count(device->peak_bytes), "peak_ranges",
                     count(device->peak_count), "peak_time", time_of(replay, device->peak_time));
}

static json_t *json_fit(const struct replay *replay, const struct device *device)
{
    json_t *object = json_pack("{s:o}", "misfits", count(device->counts.misfits));

    json_object_set_new(object, "first",
                        device->counts.misfits ? json_place(replay, &device->first_misfit)
                                               : json_null());
    return object;
}

static json_t *json_device(const struct replay *replay, const struct device *device)
{
    json_t *object = json_object();

    json_object_set_new(object, "device", json_text(device->name));
    json_object_set_new(object, "translated",
                        json_boolean(device_is_translated(device, replay->counts.joined)));
    json_object_set_new(object, "aperture", json_range(device->aperture));
    json_object_set_new(object, "rules", json_rules(replay, device));
    json_object_set_new(object, "load", json_load(replay, device));
    json_object_set_new(object, "violations", count(device->counts.violations));
    json_object_set_new(object, "violating_bytes", count(device->counts.violating_bytes));
    json_object_set_new(object, "violation_list", json_violations(replay, device));
    json_object_set_new(object, "fit", json_fit(replay, device));
    json_object_set_new(object, "sessions", json_headroom(&device->headroom));
    json_object_set_new(object, "timeline", json_timeline(replay, device));
    return object;
}

static json_t *json_counts(const struct trace_counts *counts)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "events", count(counts->events), "others",
                     count(counts->others), "garbage", count(counts->garbage), "lost",
                     count(counts->lost), "lost_places", count(counts->lost_gaps), "joined",
                     count(counts->joined));
}

json_t *replay_json(const struct replay *replay)
{
    const struct replay_options *options = &replay->options;
    json_t *root = json_object();
    json_t *devices = json_array();
    json_t *skipped = json_array();

    for (size_t i = 0; i < replay->devices.count; i++)
        json_array_append_new(devices, json_device(replay, replay->devices.items[i]));
    for (size_t i = 0; i < replay->skipped.count; i++)
        json_array_append_new(skipped, json_text(replay->skipped.items[i]->name));
    json_object_set_new(root, "schema", json_integer(1));
    json_object_set_new(root, "file", json_text(options->file));
    json_object_set_new(root, "seconds", time_of(replay, replay->last_time));
    json_object_set_new(root, "trace", json_counts(&replay->counts));
    json_object_set_new(root, "policy", json_string(options->policy_name));
    json_object_set_new(root, "granule", count(UINT64_C(1) << options->granule_lg2));
    json_object_set_new(root, "align", json_string(options->align_to_size ? "size" : "granule"));
    json_object_set_new(root, "devices", devices);
    json_object_set_new(root, "skipped", skipped);
    return root;
}

void replay_print_json(const struct replay *replay)
{
    json_t *root = replay_json(replay);

    json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    putchar('\n');
    json_decref(root);
}
