/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The line of dms_fault_format() (fault.h), and records as words alone. */
#include "fault.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "reserved 0x1000-0x257fffff (window, api, by iris:non-pixel)" */
static void read_region(struct fault *fault, const char *line)
{
    const char *at = strstr(line, "; reserved 0x");
    char kind[16] = "";
    char origin[16] = "";
    unsigned long long first;
    unsigned long long last;

    if (!at || sscanf(at, "; reserved 0x%llx-0x%llx (%15[a-z], %15[a-z]", &first, &last, kind,
                      origin) != 4)
        return;
    fault->region = (struct dms_range){first, last};
    memcpy(fault->region_kind, kind, sizeof(kind));
    memcpy(fault->region_origin, origin, sizeof(origin));
}

static void read_owner(struct fault *fault, const char *owner)
{
    size_t length = strcspn(owner, " ");

    if (strncmp(owner, "nobody owns ", 12) != 0)
        snprintf(fault->client, sizeof(fault->client), "%.*s", (int)(length < 63 ? length : 63),
                 owner);
}

/* The reason stands between the address and the first semicolon. */
static void read_reason(struct fault *fault, const char *line)
{
    for (int i = DMS_FAULT_UNKNOWN; i <= DMS_FAULT_CONFLICT; i++) {
        const char *text = dms_fault_reason_text((enum dms_fault_reason)i);
        const char *at = strstr(line, text);

        if (!at || at - line < 2 || strncmp(at - 2, ": ", 2) != 0)
            continue;
        fault->reason = (enum dms_fault_reason)i;
        fault->detail = text;
        return;
    }
}

static void read_access_and_address(struct fault *fault, const char *line)
{
    if (strstr(line, " write"))
        fault->access = DMS_WRITE;
    else if (strstr(line, " read of"))
        fault->access = DMS_READ;
    else if (strstr(line, " fetch of"))
        fault->access = DMS_READ | DMS_EXEC;
    fault->has_iova =
        number_after(line, " of 0x", &fault->iova) || number_after(line, " to 0x", &fault->iova);
}

/* "; 999 before it were brief". No more than 32 bits, so that the sum of many fits: the line may come from anywhere. */
static void read_brief(struct fault *fault, const char *line)
{
    const char *at = strstr(line, " before it were brief");
    unsigned long long count;

    while (at && at > line && isdigit((unsigned char)at[-1]))
        at--;
    count = at ? strtoull(at, NULL, 10) : 0;
    fault->brief = count < UINT32_MAX ? count : UINT32_MAX;
}

bool read_own(struct reader *reader, const char *line)
{
    const char *at = strstr(line, "fault: ");
    struct fault fault = {.event = "dmaspace fault", .detail = "unknown reason", .has_sid = true};
    const char *stream = at ? strstr(at, " stream 0x") : NULL;
    uint64_t sid;

    if (!stream || !number_after(at, " stream 0x", &sid))
        return false;
    fault.sid = (uint32_t)sid;
    read_owner(&fault, at + 7);
    read_reason(&fault, stream);
    read_access_and_address(&fault, stream);
    read_region(&fault, stream);
    read_brief(&fault, stream);
    reader_add(reader, &fault);
    return true;
}

static bool is_hex(const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!isxdigit((unsigned char)word[i]))
            return false;
    }
    return length > 0 && length <= 16;
}

/* Up to 8 words; 0 when there is anything else. */
static unsigned split_words(const char *line, uint64_t words[8], size_t *widest)
{
    unsigned count = 0;

    *widest = 0;
    for (line += strspn(line, " \t,<>"); *line && *line != '\r'; line += strspn(line, " \t,<>")) {
        size_t length = strcspn(line, " \t,<>\r");
        size_t skip = length > 2 && line[0] == '0' && (line[1] | 0x20) == 'x' ? 2 : 0;

        if (count == 8 || !is_hex(line + skip, length - skip))
            return 0;
        words[count++] = strtoull(line + skip, NULL, 16);
        if (length - skip > *widest)
            *widest = length - skip;
        line += length;
    }
    return count;
}

bool read_words(struct reader *reader, const char *line)
{
    uint64_t words[8];
    size_t widest;
    unsigned count = split_words(line, words, &widest);
    struct fault fault;

    if (count == 8 && widest <= 8) {
        for (unsigned i = 0; i < EVENT_WORDS; i++)
            words[i] = words[2 * i] | words[2 * i + 1] << 32;
    } else if (count != EVENT_WORDS) {
        return false;
    }
    fault = fault_of_record(words);
    reader_add(reader, &fault);
    return true;
}
