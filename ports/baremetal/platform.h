/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the device tree says of this machine, read through the library's own `of`. */
#ifndef BAREMETAL_PLATFORM_H
#define BAREMETAL_PLATFORM_H

#include "pci.h"

#include <dmaspace/of.h>

struct platform {
    struct dms_of of;
    size_t blob_size;
    uint64_t ram, ram_size;
    uint64_t uart;
    uint64_t gic_distributor, gic_cpu_interface;
    uint64_t smmu;
    unsigned smmu_eventq_irq, smmu_gerror_irq; /* GIC interrupt IDs */
    char smmu_path[DMS_OF_PATH_MAX];
    struct pci_host pci;
    char pci_path[DMS_OF_PATH_MAX];
    const char *bootargs; /* of /chosen; "" when there are none */
    unsigned cpus;
};

/* NULL, or what is missing, as a sentence's end: "no PL011 in the device tree". */
const char *platform_read(struct platform *platform, const void *blob);

/* The first node that is compatible with `name` and not disabled; DMS_OF_NONE: there is none. */
dms_of_node_t platform_find(const struct platform *platform, const char *name);

/* Whether `word` is one of the words of bootargs. */
bool platform_has_arg(const struct platform *platform, const char *word);

#endif
