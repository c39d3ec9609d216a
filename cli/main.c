/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The dmaspace command: finds the verb, and answers --help and --version. */
#include "verb.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void print_help(FILE *out)
{
    fputs("dmaspace: every function of a device in its own DMA address space\n"
          "\n"
          "usage: dmaspace VERB [ARGUMENT...]\n"
          "       dmaspace VERB --help\n"
          "       dmaspace --version\n"
          "\n"
          "verbs:\n",
          out);
    for (unsigned i = 0; verbs[i]; i++)
        fprintf(out, "  %-10s %s\n", verbs[i]->name, verbs[i]->summary);
    fputs(
        "\n"
        "Exit status: 0 good; 1 the answer is no, or there are findings; 2 wrong usage, or input\n"
        "that cannot be read. Colours are used on a terminal, unless NO_COLOR is set.\n",
        out);
}

static void print_verb_help(const struct verb *verb)
{
    printf("dmaspace %s: %s\n\nusage: dmaspace %s %s\n\n%s", verb->name, verb->summary, verb->name,
           verb->usage, verb->help);
}

int usage_error(const struct verb *verb, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "dmaspace %s: ", verb->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\nusage: dmaspace %s %s\nSee dmaspace %s --help for examples.\n", verb->name,
            verb->usage, verb->name);
    return EXIT_UNUSABLE;
}

static const struct verb *find_verb(const char *name)
{
    for (unsigned i = 0; verbs[i]; i++) {
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
    }
    return NULL;
}

static int wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return 1;
    }
    return 0;
}

/* What was printed must have arrived, or the status would claim too much. */
static int finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    perror("dmaspace: writing the output");
    return EXIT_UNUSABLE;
}

int main(int argc, char **argv)
{
    const struct verb *verb;

    if (argc < 2) {
        print_help(stderr);
        return EXIT_UNUSABLE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("dmaspace " DMASPACE_VERSION);
        return finish(EXIT_GOOD);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return finish(EXIT_GOOD);
    }
    verb = find_verb(argv[1]);
    if (!verb) {
        fprintf(stderr, "dmaspace: no verb \"%s\"; dmaspace --help lists them\n", argv[1]);
        return EXIT_UNUSABLE;
    }
    if (wants_help(argc - 1, argv + 1)) {
        print_verb_help(verb);
        return finish(EXIT_GOOD);
    }
    return finish(verb->run(argc - 1, argv + 1));
}
