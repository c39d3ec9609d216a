/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Moving through the tree, and naming where one is. */
#include "base/mem.h"
#include "base/text.h"
#include "of/of_internal.h"

static bool node_token(const struct dms_of *of, dms_of_node_t node, struct of_token *token)
{
    return of_token_at(of, node, token) && token->tag == OF_BEGIN_NODE;
}

dms_of_node_t dms_of_next(const struct dms_of *of, dms_of_node_t node)
{
    struct of_token token;
    uint32_t at;

    if (!node_token(of, node, &token))
        return DMS_OF_NONE;
    for (at = token.next; of_token_at(of, at, &token); at = token.next) {
        if (token.tag == OF_BEGIN_NODE)
            return (dms_of_node_t)at;
    }
    return DMS_OF_NONE;
}

const char *dms_of_name(const struct dms_of *of, dms_of_node_t node)
{
    struct of_token token;

    return node_token(of, node, &token) ? (const char *)token.data : "";
}

/* Without an index: down from the root, keeping the nodes that are open. */
static unsigned ancestors_by_scan(const struct dms_of *of, dms_of_node_t node,
                                  dms_of_node_t chain[DMS_OF_MAX_DEPTH])
{
    unsigned depth = 0;
    struct of_token token;

    for (uint32_t at = 0; of_token_at(of, at, &token); at = token.next) {
        if (token.tag == OF_END_NODE)
            depth--;
        if (token.tag != OF_BEGIN_NODE)
            continue;
        chain[depth++] = (dms_of_node_t)at;
        if ((dms_of_node_t)at == node)
            return depth;
    }
    return 0;
}

static unsigned ancestors_by_index(const struct dms_of *of, dms_of_node_t node,
                                   dms_of_node_t chain[DMS_OF_MAX_DEPTH])
{
    unsigned depth = 0;
    dms_of_node_t at = node;

    while (at != DMS_OF_NONE && depth < DMS_OF_MAX_DEPTH) {
        chain[DMS_OF_MAX_DEPTH - ++depth] = at;
        at = of_index_parent(of, at);
    }
    memmove(chain, chain + DMS_OF_MAX_DEPTH - depth, depth * sizeof(*chain));
    return depth;
}

unsigned of_ancestors(const struct dms_of *of, dms_of_node_t node,
                      dms_of_node_t chain[DMS_OF_MAX_DEPTH])
{
    struct of_token token;

    if (!node_token(of, node, &token))
        return 0;
    return of->index ? ancestors_by_index(of, node, chain) : ancestors_by_scan(of, node, chain);
}

dms_of_node_t dms_of_parent(const struct dms_of *of, dms_of_node_t node)
{
    dms_of_node_t chain[DMS_OF_MAX_DEPTH];
    unsigned depth;

    if (of->index)
        return of_index_parent(of, node);
    depth = of_ancestors(of, node, chain);
    return depth < 2 ? DMS_OF_NONE : chain[depth - 2];
}

/* The last `size` - 1 bytes count: the end of a path tells more than its beginning. */
size_t of_chain_path(const struct dms_of *of, const dms_of_node_t *chain, unsigned depth,
                     char *path, size_t size)
{
    static const char cut[] = "...";
    struct of_token token;
    size_t length = depth == 1 ? 1 : 0;
    size_t skip;

    for (unsigned i = 1; i < depth && node_token(of, chain[i], &token); i++)
        length += 1 + token.size;
    if (size == 0)
        return length;
    skip = length < size ? 0 : length + 1 - size;
    path[length - skip] = '\0';
    if (depth == 1 && skip == 0)
        path[0] = '/';
    for (size_t end = length, i = depth; i-- > 1;) {
        node_token(of, chain[i], &token);
        for (size_t k = token.size + 1; k-- > 0;) {
            if (end-- > skip)
                path[end - skip] = k == 0 ? '/' : (char)token.data[k - 1];
        }
    }
    if (skip > 0)
        memcpy(path, cut, size - 1 < sizeof(cut) - 1 ? size - 1 : sizeof(cut) - 1);
    return length;
}

size_t dms_of_path(const struct dms_of *of, dms_of_node_t node, char *path, size_t size)
{
    dms_of_node_t chain[DMS_OF_MAX_DEPTH];
    unsigned depth = of_ancestors(of, node, chain);

    if (size > 0)
        path[0] = '\0';
    return depth == 0 ? 0 : of_chain_path(of, chain, depth, path, size);
}
