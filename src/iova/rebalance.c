/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "rebalance.h"

#include "base/mem.h"

static size_t item_size(unsigned level)
{
    return level == 0 ? sizeof(uint64_t) : sizeof(struct entry);
}

static unsigned char *node_item(struct tree_node *node, unsigned level, unsigned idx)
{
    unsigned char *items = level == 0 ? (unsigned char *)((struct leaf *)node)->word
                                      : (unsigned char *)((struct inner *)node)->entry;

    return items + idx * item_size(level);
}

/* Move the first `count` items of `right` to the end of `left`. */
static void move_left(struct tree_node *left, struct tree_node *right, unsigned level,
                      unsigned count)
{
    right->count -= count;
    memcpy(node_item(left, level, left->count), node_item(right, level, 0),
           count * item_size(level));
    memmove(node_item(right, level, 0), node_item(right, level, count),
            right->count * item_size(level));
    left->count += count;
}

/* Move the last `count` items of `left` to the front of `right`. */
static void move_right(struct tree_node *left, struct tree_node *right, unsigned level,
                       unsigned count)
{
    left->count -= count;
    memmove(node_item(right, level, count), node_item(right, level, 0),
            right->count * item_size(level));
    memcpy(node_item(right, level, 0), node_item(left, level, left->count),
           count * item_size(level));
    right->count += count;
}

/*
 * How many items stay. Top-down and bottom-up allocation insert at one edge for ever: then the far side is left
 * almost full, as nothing else will fill it.
 */
static unsigned split_point(const struct path *path, unsigned level)
{
    unsigned count = path->level[level].node->count;
    unsigned idx = path->level[level].idx;
    unsigned few = node_max(level) / 8 + 1;

    if (count - few > node_max(level))
        few = count - node_max(level);
    if (idx <= 2)
        return few;
    return idx + 3 >= node_max(level) ? count - few : count / 2;
}

void tree_split(struct tree *tree, struct path *path, unsigned level)
{
    struct tree_node *left = path->level[level].node;
    struct tree_node *right =
        level == 0 ? &tree_take_leaf(tree)->node : &tree_take_inner(tree)->node;
    struct inner *parent = path_inner(path, level + 1);
    unsigned idx = path->level[level + 1].idx;

    move_right(left, right, level, left->count - split_point(path, level));
    memmove(&parent->entry[idx + 2], &parent->entry[idx + 1],
            (parent->node.count - idx - 1) * sizeof(struct entry));
    parent->node.count++;
    parent->entry[idx + 1].child = right;
    entry_refresh(path, level + 1, idx + 1);
    entry_refresh(path, level + 1, idx);
}

static void remove_entry(struct inner *parent, unsigned idx)
{
    parent->node.count--;
    memmove(&parent->entry[idx], &parent->entry[idx + 1],
            (parent->node.count - idx) * sizeof(struct entry));
}

static void even_out(struct tree_node *left, struct tree_node *right, unsigned level)
{
    unsigned half = (left->count + right->count) / 2;

    if (left->count < half)
        move_left(left, right, level, half - left->count);
    else
        move_right(left, right, level, left->count - half);
}

/* The entry of the left one of the two neighbours that the node at `level` belongs to. */
static unsigned pair_index(const struct path *path, unsigned level)
{
    unsigned idx = path->level[level + 1].idx;

    return idx > 0 ? idx - 1 : 0;
}

static unsigned pair_count(const struct inner *parent, unsigned at)
{
    return parent->entry[at].child->count + parent->entry[at + 1].child->count;
}

static bool pair_merges(unsigned total, unsigned level)
{
    return total <= node_max(level) * 7 / 8;
}

bool node_should_join(const struct path *path, unsigned level, unsigned height)
{
    unsigned count = path->level[level].node->count;

    if (level == height || count >= node_max(level) / 2)
        return false;
    return count <= node_max(level) / 8 ||
           pair_merges(pair_count(path_inner(path, level + 1), pair_index(path, level)), level);
}

void tree_join(struct tree *tree, struct path *path, unsigned level)
{
    struct inner *parent = path_inner(path, level + 1);
    unsigned at = pair_index(path, level);
    struct tree_node *left = parent->entry[at].child;
    struct tree_node *right = parent->entry[at + 1].child;

    if (pair_merges(left->count + right->count, level) || left->count == 0 || right->count == 0) {
        move_left(left, right, level, right->count);
        remove_entry(parent, at + 1);
        tree_give_node(tree, right, level);
    } else {
        even_out(left, right, level);
        entry_refresh(path, level + 1, at + 1);
    }
    entry_refresh(path, level + 1, at);
}

void tree_grow_root(struct tree *tree, struct path *path)
{
    struct inner *root = tree_take_inner(tree);

    root->node.count = 1;
    root->entry[0].first = tree->start;
    root->entry[0].child = tree->root;
    tree->root = &root->node;
    tree->height++;
    path->level[tree->height] = (struct step){.node = &root->node, .end = tree->end};
}
