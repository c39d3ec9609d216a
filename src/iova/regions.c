/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "regions.h"

#include "base/memory.h"
#include "base/range.h"

static struct region_node *node_of(const struct avl_node *avl)
{
    return avl ? (struct region_node *)avl : NULL;
}

static uint64_t max_end_of(const struct avl_node *avl, bool windows_only)
{
    const struct region_node *node = node_of(avl);

    if (!node)
        return 0;
    return windows_only ? node->max_window_end : node->max_end;
}

static uint64_t own_end(const struct region_node *node, bool windows_only)
{
    return windows_only && node->region.kind != DMS_REGION_WINDOW ? 0 : node->end;
}

static uint64_t max64(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static bool summarise(struct avl_node *avl)
{
    struct region_node *node = node_of(avl);
    uint64_t end = node->max_end, window_end = node->max_window_end;

    node->max_end = max64(own_end(node, false), max64(max_end_of(avl->child[0], false),
                                                      max_end_of(avl->child[1], false)));
    node->max_window_end = max64(own_end(node, true), max64(max_end_of(avl->child[0], true),
                                                            max_end_of(avl->child[1], true)));
    return (node->max_end != end) | (node->max_window_end != window_end);
}

void regions_init(struct regions *regions)
{
    *regions = (struct regions){.avl.summarise = summarise};
}

void regions_fini(struct regions *regions, const struct dms_port *port)
{
    struct avl_node *avl;

    while ((avl = avl_pop(&regions->avl)))
        port_free(port, node_of(avl), sizeof(struct region_node));
}

struct region_node *region_node_create(const struct dms_port *port,
                                       const struct dms_iova_region *region, unsigned granule_lg2)
{
    struct region_node *node = port_alloc(port, sizeof(*node));

    if (!node)
        return NULL;
    node->region = *region;
    node->start = region->range.first >> granule_lg2;
    node->end = (region->range.last >> granule_lg2) + 1;
    return node;
}

void region_chain_destroy(const struct dms_port *port, struct region_node *chain)
{
    while (chain) {
        struct region_node *next = chain->chain;

        port_free(port, chain, sizeof(*chain));
        chain = next;
    }
}

void regions_insert(struct regions *regions, struct region_node *node)
{
    node->avl.key = node->region.range.first;
    if (node->avl.tie == 0)
        node->avl.tie = ++regions->next_serial;
    regions->count++;
    avl_insert(&regions->avl, &node->avl);
}

void regions_remove(struct regions *regions, struct region_node *node)
{
    regions->count--;
    avl_remove(&regions->avl, node->avl.key, node->avl.tie);
}

struct region_node *regions_find(const struct regions *regions,
                                 const struct dms_iova_region *region)
{
    uint64_t first = region->range.first;
    struct region_node *node = node_of(avl_at_or_after(&regions->avl, first, 0));

    while (node && node->avl.key == first) {
        const struct dms_iova_region *here = &node->region;

        if (range_equal(here->range, region->range) && here->kind == region->kind &&
            here->origin == region->origin && here->owner == region->owner)
            return node;
        node = node_of(avl_at_or_after(&regions->avl, first, node->avl.tie + 1));
    }
    return NULL;
}

/*
 * The first node at or after (key, tie) that ends behind `start`: those after it begin no earlier, so if this one does
 * not overlap, none does. Recursion is as deep as the tree.
 */
static struct region_node *first_reaching(struct avl_node *avl, uint64_t key, uint64_t tie,
                                          uint64_t start)
{
    struct region_node *node = node_of(avl);
    struct region_node *found = NULL;

    if (!node || node->max_end <= start)
        return NULL;
    if (avl->key > key || (avl->key == key && avl->tie >= tie)) {
        found = first_reaching(avl->child[0], key, tie, start);
        if (found || node->end > start)
            return found ? found : node;
    }
    return first_reaching(avl->child[1], key, tie, start);
}

struct region_node *regions_overlap(const struct regions *regions, const struct region_node *after,
                                    uint64_t start, uint64_t end)
{
    struct region_node *node = first_reaching(regions->avl.root, after ? after->avl.key : 0,
                                              after ? after->avl.tie + 1 : 0, start);

    return node && node->start < end ? node : NULL;
}

/* The furthest end of those that begin at or before page. */
static uint64_t reach(const struct regions *regions, uint64_t page, bool windows_only)
{
    const struct avl_node *avl = regions->avl.root;
    uint64_t best = 0;

    while (avl) {
        bool begins = node_of(avl)->start <= page;

        if (begins)
            best = max64(best, max64(own_end(node_of(avl), windows_only),
                                     max_end_of(avl->child[0], windows_only)));
        avl = avl->child[begins];
    }
    return best;
}

uint64_t regions_covered_to(const struct regions *regions, uint64_t page, bool windows_only)
{
    for (;;) {
        uint64_t end = reach(regions, page, windows_only);

        if (end <= page)
            return page;
        page = end;
    }
}

bool regions_next_hole(const struct regions *regions, uint64_t end, uint64_t *page, uint64_t *stop)
{
    const struct avl_node *avl = regions->avl.root;

    *page = regions_covered_to(regions, *page, false);
    if (*page >= end)
        return false;
    *stop = end;
    while (avl) {
        bool begins = node_of(avl)->start <= *page;

        if (!begins && node_of(avl)->start < *stop)
            *stop = node_of(avl)->start;
        avl = avl->child[begins];
    }
    return true;
}
