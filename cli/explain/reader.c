/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Lines one after another: whose they are, and the faults that were found. */
#include "fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool number_after(const char *text, const char *key, uint64_t *value)
{
    const char *at = strstr(text, key);
    char *end;

    if (!at)
        return false;
    at += strlen(key);
    if (!((*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'f')))
        return false;
    *value = strtoull(at, &end, 16);
    return end != at;
}

static bool is_same(const struct fault *a, const struct fault *b)
{
    return strcmp(a->event, b->event) == 0 && a->has_sid == b->has_sid && a->sid == b->sid &&
           a->has_iova == b->has_iova && a->iova == b->iova && a->access == b->access &&
           strcmp(a->iommu, b->iommu) == 0;
}

/* The latest fault is whole: it joins the others. */
static void settle(struct reader *reader)
{
    if (!reader->has_latest)
        return;
    reader->has_latest = false;
    for (size_t i = 0; i < reader->faults.count; i++) {
        if (is_same(&reader->faults.items[i], &reader->latest)) {
            reader->faults.items[i].times++;
            reader->faults.items[i].brief += reader->latest.brief;
            return;
        }
    }
    if (reader->faults.count >= FAULTS_MAX) {
        reader->dropped++;
        return;
    }
    array_push(&reader->faults, reader->latest);
}

void reader_add(struct reader *reader, const struct fault *fault)
{
    settle(reader);
    reader->has_latest = true;
    reader->latest = *fault;
    reader->latest.times = 1;
    if (fault->line == 0)
        reader->latest.line = reader->line;
}

struct fault *reader_last(struct reader *reader, const char *iommu, unsigned lines)
{
    struct fault *latest = &reader->latest;

    if (!reader->has_latest || latest->line + lines < reader->line)
        return NULL;
    return strcmp(latest->iommu, iommu) == 0 ? latest : NULL;
}

const char *split_line(const char *line, char iommu[48])
{
    static const char *const drivers[] = {"arm-smmu-v3 ", "arm-smmu "};

    iommu[0] = '\0';
    for (unsigned i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
        const char *at = strstr(line, drivers[i]);
        const char *name = at ? at + strlen(drivers[i]) : NULL;
        size_t length = name ? strcspn(name, ": \t") : 0;

        if (!name || length == 0 || length >= 48 || name[length] != ':')
            continue;
        memcpy(iommu, name, length);
        iommu[length] = '\0';
        return name + length + 1;
    }
    return line;
}

bool read_line(struct reader *reader, const char *line)
{
    char iommu[48];
    const char *rest = split_line(line, iommu);

    reader->line++;
    return read_v3(reader, iommu, rest) || read_v2(reader, iommu, rest) || read_own(reader, line) ||
           read_words(reader, rest) || read_event_name(reader, rest);
}

void read_end(struct reader *reader)
{
    settle(reader);
    for (unsigned i = 0; i < PENDING_MAX; i++) {
        const struct pending *pending = &reader->pending[i];

        if (!pending->open)
            continue;
        if (reader->cut_off == 0 || pending->line < reader->cut_line)
            reader->cut_line = pending->line;
        reader->cut_off++;
    }
}
