/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dmaspace report: a device tree or a trace as one page for a browser. */
#include "replay/replay.h"
#include "report/page.h"
#include "verb.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct verb verb_report;

enum {
    FDT_MAGIC_BYTES = 4,
};

static int parse(int argc, char **argv, struct replay_options *options, const char **output)
{
    int option;

    options_default(options);
    options->limit = 1000;
    while ((option = next_option(&verb_report, argc, argv)) != -1) {
        if (option == OPTION_WRONG)
            return EXIT_UNUSABLE;
        if (option == 'o')
            *output = optarg;
        else if (options_set(&verb_report, options, option, optarg) != EXIT_GOOD)
            return EXIT_UNUSABLE;
    }
    if (argc - optind != 1)
        return usage_error(&verb_report, "give one .dtb file or trace, not %d", argc - optind);
    if (!*output)
        return usage_error(&verb_report, "name the page with -o, as in -o report.html");
    options->file = argv[optind];
    return EXIT_GOOD;
}

/* Source: Devicetree Specification v0.4, 5.2. */
static bool is_tree(const char *file)
{
    static const unsigned char magic[FDT_MAGIC_BYTES] = {0xd0, 0x0d, 0xfe, 0xed};
    unsigned char head[FDT_MAGIC_BYTES];
    FILE *stream = fopen(file, "r");
    bool is = stream && fread(head, sizeof(head), 1, stream) == 1 &&
              memcmp(head, magic, sizeof(magic)) == 0;

    if (stream)
        fclose(stream);
    return is;
}

static int report(struct replay *replay, const char *output)
{
    const char *file = replay->options.file;
    json_t *data;

    if (is_tree(file)) {
        data = tree_data(file);
    } else {
        replay->keep_peak = true;
        data = replay_run(&verb_report, replay) == EXIT_GOOD ? trace_data(replay) : NULL;
    }
    if (!data)
        return EXIT_UNUSABLE;
    if (page_write(output, data) == 0)
        return EXIT_GOOD;
    fprintf(stderr, "%s: %s; give -o a file that can be written, or - for stdout\n", output,
            strerror(errno));
    return EXIT_UNUSABLE;
}

static int run(int argc, char **argv)
{
    struct replay *replay = calloc(1, sizeof(*replay));
    const char *output = NULL;
    int status;

    if (!replay)
        array_no_memory();
    status = parse(argc, argv, &replay->options, &output);
    if (status == EXIT_GOOD)
        status = report(replay, output);
    replay_drop(replay);
    free(replay);
    return status;
}

static const struct verb_option options[] = {
    {'o', "output", "FILE", "the page to write; - for stdout"},
    REPLAY_OPTIONS,
    {0},
};

static const struct verb_example examples[] = {
    {"dmaspace report board.dtb -o board.html", "a board's devices, functions and address spaces"},
    {"dmaspace report trace.dat --reserve 0-0x257fffff -o trace.html",
     "what a load did to the address space, and what it would do under a rule"},
    {0},
};

const struct verb verb_report = {
    .name = "report",
    .summary = "a device tree or a trace as one page for a browser",
    .usage = "FILE.dtb|TRACE -o report.html [OPTION...]",
    .operand = "FILE",
    .about =
        "The page is complete in itself: it loads nothing, and may be mailed or attached. It draws\n"
        "the address space of every device, lists functions, streams and findings, and answers\n"
        "questions like \"0x25801000 on 0x1940\". Of a trace it shows the moment of its peak under\n"
        "the kernel and under dmaspace, what broke the rules, and fragmentation over time; all\n"
        "options but -o are those of dmaspace replay.\n",
    .options = options,
    .examples = examples,
    .run = run,
};
