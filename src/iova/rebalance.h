/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How full nodes are kept. Used by tree_fix() alone. */
#ifndef IOVA_REBALANCE_H
#define IOVA_REBALANCE_H

#include "tree.h"

static inline unsigned node_max(unsigned level)
{
    return level == 0 ? LEAF_MAX : INNER_MAX;
}

static inline bool node_is_over(const struct path *path, unsigned level)
{
    return path->level[level].node->count > node_max(level);
}

/*
 * A node under half full joins its neighbour when both fit into 7/8 of a node, so that the next insertion does not
 * split them again; under 1/8 in any case, and then they share what they have. The root has no neighbour.
 */
bool node_should_join(const struct path *path, unsigned level, unsigned height);

/* Each leaves what the parent says of the children right, though not the parent's own size. */
void tree_split(struct tree *tree, struct path *path, unsigned level);
void tree_join(struct tree *tree, struct path *path, unsigned level);

/* A new root above the old one, its only child. */
void tree_grow_root(struct tree *tree, struct path *path);

/* fix.c: bring what the node at `level` says of its idx-th child up to date. False: it was. */
bool child_refresh(struct path *path, unsigned level, unsigned idx);

#endif
