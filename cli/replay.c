/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dmaspace replay: the DMA load of a trace on our allocator, under rules. */
#include "replay/replay.h"
#include "verb.h"

#include <getopt.h>
#include <stdlib.h>

extern const struct verb verb_replay;

static int parse(int argc, char **argv, struct replay_options *options)
{
    int option;

    options_default(options);
    while ((option = next_option(&verb_replay, argc, argv)) != -1) {
        if (option == OPTION_WRONG)
            return EXIT_UNUSABLE;
        if (option == 'j')
            options->json = true;
        else if (options_set(&verb_replay, options, option, optarg) != EXIT_GOOD)
            return EXIT_UNUSABLE;
    }
    if (argc - optind != 1)
        return usage_error(&verb_replay, "give one trace, not %d", argc - optind);
    options->file = argv[optind];
    return EXIT_GOOD;
}

static int run(int argc, char **argv)
{
    struct replay *replay = calloc(1, sizeof(*replay));
    int status;

    if (!replay)
        array_no_memory();
    status = parse(argc, argv, &replay->options);
    if (status == EXIT_GOOD)
        status = replay_run(&verb_replay, replay);
    if (status == EXIT_GOOD) {
        if (replay->options.json)
            replay_print_json(replay);
        else
            replay_print_text(replay);
        status = replay_is_good(replay) ? EXIT_GOOD : EXIT_NEGATIVE;
    }
    replay_drop(replay);
    free(replay);
    return status;
}

static const struct verb_option options[] = {
    REPLAY_OPTIONS,
    {'j', "json", NULL, "as JSON (docs/json-replay.md)"},
    {0},
};

static const struct verb_example examples[] = {
    {"dmaspace replay trace.dat --reserve 0-0x257fffff",
     "which ranges of any device lie below 600 MB, and does the load fit above"},
    {"dmaspace replay trace.dat --device '*.video-codec' --window 0x25800000-0xdfffffff",
     "one device, and the only addresses that it can use"},
    {"trace-cmd report > trace.txt; dmaspace replay trace.txt --align granule --json",
     "a trace as text, placed without alignment to size, as JSON"},
    {0},
};

const struct verb verb_replay = {
    .name = "replay",
    .summary = "a trace's DMA load under rules: what broke them, does it fit",
    .usage = "TRACE [--reserve|--window FIRST-LAST] [--device NAME] [OPTION...]",
    .operand = "FILE",
    .about =
        "TRACE is a trace.dat, or the text of trace-cmd report, of tracefs' file trace or of perf\n"
        "script, with the events iommu:map, iommu:unmap and dma:* (kernels since 6.12 have those;\n"
        "only they name the device, without them everything is one device \"unnamed\"). Record it:\n"
        "\n"
        "  trace-cmd record -e iommu -e dma -b 20000 WORKLOAD\n"
        "\n"
        "Told of each device that an IOMMU translates: which of the kernel's ranges violate the\n"
        "rules, whether the same load fits when dmaspace places it under the rules, the peak, the\n"
        "largest free gap over time and the share of free space outside it (\"split\").\n"
        "\n"
        "Sessions: at the peak, what one task (pid) holds is one session. The largest is placed\n"
        "again and again beside all that is live, until a range does not fit; the number of whole\n"
        "copies is told. With --session all, everything live at the peak is the session.\n"
        "\n"
        "The space is 32 bits wide, or as wide as the trace's addresses and the windows need.\n"
        "\n"
        "Exit status 1 if the kernel violated a rule, or a range does not fit.\n",
    .options = options,
    .examples = examples,
    .run = run,
};
