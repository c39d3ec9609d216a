/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The one structure that owns free space: a B+-tree of segments in address order. Inner nodes carry the fit of every
 * subtree, so a search goes straight to a gap that serves, or learns at the root that none does.
 * docs/iova.md says why this structure.
 *
 * Nothing here locks: the space's tree lock protects it.
 */
#ifndef IOVA_TREE_H
#define IOVA_TREE_H

#include "segment.h"

#include <dmaspace/port.h>

/*
 * Words and children that a node holds between operations: 256 and 768 bytes, chosen by measurement. Tests also build
 * the room with tiny nodes, which makes trees deep.
 */
#ifndef LEAF_MAX
#define LEAF_MAX  29u
#define INNER_MAX 23u
#endif
#define LEAF_SLACK      2u  /* words by which a leaf overflows before it is split */
#define TAKE_MAX        8u  /* live segments that one splice makes at most */
#define TREE_HEIGHT_MAX 40u /* far above what 2^60 pages reach, tiny nodes included */

/* First member of both node kinds, and aligned as they are. */
struct tree_node {
    _Alignas(uint64_t) uint32_t count;
    uint32_t free; /* of a leaf: bit n: its n-th segment is free */
};

struct leaf {
    struct tree_node node;
    uint64_t word[LEAF_MAX + LEAF_SLACK];
};
_Static_assert(LEAF_MAX + LEAF_SLACK <= 32, "one bit of tree_node.free for each");

/*
 * Of each child: the first page of its first segment, which reaches to the next child's; its fit; and where it is. Each
 * in a row of its own, as a search reads one of them from end to end.
 */
struct inner {
    struct tree_node node;
    uint64_t first[INNER_MAX + 1];
    struct fit fit[INNER_MAX + 1];
    struct tree_node *child[INNER_MAX + 1];
};

struct tree {
    const struct dms_port *port;
    struct tree_node *root;
    unsigned height; /* 0: the root is a leaf */
    uint64_t start;  /* pages; the first segment begins here for ever */
    uint64_t end;
    struct fit fit;            /* of the whole tree */
    uint64_t pages[SEG_TYPES]; /* by type */
    uint64_t live_count;       /* segments that are live */
    uint64_t nodes_visited;
    uint64_t memory;              /* bytes of nodes, spare ones included */
    struct tree_node *spare_leaf; /* singly linked through their first word */
    struct tree_node *spare_inner;
    unsigned spare_leaves, spare_inners;
};

/* The way to one segment: level[0] is the leaf, idx the segment's word in it; above, idx is the child taken. */
struct step {
    struct tree_node *node;
    unsigned idx;
    uint64_t end; /* the node's segments reach to here */
};

struct path {
    struct step level[TREE_HEIGHT_MAX];
};

static inline struct leaf *path_leaf(const struct path *path)
{
    return (struct leaf *)path->level[0].node;
}

static inline struct inner *path_inner(const struct path *path, unsigned level)
{
    return (struct inner *)path->level[level].node;
}

/* The end of the idx-th segment of the path's leaf. */
static inline uint64_t leaf_segment_end(const struct path *path, unsigned idx)
{
    const struct leaf *leaf = path_leaf(path);

    return idx + 1 < leaf->node.count ? seg_page(leaf->word[idx + 1]) : path->level[0].end;
}

/* The end of what is below the idx-th child of a step above the leaves. */
static inline uint64_t child_end(const struct step *step, unsigned idx)
{
    const struct inner *inner = (const struct inner *)step->node;

    return idx + 1 < inner->node.count ? inner->first[idx + 1] : step->end;
}

static inline struct segment path_segment(const struct path *path)
{
    unsigned idx = path->level[0].idx;
    uint64_t word = path_leaf(path)->word[idx];

    return (struct segment){seg_page(word), leaf_segment_end(path, idx), seg_type(word)};
}

/* Which of the words are free segments', as tree_node.free. count <= 32. */
static inline uint32_t words_free(const uint64_t *word, unsigned count)
{
    uint32_t free = 0;

    for (unsigned i = 0; i < count; i++)
        free |= (uint32_t)(seg_type(word[i]) == SEG_FREE) << i;
    return free;
}

/* The highest one of a leaf's free segments. free != 0. */
static inline unsigned last_free(uint32_t free)
{
    return ilog2(free);
}

