/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "space.h"

int space_take(struct dms_iova_space *space, struct path *path, uint64_t start, uint64_t end,
               enum seg_type type)
{
    int error;

    if (!space->gaps.is_complete)
        return tree_take(&space->tree, path, start, end, type);
    gaps_forget(&space->gaps, &space->tree, start, end);
    error = tree_take(&space->tree, path, start, end, type);
    gaps_learn(&space->gaps, &space->tree, start, end);
    return error;
}

void space_release(struct dms_iova_space *space, struct path *path)
{
    struct segment live = path_segment(path);

    gaps_forget(&space->gaps, &space->tree, live.start, live.end);
    tree_release(&space->tree, path);
    gaps_learn(&space->gaps, &space->tree, live.start, live.end);
}
