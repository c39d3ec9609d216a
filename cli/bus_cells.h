/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How many cells addresses and sizes have on a bus. */
#ifndef CLI_BUS_CELLS_H
#define CLI_BUS_CELLS_H

#include <dmaspace/of.h>

struct bus_cells {
    uint32_t address;
    uint32_t size;
};

/*
 * From the bus or the nearest node above that says (Linux: of_bus_n_addr_cells), 1 if none does.
 * False: not 1 to 4 cells.
 */
bool bus_cells(const struct dms_of *of, dms_of_node_t bus, struct bus_cells *cells);

#endif
