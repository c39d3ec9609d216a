/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A verb of the dmaspace command: one file, one entry in verbs.c. What a verb says of itself here is the only source
 * of --help, of the completions for bash and zsh, and of its man page. Exit statuses are the same for all verbs.
 */
#ifndef CLI_VERB_H
#define CLI_VERB_H

enum exit_status {
    EXIT_GOOD = 0,
    EXIT_NEGATIVE = 1, /* it ran, and the answer is no, or there are findings */
    EXIT_UNUSABLE = 2, /* wrong usage, or input that cannot be read */
};

struct verb_option {
    int key;          /* what next_option() returns: its letter, or a number from OPTION_LONG on */
    const char *name; /* without the dashes */

    /*
     * What its value is called; NULL: it takes none. "FILE" and "FILE.dtb" are completed with files (of that
     * suffix), "FOLDER" with folders, "text|html" with these words.
     */
    const char *value;

    const char
        *help; /* a phrase, without full stop; may be several lines, the last one not ended */
};

/* Keys for options without a letter: OPTION_LONG, OPTION_LONG + 1, ... */
#define OPTION_LONG 256

struct verb_example {
    const char *command; /* as typed, from "dmaspace" on */
    const char *purpose; /* a phrase, without full stop */
};

struct verb {
    const char *name;
    const char *summary; /* one line for the list of verbs, without full stop */
    const char *usage;   /* what follows "dmaspace NAME " */
    const char *operand; /* completion of what is no option, as verb_option.value; NULL: nothing */

    /* What it does and prints. Paragraphs, each line ended; a line that begins with a space is kept as it is. */
    const char *about;

    const struct verb_option *options;   /* ended by one without a name; NULL: none */
    const struct verb_example *examples; /* at least one; ended by one without a command */

    /* argv[0] is the verb. Returns the exit status. --help never gets here. */
    int (*run)(int argc, char **argv);
};

/* NULL-terminated, in the order of the alphabet. */
extern const struct verb *const verbs[];

/*
 * The next option's key, its value in optarg (getopt.h). -1: no more, argv[optind] is the first operand; options may
 * stand after operands, and "--" ends them. OPTION_WRONG: not of the verb, or a value is missing or too many; that has
 * been said, end with EXIT_UNUSABLE.
 */
#define OPTION_WRONG '?'
int next_option(const struct verb *verb, int argc, char **argv);

/* Says on stderr what is wrong with the command line and where help is. Returns EXIT_UNUSABLE. */
int usage_error(const struct verb *verb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
