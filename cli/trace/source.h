/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the readers of the two forms share. */
#ifndef CLI_TRACE_SOURCE_H
#define CLI_TRACE_SOURCE_H

#include "trace.h"

struct source {
    const char *file;
    trace_fn *event;
    void *ctx;
    struct trace_counts *counts;
};

/* EXIT_GOOD or EXIT_UNUSABLE. `fd` is at the file's beginning; the caller closes it. */
int text_read(const struct source *source, int fd);
int dat_read(const struct source *source, int fd);

enum line_kind {
    LINE_EVENT,
    LINE_OTHER,   /* an event about something else, or a line that such files have besides events */
    LINE_LOST,    /* *lost events were lost here; 0: the kernel does not know how many */
    LINE_GARBAGE, /* none of these */
};

/* One line without its newline. `event` is filled for LINE_EVENT. */
enum line_kind line_read(const char *line, struct trace_event *event, uint64_t *lost);

/* The event `name` with the text that its format prints. LINE_EVENT, LINE_OTHER or LINE_GARBAGE. */
enum line_kind body_read(const char *name, const char *body, struct trace_event *event);

/* What an event is about, and where its format has that. */
enum layout {
    LAYOUT_IOMMU_MAP,   /* iova, paddr, size */
    LAYOUT_IOMMU_UNMAP, /* iova, unmapped_size */
    LAYOUT_MAP,         /* device, dma_addr, size, phys_addr */
    LAYOUT_UNMAP,       /* device, dma_addr (in the record: addr), size */
    LAYOUT_ALLOC,       /* device, dma_addr, size, virt_addr; a NULL virt_addr is a failure */
    LAYOUT_FREE,        /* device, dma_addr, size */
    LAYOUT_MAP_SG,      /* device, arrays dma_addrs, sizes (in the record: lengths), phys_addrs */
    LAYOUT_UNMAP_SG,    /* device, array phys_addrs (in the record: addrs) */
    LAYOUT_FAILED,      /* device, perhaps size */
};

struct form {
    const char *name;
    enum trace_kind kind;
    enum layout layout;
};

/* NULL: not an event that we read. */
const struct form *form_of(const char *name);
bool form_has_device(const struct form *form);

/*
 * Adds an entry of a scatter list to the event's range; *end is 0 at first. A list has one IOVA range, its entries
 * ascend in it. Entries elsewhere (no IOMMU: wherever memory is) do not count.
 */
void event_add_entry(struct trace_event *event, uint64_t *end, uint64_t address, uint64_t size);

/*
 * Turns what failed into TRACE_FAILED. LINE_GARBAGE if a map or unmap has no size or does not end within 64 bits,
 * else LINE_EVENT.
 */
enum line_kind event_finish(const struct form *form, struct trace_event *event, bool null_pointer);

/*
 * Puts iommu:map and dma:* events together. The kernel maps first, and tells device and size of the whole after that
 * (kernel/dma/mapping.c), so that an iommu:map waits here until its task's dma event has come, or long enough without. A
 * dma_unmap_sg likewise waits for the iommu:unmap that tells its range, and becomes a TRACE_UNMAP. Order and times stay.
 */
struct join;
struct join *join_begin(trace_fn *event, void *ctx);
/* A trace_fn; ctx is the join. */
void join_event(void *ctx, const struct trace_event *event);
/* Hands out what waits, frees the join and returns how many iommu:map events a dma event accounted for. */
uint64_t join_end(struct join *join);

#endif
