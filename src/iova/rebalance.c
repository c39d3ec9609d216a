/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "rebalance.h"

#include "base/mem.h"

static void move_children(struct inner *to, unsigned at, const struct inner *from, unsigned idx,
                          unsigned count)
{
    memmove(&to->first[at], &from->first[idx], count * sizeof(to->first[0]));
    memmove(&to->fit[at], &from->fit[idx], count * sizeof(to->fit[0]));
    memmove(&to->child[at], &from->child[idx], count * sizeof(to->child[0]));
}

/* Words or children from `idx` on to `at`, in the same node or in another one; counts stay. */
static void move_items(unsigned level, struct tree_node *to, unsigned at, struct tree_node *from,
                       unsigned idx, unsigned count)
{
    if (level == 0)
        memmove(&((struct leaf *)to)->word[at], &((struct leaf *)from)->word[idx],
                count * sizeof(uint64_t));
    else
        move_children((struct inner *)to, at, (struct inner *)from, idx, count);
}

/* After words have moved. */
static void mark_free(struct tree_node *left, struct tree_node *right, unsigned level)
{
    if (level > 0)
        return;
    left->free = words_free(((struct leaf *)left)->word, left->count);
    right->free = words_free(((struct leaf *)right)->word, right->count);
}

/* Move the first `count` items of `right` to the end of `left`. */
static void move_left(struct tree_node *left, struct tree_node *right, unsigned level,
                      unsigned count)
{
    right->count -= count;
    move_items(level, left, left->count, right, 0, count);
    move_items(level, right, 0, right, count, right->count);
    left->count += count;
    mark_free(left, right, level);
}

/* Move the last `count` items of `left` to the front of `right`. */
static void move_right(struct tree_node *left, struct tree_node *right, unsigned level,
                       unsigned count)
{
    left->count -= count;
    move_items(level, right, count, right, 0, right->count);
    move_items(level, right, 0, left, left->count, count);
    right->count += count;
    mark_free(left, right, level);
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
    move_children(parent, idx + 2, parent, idx + 1, parent->node.count - idx - 1);
    parent->node.count++;
    parent->child[idx + 1] = right;
    child_refresh(path, level + 1, idx + 1);
    child_refresh(path, level + 1, idx);
}

static void remove_child(struct inner *parent, unsigned idx)
{
    parent->node.count--;
    move_children(parent, idx, parent, idx + 1, parent->node.count - idx);
}

static void even_out(struct tree_node *left, struct tree_node *right, unsigned level)
{
    unsigned half = (left->count + right->count) / 2;

    if (left->count < half)
        move_left(left, right, level, half - left->count);
    else
        move_right(left, right, level, left->count - half);
}

/* The index of the left one of the two neighbours that the node at `level` belongs to. */
static unsigned pair_index(const struct path *path, unsigned level)
{
    unsigned idx = path->level[level + 1].idx;

    return idx > 0 ? idx - 1 : 0;
}

static unsigned pair_count(const struct inner *parent, unsigned at)
{
    return parent->child[at]->count + parent->child[at + 1]->count;
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
    struct tree_node *left = parent->child[at];
    struct tree_node *right = parent->child[at + 1];

    if (pair_merges(left->count + right->count, level) || left->count == 0 || right->count == 0) {
        move_left(left, right, level, right->count);
        remove_child(parent, at + 1);
        tree_give_node(tree, right, level);
    } else {
        even_out(left, right, level);
        child_refresh(path, level + 1, at + 1);
    }
    child_refresh(path, level + 1, at);
}

void tree_grow_root(struct tree *tree, struct path *path)
{
    struct inner *root = tree_take_inner(tree);

    root->node.count = 1;
    root->first[0] = tree->start;
    root->child[0] = tree->root;
    tree->root = &root->node;
    tree->height++;
    path->level[tree->height] = (struct step){.node = &root->node, .end = tree->end};
}
