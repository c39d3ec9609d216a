/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* inspect for programs: docs/json-inspect.md. Written master by master, so memory stays small. */
#include "inspect.h"
#include "json.h"
#include "stream.h"

static bool first_file;
static bool first_master;

static void dump(json_t *value)
{
    json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(value);
}

json_t *json_compatible(const struct tree *tree, dms_of_node_t node)
{
    json_t *array = json_array();
    uint32_t size;
    const char *list = dms_of_compatible(&tree->of, node, &size);
    uint32_t start = 0;

    for (uint32_t i = 0; i < size; i++) {
        if (list[i] != '\0')
            continue;
        json_array_append_new(array, json_text(list + start));
        start = i + 1;
    }
    return array;
}

static void begin(void)
{
    first_file = true;
    printf("{\"schema\":1,\"files\":[");
}

static void file(const struct tree *tree)
{
    printf("%s\n{\"file\":", first_file ? "" : ",");
    dump(json_text(tree->file));
    printf(",\"model\":");
    dump(json_text(string_of(tree, DMS_OF_ROOT, "model").text));
    printf(",\"compatible\":");
    dump(json_compatible(tree, DMS_OF_ROOT));
    printf(",\"masters\":[");
    first_file = false;
    first_master = true;
}

static void add_target(json_t *object, const struct tree *tree, const struct dms_of_spec *spec,
                       bool available)
{
    json_add_spec(object, tree, spec);
    json_object_set_new(object, "iommu_type", json_string(iommu_type(tree, spec->iommu)->name));
    json_object_set_new(object, "iommu_available", json_boolean(available));
}

static json_t *streams(const struct tree *tree, const struct master *master)
{
    json_t *array = json_array();

    for (size_t i = 0; i < master->streams.count; i++) {
        json_t *object = json_object();

        add_target(object, tree, &master->streams.items[i].spec,
                   master->streams.items[i].iommu_available);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *function_map(const struct tree *tree, const struct master *master)
{
    json_t *entries = json_array();

    if (!master->has_map) {
        json_decref(entries);
        return json_null();
    }
    for (size_t i = 0; i < master->map.count; i++) {
        const struct dms_of_map_entry *entry = &master->map.items[i];
        json_t *object = json_object();

        json_object_set_new(object, "id_base", json_integer(entry->id_base));
        json_object_set_new(object, "length", json_integer(entry->length));
        add_target(object, tree, &entry->out, entry->iommu_available);
        json_array_append_new(entries, object);
    }
    return json_pack("{s:I, s:b, s:o, s:o}", "mask", (json_int_t)master->map_mask, "legacy",
                     master->legacy_map, "aperture", json_range(master->function_aperture),
                     "entries", entries);
}

static json_t *windows(const struct master *master)
{
    json_t *array;

    if (!master->has_windows)
        return json_null();
    array = json_array();
    for (size_t i = 0; i < master->windows.count; i++)
        json_array_append_new(array, json_range(master->windows.items[i]));
    return array;
}

static json_t *regions(const struct tree *tree, const struct master *master)
{
    json_t *array = json_array();

    for (size_t i = 0; i < master->regions.count; i++) {
        const struct dms_of_region *region = &master->regions.items[i];
        json_t *object = json_range(region->range);

        json_object_set_new(object, "kind", json_string(dms_region_kind_name(region->kind)));
        json_object_set_new(object, "memory", json_string(path_of(tree, region->memory).text));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *diags(const struct master *master)
{
    json_t *array = json_array();

    for (size_t i = 0; i < master->diags.count; i++)
        json_array_append_new(array, json_diag(&master->diags.items[i]));
    return array;
}

json_t *json_master(const struct tree *tree, const struct master *master)
{
    json_t *object = json_object();

    json_object_set_new(object, "path", json_string(path_of(tree, master->node).text));
    json_object_set_new(object, "compatible", json_compatible(tree, master->node));
    json_object_set_new(object, "available", json_boolean(master->available));
    json_object_set_new(object, "coherent", json_boolean(master->coherent));
    json_object_set_new(object, "streams", streams(tree, master));
    json_object_set_new(object, "function_map", function_map(tree, master));
    json_object_set_new(object, "aperture", json_range(master->aperture));
    json_object_set_new(object, "usable", windows(master));
    json_object_set_new(object, "reserved", regions(tree, master));
    json_object_set_new(object, "reports", diags(master));
    return object;
}

static void master(const struct tree *tree, const struct master *master)
{
    printf("%s\n", first_master ? "" : ",");
    dump(json_master(tree, master));
    first_master = false;
}

static void file_end(const struct tree *tree, const struct tally *tally)
{
    (void)tree;
    (void)tally;
    printf("]}");
}

static void end(const struct tally *total)
{
    printf("\n],\"unreadable\":%zu}\n", total->unreadable);
}

const struct printer json_printer = {begin, file, master, file_end, end};
