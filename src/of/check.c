/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The one pass over an untrusted structure block that everything else relies on: tokens fit, nodes
 * nest, names can stand in a path, and every property's name ends inside the strings block.
 */
#include "of/of_internal.h"

struct check {
    struct dms_of *of;
    struct dms_of_diag *diag;
    uint32_t at;        /* of the token being checked */
    uint32_t names_end; /* names that begin below this offset of the strings block are terminated */
    unsigned depth;
    dms_of_node_t chain[DMS_OF_MAX_DEPTH];
    bool after_child[DMS_OF_MAX_DEPTH]; /* a child of chain[i] has ended */
};

static int check_error(const struct check *check, int error, const char *text, const char *remedy)
{
    const struct of_issue issue = {
        .node = DMS_OF_NONE, .cell = -1, .text = text, .remedy = remedy, .args = {check->at}};

    of_fail(check->of, check->diag, error, &issue);
    if (check->diag && check->depth > 0) {
        check->diag->node = check->chain[check->depth - 1];
        of_chain_path(check->of, check->chain, check->depth, check->diag->path, DMS_OF_PATH_MAX);
    }
    return error;
}

static int check_malformed(const struct check *check, const char *text)
{
    return check_error(check, DMS_EINVAL, text, "the file is damaged: build or fetch it again");
}

/* Printable ASCII other than space and '/': what a path can hold (more than the specification). */
static bool check_name(const struct of_token *token)
{
    for (uint32_t i = 0; i < token->size; i++) {
        if (token->data[i] <= ' ' || token->data[i] > '~' || token->data[i] == '/')
            return false;
    }
    return true;
}

static int check_begin(struct check *check, const struct of_token *token)
{
    bool root = check->depth == 0;

    if (root && check->at != 0)
        return check_malformed(check, "not one root node, first of all, but another at byte %x");
    if (!root && (token->size == 0 || !check_name(token)))
        return check_error(check, DMS_EINVAL,
                           "a child, at byte %x of the structure block, whose name cannot stand in "
                           "a path",
                           "give it a name of letters, digits and ,._+-@");
    if (check->depth == DMS_OF_MAX_DEPTH)
        return check_error(check, DMS_ERANGE,
                           "nodes nest deeper than 64, at byte %x of the structure block",
                           "flatten the tree; no kernel reads it either");
    check->chain[check->depth] = (dms_of_node_t)check->at;
    check->after_child[check->depth] = false;
    check->depth++;
    check->of->node_count++;
    return 0;
}

static int check_prop(const struct check *check, const struct of_token *token)
{
    if (check->depth == 0)
        return check_malformed(check, "a property outside of any node, at byte %x");
    if (check->after_child[check->depth - 1])
        return check_error(check, DMS_EINVAL,
                           "a property after a child node, at byte %x of the structure block",
                           "recompile the tree with dtc, which puts properties first");
    if (token->name >= check->names_end)
        return check_malformed(check, "a property whose name lies outside the strings, at byte %x");
    return 0;
}

static int check_end_node(struct check *check)
{
    if (check->depth == 0)
        return check_malformed(check, "a node ends that never began, at byte %x");
    check->depth--;
    if (check->depth > 0)
        check->after_child[check->depth - 1] = true;
    return 0;
}

static int check_end(struct check *check)
{
    if (check->depth > 0 || check->of->node_count == 0)
        return check_malformed(check, "the structure block ends inside a node, at byte %x");
    check->of->tokens_size = check->at;
    return 0;
}

static int check_token(struct check *check, const struct of_token *token)
{
    switch (token->tag) {
    case OF_BEGIN_NODE:
        return check_begin(check, token);
    case OF_PROP:
        return check_prop(check, token);
    case OF_END_NODE:
        return check_end_node(check);
    case OF_NOP:
    case OF_END:
        break;
    }
    return 0;
}

int of_check_tokens(struct dms_of *of, struct dms_of_diag *diag)
{
    struct check check = {.of = of, .diag = diag, .names_end = of->strings_size};
    struct of_token token;

    while (check.names_end > 0 && of->strings[check.names_end - 1] != '\0')
        check.names_end--;
    for (;; check.at = token.next) {
        int error;

        if (!of_token_at(of, check.at, &token))
            return check_malformed(&check, "no token that fits, at byte %x of the structure block");
        if (token.tag == OF_END)
            return check_end(&check);
        error = check_token(&check, &token);
        if (error)
            return error;
    }
}
