/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The data of a trace's report: docs/json-replay.md, and what was live at each device's peak as rows
 * [first, last, ours, pid, task, violates], addresses as strings, ours null where it did not fit.
 */
#include "page.h"

#include "../json.h"
#include "../replay/replay.h"

static json_t *row(const struct live *live)
{
    return json_pack("[o, o, o, I, o, b]", json_address(live->first),
                     json_address(live->first + (live->bytes - 1)),
                     live->fits ? json_address(live->ours) : json_null(), (json_int_t)live->pid,
                     json_text(live->task), live->violates);
}

static void add_peak(json_t *object, const struct device *device)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < device->at_peak.count; i++)
        json_array_append_new(rows, row(&device->at_peak.items[i]));
    json_object_set_new(object, "peak", rows);
}

json_t *trace_data(const struct replay *replay)
{
    json_t *data = replay_json(replay);
    json_t *devices = json_object_get(data, "devices");

    for (size_t i = 0; i < replay->devices.count; i++)
        add_peak(json_array_get(devices, i), replay->devices.items[i]);
    json_object_set_new(data, "kind", json_string("trace"));
    json_object_set_new(data, "tool", json_string("dmaspace " DMASPACE_VERSION));
    return data;
}
