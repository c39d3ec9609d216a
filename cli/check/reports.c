/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "reports.h"

#include <string.h>

bool is_about(const struct dms_of_diag *diag, const char *property)
{
    return diag->property && strcmp(diag->property, property) == 0;
}

void found_reports(struct checker *c, enum dms_of_finding finding, const char *property)
{
    for (size_t i = 0; i < c->master.diags.count; i++) {
        const struct dms_of_diag *diag = &c->master.diags.items[i];

        if (!diag->error && diag->finding == finding && (!property || is_about(diag, property)))
            found_diag(c, diag);
    }
}

void found_errors(struct checker *c, int error, const char *property,
                  bool (*which)(const struct checker *c, const struct dms_of_diag *diag))
{
    for (size_t i = 0; i < c->master.diags.count; i++) {
        const struct dms_of_diag *diag = &c->master.diags.items[i];

        if (diag->error == error && is_about(diag, property) && (!which || which(c, diag)))
            found_diag(c, diag);
    }
}

uint32_t cells_in(const struct tree *tree, dms_of_node_t node, const char *property)
{
    uint32_t size = 0;

    dms_of_prop(&tree->of, node, property, &size);
    return size / 4;
}

uint32_t cell_of(const struct tree *tree, dms_of_node_t node, const char *property, uint32_t cell)
{
    uint32_t size = 0;
    const unsigned char *at = dms_of_prop(&tree->of, node, property, &size);

    if (!at || cell >= size / 4)
        return 0;
    at += 4 * (size_t)cell;
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

bool has_property(const struct tree *tree, dms_of_node_t node, const char *property)
{
    uint32_t size;

    return dms_of_prop(&tree->of, node, property, &size) != NULL;
}
