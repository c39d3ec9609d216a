/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Operations on ranges of pages: take a part of a segment, give a live one back, change the type of any range. */
#include "tree.h"

#include "base/checked.h"

static void count_pages(struct tree *tree, enum seg_type from, enum seg_type to, uint64_t pages)
{
    tree->pages[from] -= pages;
    tree->pages[to] += pages;
}

unsigned tree_room(const struct path *path)
{
    unsigned count = path->level[0].node->count;

    return count < LEAF_MAX ? LEAF_MAX - count : 1;
}

int tree_take(struct tree *tree, struct path *path, uint64_t start, uint64_t pages, unsigned count,
              enum seg_type type)
{
    struct segment whole = path_segment(path);
    uint64_t words[TAKE_MAX + 2];
    uint64_t page = start;
    unsigned used = 0;

    if (whole.start < start)
        words[used++] = seg_word(whole.start, whole.type);
    for (unsigned i = 0; i < count; i++, page += pages)
        words[used++] = seg_word(page, type);
    if (page < whole.end)
        words[used++] = seg_word(page, whole.type);
    if (tree_prepare_splice(tree, path, used - 1))
        return DMS_ENOMEM;
    count_pages(tree, whole.type, type, page - start);
    if (seg_is_live(type))
        tree->live_count += count;
    tree_splice_taken(tree, path, words, used);
    return 0;
}

/* The types of the segments on both sides of [start, end), which the leaf's words [idx, next) are; SEG_TYPES: none. */
struct neighbours {
    unsigned left, right;
};

static struct neighbours neighbours_of(struct tree *tree, const struct path *path, unsigned next,
                                       uint64_t start, uint64_t end)
{
    const struct leaf *leaf = path_leaf(path);
    unsigned idx = path->level[0].idx;
    struct neighbours types = {SEG_TYPES, SEG_TYPES};

    if (idx > 0)
        types.left = seg_type(leaf->word[idx - 1]);
    else if (start > tree->start)
        types.left = tree_segment_at(tree, start - 1).type;
    if (next < leaf->node.count)
        types.right = seg_type(leaf->word[next]);
    else if (end < tree->end)
        types.right = tree_segment_at(tree, end).type;
    return types;
}

void tree_release(struct tree *tree, struct path *path, unsigned count)
{
    const struct leaf *leaf = path_leaf(path);
    struct segment live = path_segment(path);
    unsigned idx = path->level[0].idx;
    unsigned next = idx + count;
    uint64_t end = leaf_segment_end(path, next - 1);
    enum seg_type type = live.type == SEG_LIVE ? SEG_FREE : SEG_RESERVED;
    struct neighbours types = neighbours_of(tree, path, next, live.start, end);
    bool join_left = types.left == type, join_right = types.right == type;
    uint64_t word = seg_word(live.start, type);

    if ((join_left && idx == 0) || (join_right && next == leaf->node.count)) {
        tree_fuse(tree, live.start, end, type);
        return;
    }
    count_pages(tree, live.type, type, end - live.start);
    tree->live_count -= count;
    if (type == SEG_FREE) {
        struct segment gap = {join_left ? seg_page(leaf->word[idx - 1]) : live.start,
                              join_right ? leaf_segment_end(path, next) : end, SEG_FREE};

        tree_splice_free(tree, path, count + join_right, &word, !join_left, gap);
    } else {
        tree_splice(tree, path, count + join_right, &word, !join_left);
    }
}

int tree_cut(struct tree *tree, uint64_t page)
{
    struct path path;
    struct segment whole;
    uint64_t words[2];

    if (page == tree->end)
        return 0;
    tree_find(tree, page, &path);
    whole = path_segment(&path);
    if (whole.start == page)
        return 0;
    if (tree_prepare_splice(tree, &path, 1))
        return DMS_ENOMEM;
    words[0] = seg_word(whole.start, whole.type);
    words[1] = seg_word(page, whole.type);
    tree_splice(tree, &path, 1, words, 2);
    return 0;
}

void tree_heal(struct tree *tree, uint64_t page)
{
    struct path path;
    struct segment right;

    if (page == tree->start || page == tree->end)
        return;
    tree_find(tree, page, &path);
    right = path_segment(&path);
    if (right.start == page && !seg_is_live(right.type) &&
        tree_segment_at(tree, page - 1).type == right.type)
        tree_splice(tree, &path, 1, NULL, 0);
}

/* Account [start, end), which whole segments fill, to its new type. */
static void recount(struct tree *tree, uint64_t start, uint64_t end, enum seg_type type)
{
    struct segment segment = {start, start, type};

    while (segment.end < end && tree_next(tree, segment.end, end, ~0u, &segment)) {
        count_pages(tree, segment.type, type, segment.end - segment.start);
        if (seg_is_live(segment.type))
            tree->live_count--;
    }
}

/* Remove the words between start and end, and give the one at start its type. */
static void leave_one(struct tree *tree, uint64_t start, uint64_t end, enum seg_type type)
{
    uint64_t word = seg_word(start, type);
    struct path path;

    for (;;) {
        const struct leaf *leaf;
        unsigned last, first;

        tree_find(tree, end - 1, &path);
        leaf = path_leaf(&path);
        last = path.level[0].idx;
        if (seg_page(leaf->word[last]) == start)
            break;
        for (first = last; first > 0 && seg_page(leaf->word[first - 1]) > start;)
            first--;
        path.level[0].idx = first;
        tree_splice(tree, &path, last - first + 1, NULL, 0);
    }
    tree_splice(tree, &path, 1, &word, 1);
}

void tree_fuse(struct tree *tree, uint64_t start, uint64_t end, enum seg_type type)
{
    recount(tree, start, end, type);
    leave_one(tree, start, end, type);
    tree_heal(tree, end);
    tree_heal(tree, start);
}
