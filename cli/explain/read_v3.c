/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What Linux's arm-smmu-v3 prints: 6.1 to 6.12 the record alone,
 *
 *   event 0x10 received:
 *           0x0000194000000010
 *           ... four words
 *
 * and 7.2 after it what is in the record, with the name of the device:
 *
 *   event: F_TRANSLATION client: ae00000.display sid: 0x1940 ssid: 0x0 iova: 0x1000 ipa: 0x0
 *   unpriv data write s1 "Input address caused fault" stag: 0x0
 */
#include "fault.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct pending *pending_of(struct reader *reader, const char *iommu)
{
    for (unsigned i = 0; i < PENDING_MAX; i++) {
        if (reader->pending[i].open && strcmp(reader->pending[i].iommu, iommu) == 0)
            return &reader->pending[i];
    }
    return NULL;
}

/* A free place, or the oldest one's: its record was cut off. */
static struct pending *new_pending(struct reader *reader)
{
    struct pending *oldest = &reader->pending[0];

    for (unsigned i = 0; i < PENDING_MAX; i++) {
        if (!reader->pending[i].open)
            return &reader->pending[i];
        if (reader->pending[i].line < oldest->line)
            oldest = &reader->pending[i];
    }
    return oldest;
}

static void begin(struct reader *reader, const char *iommu)
{
    struct pending *pending = pending_of(reader, iommu);

    if (!pending)
        pending = new_pending(reader);
    if (pending->open && reader->cut_off++ == 0)
        reader->cut_line = pending->line;
    *pending = (struct pending){.line = reader->line, .open = true};
    snprintf(pending->iommu, sizeof(pending->iommu), "%s", iommu);
}

static void finish(struct reader *reader, struct pending *pending)
{
    struct fault fault = fault_of_record(pending->words);

    pending->open = false;
    fault.line = pending->line;
    snprintf(fault.iommu, sizeof(fault.iommu), "%s", pending->iommu);
    reader_add(reader, &fault);
}

/* "  0x0000194000000010", and nothing else. */
static bool word_of(const char *rest, uint64_t *word)
{
    char *end;

    rest += strspn(rest, " \t");
    if (strncmp(rest, "0x", 2) != 0 || !isxdigit((unsigned char)rest[2]))
        return false;
    *word = strtoull(rest, &end, 16);
    return end - rest <= 18 && end[strspn(end, " \t\r")] == '\0';
}

static bool read_word(struct reader *reader, const char *iommu, const char *rest)
{
    struct pending *pending = pending_of(reader, iommu);
    uint64_t word;

    if (!pending || !word_of(rest, &word))
        return false;
    pending->words[pending->count++] = word;
    if (pending->count == EVENT_WORDS)
        finish(reader, pending);
    return true;
}

static void copy_client(struct fault *fault, const char *rest)
{
    const char *name = strstr(rest, "client: ");
    size_t length;

    if (!name || name[8] == '(')
        return;
    name += 8;
    length = strcspn(name, " \t\r");
    snprintf(fault->client, sizeof(fault->client), "%.*s", (int)(length < 63 ? length : 63), name);
}

/* The decoded line. It completes the record before it; alone, it is a fault itself. */
static bool read_decoded(struct reader *reader, const char *iommu, const char *rest)
{
    const char *name = strstr(rest, "event: ");
    struct fault *last = reader_last(reader, iommu, 8);
    struct fault fault = {0};
    uint64_t sid;

    if (!name || !event_by_name(name + 7, strcspn(name + 7, " "), &fault) ||
        !number_after(rest, " sid: ", &sid))
        return false;
    fault.has_sid = true;
    fault.sid = (uint32_t)sid;
    fault.has_iova = number_after(rest, " iova: ", &fault.iova);
    snprintf(fault.iommu, sizeof(fault.iommu), "%s", iommu);
    copy_client(&fault, rest);
    if (last && strcmp(last->event, fault.event) == 0 && last->sid == fault.sid)
        memcpy(last->client, fault.client, sizeof(fault.client));
    else
        reader_add(reader, &fault);
    return true;
}

/* "unpriv data write s1 ...": the access of the line before, where no record told it. */
static bool read_access(struct reader *reader, const char *iommu, const char *rest)
{
    struct fault *last = reader_last(reader, iommu, 1);

    if (!last || !strstr(rest, "priv ") || !strstr(rest, " stag: "))
        return false;
    if (last->access == 0) {
        last->access = strstr(rest, " read ") ? DMS_READ : DMS_WRITE;
        last->access |= strstr(rest, " inst ") ? DMS_EXEC : 0;
        last->access |= strstr(rest, "unpriv ") ? 0 : DMS_PRIV;
    }
    return true;
}

static bool read_alias(struct reader *reader, const char *iommu, const char *rest)
{
    struct fault fault = {.event = "aliasing stream",
                          .detail = "two devices claim the stream, and Linux refused the later",
                          .reason = DMS_FAULT_CONFLICT,
                          .has_sid = true};
    uint64_t sid;

    if (!number_after(rest, "Aliasing StreamID 0x", &sid))
        return false;
    fault.sid = (uint32_t)sid;
    snprintf(fault.iommu, sizeof(fault.iommu), "%s", iommu);
    reader_add(reader, &fault);
    return true;
}

/* "sid 0x00000010.0x00000: [0] unprivileged RW access at iova 0x..." after a PRI request. */
static bool read_page_request(struct reader *reader, const char *iommu, const char *rest)
{
    struct fault fault = {.event = "page request",
                          .detail = "the device asks for a page (PRI), and nobody handles that",
                          .reason = DMS_FAULT_TRANSLATION,
                          .has_sid = true};
    uint64_t sid;

    if (!number_after(rest, "sid 0x", &sid) ||
        !number_after(rest, "access at iova 0x", &fault.iova))
        return false;
    fault.sid = (uint32_t)sid;
    fault.has_iova = true;
    snprintf(fault.iommu, sizeof(fault.iommu), "%s", iommu);
    reader_add(reader, &fault);
    return true;
}

bool read_v3(struct reader *reader, const char *iommu, const char *rest)
{
    const char *event = strstr(rest, "event 0x");

    if (event && strstr(event, " received:")) {
        begin(reader, iommu);
        return true;
    }
    return read_word(reader, iommu, rest) || read_decoded(reader, iommu, rest) ||
           read_access(reader, iommu, rest) || read_alias(reader, iommu, rest) ||
           read_page_request(reader, iommu, rest);
}