/* A leaf is several cache lines, and mostly cold: fetch them side by side. */
static inline void leaf_prefetch(const struct tree_node *node)
{
    for (size_t at = 0; at < sizeof(struct leaf); at += 64)
        __builtin_prefetch((const char *)node + at);
}

/* tree.c. init: one free segment [start, end), start < end. 0 or DMS_ENOMEM. */
int tree_init(struct tree *tree, const struct dms_port *port, uint64_t start, uint64_t end);
void tree_fini(struct tree *tree);

/* node.c. A prepared tree hands out that many nodes without failing. */
int tree_prepare(struct tree *tree, unsigned leaves, unsigned inners);
struct leaf *tree_take_leaf(struct tree *tree);
struct inner *tree_take_inner(struct tree *tree);
void tree_give_node(struct tree *tree, struct tree_node *node, unsigned level);
void tree_free_spares(struct tree *tree);

/* find.c. page must lie in [start, end). */
void tree_find(struct tree *tree, uint64_t page, struct path *path);
struct segment tree_segment_at(struct tree *tree, uint64_t page);
/*
 * The first segment that ends after `page`, begins before `end` and whose type passes the mask (bit = type). False:
 * none. It looks at every segment up to that one or to `end`.
 */
bool tree_next(struct tree *tree, uint64_t page, uint64_t end, unsigned types, struct segment *out);

/* search.c */
struct query {
    uint64_t pages;   /* > 0 */
    uint64_t align;   /* a power of two, in pages */
    uint64_t natural; /* a subtree with less natural fit than this cannot serve; 0: unknown */
    uint64_t lowest;  /* half-open bounds */
    uint64_t end;
};

void query_init(struct query *query, uint64_t pages, uint64_t align, uint64_t lowest, uint64_t end);
/* The highest or lowest place; the path leads to its gap. False: there is none. */
bool tree_search_down(struct tree *tree, const struct query *query, struct path *path,
                      uint64_t *page);
bool tree_search_up(struct tree *tree, const struct query *query, struct path *path,
                    uint64_t *page);
/* Where in [start, end) the query is served at the top or bottom; false: nowhere. */
bool gap_place_down(const struct query *query, uint64_t start, uint64_t end, uint64_t *page);
bool gap_place_up(const struct query *query, uint64_t start, uint64_t end, uint64_t *page);

/* splice.c. Replace `remove` words of the path's leaf from its idx on by `words`. The path is stale afterwards. */
int tree_prepare_splice(struct tree *tree, const struct path *path, unsigned grow);
void tree_splice(struct tree *tree, struct path *path, unsigned remove, const uint64_t *words,
                 unsigned count);
/* The same where all that changes is that `gap`, whole now, has grown out of nothing, or of the gaps that were there. */
void tree_splice_free(struct tree *tree, struct path *path, unsigned remove, const uint64_t *words,
                      unsigned count, struct segment gap);
/* The same where the words take the place of the path's segment alone, and leave no more of it than it was. */
void tree_splice_taken(struct tree *tree, struct path *path, const uint64_t *words, unsigned count);

/* fix.c. Bring everything above a changed leaf in order, whatever happened to it. */
void tree_fix(struct tree *tree, struct path *path);
/* No fit here can be more than `most`: who finds that much stops looking. */
struct fit leaf_fit(const struct leaf *leaf, uint64_t end, struct fit most);
struct fit inner_fit(const struct inner *inner, struct fit most);

/* range.c. Operations on ranges of pages. Counters are kept. */
/*
 * `count` neighbouring pieces of the path's segment, of `pages` each from `start` on, become segments of the type. 0 or
 * DMS_ENOMEM. 1 <= count <= TAKE_MAX and count <= tree_room().
 */
unsigned tree_room(const struct path *path);
int tree_take(struct tree *tree, struct path *path, uint64_t start, uint64_t pages, unsigned count,
              enum seg_type type);
/*
 * The path's segment and the count - 1 that follow it in its leaf, all live and of one type, become free or reserved
 * again.
 */
void tree_release(struct tree *tree, struct path *path, unsigned count);
/* Make a segment begin at page, by a word that says nothing new. 0 or DMS_ENOMEM. heal: undo that. */
int tree_cut(struct tree *tree, uint64_t page);
void tree_heal(struct tree *tree, uint64_t page);
/* All of [start, end), which whole segments fill, becomes one segment, joined with neighbours that are alike. */
void tree_fuse(struct tree *tree, uint64_t start, uint64_t end, enum seg_type type);

#endif
