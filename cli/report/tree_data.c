/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The data of a device tree's report: masters as in docs/json-inspect.md, and findings. */
#include "page.h"

#include "../inspect.h"
#include "../json.h"
#include "../verb.h"

static void add_findings(json_t *findings, const struct master *master)
{
    for (size_t i = 0; i < master->diags.count; i++) {
        const struct dms_of_diag *diag = &master->diags.items[i];
        json_t *finding = json_diag(diag);
        json_t *id = json_object_get(finding, diag->error ? "error" : "finding");

        json_object_set(finding, "id", id);
        json_object_set_new(finding, "severity", json_string(diag->error ? "error" : "note"));
        json_array_append_new(findings, finding);
    }
}

json_t *tree_data(const char *file)
{
    struct tree tree = {0};
    struct master master = {0};
    json_t *devices, *findings, *data;
    dms_of_node_t node = DMS_OF_NONE;

    if (tree_open(&tree, file) != EXIT_GOOD)
        return NULL;
    devices = json_array();
    findings = json_array();
    while ((node = dms_of_next_master(&tree.of, node)) != DMS_OF_NONE) {
        master_read(&tree, node, &master);
        json_array_append_new(devices, json_master(&tree, &master));
        add_findings(findings, &master);
    }
    data = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "kind", "tree", "tool",
                     "dmaspace " DMASPACE_VERSION, "file", json_text(file), "model",
                     json_text(string_of(&tree, DMS_OF_ROOT, "model").text), "compatible",
                     json_compatible(&tree, DMS_OF_ROOT), "devices", devices, "findings", findings);
    master_drop(&master);
    tree_close(&tree);
    return data;
}
