/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The table of verbs as text for people, and as JSON for the scripts that make man pages and completions. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "verb.h"

#include <stdio.h>

void print_help(FILE *out);
void print_verb_help(const struct verb *verb);
void print_description(void);

#endif
