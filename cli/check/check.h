/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The lint: a table of checks, each with one function. A check looks at one master at a time, or at
 * the whole tree after all masters; what it finds goes through found().
 */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include "claims.h"
#include "master.h"

#define CHECKS_MAX   64   /* checks in the table */
#define CHECK_AFTER  4    /* prerequisites of one */
#define FINDINGS_MAX 4096 /* of one file; what is beyond is counted, not told */
#define CHECK_TEXT   512

enum severity {
    SEVERITY_NOTE,    /* worth knowing; sound trees have it */
    SEVERITY_WARNING, /* Linux does something other than the tree seems to say */
    SEVERITY_ERROR,   /* a device will not work, or works without its IOMMU */
};

const char *severity_name(enum severity severity);

struct checker;

struct check {
    const char *id;
    enum severity severity;
    const char *summary; /* what is wrong, in a phrase */
    const char *effect;  /* what Linux does with it */
    const char *remedy;  /* how to mend it */

    /* Ids of checks before this one in the table. Where one of them fires, this one is not asked. */
    const char *after[CHECK_AFTER];

    /* One of the two. */
    void (*master)(struct checker *c);
    void (*tree)(struct checker *c);
};

/* In the order of the documentation; ended by one without an id. */
extern const struct check checks[];

/* NULL: no such id. */
const struct check *check_by_id(const char *id);

/* A set of checks, by their places in the table. */
typedef uint64_t check_set_t;
check_set_t check_bit(const struct check *check);

struct finding {
    const struct check *check;
    dms_of_node_t node;
    const char *property; /* static, or NULL */
    int32_t cell;         /* in the property, or -1 */
    const char *effect;   /* of the check, or what fits better here */
    const char *remedy;
    char *path; /* these two belong to the finding */
    char *text;
};

/* Everything about one file under check; one per thread, used again for the next file. */
struct checker {
    struct tree tree;
    check_set_t wanted;  /* others run, for those that come after them, but tell nothing */
    check_set_t counted; /* of these others, those whose findings are counted */
    unsigned dma_bits;   /* width of the drivers' DMA masks, 0: not told */
    check_set_t after[CHECKS_MAX]; /* check.after of each; set by checker_begin() */

    struct master master;           /* under check */
    struct claims claims;           /* of all masters that were read */
    ARRAY(struct dms_range) ranges; /* room for a check to work in */

    const struct check *check; /* that is running */
    check_set_t fired;         /* on this master */
    check_set_t fired_ever;    /* on any; decides over checks of the whole tree */
    ARRAY(struct finding) findings;
    size_t kept[2]; /* findings so far: [0] those that are only counted, [1] those that are told */
    size_t hidden;  /* findings that are only counted */
    size_t dropped; /* beyond FINDINGS_MAX */
};

/* Where something was found. What is not set is the check's own. */
struct place {
    dms_of_node_t node;
    const char *property;
    int32_t cell;
    const char *effect;
    const char *remedy;
};

void found(struct checker *c, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A report of the library, as a finding of the running check. */
void found_diag(struct checker *c, const struct dms_of_diag *diag);

/* Once, on a checker that is all zero. */
void checker_begin(struct checker *c, check_set_t wanted, check_set_t counted, unsigned dma_bits);

/*
 * Checks one file. EXIT_GOOD or EXIT_NEGATIVE, c->findings then being in tree order; EXIT_UNUSABLE
 * with *error. The findings' memory is the caller's: findings_drop(), or moved elsewhere.
 */
int check_file(struct checker *c, const char *file, struct tree_error *error);
void findings_drop(struct finding *findings, size_t count);
void checker_drop(struct checker *c);

#endif
