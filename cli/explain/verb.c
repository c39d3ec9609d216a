/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dmaspace explain: whose fault it was, why, and what to change. */
#include "verb.h"

#include "report.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct verb verb_explain;

enum {
    OPTION_DMA_BITS = OPTION_LONG,
};

struct request {
    const struct explain_printer *printer;
    const char *iommu;
    bool has_stream;
    bool has_iova;
    uint64_t stream;
    uint64_t iova;
    unsigned dma_bits;
    struct reader reader;
};

static bool parse_number(const char *text, uint64_t most, uint64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 0);
    return *text >= '0' && *text <= '9' && errno == 0 && *end == '\0' && *number <= most;
}

static int parse_fault(struct request *request, const char *text)
{
    if (strcmp(text, "-") == 0)
        return read_file(&request->reader, text);
    if (!read_text(&request->reader, text))
        return usage_error(
            &verb_explain,
            "--fault \"%.80s\": no fault line that I know, no name of an event, and not "
            "the words of a record (4 of 64 bits, or 8 of 32, hexadecimal)",
            text);
    return EXIT_GOOD;
}

static int parse_option(struct request *request, int option)
{
    uint64_t bits;

    switch (option) {
    case 's':
        request->has_stream = true;
        if (!parse_number(optarg, UINT32_MAX, &request->stream))
            return usage_error(&verb_explain, "\"%s\" is no stream ID from 0 to 0xffffffff",
                               optarg);
        return EXIT_GOOD;
    case 'a':
        request->has_iova = true;
        if (!parse_number(optarg, UINT64_MAX, &request->iova))
            return usage_error(&verb_explain, "\"%s\" is no address of 64 bits", optarg);
        return EXIT_GOOD;
    case 'i':
        request->iommu = optarg;
        return EXIT_GOOD;
    case 'f':
        return parse_fault(request, optarg);
    case OPTION_DMA_BITS:
        if (!parse_number(optarg, 64, &bits) || bits == 0)
            return usage_error(&verb_explain, "\"%s\" is no width from 1 to 64 bits", optarg);
        request->dma_bits = (unsigned)bits;
        return EXIT_GOOD;
    case 'j':
        request->printer = &explain_json;
        return EXIT_GOOD;
    default:
        return EXIT_UNUSABLE;
    }
}

/*
 * --stream and --iova make a fault of their own, or tell what the faults that were read leave out.
 */
static void use_numbers(struct request *request)
{
    const struct fault question = {
        .times = 1,
        .event = "question",
        .detail = "none: the stream and the address were asked for",
        .reason = DMS_FAULT_TRANSLATION,
        .has_sid = request->has_stream,
        .sid = (uint32_t)request->stream,
        .has_iova = request->has_iova,
        .iova = request->iova,
    };

    if (request->reader.faults.count == 0 && request->has_stream)
        array_push(&request->reader.faults, question);
    for (size_t i = 0; i < request->reader.faults.count; i++) {
        struct fault *read = &request->reader.faults.items[i];

        if (!read->has_sid && request->has_stream)
            read->sid = (uint32_t)request->stream;
        if (!read->has_iova && request->has_iova)
            read->iova = request->iova;
        read->has_sid |= request->has_stream;
        read->has_iova |= request->has_iova;
    }
}

static void warn_cut_off(const struct request *request)
{
    if (request->reader.cut_off)
        fprintf(stderr,
                "dmaspace explain: %zu record%s cut off, the first at line %u: four words belong "
                "to each \"event ... received:\"\n",
                request->reader.cut_off, request->reader.cut_off == 1 ? " is" : "s are",
                request->reader.cut_line);
}

/* EXIT_GOOD when every fault has an owner that is enabled. */
static int explain_all(struct facts *facts, const struct request *request, dms_of_node_t iommu)
{
    static struct answer answer;
    int status = EXIT_GOOD;

    request->printer->begin(facts);
    for (size_t i = 0; i < request->reader.faults.count; i++) {
        const struct fault *fault = &request->reader.faults.items[i];

        answer_fault(facts, fault, iommu, &answer);
        request->printer->fault(facts, fault, &answer);
        if (answer.owner_count == 0 || !answer.owners[0].device_enabled ||
            !answer.owners[0].iommu_enabled)
            status = EXIT_NEGATIVE;
    }
    request->printer->end(&request->reader);
    return status;
}

static int explain(struct request *request, const char *file)
{
    struct facts facts = {.dma_bits = request->dma_bits};
    dms_of_node_t iommu = DMS_OF_NONE;
    struct dms_of_diag diag;
    int status = facts_open(&facts, file);

    if (status == EXIT_GOOD && request->iommu &&
        dms_of_find(&facts.tree.of, request->iommu, &iommu, &diag) != 0) {
        fprintf(stderr, "%s: --iommu %s: %s; %s\n", file, request->iommu, diag.text, diag.remedy);
        status = EXIT_UNUSABLE;
    }
    if (status == EXIT_GOOD)
        status = explain_all(&facts, request, iommu);
    facts_close(&facts);
    return status;
}

