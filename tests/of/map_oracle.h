/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * An obvious reading of iommu-map over cells in an array, beside which the real one is run. It
 * knows its targets from a table and has no tree.
 */
#ifndef TESTS_OF_MAP_ORACLE_H
#define TESTS_OF_MAP_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#define ORACLE_MAX_CELLS 64

struct oracle_target {
    const char *name;
    uint32_t phandle;
    int32_t cells; /* #iommu-cells, -1: the property is absent */
    bool disabled;
};

/* The targets that exist; oracle_target_count of them. */
extern const struct oracle_target oracle_targets[];
extern const unsigned oracle_target_count;

struct oracle_map {
    uint32_t cells[ORACLE_MAX_CELLS];
    unsigned count;
    uint32_t mask;
};

struct oracle_answer {
    int error; /* 0, or a code of error.h */
    const struct oracle_target *target;
    unsigned ncells;
    uint32_t cells[16];
};

/* What dms_of_map_id() has to answer. */
struct oracle_answer oracle_resolve(const struct oracle_map *map, uint32_t id, unsigned nth);

/* How many entries can be read in a row, and the error that ends them (DMS_ENOENT: none). */
unsigned oracle_count(const struct oracle_map *map, int *error);

#endif
