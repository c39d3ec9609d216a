/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The search for a gap. A subtree is entered only when its fit says that it can serve. For requests of any alignment
 * up to one page, and for those aligned to their own size, the fit is exact: only the two nodes per level that a bound
 * cuts can disappoint.
 */
#include "tree.h"

/*
 * What a gap that serves the query has at least as natural fit. Aligned to its own size or more: the whole size. Else
 * half the size (rounded down to a power of two), or the aligned block that the range begins with.
 */
static uint64_t query_natural(uint64_t pages, uint64_t align)
{
    uint64_t half = UINT64_C(1) << (ilog2(pages) > 0 ? ilog2(pages) - 1 : 0);

    if (align == 1)
        return 0; /* the length says it all */
    if (align >= pages)
        return pages;
    return align > half ? align : half;
}

void query_init(struct query *query, uint64_t pages, uint64_t align, uint64_t lowest, uint64_t end)
{
    *query = (struct query){pages, align, query_natural(pages, align), lowest, end};
}

static bool fit_may_serve(struct fit fit, const struct query *query)
{
    return (fit.gap >= query->pages) & (fit.natural >= query->natural);
}

static inline bool place_down(const struct query *query, uint64_t start, uint64_t end,
                              uint64_t *page)
{
    uint64_t place;

    start = start > query->lowest ? start : query->lowest;
    end = end < query->end ? end : query->end;
    place = align_down(end - query->pages, query->align);
    *page = place;
    return end >= query->pages && place >= start;
}

bool gap_place_down(const struct query *query, uint64_t start, uint64_t end, uint64_t *page)
{
    return place_down(query, start, end, page);
}

bool gap_place_up(const struct query *query, uint64_t start, uint64_t end, uint64_t *page)
{
    uint64_t place;

    if (start < query->lowest)
        start = query->lowest;
    if (end > query->end)
        end = query->end;
    place = pages_align_up(start, query->align);
    if (place > end || end - place < query->pages)
        return false;
    *page = place;
    return true;
}

/* Towards the direction, until a gap serves. False: none in this leaf. */
static inline __attribute__((always_inline)) bool
leaf_search_down(struct path *path, const struct query *query, uint64_t *page)
{
    const struct leaf *leaf = path_leaf(path);

    for (uint32_t free = leaf->node.free; free != 0;) {
        unsigned idx = last_free(free);
        uint64_t start = seg_page(leaf->word[idx]);
        uint64_t end = leaf_segment_end(path, idx);

        if (end - start >= query->pages && place_down(query, start, end, page)) {
            path->level[0].idx = idx;
            return true;
        }
        free ^= UINT32_C(1) << idx;
    }
    return false;
}

static bool leaf_search_up(struct path *path, const struct query *query, uint64_t *page)
{
    const struct leaf *leaf = path_leaf(path);

    for (uint32_t free = leaf->node.free; free != 0; free &= free - 1) {
        unsigned idx = ctz64(free);

        if (gap_place_up(query, seg_page(leaf->word[idx]), leaf_segment_end(path, idx), page)) {
            path->level[0].idx = idx;
            return true;
        }
    }
    return false;
}

/* The next child at `level` in the direction, idx itself included, that may serve. False: none. */
static inline bool inner_search(struct path *path, unsigned level, const struct query *query,
                                int direction)
{
    struct step *step = &path->level[level];
    const struct inner *inner = (const struct inner *)step->node;
    unsigned count = inner->node.count;

    for (unsigned idx = step->idx; idx < count; idx += (unsigned)direction) {
        if (!fit_may_serve(inner->fit[idx], query) || inner->first[idx] >= query->end ||
            child_end(step, idx) <= query->lowest)
            continue;
        step->idx = idx;
        return true;
    }
    return false;
}

static inline void enter(struct path *path, unsigned level, int direction)
{
    const struct step *step = &path->level[level];
    struct tree_node *child = path_inner(path, level)->child[step->idx];

    if (level == 1)
        leaf_prefetch(child);
    path->level[level - 1] =
        (struct step){child, direction < 0 ? child->count - 1 : 0, child_end(step, step->idx)};
}

static inline __attribute__((always_inline)) bool tree_search(struct tree *tree,
                                                              const struct query *query,
                                                              struct path *path, int direction,
                                                              uint64_t *page)
{
    unsigned level = tree->height;
    unsigned idx = direction < 0 ? tree->root->count - 1 : 0;

    if (!fit_may_serve(tree->fit, query))
        return false;
    path->level[level] = (struct step){tree->root, idx, tree->end};
    for (;;) {
        tree->nodes_visited++;
        if (level > 0 && inner_search(path, level, query, direction)) {
            enter(path, level--, direction);
            continue;
        }
        if (level == 0 && (direction < 0 ? leaf_search_down(path, query, page)
                                         : leaf_search_up(path, query, page)))
            return true;
        if (level++ == tree->height)
            return false;
        path->level[level].idx += (unsigned)direction;
    }
}

bool tree_search_down(struct tree *tree, const struct query *query, struct path *path,
                      uint64_t *page)
{
    return tree_search(tree, query, path, -1, page);
}

bool tree_search_up(struct tree *tree, const struct query *query, struct path *path, uint64_t *page)
{
    return tree_search(tree, query, path, 1, page);
}