static int no_faults(const struct request *request)
{
    warn_cut_off(request);
    fprintf(stderr,
            "dmaspace explain: no fault in %u line%s; the lines of arm-smmu, arm-smmu-v3 "
            "and dmaspace are known, --help shows them\n",
            request->reader.line, request->reader.line == 1 ? "" : "s");
    return EXIT_NEGATIVE;
}

static int run_request(struct request *request, int argc, char **argv)
{
    int status = EXIT_GOOD;
    bool has_log;
    int option;

    while ((option = next_option(&verb_explain, argc, argv)) != -1) {
        status = parse_option(request, option);
        if (status != EXIT_GOOD)
            return status;
    }
    has_log = request->reader.line > 0 || optind + 1 < argc;
    if (optind == argc)
        return usage_error(&verb_explain, "name a .dtb file");
    for (int i = optind + 1; i < argc; i++) {
        status = read_file(&request->reader, argv[i]);
        if (status != EXIT_GOOD)
            return status;
    }
    if (!has_log && !request->has_stream)
        return usage_error(&verb_explain, "give a fault, a log, or --stream");
    read_end(&request->reader);
    if (request->reader.faults.count == 0 && has_log)
        return no_faults(request);
    warn_cut_off(request);
    use_numbers(request);
    return explain(request, argv[optind]);
}

static int run(int argc, char **argv)
{
    struct request request = {.printer = &explain_text};
    int status = run_request(&request, argc, argv);

    array_drop(&request.reader.faults);
    return status;
}

static const struct verb_option options[] = {
    {'s', "stream", "SID", "the stream, or that of faults that do not tell it"},
    {'a', "iova", "ADDRESS", "the address, or that of faults that do not tell it"},
    {'f', "fault", "TEXT",
     "a line of a log, or a record; may be given several times; -: read stdin"},
    {'i', "iommu", "PATH", "the IOMMU (path, alias or label), where the fault does not name it"},
    {OPTION_DMA_BITS, "dma-bits", "N", "the driver's DMA mask has N bits"},
    {'j', "json", NULL, "as JSON (docs/json-explain.md)"},
    {0},
};

static const struct verb_example examples[] = {
    {"dmaspace explain board.dtb --stream 0x1940 --iova 0x1000", "whose address is that?"},
    {"dmesg | dmaspace explain board.dtb -", "every fault of a kernel log"},
    {"dmaspace explain board.dtb --fault 'arm-smmu 15000000.iommu: Unhandled context fault: "
     "fsr=0x402, iova=0x1000, fsynr=0x11, cbfrsynra=0x1940, cb=3'",
     "one line of it"},
    {"dmaspace explain board.dtb --fault '0x0000194000000010 0x0 0x1000 0x0'",
     "an SMMUv3 event record"},
    {"dmaspace explain board.dtb --fault C_BAD_STREAMID --stream 0x1941", "an event by its name"},
    {0},
};

const struct verb verb_explain = {
    .name = "explain",
    .summary = "a fault: whose stream, what the address is, why, what to change",
    .usage = "FILE.dtb [LOG|-] [--fault TEXT]... [--stream SID] [--iova ADDRESS]\n"
             "                        [--iommu PATH] [--dma-bits N] [--json]",
    .operand = "FILE",
    .about =
        "Knows these lines, with or without what a log puts before them:\n"
        "\n"
        "  event 0x10 received:           and the four words below it (arm-smmu-v3)\n"
        "  event: F_TRANSLATION client: ... sid: 0x1940 ssid: ... iova: 0x1000 ...\n"
        "  Unhandled context fault: fsr=..., iova=..., fsynr=..., cbfrsynra=..., cb=...\n"
        "  Blocked unknown Stream ID 0x1941; ...    Unexpected global fault, ... GFSR ...\n"
        "  Aliasing StreamID 0x10 (from ...) unsupported, ...\n"
        "  fault: NAME (function ID of NAME) stream 0x1940 on ...     (dmaspace)\n"
        "\n"
        "and an SMMUv3 event as its record, four words of 64 bits or eight of 32, or by its name\n"
        "alone, beside --stream and --iova. The same fault again is counted, not told again; 256\n"
        "different ones are told.\n"
        "\n"
        "Exit status: 0 each fault's stream belongs to an enabled device; 1 one does not, or there\n"
        "is no fault in the log; 2 wrong usage, or a file that cannot be read.\n",
    .options = options,
    .examples = examples,
    .run = run,
};
