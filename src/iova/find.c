/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The way from the root to the segment of a page, and from segment to segment. */
#include "tree.h"

/* The last entry that begins at or before page. The first one always does. */
static unsigned inner_index(const struct inner *inner, uint64_t page)
{
    unsigned low = 0;

    for (unsigned size = inner->node.count; size > 1;) {
        unsigned half = size / 2;

        low = inner->entry[low + half].first <= page ? low + half : low;
        size -= half;
    }
    return low;
}

static unsigned leaf_index(const struct leaf *leaf, uint64_t page)
{
    uint64_t word = seg_word(page, (enum seg_type)(SEG_TYPES - 1));
    unsigned low = 0;

    for (unsigned size = leaf->node.count; size > 1;) {
        unsigned half = size / 2;

        low = leaf->word[low + half] <= word ? low + half : low;
        size -= half;
    }
    return low;
}

void tree_find(struct tree *tree, uint64_t page, struct path *path)
{
    struct tree_node *node = tree->root;
    uint64_t end = tree->end;

    for (unsigned level = tree->height; level > 0; level--) {
        struct inner *inner = (struct inner *)node;
        unsigned idx = inner_index(inner, page);

        path->level[level] = (struct step){node, idx, end};
        if (idx + 1 < node->count)
            end = inner->entry[idx + 1].first;
        node = inner->entry[idx].child;
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
