/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The data of a device tree's report: masters as in docs/json-inspect.md, findings as in docs/json-check.md. */
#include "page.h"

#include "../check/check.h"
#include "../json.h"
#include "../verb.h"

#include <stdlib.h>

static json_t *json_of(const struct finding *finding)
{
    return json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:s}", "id", finding->check->id, "severity",
        severity_name(finding->check->severity), "path", json_text(finding->path), "property",
        finding->property ? json_string(finding->property) : json_null(), "cell",
        finding->cell >= 0 ? json_integer(finding->cell) : json_null(), "text",
        json_text(finding->text), "effect", finding->effect, "remedy", finding->remedy);
}

/* What dmaspace check tells of the file. NULL: it cannot be read, which has been said. */
static json_t *findings_of(const char *file)
{
    struct checker *checker = calloc(1, sizeof(*checker));
    struct tree_error error;
    json_t *findings = NULL;

    if (!checker)
        array_no_memory();
    checker_begin(checker, ~(check_set_t)0, 0, 0);
    if (check_file(checker, file, &error) == EXIT_UNUSABLE) {
        print_tree_error(file, &error);
    } else {
        findings = json_array();
        for (size_t i = 0; i < checker->findings.count; i++)
            json_array_append_new(findings, json_of(&checker->findings.items[i]));
        findings_drop(checker->findings.items, checker->findings.count);
        checker->findings.count = 0;
    }
    checker_drop(checker);
    free(checker);
    return findings;
}

static json_t *devices_of(struct tree *tree)
{
    json_t *devices = json_array();
    struct master master = {0};
    dms_of_node_t node = DMS_OF_NONE;

    while ((node = dms_of_next_master(&tree->of, node)) != DMS_OF_NONE) {
        master_read(tree, node, &master);
        json_array_append_new(devices, json_master(tree, &master));
    }
    master_drop(&master);
    return devices;
}

json_t *tree_data(const char *file)
{
    struct tree tree = {0};
    json_t *findings = findings_of(file);
    json_t *data;

    if (!findings)
        return NULL;
    if (tree_open(&tree, file) != EXIT_GOOD) {
        json_decref(findings);
        return NULL;
    }
    data = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "kind", "tree", "tool",
                     "dmaspace " DMASPACE_VERSION, "file", json_text(file), "model",
                     json_text(string_of(&tree, DMS_OF_ROOT, "model").text), "compatible",
                     json_compatible(&tree, DMS_OF_ROOT), "devices", devices_of(&tree), "findings",
                     findings);
    tree_close(&tree);
    return data;
}
