/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The size index: the free segments once more, by length, for best fit. Only in spaces that asked for it. The segments
 * stay the truth: when memory for the index runs out it is thrown away whole, and built again by the next best-fit
 * request. Under the tree lock.
 */
#ifndef IOVA_GAPS_H
#define IOVA_GAPS_H

#include "avl.h"
#include "tree.h"

struct gap_node {
    struct avl_node
        avl; /* key: pages; tie: ~start, so that of equal gaps the highest comes first */
    uint64_t natural;
    uint64_t max_natural; /* of the subtree */
};

struct gaps {
    struct avl avl;
    const struct dms_port *port;
    bool is_complete;
    struct gap_node *spare; /* through child[0] */
    uint64_t memory;
};

void gaps_init(struct gaps *gaps, const struct dms_port *port);
void gaps_fini(struct gaps *gaps);

/*
 * Around a change of pages [start, end): forget the gaps it touches before, learn those that are there after. Several
 * changes may overlap: what is known already is not learned twice.
 */
void gaps_forget(struct gaps *gaps, struct tree *tree, uint64_t start, uint64_t end);
void gaps_learn(struct gaps *gaps, struct tree *tree, uint64_t start, uint64_t end);

/* Make a thrown away index complete. 0 or DMS_ENOMEM. */
int gaps_complete(struct gaps *gaps, struct tree *tree);

/* The smallest gap that serves the query and the highest place in it. False: there is none. */
bool gaps_search(const struct gaps *gaps, const struct query *query, uint64_t *page);

#endif
