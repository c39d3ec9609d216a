/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The one way in which a leaf changes, and what the change does to the fits above it. What is freed can only raise them,
 * and what is taken only lower them, if its gap gave them: most changes end at the first level that does not notice.
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
    uint64_t free = leaf->node.free;
    uint64_t *to = &leaf->word[at];

    if (remove != count)
        memmove(to + count, to + remove, tail * sizeof(*to));
    leaf->node.count = at + count + tail;
    free = (free & (BIT64(at) - 1)) | free >> (at + remove) << (at + count);
    for (unsigned i = 0; i < count; i++) {
        to[i] = words[i];
        free |= (uint64_t)(seg_type(words[i]) == SEG_FREE) << (at + i);
    }
    leaf->node.free = (uint32_t)free;
}

/* Where the fit of the path's node at `level` is kept. */
static struct fit *fit_above(struct tree *tree, const struct path *path, unsigned level)
{
    return level == tree->height ? &tree->fit
                                 : &path_inner(path, level + 1)->fit[path->level[level + 1].idx];
}

/* The leaf before the one that began at `page` reaches further, or less far, than the nodes above it say. */
static void refresh_previous(struct tree *tree, uint64_t page)
{
    struct path path;

    tree_find(tree, page - 1, &path);
    tree_fix(tree, &path);
}

/* Change the words. True: nothing else has changed but the leaf's fit, which is still to be told above. */
static bool splice_words(struct tree *tree, struct path *path, unsigned remove,
                         const uint64_t *words, unsigned count)
{
    struct leaf *leaf = path_leaf(path);
    uint64_t first = seg_page(leaf->word[0]);
    bool moved;

    replace_words(leaf, path->level[0].idx, remove, words, count);
    moved = leaf->node.count == 0 || seg_page(leaf->word[0]) != first;
    if (!moved && !node_is_over(path, 0) &&
        (count >= remove || !node_should_join(path, 0, tree->height)))
        return true;
    tree_fix(tree, path);
    if (moved)
        refresh_previous(tree, first);
    return false;
}

/* The leaf's fit has not fallen, and now covers `fit` as well: up to the first level that did so before. */
static void raise_fits(struct tree *tree, const struct path *path, struct fit fit)
{
    for (unsigned level = 0; level <= tree->height; level++) {
        struct fit *above = fit_above(tree, path, level);

        if (fit_covers(*above, fit))
            return;
        fit_join(above, fit);
    }
}

/* The leaf's fit fell from `old`: up to the first level whose fit it did not give. */
static void lower_fits(struct tree *tree, const struct path *path, struct fit old)
{
    struct fit fit = leaf_fit(path_leaf(path), path->level[0].end, old);

    for (unsigned level = 0; !fit_equal(fit, old); level++) {
        struct fit *above = fit_above(tree, path, level);

        *above = fit;
        if (level == tree->height)
            return;
        above = fit_above(tree, path, level + 1);
        if (above->gap > old.gap && above->natural > old.natural)
            return;
        old = *above;
        fit = inner_fit(path_inner(path, level + 1), old);
    }
}

/* Is one of the leaf's gaps that the fit is from this one? */
static bool gap_gives(struct fit fit, uint64_t start, uint64_t end)
{
    return end - start == fit.gap ||
           (end - start >= fit.natural && natural_fit(start, end) == fit.natural);
}

void tree_splice_free(struct tree *tree, struct path *path, unsigned remove, const uint64_t *words,
                      unsigned count, struct segment gap)
{
    struct fit fit = {0, 0};

    if (!splice_words(tree, path, remove, words, count))
        return;
    fit_add_gap(&fit, gap.start, gap.end);
    raise_fits(tree, path, fit);
}

void tree_splice_taken(struct tree *tree, struct path *path, const uint64_t *words, unsigned count)
{
    struct segment gap = path_segment(path);
    struct fit old = *fit_above(tree, path, 0);
    bool may_fall = gap.type == SEG_FREE && gap_gives(old, gap.start, gap.end);

    if (splice_words(tree, path, 1, words, count) && may_fall)
        lower_fits(tree, path, old);
}

void tree_splice(struct tree *tree, struct path *path, unsigned remove, const uint64_t *words,
                 unsigned count)
{
    if (splice_words(tree, path, remove, words, count))
        tree_fix(tree, path);
}
