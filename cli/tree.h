/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A .dtb file, read and opened. */
#ifndef CLI_TREE_H
#define CLI_TREE_H

#include "array.h"

#include <dmaspace/of.h>

/* All zero at first; one struct may open one file after another. */
struct tree {
    const char *file;
    struct dms_of of;
    ARRAY(unsigned char) blob;
    ARRAY(struct dms_of_index_entry) index;
};

/* Why a file could not be opened: "WHAT; REMEDY", without its name. */
struct tree_error {
    char text[1024];
};

/* EXIT_GOOD, or EXIT_UNUSABLE and *error. The file's name must outlive the tree. */
int tree_load(struct tree *tree, const char *file, struct tree_error *error);
void print_tree_error(const char *file, const struct tree_error *error);

/* The same for one file after another: EXIT_GOOD, or EXIT_UNUSABLE after saying why on stderr. */
int tree_open(struct tree *tree, const char *file);
void tree_close(struct tree *tree);

/* A node's path, for one expression: path_of(tree, node).text */
struct path {
    char text[1024];
};
struct path path_of(const struct tree *tree, dms_of_node_t node);

/* A string property with everything unprintable made '?'; "" when the node has none. */
struct string {
    char text[128];
};
struct string string_of(const struct tree *tree, dms_of_node_t node, const char *property);

/* Whether the node and all above it are there for Linux (of_device_is_available on each). */
bool is_enabled(const struct tree *tree, dms_of_node_t node);

/* One report on stderr: "FILE: PATH: ...". */
void print_diag(const struct tree *tree, const struct dms_of_diag *diag);

#endif
