/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dmaspace inspect: every DMA master of a device tree. */
#include "inspect.h"
#include "verb.h"

#include <getopt.h>
#include <stdio.h>

extern const struct verb verb_inspect;

static void count(struct tally *tally, const struct master *master)
{
    tally->masters++;
    tally->streams += master->streams.count;
    tally->map_entries += master->map.count;
    tally->regions += master->regions.count;
    tally->errors += master->errors;
    tally->findings += master->diags.count - master->errors;
}

static void add(struct tally *total, const struct tally *tally)
{
    total->files++;
    total->masters += tally->masters;
    total->streams += tally->streams;
    total->map_entries += tally->map_entries;
    total->regions += tally->regions;
    total->findings += tally->findings;
    total->errors += tally->errors;
}

static int inspect_file(struct tree *tree, const char *file, struct master *master,
                        const struct printer *printer, struct tally *total)
{
    struct tally tally = {.files = 1};
    dms_of_node_t node = DMS_OF_NONE;

    if (tree_open(tree, file) != EXIT_GOOD) {
        total->unreadable++;
        return EXIT_UNUSABLE;
    }
    printer->file(tree);
    while ((node = dms_of_next_master(&tree->of, node)) != DMS_OF_NONE) {
        master_read(tree, node, master);
        printer->master(tree, master);
        count(&tally, master);
    }
    printer->file_end(tree, &tally);
    add(total, &tally);
    return tally.errors ? EXIT_NEGATIVE : EXIT_GOOD;
}

static int inspect_files(char **files, const struct printer *printer)
{
    struct tree tree = {0};
    struct master master = {0};
    struct tally total = {0};
    int worst = EXIT_GOOD;

    printer->begin();
    for (; *files; files++) {
        int status = inspect_file(&tree, *files, &master, printer, &total);

        if (status > worst)
            worst = status;
    }
    printer->end(&total);
    master_drop(&master);
    tree_close(&tree);
    return worst;
}

static int run(int argc, char **argv)
{
    static char buffer[1 << 16];
    const struct printer *printer = &text_printer;
    int option;

    while ((option = next_option(&verb_inspect, argc, argv)) != -1) {
        if (option == OPTION_WRONG)
            return EXIT_UNUSABLE;
        printer = &json_printer;
    }
    if (optind == argc)
        return usage_error(&verb_inspect, "name at least one .dtb file");
    setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
    return inspect_files(argv + optind, printer);
}

static const struct verb_option options[] = {
    {'j', "json", NULL, "as JSON (docs/json-inspect.md)"},
    {0},
};

static const struct verb_example examples[] = {
    {"dmaspace inspect /usr/lib/linux-image-*/qcom/sdm850-lenovo-yoga-c630.dtb",
     "what one laptop's device tree says"},
    {"dmaspace inspect --json *.dtb | jq '.files[].masters[] | select(.function_map)'",
     "all devices with functions, of many boards"},
    {0},
};

const struct verb verb_inspect = {
    .name = "inspect",
    .summary = "every DMA master of a device tree: IOMMU, streams, addresses",
    .usage = "FILE.dtb... [--json]",
    .operand = "FILE.dtb",
    .about =
        "A master is a node with iommus, iommu-map or iommu-ranges, or with a memory-region that\n"
        "has iommu-addresses for it. Told of each:\n"
        "\n"
        "  streams    its own stream IDs on each IOMMU (mask: the ID bits that do not count)\n"
        "  functions  iommu-map: which ids of its functions have which stream ID\n"
        "  aperture   what dma-ranges leave of the address space\n"
        "  usable     iommu-ranges: the only addresses it may be handed\n"
        "  reserved   addresses it must not be handed, and the memory node that says so\n"
        "\n"
        "Exit status 1 if a property cannot be read; findings (\"note\") do not count.\n",
    .options = options,
    .examples = examples,
    .run = run,
};
