/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef CLI_RESOLVE_JSON_H
#define CLI_RESOLVE_JSON_H

#include "tree.h"

/* A query to resolve and what came of it. */
struct answer {
    const char *device; /* as asked */
    bool has_id;
    uint32_t id;
    int error;
    bool has_diag;
    struct dms_of_diag diag; /* of error */
    ARRAY(struct dms_of_spec) specs;
};

/* One line of docs/json-resolve.md. */
void print_answer_json(const struct tree *tree, const struct answer *answer);

#endif
