/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "json.h"

#include "stream.h"

#include <dmaspace/error.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

json_t *json_text(const char *text)
{
    json_t *string = json_string(text);
    char *ascii;

    if (string)
        return string;
    ascii = strdup(text);
    if (!ascii)
        return json_null();
    for (char *c = ascii; *c; c++) {
        if ((unsigned char)*c > 0x7f)
            *c = '?';
    }
    string = json_string(ascii);
    free(ascii);
    return string;
}

json_t *json_address(uint64_t address)
{
    return json_sprintf("0x%" PRIx64, address);
}

json_t *json_range(struct dms_range range)
{
    return json_pack("{s:o, s:o}", "first", json_address(range.first), "last",
                     json_address(range.last));
}

void json_add_spec(json_t *object, const struct tree *tree, const struct dms_of_spec *spec)
{
    struct dms_stream stream;
    bool decoded = decode_spec(tree, spec, &stream) == 0;
    json_t *cells = json_array();

    for (uint32_t i = 0; i < spec->ncells; i++)
        json_array_append_new(cells, json_integer(spec->cells[i]));
    json_object_set_new(object, "iommu", json_string(path_of(tree, spec->iommu).text));
    json_object_set_new(object, "cells", cells);
    json_object_set_new(object, "sid", decoded ? json_integer(stream.sid) : json_null());
    json_object_set_new(object, "mask", decoded ? json_integer(stream.mask) : json_null());
}

json_t *json_diag(const struct dms_of_diag *diag)
{
    json_t *object = json_object();

    if (diag->error)
        json_object_set_new(object, "error", json_string(dms_errname(diag->error)));
    else
        json_object_set_new(object, "finding", json_string(dms_of_finding_name(diag->finding)));
    json_object_set_new(object, "path", json_string(diag->path));
    json_object_set_new(object, "property",
                        diag->property ? json_string(diag->property) : json_null());
    json_object_set_new(object, "cell", diag->cell >= 0 ? json_integer(diag->cell) : json_null());
    json_object_set_new(object, "text", json_string(diag->text));
    json_object_set_new(object, "remedy", json_string(diag->remedy));
    return object;
}
