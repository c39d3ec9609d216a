/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "avl.h"

#include <stddef.h>

/* 2^64 nodes are less high than 1.45 * 64. */
#define AVL_HEIGHT_MAX 96u

/* The links that lead to a node, from the root's on. */
struct avl_way {
    struct avl_node **link[AVL_HEIGHT_MAX];
    unsigned count;
};

/* Without a branch: the way through the tree comes at random, and would be mispredicted at every other node. */
static bool is_before(uint64_t key, uint64_t tie, const struct avl_node *node)
{
    return (key < node->key) | ((key == node->key) & (tie < node->tie));
}

static unsigned height(const struct avl_node *node)
{
    return node ? node->height : 0;
}

/* True: who is above has to look too. */
static bool update(const struct avl *avl, struct avl_node *node)
{
    unsigned left = height(node->child[0]);
    unsigned right = height(node->child[1]);
    unsigned before = node->height;

    node->height = 1 + (left > right ? left : right);
    return avl->summarise(node) | (node->height != before);
}

/* The child on side `side` takes the place of *link, which becomes its child on the other side. */
static void rotate(const struct avl *avl, struct avl_node **link, unsigned side)
{
    struct avl_node *top = *link;
    struct avl_node *child = top->child[side];

    top->child[side] = child->child[!side];
    child->child[!side] = top;
    *link = child;
    update(avl, top);
    update(avl, child);
}

/* True: the subtree may look otherwise from above than before. */
static bool balance(const struct avl *avl, struct avl_node **link)
{
    unsigned left = height((*link)->child[0]);
    unsigned right = height((*link)->child[1]);
    unsigned side = right > left;
    struct avl_node *child = (*link)->child[side];

    if (left <= right + 1 && right <= left + 1)
        return update(avl, *link);
    if (height(child->child[!side]) > height(child->child[side]))
        rotate(avl, &(*link)->child[side], !side);
    rotate(avl, link, side);
    return true;
}

/* After a removal, where a node may have moved up the way with the summary of its old place. */
static void balance_all(const struct avl *avl, struct avl_way *way)
{
    while (way->count > 0) {
        struct avl_node **link = way->link[--way->count];

        if (*link)
            balance(avl, link);
    }
}

void avl_insert(struct avl *avl, struct avl_node *node)
{
    struct avl_way way = {.count = 0};
    struct avl_node **link = &avl->root;

    while (*link) {
        way.link[way.count++] = link;
        link = &(*link)->child[!is_before(node->key, node->tie, *link)];
    }
    node->child[0] = node->child[1] = NULL;
    *link = node;
    update(avl, node);
    while (way.count > 0 && balance(avl, way.link[--way.count]))
        ;
}

/* Put the next node in order in the place of *link, which has two children. The way leads on to where it was. */
static void replace_by_next(struct avl_way *way, struct avl_node **link)
{
    struct avl_node *gone = *link;
    struct avl_node **next = &gone->child[1];
    unsigned below = way->count;
    struct avl_node *node;

    while ((*next)->child[0]) {
        way->link[way->count++] = next;
        next = &(*next)->child[0];
    }
    node = *next;
    *next = node->child[1];
    node->child[0] = gone->child[0];
    node->child[1] = gone->child[1];
    *link = node;
    if (below < way->count)
        way->link[below] = &node->child[1];
}

struct avl_node *avl_remove(struct avl *avl, uint64_t key, uint64_t tie)
{
    struct avl_way way = {.count = 0};
    struct avl_node **link = &avl->root;
    struct avl_node *node = *link;

    while (node && (node->key != key || node->tie != tie)) {
        way.link[way.count++] = link;
        link = &node->child[!is_before(key, tie, node)];
        node = *link;
    }
    if (!node)
        return NULL;
    way.link[way.count++] = link;
    if (node->child[0] && node->child[1])
        replace_by_next(&way, link);
    else
        *link = node->child[0] ? node->child[0] : node->child[1];
    balance_all(avl, &way);
    return node;
}

struct avl_node *avl_at_or_after(const struct avl *avl, uint64_t key, uint64_t tie)
{
    struct avl_node *node = avl->root;
    struct avl_node *found = NULL;

    while (node) {
        bool passed = node->key < key || (node->key == key && node->tie < tie);

        if (!passed)
            found = node;
        node = node->child[passed];
    }
    return found;
}

struct avl_node *avl_pop(struct avl *avl)
{
    return avl->root ? avl_remove(avl, avl->root->key, avl->root->tie) : NULL;
}
