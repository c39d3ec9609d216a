/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "tree_check.h"

struct check {
    const char *complaint;
    uint64_t next; /* where the next segment must begin */
    int last_type; /* of the segment before it; -1: none */
    uint64_t pages[SEG_TYPES];
    uint64_t live_count;
    uint64_t memory;
    uint64_t gaps;
    struct dms_iova_space *space;
};

static void expect(struct check *check, bool ok, const char *complaint)
{
    if (!ok && !check->complaint)
        check->complaint = complaint;
}

/* The longest size that some place in the gap serves aligned to itself, tried one by one. */
static uint64_t slow_natural_fit(uint64_t start, uint64_t end)
{
    for (uint64_t pages = end - start;; pages--) {
        uint64_t align = 1;

        while (align < pages)
            align *= 2;
        if (pages_align_up(start, align) + pages <= end)
            return pages;
    }
}

static void check_gap(struct check *check, uint64_t start, uint64_t end, struct fit *fit)
{
    struct gaps *gaps = &check->space->gaps;
    struct avl_node *node = avl_at_or_after(&gaps->avl, end - start, ~start);
    uint64_t natural = natural_fit(start, end);

    if (end - start < 1000)
        expect(check, natural == slow_natural_fit(start, end), "a natural fit is wrong");
    if (end - start > fit->gap)
        fit->gap = end - start;
    if (natural > fit->natural)
        fit->natural = natural;
    check->gaps++;
    if (gaps->is_complete)
        expect(check, node && node->key == end - start && node->tie == ~start,
               "the size index misses a gap");
}

static struct fit check_leaf(struct check *check, const struct leaf *leaf, uint64_t end)
{
    struct fit fit = {0, 0};

    expect(check, leaf->node.count > 0 && leaf->node.count <= LEAF_MAX, "a leaf's count is wrong");
    expect(check, leaf->node.free == words_free(leaf->word, leaf->node.count),
           "a leaf does not know which of its segments are free");
    check->memory += sizeof(*leaf);
    for (unsigned i = 0; i < leaf->node.count; i++) {
        uint64_t start = seg_page(leaf->word[i]);
        uint64_t stop = i + 1 < leaf->node.count ? seg_page(leaf->word[i + 1]) : end;
        enum seg_type type = seg_type(leaf->word[i]);

        expect(check, start == check->next && start < stop, "segments do not follow each other");
        expect(check, seg_is_live(type) || (int)type != check->last_type,
               "two neighbours are both free or both reserved");
        check->next = stop;
        check->last_type = (int)type;
        check->pages[type] += stop - start;
        check->live_count += seg_is_live(type);
        if (type == SEG_FREE && start < stop)
            check_gap(check, start, stop, &fit);
    }
    return fit;
}

static struct fit check_node(struct check *check, struct tree_node *node, unsigned level,
                             uint64_t end)
{
    struct inner *inner = (struct inner *)node;
    struct fit fit = {0, 0};

    if (level == 0)
        return check_leaf(check, (struct leaf *)node, end);
    check->memory += sizeof(*inner);
    expect(check, node->count > 0 && node->count <= INNER_MAX, "an inner node's count is wrong");
    for (unsigned i = 0; i < node->count && !check->complaint; i++) {
        uint64_t stop = i + 1 < node->count ? inner->first[i + 1] : end;
        struct fit below;

        expect(check, inner->first[i] == check->next, "a child's first page is wrong");
        below = check_node(check, inner->child[i], level - 1, stop);
        expect(check, fit_equal(below, inner->fit[i]), "a child's fit is wrong");
        fit_join(&fit, below);
    }
    return fit;
}

static uint64_t count_nodes(const struct avl_node *node)
{
    return node ? 1 + count_nodes(node->child[0]) + count_nodes(node->child[1]) : 0;
}

const char *space_check(struct dms_iova_space *space)
{
    struct tree *tree = &space->tree;
    struct check check = {.next = tree->start, .last_type = -1, .space = space};
    struct fit fit = check_node(&check, tree->root, tree->height, tree->end);

    expect(&check, check.next == tree->end, "the segments do not fill the aperture");
    expect(&check, fit_equal(fit, tree->fit), "the tree's fit is wrong");
    for (unsigned type = 0; type < SEG_TYPES; type++)
        expect(&check, check.pages[type] == tree->pages[type], "a page count is wrong");
    expect(&check, check.live_count == tree->live_count, "the live count is wrong");
    if (space->gaps.is_complete)
        expect(&check, count_nodes(space->gaps.avl.root) == check.gaps,
               "the size index has a gap too many");
    expect(&check, count_nodes(space->regions.avl.root) == space->regions.count,
           "the region count is wrong");
    check.memory += tree->spare_leaves * sizeof(struct leaf);
    check.memory += tree->spare_inners * sizeof(struct inner);
    expect(&check, check.memory == tree->memory, "the memory count is wrong");
    return check.complaint;
}
