/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The one way in which a leaf changes, and what the change does to the fits above it. Most changes neither remove the
 * gap that gives a node its fit nor make a longer one, and end at the first level that does not notice.
 */
#include "rebalance.h"

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

static void replace_words(struct leaf *leaf, unsigned at, unsigned remove, const uint64_t *words,
                          unsigned count)
{
    unsigned tail = leaf->node.count - at - remove;

    if (remove != count)
        memmove(&leaf->word[at + count], &leaf->word[at + remove], tail * sizeof(leaf->word[0]));
    for (unsigned i = 0; i < count; i++)
        leaf->word[at + i] = words[i];
    leaf->node.count = at + count + tail;
}

/* Where the fit of the path's node at `level` is kept. */
static struct fit *fit_above(struct tree *tree, const struct path *path, unsigned level)
{
    const struct step *above = &path->level[level + 1];

    return level == tree->height ? &tree->fit
                                 : &((struct inner *)above->node)->entry[above->idx].fit;
}

/* Does one of the gaps among the words [from, to) give the leaf its fit? Then the fit may fall with it. */
static bool gives_fit(const struct path *path, unsigned from, unsigned to, struct fit fit)
{
    const struct leaf *leaf = path_leaf(path);

    for (unsigned i = from; i < to; i++) {
        uint64_t end = leaf_segment_end(path, i);
        uint64_t pages = seg_free_pages(leaf->word[i], end);

        if (pages != 0 && pages >= fit.natural &&
            (pages == fit.gap || natural_fit(seg_page(leaf->word[i]), end) == fit.natural))
            return true;
    }
    return false;
}

static void add_gaps(const struct path *path, unsigned from, unsigned to, struct fit *fit)
{
    const struct leaf *leaf = path_leaf(path);

    for (unsigned i = from; i < to; i++) {
        if (seg_type(leaf->word[i]) == SEG_FREE)
            fit_add_gap(fit, seg_page(leaf->word[i]), leaf_segment_end(path, i));
    }
}

/* The fit below `level`'s entry changed from `old` to `new`: carry that up. */
static void update_above(struct tree *tree, const struct path *path, struct fit old, struct fit new)
{
    for (unsigned level = 1; level <= tree->height; level++) {
        struct fit *fit = fit_above(tree, path, level);
        struct fit before = *fit;
        bool may_fall = (old.gap == fit->gap && new.gap < old.gap) ||
                        (old.natural == fit->natural && new.natural < old.natural);

        fit_join(fit, new);
        if (may_fall)
            *fit = inner_fit(path_inner(path, level), *fit);
        if (fit_equal(*fit, before))
            return;
        old = before;
        new = *fit;
    }
}

/* The leaf before the one that began at `page` reaches further, or less far, than its entries say. */
static void refresh_previous(struct tree *tree, uint64_t page)
{
    struct path path;

    tree_find(tree, page - 1, &path);
    tree_fix(tree, &path);
}

/* The leaf's fit after the change to its words [from, to). */
static struct fit changed_fit(const struct path *path, unsigned from, unsigned to, struct fit old,
                              bool may_fall)
{
    struct fit gained = {0, 0};

    if (!may_fall) {
        add_gaps(path, from, to, &old);
        return old;
    }
    add_gaps(path, from, to, &gained);
    if (fit_covers(gained, old))
        return gained;
    fit_join(&old, gained);
    return leaf_fit(path_leaf(path), path->level[0].end, old);
}

void tree_splice(struct tree *tree, struct path *path, unsigned remove, const uint64_t *words,
                 unsigned count)
{
    struct leaf *leaf = path_leaf(path);
    unsigned at = path->level[0].idx;
    unsigned before = at > 0 ? at - 1 : 0; /* the segment that ends where the change begins */
    uint64_t first = seg_page(leaf->word[0]);
    struct fit *fit = fit_above(tree, path, 0);
    struct fit old = *fit;
    bool may_fall = gives_fit(path, before, at + remove, old);
    bool moved;

    replace_words(leaf, at, remove, words, count);
    moved = leaf->node.count == 0 || seg_page(leaf->word[0]) != first;
    if (moved || node_is_over(path, 0) ||
        (count < remove && node_should_join(path, 0, tree->height))) {
        tree_fix(tree, path);
        if (moved)
            refresh_previous(tree, first);
        return;
    }
    *fit = changed_fit(path, before, at + count, old, may_fall);
    if (!fit_equal(*fit, old))
        update_above(tree, path, old, *fit);
}
