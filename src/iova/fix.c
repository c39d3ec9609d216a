/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The long way up from a leaf whose place in the tree has changed: first pages, splits, merges, fits. */
#include "tree.h"

#include "rebalance.h"

struct fit leaf_fit(const struct leaf *leaf, uint64_t end, struct fit most)
{
    struct fit fit = {0, 0};

    for (uint32_t free = leaf->node.free; free != 0 && !fit_covers(fit, most);) {
        unsigned i = last_free(free);

        fit_add_gap(&fit, seg_page(leaf->word[i]),
                    i + 1 < leaf->node.count ? seg_page(leaf->word[i + 1]) : end);
        free ^= UINT32_C(1) << i;
    }
    return fit;
}

struct fit inner_fit(const struct inner *inner, struct fit most)
{
    struct fit fit = {0, 0};

    for (unsigned i = 0; i < inner->node.count && !fit_covers(fit, most); i++)
        fit_join(&fit, inner->fit[i]);
    return fit;
}

bool child_refresh(struct path *path, unsigned level, unsigned idx)
{
    struct inner *parent = path_inner(path, level);
    const struct leaf *leaf = (struct leaf *)parent->child[idx];
    const struct inner *inner = (struct inner *)parent->child[idx];
    uint64_t end = child_end(&path->level[level], idx);
    uint64_t first = level == 1 ? seg_page(leaf->word[0]) : inner->first[0];
    struct fit fit = level == 1 ? leaf_fit(leaf, end, FIT_MAX) : inner_fit(inner, FIT_MAX);

    if (parent->first[idx] == first && fit_equal(parent->fit[idx], fit))
        return false;
    parent->first[idx] = first;
    parent->fit[idx] = fit;
    return true;
}

static void fix_root(struct tree *tree)
{
    while (tree->height > 0 && tree->root->count == 1) {
        struct tree_node *child = ((struct inner *)tree->root)->child[0];

        tree_give_node(tree, tree->root, tree->height--);
        tree->root = child;
    }
    tree->fit = tree->height == 0 ? leaf_fit((struct leaf *)tree->root, tree->end, FIT_MAX)
                                  : inner_fit((struct inner *)tree->root, FIT_MAX);
}

void tree_fix(struct tree *tree, struct path *path)
{
    unsigned level = 0;

    for (; level < tree->height || node_is_over(path, level); level++) {
        unsigned parent = level + 1;

        if (level == tree->height)
            tree_grow_root(tree, path);
        if (node_is_over(path, level))
            tree_split(tree, path, level);
        else if (node_should_join(path, level, tree->height))
            tree_join(tree, path, level);
        else if (!child_refresh(path, parent, path->level[parent].idx))
            return;
    }
    fix_root(tree);
}
