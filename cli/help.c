/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "help.h"

#include "style.h"

#include <jansson.h>
#include <string.h>

void print_help(FILE *out)
{
    fprintf(out,
            "dmaspace: every function of a device in its own DMA address space\n"
            "\n"
            "usage: dmaspace VERB [ARGUMENT...]\n"
            "       dmaspace VERB --help\n"
            "       dmaspace --version\n"
            "\n"
            "%sverbs:%s\n",
            style(out, STYLE_TITLE), style(out, STYLE_END));
    for (unsigned i = 0; verbs[i]; i++)
        fprintf(out, "  %-10s %s\n", verbs[i]->name, verbs[i]->summary);
    fprintf(out, "\n%sexamples:%s\n", style(out, STYLE_TITLE), style(out, STYLE_END));
    for (unsigned i = 0; verbs[i]; i++)
        fprintf(out, "  %s\n", verbs[i]->examples[0].command);
    fputs(
        "\n"
        "Exit status: 0 good; 1 the answer is no, or there are findings; 2 wrong usage, or input\n"
        "that cannot be read. Colours are used on a terminal, unless NO_COLOR is set.\n",
        out);
}

/* "-d, --device PATH", or "    --device PATH" without a letter. */
static int option_heading(const struct verb_option *option, char *out, size_t size)
{
    char letter[] = "-x, ";

    letter[1] = (char)option->key;
    return snprintf(out, size, "%s--%s%s%s", option->key < OPTION_LONG ? letter : "    ",
                    option->name, option->value ? " " : "", option->value ? option->value : "");
}

static void print_option(const struct verb_option *option, int width)
{
    const char *line = option->help;
    char heading[80];

    option_heading(option, heading, sizeof(heading));
    printf("  %-*s", width, heading);
    for (;;) {
        size_t length = strcspn(line, "\n");

        printf("  %.*s\n", (int)length, line);
        if (!line[length])
            return;
        line += length + 1;
        printf("  %*s", width, "");
    }
}

static void print_options(const struct verb_option *options)
{
    static const struct verb_option help = {'h', "help", NULL, "this text"};
    char heading[80];
    int width = option_heading(&help, heading, sizeof(heading));

    printf("\n%soptions:%s\n", style(stdout, STYLE_TITLE), style(stdout, STYLE_END));
    for (const struct verb_option *option = options; option && option->name; option++) {
        int length = option_heading(option, heading, sizeof(heading));

        width = length > width ? length : width;
    }
    for (const struct verb_option *option = options; option && option->name; option++)
        print_option(option, width);
    print_option(&help, width);
}

void print_verb_help(const struct verb *verb)
{
    printf("dmaspace %s: %s\n\nusage: dmaspace %s %s\n\n%s", verb->name, verb->summary, verb->name,
           verb->usage, verb->about);
    print_options(verb->options);
    printf("\n%sexamples:%s\n", style(stdout, STYLE_TITLE), style(stdout, STYLE_END));
    for (const struct verb_example *example = verb->examples; example->command; example++)
        printf("  # %s\n  %s\n", example->purpose, example->command);
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *describe_option(const struct verb_option *option)
{
    char letter[2] = {(char)option->key, '\0'};

    return json_pack("{s:o, s:s, s:o, s:s}", "letter",
                     text_or_null(option->key < OPTION_LONG ? letter : NULL), "name", option->name,
                     "value", text_or_null(option->value), "help", option->help);
}

static json_t *describe_verb(const struct verb *verb)
{
    json_t *options = json_array();
    json_t *examples = json_array();

    for (const struct verb_option *option = verb->options; option && option->name; option++)
        json_array_append_new(options, describe_option(option));
    for (const struct verb_example *example = verb->examples; example->command; example++)
        json_array_append_new(examples, json_pack("{s:s, s:s}", "command", example->command,
                                                  "purpose", example->purpose));
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:o, s:o}", "name", verb->name, "summary",
                     verb->summary, "usage", verb->usage, "operand", text_or_null(verb->operand),
                     "about", verb->about, "options", options, "examples", examples);
}

void print_description(void)
{
    json_t *list = json_array();
    json_t *whole;

    for (unsigned i = 0; verbs[i]; i++)
        json_array_append_new(list, describe_verb(verbs[i]));
    whole = json_pack("{s:s, s:o}", "version", DMASPACE_VERSION, "verbs", list);
    json_dumpf(whole, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(whole);
}
