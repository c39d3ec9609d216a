/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Pieces of JSON that several verbs print. Addresses are strings: 2^53 is too small a limit. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include "tree.h"

#include <jansson.h>

/* A string from outside; bytes that are no UTF-8 turn its every non-ASCII byte into '?'. */
json_t *json_text(const char *text);

json_t *json_address(uint64_t address);

/* {"first": "0x...", "last": "0x..."} */
json_t *json_range(struct dms_range range);

/* Adds iommu, cells, sid and mask (null when not decodable) to an object. */
void json_add_spec(json_t *object, const struct tree *tree, const struct dms_of_spec *spec);

/* {"error" or "finding", "path", "property", "cell", "text", "remedy"} */
json_t *json_diag(const struct dms_of_diag *diag);

struct master;

/* A master as docs/json-inspect.md has it, and the compatible strings of a node (inspect_json.c). */
json_t *json_master(const struct tree *tree, const struct master *master);
json_t *json_compatible(const struct tree *tree, dms_of_node_t node);

#endif
