/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dmaspace resolve: the specifier of a device, or of one of its functions. */
#include "resolve_json.h"
#include "stream.h"
#include "verb.h"

#include <dmaspace/error.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

extern const struct verb verb_resolve;

struct options {
    const char *file;
    const char *device;
    const char *id;
    bool all;
    bool batch;
    bool json;
};

/* 0 .. 2^32 - 1, decimal, 0x hexadecimal or 0 octal. */
static bool parse_id(const char *text, uint32_t *id)
{
    char *end;
    unsigned long long value;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    value = strtoull(text, &end, 0);
    *id = (uint32_t)value;
    return errno == 0 && *end == '\0' && value <= UINT32_MAX;
}

/* The answer's specifiers are collected until DMS_ENOENT, or the first alone. */
static void ask_map(const struct tree *tree, dms_of_node_t node, bool all, struct answer *answer)
{
    struct dms_of_spec spec;
    uint32_t nth = 0;

    do {
        answer->error = dms_of_map_id(&tree->of, node, answer->id, nth, &spec, &answer->diag);
        if (answer->error == 0)
            array_push(&answer->specs, spec);
        nth++;
    } while (answer->error == 0 && all);
    if (answer->error == DMS_ENOENT)
        answer->error = 0;
}

/* With a disabled target the device has no stream at all (of_iommu_xlate). */
static void ask_iommus(const struct tree *tree, dms_of_node_t node, struct answer *answer)
{
    struct dms_of_spec spec;

    for (uint32_t i = 0; answer->error == 0; i++) {
        answer->error = dms_of_iommus(&tree->of, node, i, &spec, &answer->diag);
        if (answer->error == 0)
            array_push(&answer->specs, spec);
    }
    if (answer->error == DMS_ENOENT)
        answer->error = answer->specs.count > 0 ? 0 : DMS_ENODEV;
}

static void ask(const struct tree *tree, bool all, struct answer *answer)
{
    dms_of_node_t node;

    answer->specs.count = 0;
    answer->error = dms_of_find(&tree->of, answer->device, &node, &answer->diag);
    if (answer->error == 0 && answer->has_id)
        ask_map(tree, node, all, answer);
    else if (answer->error == 0)
        ask_iommus(tree, node, answer);
    answer->has_diag = answer->error != 0;
    answer->diag.error = answer->error; /* DMS_ENOENT of an empty list is DMS_ENODEV here */
}

static void print_answer(const struct tree *tree, const struct answer *answer)
{
    printf("%s", answer->device);
    if (answer->has_id)
        printf(" id 0x%x", answer->id);
    printf(" -> ");
    if (answer->error)
        printf("error %s", dms_errname(answer->error));
    for (size_t i = 0; i < answer->specs.count && answer->error == 0; i++) {
        printf("%s", i ? ", " : "");
        print_spec(stdout, tree, &answer->specs.items[i]);
    }
    printf("\n");
}

static int tell(const struct tree *tree, const struct options *options, const struct answer *answer)
{
    if (options->json)
        print_answer_json(tree, answer);
    else
        print_answer(tree, answer);
    return answer->error ? EXIT_NEGATIVE : EXIT_GOOD;
}

static int resolve_one(struct tree *tree, const struct options *options)
{
    struct answer answer = {.device = options->device, .has_id = options->id != NULL};
    int status;

    if (options->id && !parse_id(options->id, &answer.id))
        return usage_error(&verb_resolve, "\"%s\" is no id from 0 to 0xffffffff", options->id);
    ask(tree, options->all, &answer);
    status = tell(tree, options, &answer);
    fflush(stdout);
    if (answer.error)
        print_diag(tree, &answer.diag);
    array_drop(&answer.specs);
    return status;
}

/* "PATH" or "PATH ID"; cuts the line up. False: something else. */
static bool parse_query(char *line, struct answer *answer)
{
    char *save;
    char *id;

    answer->device = strtok_r(line, " \t\r\n", &save);
    id = strtok_r(NULL, " \t\r\n", &save);
    answer->has_id = id != NULL;
    return answer->device && (!id || parse_id(id, &answer->id)) &&
           !strtok_r(NULL, " \t\r\n", &save);
}

