/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dmaspace check: what is wrong with the DMA of a device tree. */
#include "verb.h"

#include "report.h"
#include "suggest.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const struct verb verb_check;

enum {
    OPTION_DMA_BITS = OPTION_LONG,
    OPTION_LIST,
    OPTION_THREADS,
};

struct request {
    const struct check_printer *printer;
    enum severity severity;
    check_set_t enabled;
    check_set_t disabled;
    bool list;
    struct check_job job;
    struct check_tally tally;
    int worst;
};

static bool parse_severity(const char *word, enum severity *severity)
{
    for (int i = SEVERITY_NOTE; i <= SEVERITY_ERROR; i++) {
        if (strcmp(word, severity_name((enum severity)i)) != 0)
            continue;
        *severity = (enum severity)i;
        return true;
    }
    return false;
}

static int unknown_id(const char *id)
{
    struct suggestion near = {.typed = id};

    for (const struct check *check = checks; check->id; check++)
        suggest_offer(&near, check->id);
    if (near.nearest)
        return usage_error(&verb_check, "no check \"%s\"; did you mean %s?", id, near.nearest);
    return usage_error(&verb_check, "no check \"%s\"; --list shows them", id);
}

/* "ID[,ID...]"; cuts the list up. */
static int parse_ids(char *list, check_set_t *set)
{
    char *save = NULL;

    for (char *id = strtok_r(list, ",", &save); id; id = strtok_r(NULL, ",", &save)) {
        const struct check *check = check_by_id(id);

        if (!check)
            return unknown_id(id);
        *set |= check_bit(check);
    }
    return EXIT_GOOD;
}

static bool parse_number(const char *text, unsigned least, unsigned most, unsigned *number)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    *number = (unsigned)value;
    return *text >= '0' && *text <= '9' && *end == '\0' && value >= least && value <= most;
}

static int parse_option(struct request *request, int option)
{
    switch (option) {
    case 'j':
        request->printer = &check_json;
        return EXIT_GOOD;
    case 's':
        if (!parse_severity(optarg, &request->severity))
            return usage_error(&verb_check, "\"%s\" is not note, warning or error", optarg);
        return EXIT_GOOD;
    case 'e':
        return parse_ids(optarg, &request->enabled);
    case 'd':
        return parse_ids(optarg, &request->disabled);
    case OPTION_DMA_BITS:
        if (!parse_number(optarg, 1, 64, &request->job.dma_bits))
            return usage_error(&verb_check, "\"%s\" is no width from 1 to 64 bits", optarg);
        return EXIT_GOOD;
    case OPTION_THREADS:
        if (!parse_number(optarg, 1, 64, &request->job.threads))
            return usage_error(&verb_check, "\"%s\" is no number of threads from 1 to 64", optarg);
        return EXIT_GOOD;
    case OPTION_LIST:
        request->list = true;
        return EXIT_GOOD;
    default:
        return EXIT_UNUSABLE;
    }
}

static check_set_t wanted(const struct request *request)
{
    check_set_t set = request->enabled;

    for (const struct check *check = checks; check->id; check++) {
        if (check->severity >= request->severity)
            set |= check_bit(check);
    }
    return set & ~request->disabled;
}

static void show_progress(size_t done, size_t count)
{
    fprintf(stderr, "\r%zu of %zu files", done, count);
    if (done == count)
        fputs("\r\033[K", stderr);
}

static void progress(void *ctx, size_t done, size_t count)
{
    (void)ctx;
    if (done % 16 == 0 || done == count)
        show_progress(done, count);
}

static void count(struct check_tally *tally, const struct check_result *result)
{
    tally->unreadable += result->status == EXIT_UNUSABLE;
    tally->files += result->status != EXIT_UNUSABLE;
    tally->clean += result->status == EXIT_GOOD;
    tally->hidden += result->hidden;
    for (size_t i = 0; i < result->findings.count; i++)
        tally->by_severity[result->findings.items[i].check->severity]++;
}

