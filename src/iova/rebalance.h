/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How full nodes are kept. Used by tree_fix() alone. */
#ifndef IOVA_REBALANCE_H
#define IOVA_REBALANCE_H

#include "tree.h"

/*
 * A node is under half full: worth a look at its neighbour. They merge when both fit into 7/8 of a node, so that the
 * next insertion does not split them again; below 1/8 they share what they have.
 */
bool node_is_under(const struct path *path, unsigned level);
bool node_is_over(const struct path *path, unsigned level);

/* Each leaves the parent's entries right, though not the parent's own size and entry. */
void tree_split(struct tree *tree, struct path *path, unsigned level);
void tree_join(struct tree *tree, struct path *path, unsigned level);

/* A new root above the old one, its only child. */
void tree_grow_root(struct tree *tree, struct path *path);

/* fix.c: bring one entry up to date with its child. False: it was. */
bool entry_refresh(struct path *path, unsigned level, unsigned idx);

#endif
