/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The one way in which a leaf changes. */
#include "tree.h"

#include "base/mem.h"

/* Nodes that the splits need when the path's leaf grows by `grow` words. */
int tree_prepare_splice(struct tree *tree, const struct path *path, unsigned grow)
{
    unsigned inners = 0;
    unsigned level = 1;

    if (path->level[0].node->count + grow <= LEAF_MAX)
        return 0;
    while (level <= tree->height && path->level[level].node->count == INNER_MAX) {
        inners++;
        level++;
    }
    if (level > tree->height)
        inners++;
    return tree_prepare(tree, 1, inners);
}

/* The leaf before the one that began at `page` reaches further, or less far, than its entries say. */
static void refresh_previous(struct tree *tree, uint64_t page)
{
    struct path path;

    tree_find(tree, page - 1, &path);
    tree_fix(tree, &path);
}

void tree_splice(struct tree *tree, struct path *path, unsigned remove, const uint64_t *words,
                 unsigned count)
{
    struct leaf *leaf = path_leaf(path);
    unsigned at = path->level[0].idx;
    uint64_t first = seg_page(leaf->word[0]);
    unsigned tail = leaf->node.count - at - remove;
    bool moved;

    memmove(&leaf->word[at + count], &leaf->word[at + remove], tail * sizeof(leaf->word[0]));
    if (count > 0)
        memcpy(&leaf->word[at], words, count * sizeof(leaf->word[0]));
    leaf->node.count = at + count + tail;
    moved = leaf->node.count == 0 || seg_page(leaf->word[0]) != first;
    tree_fix(tree, path);
    if (moved)
        refresh_previous(tree, first);
}