/* One answer line for each line, whatever it holds, so that the two can be laid side by side. */
static int resolve_batch(struct tree *tree, const struct options *options)
{
    struct answer answer = {0};
    int status = EXIT_GOOD;
    char *line = NULL;
    size_t size = 0;

    while (getline(&line, &size, stdin) > 0) {
        if (parse_query(line, &answer)) {
            ask(tree, options->all, &answer);
        } else {
            answer.device = answer.device ? answer.device : "-";
            answer.has_id = false;
            answer.has_diag = false;
            answer.error = DMS_EINVAL;
        }
        if (tell(tree, options, &answer) != EXIT_GOOD)
            status = EXIT_NEGATIVE;
    }
    free(line);
    array_drop(&answer.specs);
    return status;
}

static int parse_options(int argc, char **argv, struct options *options)
{
    int option;

    while ((option = next_option(&verb_resolve, argc, argv)) != -1) {
        switch (option) {
        case 'd':
            options->device = optarg;
            break;
        case 'i':
            options->id = optarg;
            break;
        case 'a':
            options->all = true;
            break;
        case 'b':
            options->batch = true;
            break;
        case 'j':
            options->json = true;
            break;
        default:
            return EXIT_UNUSABLE;
        }
    }
    if (argc - optind != 1)
        return usage_error(&verb_resolve, "give one .dtb file, not %d", argc - optind);
    options->file = argv[optind];
    if (options->batch && (options->device || options->id))
        return usage_error(&verb_resolve, "--batch reads devices and ids from stdin");
    if (!options->batch && !options->device)
        return usage_error(&verb_resolve, "name a device with --device");
    return EXIT_GOOD;
}

static void on_finding(void *ctx, const struct dms_of_diag *finding)
{
    print_diag(ctx, finding);
}

static int run(int argc, char **argv)
{
    struct options options = {0};
    struct tree tree = {0};
    int status = parse_options(argc, argv, &options);

    if (status != EXIT_GOOD)
        return status;
    status = tree_open(&tree, options.file);
    if (status == EXIT_GOOD && !options.batch) {
        tree.of.on_finding = on_finding;
        tree.of.finding_ctx = &tree;
    }
    if (status == EXIT_GOOD)
        status = options.batch ? resolve_batch(&tree, &options) : resolve_one(&tree, &options);
    tree_close(&tree);
    return status;
}

static const struct verb_option options[] = {
    {'d', "device", "PATH", "path, alias or label of the node"},
    {'i', "id", "N", "function id or requester ID, 0x for hexadecimal"},
    {'a', "all", NULL, "every entry that holds the id, not only the first one"},
    {'b', "batch", NULL, "read \"PATH\" or \"PATH ID\" lines from stdin, one answer each"},
    {'j', "json", NULL, "one JSON object a line (docs/json-resolve.md)"},
    {0},
};

static const struct verb_example examples[] = {
    {"dmaspace resolve board.dtb --device /soc@0/video-codec@aa00000 --id 0x101",
     "the stream of one function"},
    {"dmaspace resolve board.dtb --device pcie0 --id 0x100 --json",
     "the stream of a PCI requester, by the bridge's alias"},
    {"printf '%s\\n' '/soc@0/pcie@1c00000 0x100' | dmaspace resolve board.dtb --batch",
     "many questions, one answer a line"},
    {0},
};

const struct verb verb_resolve = {
    .name = "resolve",
    .summary = "the IOMMU and stream of a device, or of one function of it",
    .usage = "FILE.dtb --device PATH [--id N [--all]] [--json] | FILE.dtb --batch [--json]",
    .operand = "FILE.dtb",
    .about =
        "Without --id, the streams of the device itself (iommus); with it, the stream of that\n"
        "function or requester (iommu-map). One line:\n"
        "\n"
        "  PATH [id N] -> IOMMU <CELLS> sid SID mask MASK[, IOMMU <CELLS> ...]\n"
        "  PATH [id N] -> error NAME\n"
        "\n"
        "\"sid - mask -\": that IOMMU's specifiers are no stream IDs. The reason of an error and\n"
        "what to do about it go to stderr.\n",
    .options = options,
    .examples = examples,
    .run = run,
};
