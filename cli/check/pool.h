/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Many files at once, their results in the order given. */
#ifndef CLI_CHECK_POOL_H
#define CLI_CHECK_POOL_H

#include "check.h"

struct check_result {
    const char *file;
    int status; /* of check_file() */
    struct tree_error error;
    char *model; /* of the root node; NULL when the file could not be opened */
    ARRAY(struct finding) findings;
    size_t hidden;
    size_t dropped;
};

struct check_job {
    char *const *files;
    size_t count;
    unsigned threads; /* 0: one for each processor */
    check_set_t wanted;
    check_set_t counted;
    unsigned dma_bits;

    /* Called by one thread, for each file in order, as early as that order allows. */
    void (*result)(void *ctx, const struct check_result *result);
    /* Called now and then, if not NULL, by the same thread: so many files are done. */
    void (*progress)(void *ctx, size_t done, size_t count);
    void *ctx;
};

void check_all(const struct check_job *job);

#endif
