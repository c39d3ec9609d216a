/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The command line of a verb, read by its table. */
#include "suggest.h"
#include "verb.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    OPTIONS_MAX = 48
};

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

/* getopt's own forms of the table. */
struct forms {
    struct option longs[OPTIONS_MAX + 1];
    char letters[2 * OPTIONS_MAX + 2];
};

static void make_forms(const struct verb *verb, struct forms *forms)
{
    const struct verb_option *option = verb->options;
    char *letter = forms->letters;
    unsigned n = 0;

    memset(forms, 0, sizeof(*forms));
    *letter++ = ':'; /* a missing value is told apart from an unknown option */
    for (; option && option->name && n < OPTIONS_MAX; option++, n++) {
        forms->longs[n] = (struct option){
            option->name, option->value ? required_argument : no_argument, NULL, option->key};
        if (option->key < OPTION_LONG) {
            *letter++ = (char)option->key;
            if (option->value)
                *letter++ = ':';
        }
    }
}

static const struct verb_option *option_of(const struct verb *verb, int key)
{
    for (const struct verb_option *option = verb->options; option && option->name; option++) {
        if (option->key == key)
            return option;
    }
    return NULL;
}

/* `word` without its dashes and its "=value". */
static const char *bare(const char *word, char *out, size_t size)
{
    size_t length;

    word += strspn(word, "-");
    length = strcspn(word, "=");
    snprintf(out, size, "%.*s", (int)length, word);
    return out;
}

static void say_unknown(const struct verb *verb, const char *word)
{
    char typed[64];
    struct suggestion near = {.typed = bare(word, typed, sizeof(typed))};
    const struct verb_option *begun = NULL;

    for (const struct verb_option *option = verb->options; option && option->name; option++) {
        suggest_offer(&near, option->name);
        if (strncmp(option->name, typed, strlen(typed)) != 0)
            continue;
        if (begun) {
            usage_error(verb, "--%s could be --%s or --%s", typed, begun->name, option->name);
            return;
        }
        begun = option;
    }
    if (near.nearest)
        usage_error(verb, "unknown option %s; did you mean --%s?", word, near.nearest);
    else
        usage_error(verb, "unknown option %s", word);
}

int next_option(const struct verb *verb, int argc, char **argv)
{
    struct forms forms;
    int key;

    make_forms(verb, &forms);
    opterr = 0;
    key = getopt_long(argc, argv, forms.letters, forms.longs, NULL);
    if (key == ':')
        usage_error(verb, "%s needs a value: %s", argv[optind - 1], option_of(verb, optopt)->value);
    else if (key == '?' && optopt == 0)
        say_unknown(verb, argv[optind - 1]);
    else if (key == '?' && option_of(verb, optopt))
        usage_error(verb, "--%s takes no value", option_of(verb, optopt)->name);
    else if (key == '?')
        usage_error(verb, "unknown option -%c", optopt);
    return key == ':' ? OPTION_WRONG : key;
}
