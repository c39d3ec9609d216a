/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* explain for people: a block per fault. */
#include "report.h"
#include "style.h"

#include <inttypes.h>
#include <stdio.h>

#define LABEL_WIDTH 8

static bool first;

static void begin(const struct facts *facts)
{
    (void)facts;
    first = true;
}

const char *access_text(uint32_t access)
{
    if (access & DMS_EXEC)
        return access & DMS_PRIV ? "privileged fetch of" : "fetch of";
    if (access & DMS_WRITE)
        return access & DMS_PRIV ? "privileged write to" : "write to";
    if (access & DMS_READ)
        return access & DMS_PRIV ? "privileged read of" : "read of";
    return "access to";
}

static void print_title(const struct facts *facts, const struct fault *fault,
                        const struct answer *answer)
{
    printf("%s%s%s: ", style(stdout, STYLE_TITLE), fault->event, style(stdout, STYLE_END));
    if (fault->has_iova)
        printf("%s 0x%" PRIx64 " ", access_text(fault->access), fault->iova);
    if (fault->has_sid)
        printf("by stream 0x%x", fault->sid);
    else
        printf("by a stream that is not told");
    if (answer->iommu != DMS_OF_NONE)
        printf(" of %s", path_of(&facts->tree, answer->iommu).text);
    if (fault->line)
        printf(" (line %u%s", fault->line, fault->times > 1 ? "" : ")");
    if (fault->line && fault->times > 1)
        printf(", %u times)", fault->times);
    printf("\n");
}

static void print_owner(const struct facts *facts, const struct owner *owner)
{
    struct string compatible = string_of(&facts->tree, owner->node, "compatible");

    printf("%s", path_of(&facts->tree, owner->node).text);
    if (owner->has_id)
        printf(", function id 0x%x", owner->id);
    printf(" (%s[%u])", owner->property, owner->cell);
    if (compatible.text[0])
        printf("  %s", compatible.text);
    if (!owner->device_enabled)
        printf("  disabled");
    if (!owner->iommu_enabled)
        printf("  IOMMU disabled");
    printf("\n");
}

static void print_owners(const struct facts *facts, const struct fault *fault,
                         const struct answer *answer)
{
    if (answer->owner_count == 0) {
        print_label(LABEL_WIDTH, "who");
        printf("%s\n", fault->has_sid ? "nobody in this tree" : "not known without the stream");
    }
    for (unsigned i = 0; i < answer->owner_count; i++) {
        print_label(LABEL_WIDTH, i == 0 ? "who" : "or");
        print_owner(facts, &answer->owners[i]);
    }
    if (answer->owners_more) {
        print_label(LABEL_WIDTH, "");
        printf("and %u more\n", answer->owners_more);
    }
}

static void print_fault(const struct facts *facts, const struct fault *fault,
                        const struct answer *answer)
{
    if (!first)
        printf("\n");
    first = false;
    print_title(facts, fault, answer);
    print_label(LABEL_WIDTH, "event");
    printf("%s\n", fault->detail);
    print_owners(facts, fault, answer);
    if (fault->client[0]) {
        print_label(LABEL_WIDTH, "");
        printf("the log names %s\n", fault->client);
    }
    if (fault->brief) {
        print_label(LABEL_WIDTH, "");
        printf("a flood: %" PRIu64 " faults before it were counted only\n", fault->brief);
    }
    print_label(LABEL_WIDTH, "where");
    printf("%s\n", answer->where);
    print_label(LABEL_WIDTH, "why");
    printf("%s\n", answer->why);
    for (unsigned i = 0; i < answer->change_count; i++) {
        print_label(LABEL_WIDTH, i == 0 ? "change" : "");
        printf("%s\n", answer->change[i]);
    }
}

static void end(const struct reader *reader)
{
    if (reader->dropped)
        printf("\n%zu more faults, different from these, are not told\n", reader->dropped);
}

const struct explain_printer explain_text = {begin, print_fault, end};
