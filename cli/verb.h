/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A verb of the dmaspace command: one file, one entry in verbs.c. Exit statuses are the same for
 * all of them.
 */
#ifndef CLI_VERB_H
#define CLI_VERB_H

enum exit_status {
    EXIT_GOOD = 0,
    EXIT_NEGATIVE = 1, /* it ran, and the answer is no, or there are findings */
    EXIT_UNUSABLE = 2, /* wrong usage, or input that cannot be read */
};

struct verb {
    const char *name;
    const char *summary; /* one line for the list of verbs, without full stop */
    const char *usage;   /* what follows "dmaspace NAME " */
    const char *help;    /* options and examples, each line ended */

    /* argv[0] is the verb. Returns the exit status. --help never gets here. */
    int (*run)(int argc, char **argv);
};

/* NULL-terminated. */
extern const struct verb *const verbs[];

/* Says on stderr what is wrong with the command line and where help is. Returns EXIT_UNUSABLE. */
int usage_error(const struct verb *verb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
