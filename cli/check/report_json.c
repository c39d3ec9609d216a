/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* check for programs: docs/json-check.md. Written file by file, so memory stays small. */
#include "json.h"
#include "report.h"
#include "verb.h"

static bool first;

static void dump(json_t *value)
{
    json_dumpf(value, stdout, JSON_COMPACT);
    json_decref(value);
}

static void begin(void)
{
    first = true;
    printf("{\"schema\":1,\"files\":[");
}

static json_t *json_finding(const struct finding *finding)
{
    json_t *object = json_object();

    json_object_set_new(object, "id", json_string(finding->check->id));
    json_object_set_new(object, "severity", json_string(severity_name(finding->check->severity)));
    json_object_set_new(object, "path", json_text(finding->path));
    json_object_set_new(object, "property",
                        finding->property ? json_string(finding->property) : json_null());
    json_object_set_new(object, "cell",
                        finding->cell >= 0 ? json_integer(finding->cell) : json_null());
    json_object_set_new(object, "text", json_text(finding->text));
    json_object_set_new(object, "linux", json_string(finding->effect));
    json_object_set_new(object, "remedy", json_string(finding->remedy));
    return object;
}

static void result(const struct check_result *result)
{
    json_t *object;
    json_t *findings;

    if (result->status == EXIT_UNUSABLE) {
        print_tree_error(result->file, &result->error);
        return;
    }
    object = json_object();
    findings = json_array();
    for (size_t i = 0; i < result->findings.count; i++)
        json_array_append_new(findings, json_finding(&result->findings.items[i]));
    json_object_set_new(object, "file", json_text(result->file));
    json_object_set_new(object, "model", json_text(result->model ? result->model : ""));
    json_object_set_new(object, "findings", findings);
    json_object_set_new(object, "less_severe", json_integer((json_int_t)result->hidden));
    json_object_set_new(object, "not_told", json_integer((json_int_t)result->dropped));
    printf("%s\n", first ? "" : ",");
    dump(object);
    first = false;
}

static void end(const struct check_tally *tally)
{
    printf("\n],\"unreadable\":%zu}\n", tally->unreadable);
}

static json_t *json_check(const struct check *check)
{
    json_t *object = json_object();
    json_t *after = json_array();

    for (unsigned i = 0; i < CHECK_AFTER && check->after[i]; i++)
        json_array_append_new(after, json_string(check->after[i]));
    json_object_set_new(object, "id", json_string(check->id));
    json_object_set_new(object, "severity", json_string(severity_name(check->severity)));
    json_object_set_new(object, "summary", json_string(check->summary));
    json_object_set_new(object, "after", after);
    return object;
}

static void list(void)
{
    printf("{\"schema\":1,\"checks\":[");
    for (const struct check *check = checks; check->id; check++) {
        printf("%s\n", check == checks ? "" : ",");
        dump(json_check(check));
    }
    printf("\n]}\n");
}

const struct check_printer check_json = {begin, result, end, list};
