/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* explain for programs: docs/json-explain.md. */
#include "json.h"
#include "report.h"

static bool first;

static void dump(json_t *value)
{
    json_dumpf(value, stdout, JSON_COMPACT);
    json_decref(value);
}

static void begin(const struct facts *facts)
{
    json_t *file = json_text(facts->tree.file);

    first = true;
    printf("{\"schema\":1,\"file\":");
    json_dumpf(file, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(file);
    printf(",\"faults\":[");
}

static json_t *json_node(const struct facts *facts, dms_of_node_t node)
{
    return node == DMS_OF_NONE ? json_null() : json_text(path_of(&facts->tree, node).text);
}

static json_t *json_access(uint32_t access)
{
    json_t *words = json_array();

    if (access & DMS_READ)
        json_array_append_new(words, json_string("read"));
    if (access & DMS_WRITE)
        json_array_append_new(words, json_string("write"));
    if (access & DMS_EXEC)
        json_array_append_new(words, json_string("exec"));
    if (access & DMS_PRIV)
        json_array_append_new(words, json_string("priv"));
    return words;
}

static json_t *json_place(const struct facts *facts, const struct owner *owner)
{
    json_t *place;

    if (!owner->has_range)
        return json_null();
    place = json_range(owner->range);
    json_object_set_new(place, "kind", json_string(owner->range_kind));
    json_object_set_new(place, "path", json_node(facts, owner->range_node));
    json_object_set_new(place, "property",
                        owner->range_property ? json_string(owner->range_property) : json_null());
    json_object_set_new(place, "cell",
                        owner->range_cell >= 0 ? json_integer(owner->range_cell) : json_null());
    return place;
}

static json_t *json_owners(const struct facts *facts, const struct answer *answer)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < answer->owner_count; i++) {
        const struct owner *owner = &answer->owners[i];
        json_t *object = json_object();

        json_object_set_new(object, "path", json_node(facts, owner->node));
        json_object_set_new(object, "id", owner->has_id ? json_integer(owner->id) : json_null());
        json_object_set_new(object, "property", json_string(owner->property));
        json_object_set_new(object, "cell", json_integer(owner->cell));
        json_object_set_new(object, "enabled", json_boolean(owner->device_enabled));
        json_object_set_new(object, "iommu_enabled", json_boolean(owner->iommu_enabled));
        json_object_set_new(object, "address", json_string(spot_name(owner->spot)));
        json_object_set_new(object, "range", json_place(facts, owner));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *json_neighbour(const struct facts *facts, const struct neighbour *neighbour)
{
    json_t *object;

    if (!neighbour->found)
        return json_null();
    object = json_object();
    json_object_set_new(object, "stream", json_integer(neighbour->sid));
    json_object_set_new(object, "path", json_node(facts, neighbour->node));
    return object;
}

static json_t *json_changes(const struct answer *answer)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < answer->change_count; i++)
        json_array_append_new(array, json_text(answer->change[i]));
    return array;
}

static json_t *json_fault(const struct fault *fault)
{
    json_t *object = json_object();

    json_object_set_new(object, "line", fault->line ? json_integer(fault->line) : json_null());
    json_object_set_new(object, "times", json_integer(fault->times));
    json_object_set_new(object, "brief", json_integer((json_int_t)fault->brief));
    json_object_set_new(object, "event", json_string(fault->event));
    json_object_set_new(object, "detail", json_string(fault->detail));
    json_object_set_new(object, "stream", fault->has_sid ? json_integer(fault->sid) : json_null());
    json_object_set_new(object, "iova", fault->has_iova ? json_address(fault->iova) : json_null());
    json_object_set_new(object, "access", json_access(fault->access));
    json_object_set_new(object, "client",
                        fault->client[0] ? json_text(fault->client) : json_null());
    return object;
}

static void fault(const struct facts *facts, const struct fault *fault, const struct answer *answer)
{
    json_t *object = json_fault(fault);

    json_object_set_new(object, "iommu", json_node(facts, answer->iommu));
    json_object_set_new(object, "owners", json_owners(facts, answer));
    json_object_set_new(object, "owners_not_told", json_integer(answer->owners_more));
    json_object_set_new(object, "below", json_neighbour(facts, &answer->below));
    json_object_set_new(object, "above", json_neighbour(facts, &answer->above));
    json_object_set_new(object, "memory", json_node(facts, answer->memory));
    json_object_set_new(object, "where", json_text(answer->where));
    json_object_set_new(object, "why", json_text(answer->why));
    json_object_set_new(object, "change", json_changes(answer));
    printf("%s\n", first ? "" : ",");
    dump(object);
    first = false;
}

static void end(const struct reader *reader)
{
    printf("\n],\"not_told\":%zu,\"cut_off\":%zu}\n", reader->dropped, reader->cut_off);
}

const struct explain_printer explain_json = {begin, fault, end};
