/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a device tree says to a fault: whose it was, what the address is there, what to change. */
#ifndef CLI_EXPLAIN_ANSWER_H
#define CLI_EXPLAIN_ANSWER_H

#include "check/claims.h"
#include "fault.h"

#define OWNERS_MAX  8 /* that are told of one fault */
#define CHANGES_MAX 4
#define SENTENCE    512

/* The tree with all its claims; read once, asked for each fault. */
struct facts {
    struct tree tree;
    struct claims claims;
    struct master master; /* the one that was read last */
    bool has_master;
    unsigned dma_bits; /* 0: not told */
};

/* What the address is to one owner, the first of these that fits. */
enum spot {
    SPOT_NOT_ASKED, /* the fault has no address */
    SPOT_PAGE_ZERO, /* never handed out */
    SPOT_FOLDED,    /* as a DSP takes it, with the context bank in the upper half */
    SPOT_OUTSIDE,   /* outside of the aperture */
    SPOT_BEYOND,    /* beyond the DMA mask */
    SPOT_RESERVED,  /* in a region */
    SPOT_NO_WINDOW, /* outside of iommu-ranges */
    SPOT_API,       /* in a region that the driver reserved; our own library's line says so */
    SPOT_USABLE,    /* it may be handed out, so something could be mapped there */
};

const char *spot_name(enum spot spot);

struct owner {
    dms_of_node_t node;
    const char *property;
    uint32_t cell;
    bool has_id;
    uint32_t id;
    bool device_enabled;
    bool iommu_enabled;
    enum spot spot;
    bool has_range; /* the aperture, region or window that decides */
    struct dms_range range;
    const char *range_kind;     /* "reserved", "direct", "window", "aperture"; NULL without range */
    dms_of_node_t range_node;   /* where it is said, or DMS_OF_NONE */
    const char *range_property; /* or NULL */
    int32_t range_cell;         /* or -1 */
};

/* A stream next to one that nobody owns. */
struct neighbour {
    bool found;
    uint32_t sid;
    dms_of_node_t node;
};

struct answer {
    bool iommu_known; /* the log's name, or --iommu, is a node of the tree */
    dms_of_node_t iommu;
    struct owner owners[OWNERS_MAX];
    unsigned owner_count;
    unsigned owners_more; /* beyond OWNERS_MAX */
    struct neighbour below;
    struct neighbour above;

    /* Memory that has this physical address: a device set up without its IOMMU would use it. */
    dms_of_node_t memory; /* or DMS_OF_NONE */

    char where[SENTENCE];
    char why[SENTENCE];
    char change[CHANGES_MAX][SENTENCE];
    unsigned change_count;
};

/* EXIT_GOOD, or EXIT_UNUSABLE after saying why on stderr. */
int facts_open(struct facts *facts, const char *file);
void facts_close(struct facts *facts);

/* `iommu`: a node to look at alone, or DMS_OF_NONE for the one that the fault names, or all. */
void answer_fault(struct facts *facts, const struct fault *fault, dms_of_node_t iommu,
                  struct answer *answer);

/* answer->owners, below and above. */
void find_owners(struct facts *facts, const struct fault *fault, struct answer *answer);

/* What the address is to the owner. */
void find_spot(struct facts *facts, const struct fault *fault, struct owner *owner);

/* The node whose memory holds the address, DMS_OF_NONE if none does. */
dms_of_node_t find_memory(const struct tree *tree, uint64_t address);

/* answer->where, why and change, from all the others. */
void write_answer(struct facts *facts, const struct fault *fault, struct answer *answer);

#endif
