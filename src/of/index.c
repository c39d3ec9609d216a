/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The node index: offsets with their parents in tree order, and, in the same array, phandles in
 * numerical order. Both halves are searched by bisection.
 */
#include "of/of_internal.h"

/* Nodes in tree order with their parents; phandles as they come. */
static uint32_t index_fill(const struct dms_of *of, struct dms_of_index_entry *entries)
{
    uint32_t open[DMS_OF_MAX_DEPTH];
    unsigned depth = 0;
    uint32_t nodes = 0;
    uint32_t phandles = 0;
    struct of_token token;

    for (uint32_t at = 0; of_token_at(of, at, &token); at = token.next) {
        uint32_t phandle;

        if (token.tag == OF_END_NODE)
            depth--;
        if (token.tag != OF_BEGIN_NODE)
            continue;
        entries[nodes].offset = at;
        entries[nodes].parent = depth > 0 ? open[depth - 1] : (uint32_t)DMS_OF_NONE;
        nodes++;
        open[depth++] = at;
        phandle = dms_of_phandle(of, (dms_of_node_t)at);
        if (phandle == 0)
            continue;
        entries[phandles].phandle = phandle;
        entries[phandles].by_phandle = at;
        phandles++;
    }
    return phandles;
}

/* By phandle; of equal ones the first in the tree comes first. */
static bool phandle_less(const struct dms_of_index_entry *a, const struct dms_of_index_entry *b)
{
    return a->phandle != b->phandle ? a->phandle < b->phandle : a->by_phandle < b->by_phandle;
}

static void phandle_swap(struct dms_of_index_entry *a, struct dms_of_index_entry *b)
{
    struct dms_of_index_entry old = *a;

    a->phandle = b->phandle;
    a->by_phandle = b->by_phandle;
    b->phandle = old.phandle;
    b->by_phandle = old.by_phandle;
}

static void phandle_sink(struct dms_of_index_entry *heap, uint32_t count, uint32_t root)
{
    for (;;) {
        uint32_t child = 2 * root + 1;

        if (child >= count)
            return;
        if (child + 1 < count && phandle_less(&heap[child], &heap[child + 1]))
            child++;
        if (!phandle_less(&heap[root], &heap[child]))
            return;
        phandle_swap(&heap[root], &heap[child]);
        root = child;
    }
}

/* Heapsort: no recursion and no memory, and no order of phandles makes it slow. */
static void phandle_sort(struct dms_of_index_entry *heap, uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;)
        phandle_sink(heap, count, i);
    for (uint32_t i = count; i-- > 1;) {
        phandle_swap(&heap[0], &heap[i]);
        phandle_sink(heap, i, 0);
    }
}

int dms_of_index(struct dms_of *of, struct dms_of_index_entry *entries, size_t count)
{
    if (count < of->node_count)
        return DMS_ENOMEM;
    of->phandle_count = index_fill(of, entries);
    phandle_sort(entries, of->phandle_count);
    of->index = entries;
    return 0;
}

dms_of_node_t of_index_parent(const struct dms_of *of, dms_of_node_t node)
{
    uint32_t low = 0;
    uint32_t high = of->node_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if ((int64_t)of->index[middle].offset < node)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == of->node_count || (int64_t)of->index[low].offset != node)
        return DMS_OF_NONE;
    return (dms_of_node_t)of->index[low].parent;
}

dms_of_node_t of_index_phandle(const struct dms_of *of, uint32_t phandle)
{
    uint32_t low = 0;
    uint32_t high = of->phandle_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (of->index[middle].phandle < phandle)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == of->phandle_count || of->index[low].phandle != phandle)
        return DMS_OF_NONE;
    return (dms_of_node_t)of->index[low].by_phandle;
}
