/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* An answer in sentences. */
#include "sentences.h"

#include <stdarg.h>
#include <stdio.h>

void say_change(struct text *text, const char *format, ...)
{
    va_list args;

    if (text->answer->change_count == CHANGES_MAX)
        return;
    va_start(args, format);
    vsnprintf(text->answer->change[text->answer->change_count++], SENTENCE, format, args);
    va_end(args);
}

void say_where(struct text *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(text->answer->where, SENTENCE, format, args);
    va_end(args);
}

void say_why(struct text *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(text->answer->why, SENTENCE, format, args);
    va_end(args);
}

struct path text_path(const struct text *text, dms_of_node_t node)
{
    return path_of(&text->facts->tree, node);
}

static void write_memory(struct text *text)
{
    if (text->answer->memory == DMS_OF_NONE ||
        text->answer->memory == text->answer->owners[0].range_node)
        return;
    say_change(
        text,
        "the same number is a physical address of %s: if the device was set up without its "
        "IOMMU (by the boot loader, or with phys_to_dma), map it, or let iommu-addresses of a "
        "reserved-memory node with that reg map it 1:1",
        text_path(text, text->answer->memory).text);
}

static void write_no_stream(struct text *text)
{
    say_where(text, "without its stream nobody can say whose address it is");
    say_why(text, "%s", text->fault->detail);
    say_change(text, "tell the stream with --stream, if you know it");
}

static bool is_about_address(const struct fault *fault)
{
    return fault->reason == DMS_FAULT_TRANSLATION || fault->reason == DMS_FAULT_PERMISSION ||
           fault->reason == DMS_FAULT_ADDRESS_SIZE || fault->reason == DMS_FAULT_ACCESS_FLAG ||
           fault->reason == DMS_FAULT_UNKNOWN;
}

void write_answer(struct facts *facts, const struct fault *fault, struct answer *answer)
{
    struct text text = {facts, fault, answer};
    const struct owner *owner = &answer->owners[0];

    if (!fault->has_sid) {
        write_no_stream(&text);
        return;
    }
    if (answer->owner_count == 0) {
        write_unowned(&text);
        return;
    }
    if (!owner->device_enabled || !owner->iommu_enabled) {
        write_disabled(&text, owner);
        return;
    }
    write_address(&text, owner);
    if (is_about_address(fault)) {
        write_memory(&text);
        return;
    }
    answer->change_count = 0;
    write_configuration(&text, owner);
}
