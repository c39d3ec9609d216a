/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Picking from what the library said while a master was read. */
#ifndef CLI_CHECK_REPORTS_H
#define CLI_CHECK_REPORTS_H

#include "check.h"

/* Tells each report on the current master that has this finding, and this property if not NULL. */
void found_reports(struct checker *c, enum dms_of_finding finding, const char *property);

/* The same for an error, where `which` says yes; NULL: all. */
void found_errors(struct checker *c, int error, const char *property,
                  bool (*which)(const struct checker *c, const struct dms_of_diag *diag));

bool is_about(const struct dms_of_diag *diag, const char *property);

/* A cell of a node's property; 0 beyond its end. */
uint32_t cell_of(const struct tree *tree, dms_of_node_t node, const char *property, uint32_t cell);

/* Whole cells in a node's property, 0 when it has none. */
uint32_t cells_in(const struct tree *tree, dms_of_node_t node, const char *property);

bool has_property(const struct tree *tree, dms_of_node_t node, const char *property);

#endif
