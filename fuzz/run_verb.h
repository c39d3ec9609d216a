/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The command itself as a target: a verb is run on the input as if that were a file. */
#ifndef FUZZ_RUN_VERB_H
#define FUZZ_RUN_VERB_H

#include "fuzz.h"

#include <verb.h>

enum {
    MOST_WORDS = 12
};

/*
 * dmaspace VERB OPTIONS FILE, where FILE holds the input and OPTIONS ends with NULL. Its output goes nowhere. Whatever
 * the input is, the status is one that the command may have.
 */
void run_verb(const struct verb *verb, const char *const *options, const uint8_t *data,
              size_t size);

#endif
