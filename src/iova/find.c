/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The way from the root to the segment of a page, and from segment to segment. */
#include "tree.h"

/* All ones or 0: arithmetic instead of a choice, which compilers like to make a branch. */
static inline unsigned mask_if(bool condition)
{
    return 0u - (unsigned)condition;
}

/*
 * The last of the ascending values that is at most `limit`, as the first one always is. As many steps as the row could
 * need at its longest, whatever its count, and no branch depends on the values: there is nothing to mispredict.
 */
static inline unsigned last_at_most(const uint64_t *value, unsigned count, unsigned longest,
                                    uint64_t limit)
{
    unsigned low = 0;

    for (unsigned half = 1u << ilog2(longest - 1); half > 0; half /= 2) {
        unsigned step = half & mask_if(low + half < count);

        low += step & mask_if(value[low + step] <= limit);
    }
    return low;
}

static unsigned inner_index(const struct inner *inner, uint64_t page)
{
    return last_at_most(inner->first, inner->node.count, INNER_MAX, page);
}

static unsigned leaf_index(const struct leaf *leaf, uint64_t page)
{
    return last_at_most(leaf->word, leaf->node.count, LEAF_MAX,
                        seg_word(page, (enum seg_type)(SEG_TYPES - 1)));
}

void tree_find(struct tree *tree, uint64_t page, struct path *path)
{
    struct tree_node *node = tree->root;
    uint64_t end = tree->end;

    for (unsigned level = tree->height; level > 0; level--) {
        struct inner *inner = (struct inner *)node;
        unsigned idx = inner_index(inner, page);

        path->level[level] = (struct step){node, idx, end};
        end = child_end(&path->level[level], idx);
        node = inner->child[idx];
        if (level == 1)
            leaf_prefetch(node);
    }
    path->level[0] = (struct step){node, leaf_index((struct leaf *)node, page), end};
    tree->nodes_visited += tree->height + 1;
}

struct segment tree_segment_at(struct tree *tree, uint64_t page)
{
    struct path path;

    tree_find(tree, page, &path);
    return path_segment(&path);
}

bool tree_next(struct tree *tree, uint64_t page, uint64_t end, unsigned types, struct segment *out)
{
    end = end < tree->end ? end : tree->end;
    while (page < end) {
        struct path path;

        tree_find(tree, page, &path);
        for (; path.level[0].idx < path.level[0].node->count; path.level[0].idx++) {
            *out = path_segment(&path);
            if (out->start >= end)
                return false;
            if (types & 1u << out->type)
                return true;
        }
        page = path.level[0].end;
    }
    return false;
}
