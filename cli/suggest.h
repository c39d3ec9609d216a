/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* "Did you mean": which of several words is nearest to a mistyped one. */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

struct suggestion {
    const char *typed;
    const char *nearest; /* NULL: none is near */
    unsigned distance;
};

/* Begin with {.typed = ...}, then offer each word that would have been right. */
void suggest_offer(struct suggestion *suggestion, const char *word);

#endif
