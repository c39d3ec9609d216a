/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the files of this room share. Reading goes one way: tokens -> nodes and properties -> cells
 * -> targets -> the properties of DMA.
 */
#ifndef OF_INTERNAL_H
#define OF_INTERNAL_H

#include <dmaspace/error.h>
#include <dmaspace/of.h>

/* ---- tokens of the structure block (Devicetree Specification 0.4, 5.4) ----------------------- */

enum of_tag {
    OF_BEGIN_NODE = 1,
    OF_END_NODE = 2,
    OF_PROP = 3,
    OF_NOP = 4,
    OF_END = 9,
};

struct of_token {
    enum of_tag tag;
    uint32_t next;       /* offset of the token after this one */
    uint32_t name;       /* OF_PROP: offset of the name in the strings block */
    uint32_t size;       /* OF_PROP: bytes at data; OF_BEGIN_NODE: length of the name */
    const uint8_t *data; /* OF_PROP: the value; OF_BEGIN_NODE: the name, NUL-terminated */
};

/* The token at `offset`. False: none there, or it does not fit into the block. */
bool of_token_at(const struct dms_of *of, int64_t offset, struct of_token *token);

/* Sets tokens, strings and their sizes from the header. DMS_EINVAL, DMS_ENOTSUP. */
int of_read_header(struct dms_of *of, const void *blob, size_t size, struct dms_of_diag *diag);

/* Checks every token, counts nodes, and cuts tokens_size to what was checked. */
int of_check_tokens(struct dms_of *of, struct dms_of_diag *diag);

/* ---- nodes ----------------------------------------------------------------------------------- */

/*
 * The nodes from the root (chain[0]) to `node`, which is chain[depth - 1]. Returns depth, 0 when
 * `node` is no node.
 */
unsigned of_ancestors(const struct dms_of *of, dms_of_node_t node,
                      dms_of_node_t chain[DMS_OF_MAX_DEPTH]);

/* dms_of_path() for a chain that is known. */
size_t of_chain_path(const struct dms_of *of, const dms_of_node_t *chain, unsigned depth,
                     char *path, size_t size);

/* Lookups in the index; it must be there. */
dms_of_node_t of_index_parent(const struct dms_of *of, dms_of_node_t node);
dms_of_node_t of_index_phandle(const struct dms_of *of, uint32_t phandle);

/* ---- properties and cells -------------------------------------------------------------------- */

struct of_prop {
    const uint8_t *data;
    uint32_t size; /* bytes */
};

bool of_prop(const struct dms_of *of, dms_of_node_t node, const char *name, struct of_prop *prop);

/* Whether the property's name, an offset into the strings block, is `name`. */
bool of_prop_name_is(const struct dms_of *of, uint32_t offset, const char *name);

/* Whether the property is one string, `value`, with its NUL. */
bool of_prop_is(const struct of_prop *prop, const char *value);

static inline uint32_t of_cell(const uint8_t *cells, uint32_t index)
{
    const uint8_t *p = cells + 4 * (size_t)index;

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A number of `count` cells. False when it is wider than 64 bits. count 0 is the number 0. */
bool of_number(const uint8_t *cells, uint32_t count, uint64_t *number);

/* ---- targets of phandles --------------------------------------------------------------------- */

struct of_target {
    dms_of_node_t node; /* DMS_OF_NONE: the phandle leads nowhere */
    uint32_t ncells;
    bool has_cells; /* the target says how many; else ncells is 1 */
};

struct of_target of_target(const struct dms_of *of, uint32_t phandle, const char *cells_name);

/* ---- addresses ------------------------------------------------------------------------------- */

/*
 * The first entry of reg, in the root's addresses (of_address_to_resource). False: there is none
 * that can be read and translated.
 */
bool of_reg(const struct dms_of *of, dms_of_node_t node, struct dms_range *reg);

/* The dma-ranges `prop` of `bus`, which is not empty. */
int of_dma_ranges_of(const struct dms_of *of, dms_of_node_t bus, const struct of_prop *prop,
                     struct dms_of_ranges *ranges, struct dms_of_diag *diag);

/* ---- reports --------------------------------------------------------------------------------- */

/* What is wrong, and where. */
struct of_issue {
    dms_of_node_t node;
    const char *property; /* NULL: the node as such */
    int32_t cell;         /* -1: the property as such */
    const char *text;     /* %x and %u take the next of args, %n its node's path */
    const char *remedy;
    uint64_t args[3];
};

/* Describes an error in *diag, unless diag is NULL. Returns `error`. */
int of_fail(const struct dms_of *of, struct dms_of_diag *diag, int error,
            const struct of_issue *issue);

/* Hands a finding to the caller's on_finding, if there is one. */
void of_note(const struct dms_of *of, enum dms_of_finding finding, const struct of_issue *issue);

#endif
