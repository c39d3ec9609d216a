/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "verb.h"

#include "demo/demo.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern const struct verb verb_demo;

void demo_progress(const char *format, ...)
{
    va_list args;

    if (!isatty(STDERR_FILENO))
        return;
    fputs("\r\033[K", stderr);
    if (!format)
        return;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fflush(stderr);
}

/* ---- three runs ------------------------------------------------------------------------------------------------- */

struct request {
    const char *dtb;
    const char *folder;
};

static const char *const picture_names[DEMO_PLANS] = {
    [DEMO_NO_RESERVATION] = "iris-no-reservation.svg",
    [DEMO_ONE_RESERVATION] = "iris-one-reservation.svg",
    [DEMO_PER_FUNCTION] = "iris-per-function.svg",
};

static void draw(struct demo_unit *unit, struct demo_outcome *outcome, void *arg)
{
    const struct request *request = arg;

    snprintf(outcome->picture, sizeof(outcome->picture), "%s/%s", request->folder,
             picture_names[unit->plan]);
    if (demo_picture(unit, outcome, outcome->picture))
        outcome->picture[0] = '\0';
}

static void tell_fault(const struct demo_unit *unit, const struct demo_outcome *outcome)
{
    char line[DMS_FAULT_LINE];

    printf("  hardware: %s\n", iris_result_print(&outcome->hit, line, sizeof(line)));
    if (unit->faulted) {
        dms_fault_format(&unit->fault, line, sizeof(line));
        printf("  %s\n", line);
        if (!unit->fault.has_iova)
            printf(
                "  (the SMMU's record of it has no address; the one above is the hardware's own)\n");
    }
    if (outcome->hit.secure)
        printf("  a real machine reboots here: the SMMU met a stream that Linux does not own\n");
}

static void tell(const struct demo_unit *unit, const struct demo_outcome *outcome)
{
    if (outcome->error)
        printf("  ended by an error: %s\n", dms_strerror(outcome->error));
    else if (outcome->hit.status != IRIS_OK)
        tell_fault(unit, outcome);
    else
        printf("  works: %u sessions of %" PRIu64 " MiB fit\n", outcome->sessions,
               outcome->session_bytes >> 20);
    printf("  %" PRIu64 " frames decoded and compared, %" PRIu64 " wrong", outcome->frames,
           outcome->wrong);
    printf(outcome->picture[0] ? "; picture: %s\n" : "\n", outcome->picture);
}

static int run_plan(const struct request *request, enum demo_plan plan,
                    struct demo_outcome *outcome)
{
    struct demo_unit unit;

    printf("%d. %s\n", (int)plan + 1, demo_plan_title(plan));
    if (demo_unit_open(&unit, request->dtb, plan))
        return -1;
    demo_sessions_run(&unit, outcome, draw, (void *)request);
    tell(&unit, outcome);
    demo_unit_close(&unit);
    return 0;
}

static const char *verdict_of(const struct demo_outcome *outcome)
{
    if (outcome->error)
        return "error";
    if (outcome->hit.status == IRIS_OK)
        return outcome->wrong ? "wrong bytes" : "works";
    return outcome->hit.secure ? "crash: unidentified stream" : "fault";
}

static void print_table(const struct demo_outcome outcomes[DEMO_PLANS])
{
    printf("\n%-32s %9s %8s %6s  %s\n", "run", "sessions", "frames", "wrong", "outcome");
    for (int p = 0; p < DEMO_PLANS; p++)
        printf("%-32s %9u %8" PRIu64 " %6" PRIu64 "  %s\n", demo_plan_title((enum demo_plan)p),
               outcomes[p].sessions, outcomes[p].frames, outcomes[p].wrong,
               verdict_of(&outcomes[p]));
}

/* What the demo claims; it ends with status 1 when a run says otherwise. */
static bool as_claimed(const struct demo_outcome o[DEMO_PLANS])
{
    const struct demo_outcome *none = &o[DEMO_NO_RESERVATION];
    const struct demo_outcome *one = &o[DEMO_ONE_RESERVATION];
    const struct demo_outcome *each = &o[DEMO_PER_FUNCTION];

    return none->hit.status == IRIS_FAULT && none->hit.secure && one->full &&
           one->hit.status == IRIS_OK && each->full && each->hit.status == IRIS_OK &&
           each->sessions > one->sessions && !one->error && !each->error && !none->wrong &&
           !one->wrong && !each->wrong;
}

static int run_iris(const struct request *request)
{
    struct demo_outcome outcomes[DEMO_PLANS];

    printf("The Iris video unit of %s: 4K sessions until something gives\n\n", request->dtb);
    for (int p = 0; p < DEMO_PLANS; p++) {
        if (run_plan(request, (enum demo_plan)p, &outcomes[p]))
            return EXIT_UNUSABLE;
    }
    print_table(outcomes);
    return as_claimed(outcomes) ? EXIT_GOOD : EXIT_NEGATIVE;
}

/* ---- real boards -------------------------------------------------------------------------------------------------- */

static int run_board(const char *dtb)
{
    struct demo_board board;

    printf("\n%s\n", dtb);
    if (demo_board_run(dtb, &board))
        return EXIT_UNUSABLE;
    printf("  %u devices on %u IOMMU%s moved their bytes; %u failed\n", board.functions,
           board.iommus, board.iommus == 1 ? "" : "s", board.failed);
    if (board.aliases)
        printf("  %u ids refused: their stream belongs to another id's function already\n",
               board.aliases);
    printf("  %u attempts on another's address: %u reached it, %u faults named the culprit\n",
           board.pairs, board.leaks, board.faults);
    return board.functions && !board.failed && !board.leaks && board.faults == board.pairs
               ? EXIT_GOOD
               : EXIT_NEGATIVE;
}

static int run(int argc, char **argv)
{
    struct request request = {.folder = "."};
    int status;

    if (next_option(&verb_demo, argc, argv) != -1)
        return EXIT_UNUSABLE;
    if (optind == argc)
        return usage_error(&verb_demo, "the demo wants the device tree of its video unit");
    request.dtb = argv[optind];
    if (optind + 1 < argc)
        request.folder = argv[optind + 1];
    status = run_iris(&request);
    for (int i = optind + 2; i < argc && status != EXIT_UNUSABLE; i++) {
        int board = run_board(argv[i]);

        status = board > status ? board : status;
    }
    printf("\n%s\n", status == EXIT_GOOD ? "demo: everything was as it should be"
                                         : "demo: something was not as it should be, see above");
    return status;
}

static const struct verb_example examples[] = {
    {"dmaspace demo iris-kaanapali.dtb /tmp",
     "the example (share/doc/dmaspace/examples, or build/examples), pictures in /tmp"},
    {0},
};

const struct verb verb_demo = {
    .name = "demo",
    .summary = "decode on an emulated video unit, with and without reservations",
    .usage = "IRIS.dtb [FOLDER [BOARD.dtb...]]",
    .operand = "FILE.dtb",
    .about =
        "Decodes 4K sessions on an emulated Iris video unit until something gives: without reservations,\n"
        "with one reservation for the device, with reservations per function. Pictures go to FOLDER\n"
        "(default: here). For each BOARD, creates a function device for every id of its iommu-maps,\n"
        "moves bytes through each, and lets each reach for the others' addresses.\n"
        "\n"
        "Exit status: 0 all as it should be, 1 not so, 2 unusable input.\n",
    .examples = examples,
    .run = run,
};
