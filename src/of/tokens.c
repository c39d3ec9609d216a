/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One token of the structure block, read within bounds. */
#include "of/of_internal.h"

/* The name with its NUL, and padding. A name that runs to the end of the block does not fit. */
static bool token_node(const struct dms_of *of, uint32_t offset, struct of_token *token)
{
    uint32_t end = offset + 4;

    while (end < of->tokens_size && of->tokens[end] != 0)
        end++;
    token->data = of->tokens + offset + 4;
    token->size = end - (offset + 4);
    token->next = (end & ~UINT32_C(3)) + 4;
    return token->next <= of->tokens_size;
}

/* Length, name offset, the value and its padding. */
static bool token_prop(const struct dms_of *of, uint32_t offset, struct of_token *token)
{
    uint32_t left = of->tokens_size - offset;
    uint32_t padded;

    if (left < 12)
        return false;
    token->size = of_cell(of->tokens + offset, 1);
    token->name = of_cell(of->tokens + offset, 2);
    token->data = of->tokens + offset + 12;
    if (token->size > left - 12)
        return false;
    padded = (token->size + 3) & ~UINT32_C(3);
    token->next = offset + 12 + padded;
    return padded <= left - 12;
}

bool of_token_at(const struct dms_of *of, int64_t offset, struct of_token *token)
{
    uint32_t at = (uint32_t)offset;

    if (offset < 0 || offset % 4 != 0 || offset > (int64_t)of->tokens_size - 4)
        return false;
    token->tag = (enum of_tag)of_cell(of->tokens + at, 0);
    token->next = at + 4;
    switch (token->tag) {
    case OF_BEGIN_NODE:
        return token_node(of, at, token);
    case OF_PROP:
        return token_prop(of, at, token);
    case OF_END_NODE:
    case OF_NOP:
    case OF_END:
        return true;
    }
    return false;
}
