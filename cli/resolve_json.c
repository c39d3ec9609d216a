/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "resolve_json.h"

#include "json.h"

#include <dmaspace/error.h>

void print_answer_json(const struct tree *tree, const struct answer *answer)
{
    json_t *object = json_object();
    json_t *specs = json_array();

    for (size_t i = 0; i < answer->specs.count && answer->error == 0; i++) {
        json_t *spec = json_object();

        json_add_spec(spec, tree, &answer->specs.items[i]);
        json_array_append_new(specs, spec);
    }
    json_object_set_new(object, "device", json_text(answer->device));
    json_object_set_new(object, "id", answer->has_id ? json_integer(answer->id) : json_null());
    json_object_set_new(object, "error",
                        answer->error ? json_string(dms_errname(answer->error)) : json_null());
    json_object_set_new(object, "specifiers", specs);
    json_object_set_new(object, "report",
                        answer->has_diag ? json_diag(&answer->diag) : json_null());
    json_dumpf(object, stdout, JSON_COMPACT);
    printf("\n");
    json_decref(object);
}
