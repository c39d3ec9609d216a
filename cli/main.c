/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The dmaspace command: finds the verb, and answers --help and --version. */
#include "help.h"
#include "suggest.h"

#include <errno.h>
#include <string.h>

static const struct verb *find_verb(const char *name)
{
    for (unsigned i = 0; verbs[i]; i++) {
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
    }
    return NULL;
}

static int say_no_verb(const char *word)
{
    struct suggestion near = {.typed = word};
    const char *what = *word == '-' ? "option" : "verb";

    for (unsigned i = 0; verbs[i]; i++)
        suggest_offer(&near, verbs[i]->name);
    suggest_offer(&near, "--help");
    suggest_offer(&near, "--version");
    fprintf(stderr, "dmaspace: no %s \"%s\"; ", what, word);
    if (near.nearest)
        fprintf(stderr, "did you mean \"%s\"? ", near.nearest);
    fputs("dmaspace --help lists them\n", stderr);
    return EXIT_UNUSABLE;
}

static int is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (is_help(argv[i]))
            return 1;
    }
    return 0;
}

/* "dmaspace help", "dmaspace help VERB". */
static int help(int argc, char **argv)
{
    const struct verb *verb = argc > 1 ? find_verb(argv[1]) : NULL;

    if (argc > 1 && !verb)
        return say_no_verb(argv[1]);
    if (verb)
        print_verb_help(verb);
    else
        print_help(stdout);
    return EXIT_GOOD;
}

static int run(int argc, char **argv)
{
    const struct verb *verb = find_verb(argv[0]);

    if (is_help(argv[0]) || strcmp(argv[0], "help") == 0)
        return help(argc, argv);
    if (strcmp(argv[0], "--version") == 0) {
        puts("dmaspace " DMASPACE_VERSION);
        return EXIT_GOOD;
    }
    if (strcmp(argv[0], "--describe") == 0) {
        print_description();
        return EXIT_GOOD;
    }
    if (!verb)
        return say_no_verb(argv[0]);
    if (wants_help(argc, argv)) {
        print_verb_help(verb);
        return EXIT_GOOD;
    }
    return verb->run(argc, argv);
}

/* What was printed must have arrived, or the status would claim too much. */
static int finish(int status)
{
    /* Only the call that failed set errno; when it was an earlier one, the reason is gone. */
    int failed = fflush(stdout);
    const char *reason = failed ? strerror(errno) : "an earlier write failed";

    if (!failed && !ferror(stdout))
        return status;
    fprintf(stderr, "dmaspace: the output could not be written: %s\n", reason);
    return EXIT_UNUSABLE;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_UNUSABLE;
    }
    return finish(run(argc - 1, argv + 1));
}
