/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From a path, alias or label to a node. libfdt's own search follows aliases by recursion. */
#include "base/mem.h"
#include "of/of_internal.h"

static size_t component_length(const char *path)
{
    size_t length = 0;

    while (path[length] != '\0' && path[length] != '/')
        length++;
    return length;
}

/* The whole name, or the part before '@' when `component` has none. */
static bool component_matches(const struct of_token *node, const char *component, size_t length)
{
    if (node->size < length || memcmp(node->data, component, length) != 0)
        return false;
    if (node->size == length)
        return true;
    for (size_t i = 0; i < length; i++) {
        if (component[i] == '@')
            return false;
    }
    return node->data[length] == '@';
}

static dms_of_node_t find_child(const struct dms_of *of, dms_of_node_t parent,
                                const char *component, size_t length)
{
    struct of_token token;
    unsigned depth = 0;

    if (!of_token_at(of, parent, &token))
        return DMS_OF_NONE;
    for (uint32_t at = token.next; of_token_at(of, at, &token); at = token.next) {
        if (token.tag == OF_END_NODE && depth-- == 0)
            return DMS_OF_NONE;
        if (token.tag != OF_BEGIN_NODE)
            continue;
        if (depth++ == 0 && component_matches(&token, component, length))
            return (dms_of_node_t)at;
    }
    return DMS_OF_NONE;
}

static dms_of_node_t find_below(const struct dms_of *of, dms_of_node_t node, const char *path)
{
    while (node != DMS_OF_NONE) {
        size_t length;

        while (*path == '/')
            path++;
        if (*path == '\0')
            return node;
        length = component_length(path);
        node = find_child(of, node, path, length);
        path += length;
    }
    return DMS_OF_NONE;
}

/* The path that /aliases or /__symbols__ gives to a name. */
static bool find_named(const struct dms_of *of, const char *table, const char *name, size_t length,
                       struct of_prop *path)
{
    dms_of_node_t node = find_below(of, DMS_OF_ROOT, table);
    struct of_token token;

    if (!of_token_at(of, node, &token))
        return false;
    while (of_token_at(of, token.next, &token) && (token.tag == OF_PROP || token.tag == OF_NOP)) {
        const char *own;

        if (token.tag == OF_NOP)
            continue;
        own = of->strings + token.name;
        if (component_length(own) == length && own[length] == '\0' &&
            memcmp(own, name, length) == 0) {
            *path = (struct of_prop){token.data, token.size};
            return true;
        }
    }
    return false;
}

static int find_error(const struct dms_of *of, struct dms_of_diag *diag, int error,
                      const char *text, const char *remedy)
{
    return of_fail(
        of, diag, error,
        &(struct of_issue){.node = DMS_OF_NONE, .cell = -1, .text = text, .remedy = remedy});
}

static int find_start(const struct dms_of *of, const char *name, size_t length,
                      dms_of_node_t *start, struct dms_of_diag *diag)
{
    struct of_prop path;

    if (!find_named(of, "aliases", name, length, &path) &&
        !find_named(of, "__symbols__", name, length, &path))
        return find_error(of, diag, DMS_ENOENT, "no alias or label of that name",
                          "give the node's path from the root, as inspect prints it");
    if (path.size < 2 || path.data[0] != '/' || path.data[path.size - 1] != '\0')
        return find_error(of, diag, DMS_EINVAL, "the alias is no absolute path",
                          "give the node's path from the root, as inspect prints it");
    *start = find_below(of, DMS_OF_ROOT, (const char *)path.data);
    return 0;
}

int dms_of_find(const struct dms_of *of, const char *path, dms_of_node_t *node,
                struct dms_of_diag *diag)
{
    dms_of_node_t start = DMS_OF_ROOT;
    size_t length = component_length(path);
    int error = 0;

    if (*path == '\0')
        return find_error(of, diag, DMS_EINVAL, "an empty path", "give / for the root");
    if (length > 0)
        error = find_start(of, path, length, &start, diag);
    if (error)
        return error;
    start = find_below(of, start, path + length);
    if (start == DMS_OF_NONE)
        return find_error(of, diag, DMS_ENOENT, "no such node in the tree",
                          "give the node's path from the root, as inspect prints it");
    *node = start;
    return 0;
}
