/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* check for people: a block of four lines per finding. */
#include "report.h"
#include "style.h"
#include "verb.h"

#include <stdio.h>

#define LABEL_WIDTH 8

static void begin(void)
{
}

static enum style style_of(enum severity severity)
{
    return severity == SEVERITY_ERROR     ? STYLE_ERROR
           : severity == SEVERITY_WARNING ? STYLE_WARNING
                                          : STYLE_LABEL;
}

/* FILE: NODE: PROPERTY[CELL]: SEVERITY: TEXT [ID] */
static void print_finding(const char *file, const struct finding *finding)
{
    const struct check *check = finding->check;

    printf("%s: %s%s%s: ", file, style(stdout, STYLE_TITLE), finding->path,
           style(stdout, STYLE_END));
    if (finding->property && finding->cell >= 0)
        printf("%s[%d]: ", finding->property, finding->cell);
    else if (finding->property)
        printf("%s: ", finding->property);
    printf("%s%s%s: %s [%s]\n", style(stdout, style_of(check->severity)),
           severity_name(check->severity), style(stdout, STYLE_END), finding->text, check->id);
    print_label(LABEL_WIDTH, "what");
    printf("%s\n", check->summary);
    print_label(LABEL_WIDTH, "Linux");
    printf("%s\n", finding->effect);
    print_label(LABEL_WIDTH, "mend");
    printf("%s\n", finding->remedy);
}

static void print_result(const struct check_result *result)
{
    if (result->status == EXIT_UNUSABLE) {
        fflush(stdout);
        print_tree_error(result->file, &result->error);
        return;
    }
    for (size_t i = 0; i < result->findings.count; i++)
        print_finding(result->file, &result->findings.items[i]);
    if (result->dropped)
        printf("%s: %zu more findings are not told\n", result->file, result->dropped);
}

static void print_count(size_t count, const char *what)
{
    printf(", %zu %s%s", count, what, count == 1 ? "" : "s");
}

static void end(const struct check_tally *tally)
{
    printf("%zu file%s, %zu without findings", tally->files, tally->files == 1 ? "" : "s",
           tally->clean);
    for (int i = SEVERITY_ERROR; i >= SEVERITY_NOTE; i--) {
        if (tally->by_severity[i])
            print_count(tally->by_severity[i], severity_name((enum severity)i));
    }
    if (tally->unreadable)
        printf(", %zu more could not be read", tally->unreadable);
    if (tally->hidden)
        printf("; %zu less severe not told (--severity note)", tally->hidden);
    printf("\n");
}

static void print_list(void)
{
    for (const struct check *check = checks; check->id; check++) {
        printf("%s%-24s%s%s%-8s%s %s\n", style(stdout, STYLE_TITLE), check->id,
               style(stdout, STYLE_END), style(stdout, style_of(check->severity)),
               severity_name(check->severity), style(stdout, STYLE_END), check->summary);
        for (unsigned i = 0; i < CHECK_AFTER && check->after[i]; i++)
            printf("%s%s", i ? ", " : "                                 not where there is ",
                   check->after[i]);
        if (check->after[0])
            printf("\n");
    }
}

const struct check_printer check_text = {begin, print_result, end, print_list};
