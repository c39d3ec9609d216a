/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "stretch.h"

bool region_clip(const struct dms_iova_space *space, const struct region_node *node,
                 struct stretch *out)
{
    out->start = node->start > space->tree.start ? node->start : space->tree.start;
    out->end = node->end < space->tree.end ? node->end : space->tree.end;
    return out->start < out->end;
}

struct walk {
    const struct region_node *next; /* its regions come later */
    struct stretch rest;            /* of the current region; empty: done with it */
    struct stretch stretch;         /* the current one */
};

static void walk_init(struct walk *walk, const struct stretches *all)
{
    *walk = (struct walk){.next = all->chain};
}

static bool next_hole(const struct dms_iova_space *space, struct walk *walk)
{
    walk->stretch.start = walk->rest.start;
    if (!regions_next_hole(&space->regions, walk->rest.end, &walk->stretch.start,
                           &walk->stretch.end))
        walk->stretch = (struct stretch){walk->rest.end, walk->rest.end};
    walk->rest.start = walk->stretch.end;
    return walk->stretch.start < walk->stretch.end;
}

static bool walk_next(const struct dms_iova_space *space, const struct stretches *all,
                      struct walk *walk)
{
    while (walk->rest.start >= walk->rest.end || !next_hole(space, walk)) {
        if (!walk->next)
            return false;
        if (!region_clip(space, walk->next, &walk->rest))
            walk->rest = (struct stretch){0, 0};
        walk->next = walk->next->chain;
        if (all->kind == STRETCH_WHOLE && walk->rest.start < walk->rest.end) {
            walk->stretch = walk->rest;
            walk->rest.start = walk->rest.end;
            return true;
        }
    }
    return true;
}

int stretches_check(struct dms_iova_space *space, const struct stretches *all, unsigned types,
                    struct dms_iova_place *conflict)
{
    struct walk walk;

    walk_init(&walk, all);
    while (walk_next(space, all, &walk)) {
        if (space_find(space, walk.stretch.start, walk.stretch.end, types, conflict))
            return DMS_EBUSY;
    }
    return 0;
}

/* One segment of the type already: nothing to do, before the cuts as well as after them. */
static bool is_settled(struct dms_iova_space *space, struct stretch stretch, enum seg_type type)
{
    struct segment segment = tree_segment_at(&space->tree, stretch.start);

    return segment.type == type && stretch.end <= segment.end;
}

static int cut_all(struct dms_iova_space *space, const struct stretches *all, enum seg_type type)
{
    struct walk walk;
    int error = 0;

    walk_init(&walk, all);
    while (!error && walk_next(space, all, &walk)) {
        struct stretch stretch = walk.stretch;

        if (is_settled(space, stretch, type))
            continue;
        gaps_forget(&space->gaps, &space->tree, stretch.start, stretch.end);
        error = tree_cut(&space->tree, stretch.start);
        if (!error)
            error = tree_cut(&space->tree, stretch.end);
    }
    return error;
}

/* Also right for stretches that the cutting did not come to. */
static void heal_all(struct dms_iova_space *space, const struct stretches *all)
{
    struct walk walk;

    walk_init(&walk, all);
    while (walk_next(space, all, &walk)) {
        tree_heal(&space->tree, walk.stretch.end);
        tree_heal(&space->tree, walk.stretch.start);
    }
}

static void fuse_all(struct dms_iova_space *space, const struct stretches *all, enum seg_type type)
{
    struct walk walk;

    walk_init(&walk, all);
    while (walk_next(space, all, &walk)) {
        if (!is_settled(space, walk.stretch, type))
            tree_fuse(&space->tree, walk.stretch.start, walk.stretch.end, type);
    }
}

static void learn_all(struct dms_iova_space *space, const struct stretches *all)
{
    struct walk walk;

    walk_init(&walk, all);
    while (walk_next(space, all, &walk))
        gaps_learn(&space->gaps, &space->tree, walk.stretch.start, walk.stretch.end);
}

int stretches_retype(struct dms_iova_space *space, const struct stretches *all, enum seg_type type)
{
    int error = cut_all(space, all, type);

    if (error)
        heal_all(space, all);
    else
        fuse_all(space, all, type);
    learn_all(space, all);
    return error;
}
