/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A height-balanced binary tree of nodes that are embedded in the owner's objects, in the order of two keys, with a
 * summary of each subtree that the owner computes. For sets whose nodes are large anyway: regions, and the size index.
 * Not thread-safe.
 */
#ifndef IOVA_AVL_H
#define IOVA_AVL_H

#include <dmaspace/types.h>

struct avl_node {
    struct avl_node *child[2];
    uint64_t key, tie; /* order: key, then tie; no two nodes have both the same */
    unsigned height;
};

struct avl {
    struct avl_node *root;
    /* Set node's summary from its own value and its children's summaries. True: it was another one. */
    bool (*summarise)(struct avl_node *node);
};

void avl_insert(struct avl *avl, struct avl_node *node);
/* The node with these keys, taken out; NULL: there is none. */
struct avl_node *avl_remove(struct avl *avl, uint64_t key, uint64_t tie);
/* The first node at or after the keys; NULL: none. */
struct avl_node *avl_at_or_after(const struct avl *avl, uint64_t key, uint64_t tie);
/* Any node, taken out, for tearing down; NULL: the tree is empty. */
struct avl_node *avl_pop(struct avl *avl);

#endif
