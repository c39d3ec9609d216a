/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The records of a trace.dat and of its buffer instances, in order of time. Runs in a process of its own. */
#include "../verb.h"
#include "dat.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <trace-cmd/trace-cmd.h>
#include <unistd.h>

enum {
    INSTANCES = 64, /* buffers that are read, at most */
};

struct sender {
    FILE *out;
    struct dat_message totals;
};

/* A field of the record: bytes inside it. NULL: no such field, or one that points outside. */
static const char *raw(struct tep_event *event, struct tep_record *record, const char *name,
                       size_t *size)
{
    int length = 0;
    const char *bytes = tep_get_field_raw(NULL, event, name, record, &length, 0);
    const char *begin = record->data;

    if (!bytes || length <= 0 || bytes < begin || bytes - begin > record->size ||
        length > record->size - (bytes - begin))
        return NULL;
    *size = (size_t)length;
    return bytes;
}

static bool number(struct tep_event *event, struct tep_record *record, const char *name,
                   uint64_t *value)
{
    unsigned long long number;
    size_t size;

    if (!raw(event, record, name, &size) ||
        tep_get_field_val(NULL, event, name, record, &number, 0) != 0)
        return false;
    *value = number;
    return true;
}

static bool read_device(struct tep_event *event, struct tep_record *record, struct trace_event *out)
{
    size_t size;
    const char *text = raw(event, record, "device", &size);

    if (!text)
        return false;
    snprintf(out->device, sizeof(out->device), "%.*s", (int)size, text);
    return out->device[0] != '\0';
}

/* An array whose elements have `width` bytes, in the byte order of the machine that wrote them. */
struct array {
    struct tep_handle *tep;
    const char *bytes;
    size_t count;
    int width;
};

static bool read_array(struct tep_event *event, struct tep_record *record, const char *name,
                       int width, struct array *array)
{
    size_t size = 0;

    array->tep = event->tep;
    array->bytes = raw(event, record, name, &size);
    array->count = size / (size_t)width;
    array->width = width;
    return array->bytes != NULL;
}

static uint64_t element(const struct array *array, size_t i)
{
    return tep_read_number(array->tep, array->bytes + i * (size_t)array->width, array->width);
}

static void read_first_phys(struct tep_event *event, struct tep_record *record, const char *name,
                            struct trace_event *out)
{
    struct array phys;

    out->has_phys = read_array(event, record, name, 8, &phys) && phys.count > 0;
    if (out->has_phys)
        out->phys = element(&phys, 0);
}

static bool read_entries(struct tep_event *event, struct tep_record *record,
                         struct trace_event *out)
{
    struct array addresses, lengths;
    uint64_t end = 0;

    if (!read_array(event, record, "dma_addrs", 8, &addresses) ||
        !read_array(event, record, "lengths", 4, &lengths))
        return false;
    for (size_t i = 0; i < addresses.count && i < lengths.count; i++)
        event_add_entry(out, &end, element(&addresses, i), element(&lengths, i));
    return true;
}

static bool read_fields(const struct form *form, struct tep_event *event, struct tep_record *record,
                        struct trace_event *out)
{
    switch (form->layout) {
    case LAYOUT_IOMMU_MAP:
        out->has_phys = number(event, record, "paddr", &out->phys);
        return number(event, record, "iova", &out->iova) &&
               number(event, record, "size", &out->size);
    case LAYOUT_IOMMU_UNMAP:
        return number(event, record, "iova", &out->iova) &&
               number(event, record, "unmapped_size", &out->size);
    case LAYOUT_MAP:
    case LAYOUT_ALLOC:
    case LAYOUT_FREE:
        out->has_phys = number(event, record, "phys_addr", &out->phys);
        return number(event, record, "dma_addr", &out->iova) &&
               number(event, record, "size", &out->size);
    case LAYOUT_UNMAP:
        return number(event, record, "addr", &out->iova) &&
               number(event, record, "size", &out->size);
    case LAYOUT_MAP_SG:
        read_first_phys(event, record, "phys_addrs", out);
        return read_entries(event, record, out);
    case LAYOUT_UNMAP_SG:
        read_first_phys(event, record, "addrs", out);
        return out->has_phys;
    case LAYOUT_FAILED:
        if (!number(event, record, "size", &out->size))
            out->size = 0;
        return true;
    }
    return false;
}

static enum line_kind read_record(struct tep_event *event, struct tep_record *record,
                                  struct trace_event *out)
{
    const struct form *form = form_of(event->name);
    const char *system = event->system;
    uint64_t pointer = 1;

    if (!form || strcmp(system, form_has_device(form) ? "dma" : "iommu") != 0)
        return LINE_OTHER;
    *out = (struct trace_event){.time = record->ts};
    snprintf(out->call, sizeof(out->call), "%s", event->name);
    out->pid = (uint64_t)tep_data_pid(event->tep, record);
    snprintf(out->task, sizeof(out->task), "%s", tep_data_comm_from_pid(event->tep, (int)out->pid));
    if (form_has_device(form) && !read_device(event, record, out))
        return LINE_GARBAGE;
    if (!read_fields(form, event, record, out))
        return LINE_GARBAGE;
    number(event, record, "virt_addr", &pointer);
    return event_finish(form, out, pointer == 0);
}

static void count_lost(struct sender *sender, const struct tep_record *record)
{
    if (record->missed_events == 0)
        return;
    sender->totals.lost_gaps++;
    if (record->missed_events > 0) /* -1: the kernel does not know how many */
        sender->totals.lost += (uint64_t)record->missed_events;
}

static int on_record(struct tracecmd_input *input, struct tep_record *record, int cpu, void *ctx)
{
    struct sender *sender = ctx;
    struct tep_event *event = tep_find_event_by_record(tracecmd_get_tep(input), record);
    struct dat_message message = {.last = false};

    (void)cpu;
    count_lost(sender, record);
    switch (event ? read_record(event, record, &message.event) : LINE_GARBAGE) {
    case LINE_EVENT:
        return fwrite(&message, sizeof(message), 1, sender->out) == 1 ? 0 : -1;
    case LINE_GARBAGE:
        sender->totals.garbage++;
        return 0;
    default:
        sender->totals.others++;
        return 0;
    }
}

static int send_all(struct tracecmd_input *input, struct sender *sender)
{
    struct tracecmd_input *inputs[1 + INSTANCES] = {input};
    int count = 1;

    for (int i = 0; i < tracecmd_buffer_instances(input) && i < INSTANCES; i++) {
        inputs[count] = tracecmd_buffer_instance_handle(input, i);
        if (inputs[count])
            count++;
    }
    return tracecmd_iterate_events_multi(inputs, count, on_record, sender);
}

bool dat_can_read(void)
{
    return true;
}

int dat_send(int fd, FILE *out)
{
    struct sender sender = {.out = out, .totals = {.last = true}};
    struct tracecmd_input *input;

    tracecmd_set_loglevel(TEP_LOG_NONE);
    tep_set_loglevel(TEP_LOG_NONE);
    input = tracecmd_open_fd(dup(fd), TRACECMD_FL_LOAD_NO_PLUGINS);
    if (!input || send_all(input, &sender) < 0)
        return EXIT_UNUSABLE;
    return fwrite(&sender.totals, sizeof(sender.totals), 1, out) == 1 ? EXIT_GOOD : EXIT_UNUSABLE;
}
