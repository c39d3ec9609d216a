/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "space.h"

int space_take(struct dms_iova_space *space, struct path *path, uint64_t start, uint64_t pages,
               unsigned count, enum seg_type type)
{
    uint64_t end = start + pages * count;
    int error;

    if (!space->gaps.is_complete)
        return tree_take(&space->tree, path, start, pages, count, type);
    gaps_forget(&space->gaps, &space->tree, start, end);
    error = tree_take(&space->tree, path, start, pages, count, type);
    gaps_learn(&space->gaps, &space->tree, start, end);
    return error;
}

static void release(struct dms_iova_space *space, struct path *path, unsigned count)
{
    uint64_t start = path_segment(path).start;
    uint64_t end = leaf_segment_end(path, path->level[0].idx + count - 1);

    if (!space->gaps.is_complete) {
        tree_release(&space->tree, path, count);
        return;
    }
    gaps_forget(&space->gaps, &space->tree, start, end);
    tree_release(&space->tree, path, count);
    gaps_learn(&space->gaps, &space->tree, start, end);
}

/* How many of the segments from the path's on are live, of its type, `pages` long and in its leaf; at most `limit`. */
static unsigned count_alike(const struct path *path, uint64_t pages, unsigned limit)
{
    const struct leaf *leaf = path_leaf(path);
    unsigned idx = path->level[0].idx;
    uint64_t word = leaf->word[idx];
    unsigned count = 0;

    while (count < limit && idx + count < leaf->node.count && leaf->word[idx + count] == word &&
           seg_page(word) + pages == leaf_segment_end(path, idx + count)) {
        word += seg_word(pages, SEG_FREE);
        count++;
    }
    return count;
}

int space_give(struct dms_iova_space *space, uint64_t start, uint64_t pages, unsigned *count)
{
    struct path path;
    struct segment segment;

    tree_find(&space->tree, start, &path);
    segment = path_segment(&path);
    if (segment.start != start || !seg_is_live(segment.type))
        return DMS_ENOENT;
    if (segment.end - segment.start != pages)
        return DMS_EINVAL;
    if (*count > 1)
        *count = count_alike(&path, pages, *count);
    release(space, &path, *count);
    return 0;
}
