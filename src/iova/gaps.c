/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "gaps.h"

#include "base/memory.h"

static struct gap_node *gap_of(const struct avl_node *avl)
{
    return avl ? (struct gap_node *)avl : NULL;
}

static uint64_t gap_start(const struct gap_node *gap)
{
    return ~gap->avl.tie;
}

static uint64_t max_natural(const struct avl_node *avl)
{
    return avl ? gap_of(avl)->max_natural : 0;
}

static bool summarise(struct avl_node *avl)
{
    struct gap_node *gap = gap_of(avl);
    uint64_t left = max_natural(avl->child[0]);
    uint64_t right = max_natural(avl->child[1]);
    uint64_t most = left > right ? left : right;
    uint64_t before = gap->max_natural;

    gap->max_natural = gap->natural > most ? gap->natural : most;
    return gap->max_natural != before;
}

void gaps_init(struct gaps *gaps, const struct dms_port *port)
{
    *gaps = (struct gaps){.avl.summarise = summarise, .port = port};
}

static void gap_destroy(struct gaps *gaps, struct gap_node *gap)
{
    gaps->memory -= sizeof(*gap);
    port_free(gaps->port, gap, sizeof(*gap));
}

static struct gap_node *spare_pop(struct gaps *gaps)
{
    struct gap_node *gap = gaps->spare;

    if (gap)
        gaps->spare = gap_of(gap->avl.child[0]);
    return gap;
}

static void spare_free(struct gaps *gaps)
{
    struct gap_node *gap;

    while ((gap = spare_pop(gaps)))
        gap_destroy(gaps, gap);
}

void gaps_fini(struct gaps *gaps)
{
    struct avl_node *avl;

    while ((avl = avl_pop(&gaps->avl)))
        gap_destroy(gaps, gap_of(avl));
    spare_free(gaps);
    gaps->is_complete = false;
}

static bool gap_add(struct gaps *gaps, struct segment segment)
{
    uint64_t pages = segment.end - segment.start;
    const struct avl_node *same = avl_at_or_after(&gaps->avl, pages, ~segment.start);
    struct gap_node *gap;

    if (same && same->key == pages && same->tie == ~segment.start)
        return true;
    gap = spare_pop(gaps);
    if (!gap) {
        gap = port_alloc(gaps->port, sizeof(*gap));
        if (!gap)
            return false;
        gaps->memory += sizeof(*gap);
    }
    gap->avl.key = pages;
    gap->avl.tie = ~segment.start;
    gap->natural = natural_fit(segment.start, segment.end);
    avl_insert(&gaps->avl, &gap->avl);
    return true;
}

static void gap_drop(struct gaps *gaps, struct segment segment)
{
    struct avl_node *avl = avl_remove(&gaps->avl, segment.end - segment.start, ~segment.start);

    if (avl) {
        avl->child[0] = gaps->spare ? &gaps->spare->avl : NULL;
        gaps->spare = gap_of(avl);
    }
}

/* The next gap behind *page that touches a change up to `end`; *page moves behind it. */
static bool next_touched(struct tree *tree, uint64_t *page, uint64_t end, struct segment *gap)
{
    if (!tree_next(tree, *page, end + 1, 1u << SEG_FREE, gap))
        return false;
    *page = gap->end;
    return true;
}

static uint64_t before(const struct tree *tree, uint64_t page)
{
    return page > tree->start ? page - 1 : page;
}

void gaps_forget(struct gaps *gaps, struct tree *tree, uint64_t start, uint64_t end)
{
    uint64_t page = before(tree, start);
    struct segment gap;

    while (gaps->is_complete && next_touched(tree, &page, end, &gap))
        gap_drop(gaps, gap);
}

void gaps_learn(struct gaps *gaps, struct tree *tree, uint64_t start, uint64_t end)
{
    uint64_t page = before(tree, start);
    struct segment gap;

    while (gaps->is_complete && next_touched(tree, &page, end, &gap)) {
        if (!gap_add(gaps, gap))
            gaps_fini(gaps);
    }
    spare_free(gaps);
}

int gaps_complete(struct gaps *gaps, struct tree *tree)
{
    if (gaps->is_complete)
        return 0;
    gaps->is_complete = true;
    gaps_learn(gaps, tree, tree->start, tree->end);
    return gaps->is_complete ? 0 : DMS_ENOMEM;
}

/*
 * The first gap at or after (key, tie) whose natural fit may do. For requests aligned to their size that is the answer;
 * for others the caller looks and asks for the next.
 */
static struct gap_node *first_fitting(struct avl_node *avl, uint64_t key, uint64_t tie,
                                      uint64_t natural)
{
    struct gap_node *gap = gap_of(avl);
    struct gap_node *found;

    if (!gap || gap->max_natural < natural)
        return NULL;
    if (avl->key > key || (avl->key == key && avl->tie >= tie)) {
        found = first_fitting(avl->child[0], key, tie, natural);
        if (found || gap->natural >= natural)
            return found ? found : gap;
    }
    return first_fitting(avl->child[1], key, tie, natural);
}

bool gaps_search(const struct gaps *gaps, const struct query *query, uint64_t *page)
{
    struct gap_node *gap = first_fitting(gaps->avl.root, query->pages, 0, query->natural);

    while (gap) {
        uint64_t start = gap_start(gap);

        if (gap_place_down(query, start, start + gap->avl.key, page))
            return true;
        gap = first_fitting(gaps->avl.root, gap->avl.key, gap->avl.tie + 1, query->natural);
    }
    return false;
}