static void take_result(void *ctx, const struct check_result *result)
{
    struct request *request = ctx;

    if (request->job.progress && result->status != EXIT_GOOD)
        fputs("\r\033[K", stderr);
    count(&request->tally, result);
    request->printer->result(result);
    if (result->status > request->worst)
        request->worst = result->status;
}

static int check_files(struct request *request)
{
    request->job.wanted = wanted(request);
    request->job.counted = ~(request->job.wanted | request->disabled);
    request->job.result = take_result;
    request->job.ctx = request;
    /* A line that is written over and over, between findings on the same terminal, is no help. */
    if (request->job.count > 1 && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO))
        request->job.progress = progress;
    request->printer->begin();
    check_all(&request->job);
    request->printer->end(&request->tally);
    return request->worst;
}

static int run(int argc, char **argv)
{
    static char buffer[1 << 16];
    struct request request = {.printer = &check_text, .severity = SEVERITY_WARNING};
    int option;
    int status;

    while ((option = next_option(&verb_check, argc, argv)) != -1) {
        status = parse_option(&request, option);
        if (status != EXIT_GOOD)
            return status;
    }
    if (request.list && optind == argc) {
        request.printer->list();
        return EXIT_GOOD;
    }
    if (request.list)
        return usage_error(&verb_check, "--list takes no files");
    if (optind == argc)
        return usage_error(&verb_check, "name at least one .dtb file");
    request.job.files = argv + optind;
    request.job.count = (size_t)(argc - optind);
    setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
    return check_files(&request);
}

static const struct verb_option options[] = {
    {'s', "severity", "note|warning|error",
     "tell findings of this severity and above; default: warning"},
    {'e', "enable", "ID[,ID...]", "tell these as well, whatever their severity"},
    {'d', "disable", "ID[,ID...]", "do not tell these"},
    {OPTION_DMA_BITS, "dma-bits", "N",
     "the drivers' DMA masks have N bits; without, no limit is assumed"},
    {OPTION_LIST, "list", NULL, "the checks: id, severity, what is wrong"},
    {OPTION_THREADS, "threads", "N", "check N files at a time; default: one per processor"},
    {'j', "json", NULL, "as JSON (docs/json-check.md)"},
    {0},
};

static const struct verb_example examples[] = {
    {"dmaspace check board.dtb", "warnings and errors of one tree"},
    {"dmaspace check --severity note --disable map-legacy,stream-shared board.dtb",
     "everything but what is known"},
    {"dmaspace check --json build/*.dtb | jq -r '.files[].findings[].id' | sort | uniq -c",
     "how often each check fires in a kernel build"},
    {"dmaspace check --list", "what is checked"},
    {0},
};

const struct verb verb_check = {
    .name = "check",
    .summary = "what is wrong with the DMA of a device tree, and how to mend it",
    .usage = "FILE.dtb... [--severity note|warning|error] [--enable ID] [--disable ID]\n"
             "                      [--dma-bits N] [--threads N] [--json] | --list",
    .operand = "FILE.dtb",
    .about =
        "Reads iommus, iommu-map, iommu-addresses, iommu-ranges and dma-ranges, and tells of each\n"
        "mistake:\n"
        "\n"
        "  FILE: NODE: PROPERTY[CELL]: SEVERITY: what is wrong [ID]\n"
        "    what   the check\n"
        "    Linux  what Linux does with it\n"
        "    mend   what to change\n"
        "\n"
        "An error: a device does not work, or without its IOMMU. A warning: Linux does something\n"
        "other than the tree seems to say. A note: sound trees have it. docs/checks.md explains\n"
        "each ID with an example.\n"
        "\n"
        "Exit status: 0 no findings; 1 findings; 2 wrong usage, or a file that cannot be read.\n",
    .options = options,
    .examples = examples,
    .run = run,
};
