/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "tree.h"

#include "base/checked.h"

int tree_init(struct tree *tree, const struct dms_port *port, uint64_t start, uint64_t end)
{
    struct leaf *leaf;

    *tree = (struct tree){.port = port, .start = start, .end = end};
    if (tree_prepare(tree, 1, 0))
        return DMS_ENOMEM;
    leaf = tree_take_leaf(tree);
    leaf->node.count = 1;
    leaf->node.free = 1;
    leaf->word[0] = seg_word(start, SEG_FREE);
    tree->root = &leaf->node;
    tree->fit = leaf_fit(leaf, end, FIT_MAX);
    tree->pages[SEG_FREE] = end - start;
    return 0;
}

/* Depth first with the path as the stack: recursion would cost more of a small stack. */
void tree_fini(struct tree *tree)
{
    struct path path;
    unsigned level = tree->height;

    path.level[level] = (struct step){.node = tree->root};
    while (tree->root) {
        struct step *step = &path.level[level];

        if (level > 0 && step->idx < step->node->count) {
            path.level[level - 1] = (struct step){
                .node = path_inner(&path, level)->child[step->idx++],
            };
            level--;
            continue;
        }
        tree_give_node(tree, step->node, level);
        if (level++ == tree->height)
            tree->root = NULL;
    }
    tree_free_spares(tree);
}
