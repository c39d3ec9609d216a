/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "device/machine.h"

#include "base/log.h"
#include "base/memory.h"

#define FINDING_LINE (DMS_OF_PATH_MAX + DMS_OF_TEXT_MAX + 128)

/*
 * Odd places of the tree go to the log, each kind once: with thousands of devices on one map, the
 * same finding comes with every device, and the whole list is what a check of the tree is for.
 */
static void log_finding(void *ctx, const struct dms_of_diag *finding)
{
    struct dms_machine *machine = ctx;
    unsigned bit = 1u << (finding->finding & 31);
    char line[FINDING_LINE];

    if (atomic_fetch_or(&machine->findings_logged, bit) & bit)
        return;
    dms_of_diag_line(finding, line, sizeof(line));
    port_log(machine->port, DMS_LOG_WARNING, line);
}

int machine_tree_open(struct dms_machine *machine, const void *blob, size_t size)
{
    struct dms_of_diag diag;
    char line[FINDING_LINE];

    if (!blob)
        return 0;
    if (dms_of_open(&machine->tree, blob, size, &diag) != 0) {
        dms_of_diag_line(&diag, line, sizeof(line));
        port_log(machine->port, DMS_LOG_ERROR, line);
        return DMS_EINVAL;
    }
    machine->index = port_alloc_array(machine->port, machine->tree.node_count,
                                      sizeof(struct dms_of_index_entry));
    if (!machine->index)
        return DMS_ENOMEM;
    dms_of_index(&machine->tree, machine->index, machine->tree.node_count);
    machine->tree.on_finding = log_finding;
    machine->tree.finding_ctx = machine;
    machine->has_tree = true;
    return 0;
}

void machine_tree_close(struct dms_machine *machine)
{
    if (machine->has_tree)
        port_free_array(machine->port, machine->index, machine->tree.node_count,
                        sizeof(struct dms_of_index_entry));
}
