/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Memory of tree nodes. An operation that may need some asks for it before its first change. */
#include "base/memory.h"
#include "tree.h"

static size_t node_size(unsigned level)
{
    return level == 0 ? sizeof(struct leaf) : sizeof(struct inner);
}

/* A spare node links to the next one. */
static struct tree_node **spare_link(struct tree_node *node, unsigned level)
{
    return level == 0 ? (struct tree_node **)(void *)((struct leaf *)node)->word
                      : &((struct inner *)node)->child[0];
}

static int spare_fill(struct tree *tree, unsigned level, unsigned want)
{
    struct tree_node **list = level == 0 ? &tree->spare_leaf : &tree->spare_inner;
    unsigned *have = level == 0 ? &tree->spare_leaves : &tree->spare_inners;

    while (*have < want) {
        struct tree_node *node = port_alloc(tree->port, node_size(level));

        if (!node)
            return DMS_ENOMEM;
        tree->memory += node_size(level);
        *spare_link(node, level) = *list;
        *list = node;
        ++*have;
    }
    return 0;
}

static struct tree_node *spare_take(struct tree *tree, unsigned level)
{
    struct tree_node **list = level == 0 ? &tree->spare_leaf : &tree->spare_inner;
    struct tree_node *node = *list;

    *list = *spare_link(node, level);
    --*(level == 0 ? &tree->spare_leaves : &tree->spare_inners);
    node->count = 0;
    node->free = 0;
    return node;
}

int tree_prepare(struct tree *tree, unsigned leaves, unsigned inners)
{
    int error = spare_fill(tree, 0, leaves);

    return error ? error : spare_fill(tree, 1, inners);
}

struct leaf *tree_take_leaf(struct tree *tree)
{
    return (struct leaf *)spare_take(tree, 0);
}

struct inner *tree_take_inner(struct tree *tree)
{
    return (struct inner *)spare_take(tree, 1);
}

void tree_give_node(struct tree *tree, struct tree_node *node, unsigned level)
{
    tree->memory -= node_size(level);
    port_free(tree->port, node, node_size(level));
}

void tree_free_spares(struct tree *tree)
{
    while (tree->spare_leaf)
        tree_give_node(tree, spare_take(tree, 0), 0);
    while (tree->spare_inner)
        tree_give_node(tree, spare_take(tree, 1), 1);
}
