/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What each event prints. Fields are found by name: their order and number differ between kernels. libtraceevent up to
 * 1.7 (Debian 12) does not understand the format of events with arrays; trace-cmd report prints "[FAILED TO PARSE]"
 * then, and every field of the record under the record's name, numbers in decimal and arrays as bytes.
 */
#include "source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What follows " key=" (or "key=" at the beginning). NULL: no such field. */
static const char *field(const char *body, const char *key)
{
    size_t length = strlen(key);

    for (const char *at = strstr(body, key); at; at = strstr(at + 1, key)) {
        if (at[length] == '=' && (at == body || at[-1] == ' '))
            return at + length + 1;
    }
    return NULL;
}

static bool is_raw(const char *body)
{
    return strncmp(body, "[FAILED TO PARSE]", 17) == 0;
}

static bool number(const char *body, const char *key, int base, uint64_t *value)
{
    const char *text = field(body, key);
    char *end;

    if (!text || *text == '-' || *text == ' ')
        return false;
    *value = strtoull(text, &end, is_raw(body) ? 0 : base);
    return end != text;
}

/* An array: "{0x1000,0x2000}", or "ARRAY[00, 10, 00, 00]" of little-endian numbers of `width` bytes. */
struct list {
    const char *at; /* the next number, or the closing bracket; NULL: not well-formed */
    int width;      /* 0: numbers, not bytes */
};

static struct list list_of(const char *body, const char *key, const char *raw_key, int width)
{
    const char *text = field(body, is_raw(body) ? raw_key : key);

    if (text && *text == '{')
        return (struct list){text + 1, 0};
    if (text && strncmp(text, "ARRAY[", 6) == 0)
        return (struct list){text + 6, width};
    return (struct list){NULL, 0};
}

static bool more(const struct list *list)
{
    return list->at && *list->at != '}' && *list->at != ']';
}

/* One number or byte, and the separator after it. */
static uint64_t entry(struct list *list)
{
    char *end;
    uint64_t value = strtoull(list->at, &end, 16);

    if (end == list->at || !*end || !strchr(",}]", *end))
        list->at = NULL;
    else
        list->at = *end == ',' ? end + 1 : end;
    return value;
}

static uint64_t next(struct list *list)
{
    uint64_t value = 0;

    if (list->width == 0)
        return entry(list);
    for (int i = 0; i < list->width; i++) {
        if (!more(list)) {
            list->at = NULL;
            return 0;
        }
        value |= (entry(list) & 0xff) << (8 * i);
    }
    return value;
}

static bool read_entries(const char *body, struct trace_event *event)
{
    struct list addresses = list_of(body, "dma_addrs", "dma_addrs", 8);
    struct list sizes = list_of(body, "sizes", "lengths", 4);
    uint64_t end = 0;

    while (more(&addresses) && more(&sizes)) {
        uint64_t address = next(&addresses);
        uint64_t size = next(&sizes);

        if (addresses.at && sizes.at)
            event_add_entry(event, &end, address, size);
    }
    return addresses.at && sizes.at;
}

static void read_first_phys(const char *body, const char *raw_key, struct trace_event *event)
{
    struct list list = list_of(body, "phys_addrs", raw_key, 8);

    if (!more(&list))
        return;
    event->phys = next(&list);
    event->has_phys = list.at != NULL;
}

/* "dir=" follows the device's name, which may hold spaces. */
static bool read_device(const char *body, struct trace_event *event)
{
    const char *raw = is_raw(body) ? field(body, "device") : NULL;
    const char *begin = raw ? raw : body;
    const char *end = raw ? begin + strcspn(begin, " ") : strstr(body, " dir=");
    int length = end && end - begin < 200 ? (int)(end - begin) : 0;

    snprintf(event->device, sizeof(event->device), "%.*s", length, begin);
    return length > 0;
}

/* "0000000000000000", "(null)" or "(nil)"; other pointers are hashed. */
static bool is_null(const char *body)
{
    const char *text = field(body, "virt_addr");

    return text && (*text == '(' || (*text == '0' && strtoull(text, NULL, 16) == 0));
}

static bool read_fields(const struct form *form, const char *body, struct trace_event *event)
{
    switch (form->layout) {
    case LAYOUT_IOMMU_MAP:
        event->has_phys = number(body, "paddr", 16, &event->phys);
        return number(body, "iova", 16, &event->iova) && number(body, "size", 10, &event->size);
    case LAYOUT_IOMMU_UNMAP:
        return number(body, "iova", 16, &event->iova) &&
               number(body, "unmapped_size", 10, &event->size);
    case LAYOUT_MAP:
    case LAYOUT_UNMAP:
    case LAYOUT_ALLOC:
    case LAYOUT_FREE:
        event->has_phys = number(body, "phys_addr", 16, &event->phys);
        return number(body, "dma_addr", 16, &event->iova) && number(body, "size", 10, &event->size);
    case LAYOUT_MAP_SG:
        read_first_phys(body, "phys_addrs", event);
        return read_entries(body, event);
    case LAYOUT_UNMAP_SG:
        read_first_phys(body, "addrs", event);
        return event->has_phys;
    case LAYOUT_FAILED:
        if (!number(body, "size", 10, &event->size))
            event->size = 0;
        return true;
    }
    return false;
}

enum line_kind body_read(const char *name, const char *body, struct trace_event *event)
{
    const struct form *form = form_of(name);

    if (!form)
        return LINE_OTHER;
    /* Other systems have a "map" as well. */
    if (!form_has_device(form) && !field(body, "iova"))
        return LINE_OTHER;
    if (form_has_device(form) && !read_device(body, event))
        return LINE_GARBAGE;
    if (!read_fields(form, body, event))
        return LINE_GARBAGE;
    return event_finish(form, event, is_null(body));
}
